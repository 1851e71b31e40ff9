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

/** pino for everything; one line for each request, without its query (a query may hold what one pasted by mistake). */
export const LoggingModule = LoggerModule.forRootAsync({
  inject: [CONFIG],
  useFactory: ({ log }: Config) => ({
    pinoHttp: {
      level: log.level,
      redact: { paths: secrets, censor: '[hidden]' },
      autoLogging: { ignore: ({ url = '' }) => url.startsWith('/assets/') || url.startsWith('/api/v1/health') },
      customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'debug'),
      serializers: {
        req: ({ id, method, url = '' }: { id: string; method: string; url?: string }) => ({
          id,
          method,
          path: url.split('?')[0],
        }),
        res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      },
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
