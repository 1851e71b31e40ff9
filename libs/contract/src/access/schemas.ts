import { z } from 'zod';
import { Id, Time } from '../common/ids.js';
import { listOf } from '../common/list.js';
import { oneLine } from '../common/text.js';
import { Permission, Role } from '../permissions/permissions.js';

/** Letters, digits and `._-`; kept as typed, compared in lower case. */
export const Username = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u, 'Use 1 to 64 letters, digits, dots, dashes or underscores.')
  .meta({ id: 'Username' });
/** 10 to 256 characters; what is refused besides says `passwordWeakness`. */
export const Password = z.string().min(10, 'Use at least 10 characters.').max(256).meta({ id: 'Password' });
const fewestOtherCharacters = 6;
const fewestDifferentCharacters = 5;
/** What a password of the right length still lacks: it is little more than the user name, or a few characters again and again. */
export function passwordWeakness(password: string, username: string): 'user_name' | 'few_characters' | null {
  const lower = password.toLowerCase();
  const rest = username ? lower.replaceAll(username.toLowerCase(), '') : lower;
  if (rest !== lower && rest.length < fewestOtherCharacters) return 'user_name';
  return new Set(lower).size < fewestDifferentCharacters ? 'few_characters' : null;
}
export const DisplayName = oneLine(80).meta({ id: 'DisplayName' });

export const ActorType = z.enum(['user', 'service', 'system', 'external']).meta({ id: 'ActorType' });
export type ActorType = z.infer<typeof ActorType>;
/** Whoever came through the door. `id` is null for `system` and `external`. */
export const Actor = z.object({ type: ActorType, id: Id.nullable(), name: z.string() }).meta({ id: 'Actor' });
export type Actor = z.infer<typeof Actor>;
/** Everybody's names, to pick from. */
export const PeopleList = listOf(Actor, 'PeopleList');

export const SetupState = z.object({ required: z.boolean() }).meta({ id: 'SetupState' });
export type SetupState = z.infer<typeof SetupState>;
export const SetupRequest = z
  .strictObject({
    setupCode: z.string().min(1).max(64),
    username: Username,
    password: Password,
    displayName: DisplayName.optional(),
  })
  .meta({ id: 'SetupRequest' });
export type SetupRequest = z.infer<typeof SetupRequest>;

export const LoginRequest = z
  .strictObject({ username: z.string().min(1).max(64), password: z.string().min(1).max(256) })
  .meta({ id: 'LoginRequest' });
export type LoginRequest = z.infer<typeof LoginRequest>;

export const UserKind = z.enum(['person', 'service']).meta({ id: 'UserKind' });
export type UserKind = z.infer<typeof UserKind>;

export const User = z
  .object({
    id: Id,
    username: z.string(),
    displayName: z.string(),
    kind: UserKind,
    role: Role,
    disabled: z.boolean(),
    /** Invited, and the link not used yet. */
    invited: z.boolean(),
    createdAt: Time,
    lastSeenAt: Time.nullable(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;
export const UserList = listOf(User, 'UserList');

/** Who I am and what I may at this moment. */
export const SessionState = z
  .object({
    user: User.pick({ id: true, username: true, displayName: true, kind: true, role: true }),
    permissions: z.array(Permission),
    via: z.object({ method: z.enum(['session', 'token']), id: Id }),
    /** Until when what asks for the password again is open; null where it must be given. */
    confirmedUntil: Time.nullable(),
  })
  .meta({ id: 'SessionState' });
export type SessionState = z.infer<typeof SessionState>;

export const ConfirmRequest = z.strictObject({ password: z.string().min(1).max(256) }).meta({ id: 'ConfirmRequest' });
export type ConfirmRequest = z.infer<typeof ConfirmRequest>;
export const ChangePasswordRequest = z
  .strictObject({ current: z.string().min(1).max(256), next: Password })
  .meta({ id: 'ChangePasswordRequest' });
export type ChangePasswordRequest = z.infer<typeof ChangePasswordRequest>;
export const ChangeProfileRequest = z.strictObject({ displayName: DisplayName }).meta({ id: 'ChangeProfileRequest' });
export type ChangeProfileRequest = z.infer<typeof ChangeProfileRequest>;

export const Session = z
  .object({
    id: Id,
    createdAt: Time,
    lastSeenAt: Time,
    expiresAt: Time,
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    current: z.boolean(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;
export const SessionList = listOf(Session, 'SessionList');

/** Without a password an invitation is made; a service account has neither. */
export const CreateUserRequest = z
  .strictObject({
    username: Username,
    displayName: DisplayName.optional(),
    kind: UserKind.default('person'),
    role: Role,
    password: Password.optional(),
  })
  .meta({ id: 'CreateUserRequest' });
export type CreateUserRequest = z.infer<typeof CreateUserRequest>;
export const UpdateUserRequest = z
  .strictObject({ displayName: DisplayName.optional(), role: Role.optional(), disabled: z.boolean().optional() })
  .meta({ id: 'UpdateUserRequest' });
export type UpdateUserRequest = z.infer<typeof UpdateUserRequest>;

/** A link that works once. Its secret stands in the fragment, so that no log holds it. */
export const PersonalLink = z.object({ url: z.string(), expiresAt: Time }).meta({ id: 'PersonalLink' });
export type PersonalLink = z.infer<typeof PersonalLink>;
export const CreatedUser = User.extend({ invitation: PersonalLink.nullable() }).meta({ id: 'CreatedUser' });
export type CreatedUser = z.infer<typeof CreatedUser>;
export const LinkSecret = z.strictObject({ secret: z.string().min(1).max(128) }).meta({ id: 'LinkSecret' });
export type LinkSecret = z.infer<typeof LinkSecret>;
export const LinkState = z
  .object({ purpose: z.enum(['invitation', 'reset']), username: z.string(), displayName: z.string(), expiresAt: Time })
  .meta({ id: 'LinkState' });
export type LinkState = z.infer<typeof LinkState>;
export const AcceptLinkRequest = z
  .strictObject({ secret: z.string().min(1).max(128), password: Password, displayName: DisplayName.optional() })
  .meta({ id: 'AcceptLinkRequest' });
export type AcceptLinkRequest = z.infer<typeof AcceptLinkRequest>;

export const Token = z
  .object({
    id: Id,
    name: z.string(),
    userId: Id,
    /** The first characters, to tell tokens apart. */
    prefix: z.string(),
    scopes: z.array(Permission),
    createdAt: Time,
    expiresAt: Time.nullable(),
    lastUsedAt: Time.nullable(),
    revokedAt: Time.nullable(),
  })
  .meta({ id: 'Token' });
export type Token = z.infer<typeof Token>;
export const TokenList = listOf(Token, 'TokenList');
export const CreateTokenRequest = z
  .strictObject({
    name: oneLine(80),
    /** Without scopes a token reads only. */
    scopes: z.array(Permission).max(64).optional(),
    expiresAt: Time.optional(),
  })
  .meta({ id: 'CreateTokenRequest' });
export type CreateTokenRequest = z.infer<typeof CreateTokenRequest>;
/** The one answer that holds the secret (`wbt_…`). */
export const CreatedToken = Token.extend({ secret: z.string() }).meta({ id: 'CreatedToken' });
export type CreatedToken = z.infer<typeof CreatedToken>;
