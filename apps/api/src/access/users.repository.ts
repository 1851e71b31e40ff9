import { Inject, Injectable } from '@nestjs/common';
import { UserKind, type Permission, type Role } from '@waybill/contract';
import type { Database, DatabaseClient } from '@waybill/database';
import { newId } from '../common/ids.js';
import { DATABASE } from '../database/database.module.js';
import { rightsOf } from './rights.js';

/** A user as the domain knows it; the password's hash stays in the table. */
export interface UserRecord {
  id: string;
  username: string;
  displayName: string;
  kind: UserKind;
  role: Role;
  permissions: ReadonlySet<Permission>;
  disabled: boolean;
  /** A person who has not chosen a password yet. */
  invited: boolean;
  createdAt: Date;
  lastSeenAt: Date | null;
}

export interface NewUser {
  id: string;
  username: string;
  displayName: string;
  kind: UserKind;
  role: Role;
  passwordHash: string | null;
  createdAt: Date;
}

/** The columns that make a UserRecord; also what others include of a user. */
export const userColumns = {
  id: true,
  username: true,
  displayName: true,
  kind: true,
  passwordHash: true,
  disabledAt: true,
  createdAt: true,
  lastSeenAt: true,
  grants: { select: { role: true, permission: true, engine: true } },
} as const;

export interface UserRow {
  id: string;
  username: string;
  displayName: string;
  kind: string;
  passwordHash: string | null;
  disabledAt: Date | null;
  createdAt: Date;
  lastSeenAt: Date | null;
  grants: { role: string | null; permission: string | null; engine: string | null }[];
}

export function toUser({ passwordHash, disabledAt, grants, ...row }: UserRow): UserRecord {
  const kind = UserKind.parse(row.kind);
  return {
    ...row,
    kind,
    ...rightsOf(grants),
    disabled: disabledAt !== null,
    invited: kind === 'person' && passwordHash === null,
  };
}

/** Names that differ in case, or in how their accents are put together, are one name. */
export const keyOf = (username: string): string => username.normalize('NFKC').toLowerCase();

@Injectable()
export class UsersRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async count(client: DatabaseClient = this.database.client): Promise<number> {
    return client.user.count();
  }

  async find(id: string, client: DatabaseClient = this.database.client): Promise<UserRecord | null> {
    const row = await client.user.findUnique({ where: { id }, select: userColumns });
    return row && toUser(row);
  }

  async findByName(username: string): Promise<UserRecord | null> {
    const row = await this.database.client.user.findUnique({
      where: { usernameKey: keyOf(username) },
      select: userColumns,
    });
    return row && toUser(row);
  }

  /** Only who checks a password asks for this. */
  async passwordHash(id: string): Promise<string | null> {
    const row = await this.database.client.user.findUnique({ where: { id }, select: { passwordHash: true } });
    return row?.passwordHash ?? null;
  }

  /** In the order they were made; `after` is the last id of the page before. */
  async page(limit: number, after: string | null): Promise<UserRecord[]> {
    const rows = await this.database.client.user.findMany({
      where: after === null ? {} : { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: limit,
      select: userColumns,
    });
    return rows.map(toUser);
  }

  async create(user: NewUser, client: DatabaseClient): Promise<void> {
    const { role, ...columns } = user;
    await client.user.create({
      data: {
        ...columns,
        usernameKey: keyOf(user.username),
        grants: { create: { id: newId(), role, permission: null, engine: null, createdAt: user.createdAt } },
      },
    });
  }

  async setDisplayName(id: string, displayName: string, client: DatabaseClient): Promise<void> {
    await client.user.update({ where: { id }, data: { displayName } });
  }

  async setRole(id: string, role: Role, client: DatabaseClient): Promise<void> {
    await client.grant.deleteMany({ where: { userId: id, engine: null, role: { not: null } } });
    await client.grant.create({
      data: { id: newId(), userId: id, role, permission: null, engine: null, createdAt: new Date() },
    });
  }

  async setDisabledAt(id: string, disabledAt: Date | null, client: DatabaseClient): Promise<void> {
    await client.user.update({ where: { id }, data: { disabledAt } });
  }

  async setPasswordHash(id: string, passwordHash: string, client: DatabaseClient): Promise<void> {
    await client.user.update({ where: { id }, data: { passwordHash } });
  }

  async touch(id: string, at: Date, client: DatabaseClient = this.database.client): Promise<void> {
    await client.user.update({ where: { id }, data: { lastSeenAt: at } });
  }

  /** Admins who can log in: people, not disabled, with a password. */
  async countAdmins(client: DatabaseClient): Promise<number> {
    return client.user.count({
      where: {
        kind: 'person',
        disabledAt: null,
        passwordHash: { not: null },
        grants: { some: { role: 'admin', engine: null } },
      },
    });
  }
}
