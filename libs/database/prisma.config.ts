import { defineConfig } from 'prisma/config';

const kind = process.env['WAYBILL_SCHEMA'] ?? 'sqlite';
export default defineConfig({
  schema: `../../prisma/${kind}`,
  migrations: { path: `../../prisma/${kind}/migrations` },
});
