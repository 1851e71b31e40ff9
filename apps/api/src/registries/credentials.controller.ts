import { Body, Controller, Delete, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CreateCredentialRequest, Credential, Id, UpdateCredentialRequest } from '@waybill/contract';
import { Needs, NeedsConfirmation, SessionOnly, TakesSecret } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import { CredentialsService } from './credentials.service.js';
import { toCredential } from './registry.types.js';

const RegistryParam = () => Param('id', { schema: Id });
const CredentialParam = () => Param('credentialId', { schema: Id });

@ApiTags('registries')
@Needs('registry.manage')
@SessionOnly()
@NeedsConfirmation()
@Controller('api/v1/registries/:id/credentials')
export class CredentialsController {
  constructor(private readonly credentials: CredentialsService) {}

  /** The first login of a registry is its default. */
  @Post()
  @TakesSecret()
  @Answers(Credential, 201)
  async add(
    @RegistryParam() id: string,
    @Body({ schema: CreateCredentialRequest }) body: CreateCredentialRequest,
    @Who() who: ActorContext,
  ): Promise<Credential> {
    return toCredential(await this.credentials.add(id, body, who));
  }

  /** An empty password leaves the old one. */
  @Patch(':credentialId')
  @TakesSecret()
  @Answers(Credential)
  async change(
    @RegistryParam() id: string,
    @CredentialParam() credentialId: string,
    @Body({ schema: UpdateCredentialRequest }) body: UpdateCredentialRequest,
    @Who() who: ActorContext,
  ): Promise<Credential> {
    return toCredential(await this.credentials.change(id, credentialId, body, who));
  }

  @Delete(':credentialId')
  @Answers(null, 204)
  remove(
    @RegistryParam() id: string,
    @CredentialParam() credentialId: string,
    @Who() who: ActorContext,
  ): Promise<void> {
    return this.credentials.remove(id, credentialId, who);
  }
}
