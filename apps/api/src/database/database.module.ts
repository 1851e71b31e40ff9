import { Global, Module, type OnApplicationShutdown, Inject } from '@nestjs/common';
import { openDatabase, type Database } from '@waybill/database';
import { CONFIG, type Config } from '../config/config.js';

/** DI token of the one open Database. */
export const DATABASE = Symbol('DATABASE');

@Global()
@Module({
  providers: [
    {
      provide: DATABASE,
      inject: [CONFIG],
      /** Takes the lock that lets one server alone use this database, and migrates. */
      useFactory: (config: Config): Promise<Database> =>
        openDatabase({
          ...(config.databaseUrl ? { url: config.databaseUrl } : { folder: config.dataFolder }),
          // Two writers would break the chain: better none.
          onLockLost: () => process.kill(process.pid, 'SIGTERM'),
        }),
    },
  ],
  exports: [DATABASE],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
