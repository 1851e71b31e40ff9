/** How long things hold: milliseconds. */
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const sessionIdleMs = 12 * hour;
export const sessionWholeMs = 14 * day;
/** A password given (login, confirmation) opens what asks for it again for this long. */
export const confirmationMs = 10 * minute;
/** Last-seen times are written at most this often. */
export const touchEveryMs = minute;

interface Life {
  lastSeenAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
}

/** When a session ends if nobody uses it any more. */
export const endOf = (session: Life): Date =>
  new Date(Math.min(session.lastSeenAt.getTime() + sessionIdleMs, session.expiresAt.getTime()));

export const isAlive = (session: Life, now: Date): boolean => session.revokedAt === null && endOf(session) > now;

/** Until when the confirmation holds; null where it is over or was never given. */
export function confirmedUntil(confirmedAt: Date | null, now: Date): Date | null {
  if (!confirmedAt) return null;
  const until = new Date(confirmedAt.getTime() + confirmationMs);
  return until > now ? until : null;
}
