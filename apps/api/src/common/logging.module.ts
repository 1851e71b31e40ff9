import { LoggerModule } from 'nestjs-pino';
import { CONFIG, type Config } from '../config/config.js';

/** Never in a log, whoever writes it. */
const secrets = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-registry-auth"]',
  'res.headers["set-cookie"]',
  '*.password',
  '*.secret',
  '*.setupCode',
];

/** pino for everything. */
export const LoggingModule = LoggerModule.forRootAsync({
  inject: [CONFIG],
  useFactory: ({ log }: Config) => ({
    pinoHttp: {
      level: log.level,
      redact: { paths: secrets, censor: '[hidden]' },
      // Fastify's own hook tells each request: see request-log.ts.
      autoLogging: false,
      ...(log.pretty
        ? {
            transport: {
              target: 'pino-pretty',
              options: { singleLine: true, ignore: 'pid,hostname,req,res,responseTime' },
            },
          }
        : {}),
    },
  }),
});
