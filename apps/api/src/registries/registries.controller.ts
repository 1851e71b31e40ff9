import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CheckRegistryRequest,
  CheckResult,
  CreateRegistryRequest,
  Id,
  ImportDockerConfigRequest,
  ImportDockerConfigResult,
  PageQuery,
  Registry,
  RegistryHealthList,
  RegistryList,
  UpdateRegistryRequest,
  type List,
  type RegistryHealth,
} from '@waybill/contract';
import { Needs, NeedsConfirmation, SessionOnly, TakesSecret } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import { RegistriesService } from './registries.service.js';
import { RegistryAdmin } from './registry-admin.service.js';
import { RegistryChecks } from './registry-checks.service.js';
import { RegistryHealthService } from './registry-health.service.js';
import { RegistryImport } from './registry-import.service.js';
import { registryFor } from './registry.types.js';

/** A check needs no body. */
const CheckBody = CheckRegistryRequest.default({});
const IdParam = () => Param('id', { schema: Id });

@ApiTags('registries')
@Controller('api/v1/registries')
export class RegistriesController {
  constructor(
    private readonly registries: RegistriesService,
    private readonly admin: RegistryAdmin,
    private readonly checks: RegistryChecks,
    private readonly imports: RegistryImport,
    private readonly healths: RegistryHealthService,
  ) {}

  /** Logins, checks and login servers are shown to those who pull or manage. */
  @Get()
  @Needs('registry.read')
  @Answers(RegistryList)
  async list(
    @Query({ schema: PageQuery }) { limit, cursor }: PageQuery,
    @Who() who: ActorContext,
  ): Promise<List<Registry>> {
    const found = await this.registries.page(limit + 1, cursor ?? null);
    const items = found.slice(0, limit).map((one) => registryFor(one, who.permissions));
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** Whether each registry answers, asked without a login and at most once a minute. */
  @Get('health')
  @Needs('registry.read')
  @Answers(RegistryHealthList)
  async health(): Promise<List<RegistryHealth>> {
    return { items: await this.healths.list(), nextCursor: null };
  }

  @Get(':id')
  @Needs('registry.read')
  @Answers(Registry)
  async get(@IdParam() id: string, @Who() who: ActorContext): Promise<Registry> {
    return registryFor(await this.registries.get(id), who.permissions);
  }

  /** With user name and password their login is made too. */
  @Post()
  @Needs('registry.manage')
  @SessionOnly()
  @NeedsConfirmation()
  @TakesSecret()
  @Answers(Registry, 201)
  async create(
    @Body({ schema: CreateRegistryRequest }) body: CreateRegistryRequest,
    @Who() who: ActorContext,
  ): Promise<Registry> {
    return registryFor(await this.admin.create(body, who), who.permissions);
  }

  /** Takes over the logins of a `~/.docker/config.json`. */
  @Post('import')
  @Needs('registry.manage')
  @SessionOnly()
  @NeedsConfirmation()
  @TakesSecret()
  @Answers(ImportDockerConfigResult)
  import(
    @Body({ schema: ImportDockerConfigRequest }) body: ImportDockerConfigRequest,
    @Who() who: ActorContext,
  ): Promise<ImportDockerConfigResult> {
    return this.imports.import(body.config, who);
  }

  /** Another address or transport asks for the password again; an empty password leaves the old one. */
  @Patch(':id')
  @Needs('registry.manage')
  @SessionOnly()
  @NeedsConfirmation()
  @TakesSecret()
  @Answers(Registry)
  async update(
    @IdParam() id: string,
    @Body({ schema: UpdateRegistryRequest }) body: UpdateRegistryRequest,
    @Who() who: ActorContext,
  ): Promise<Registry> {
    return registryFor(await this.admin.update(id, body, who), who.permissions);
  }

  /** Its logins go with it. Docker Hub stays. */
  @Delete(':id')
  @Needs('registry.manage')
  @SessionOnly()
  @NeedsConfirmation()
  @Answers(null, 204)
  remove(@IdParam() id: string, @Who() who: ActorContext): Promise<void> {
    return this.admin.remove(id, who);
  }

  /** Logs in from here and from each connected engine. No secret is sent before the login server is confirmed. */
  @Post(':id/check')
  @Needs('registry.manage')
  @SessionOnly()
  @NeedsConfirmation()
  @TakesSecret()
  @Answers(CheckResult)
  check(
    @IdParam() id: string,
    @Body({ schema: CheckBody }) body: CheckRegistryRequest,
    @Who() who: ActorContext,
  ): Promise<CheckResult> {
    return this.checks.check(id, body, who);
  }
}
