import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PageQuery, PeopleList, type Actor, type List } from '@waybill/contract';
import { Needs } from '../common/access.decorators.js';
import { Answers } from '../common/answers.decorator.js';
import { UsersService } from './users.service.js';

@ApiTags('people')
@Controller('api/v1/people')
export class PeopleController {
  constructor(private readonly users: UsersService) {}

  /** The names of everybody, to pick from. */
  @Get()
  @Needs('operation.read')
  @Answers(PeopleList)
  async list(@Query({ schema: PageQuery }) query: PageQuery): Promise<List<Actor>> {
    return this.users.people(query);
  }
}
