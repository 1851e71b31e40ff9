/** A user's row, whole. */
export const userRow = (id: string, over: { usernameKey?: string } = {}) => ({
  id,
  username: id,
  usernameKey: id,
  displayName: id,
  kind: 'person',
  createdAt: new Date('2026-11-24T08:00:00.123Z'),
  ...over,
});
