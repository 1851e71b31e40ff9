import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { AdminResetService } from './admin-reset.service.js';
import { AccessEvents } from './access.events.js';
import { AccessGuard } from './access.guard.js';
import { AccessService } from './access.service.js';
import { AccessDenials } from './access.denials.js';
import { ExpiryService } from './expiry.service.js';
import { LinksController } from './links.controller.js';
import { LinksRepository } from './links.repository.js';
import { LinksService } from './links.service.js';
import { LoginThrottle } from './login-throttle.js';
import { LoginsService } from './logins.service.js';
import { Origins } from './origins.js';
import { PasswordCheckService } from './password-check.service.js';
import { PasswordsService } from './passwords.service.js';
import { PeopleController } from './people.controller.js';
import { SessionController } from './session.controller.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SetupController } from './setup.controller.js';
import { SetupService } from './setup.service.js';
import { ThrottledLogins } from './throttled-logins.js';
import { TokensController } from './tokens.controller.js';
import { TokensRepository } from './tokens.repository.js';
import { TokensService } from './tokens.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AuditModule],
  controllers: [
    SetupController,
    SessionController,
    SessionsController,
    TokensController,
    UsersController,
    PeopleController,
    LinksController,
  ],
  providers: [
    { provide: APP_GUARD, useClass: AccessGuard },
    AccessEvents,
    AdminResetService,
    AccessService,
    AccessDenials,
    ExpiryService,
    LinksRepository,
    LinksService,
    LoginThrottle,
    LoginsService,
    Origins,
    PasswordCheckService,
    PasswordsService,
    SessionsRepository,
    SessionsService,
    SetupService,
    ThrottledLogins,
    TokensRepository,
    TokensService,
    UsersRepository,
    UsersService,
  ],
  exports: [AccessDenials, AccessEvents, AccessService, Origins, SetupService],
})
export class AccessModule {}
