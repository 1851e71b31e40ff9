import { join } from 'node:path';
import { WaybillClient, startServer, type ServerProcess } from '@waybill/world';
import { apiMain } from './paths.ts';

const username = 'admin';
/** It opens nothing but a throw-away server on this machine. */
export const password = 'bench it, then forget it';

export interface Waybill {
  readonly server: ServerProcess;
  readonly admin: WaybillClient;
}

/** Starts the built server as a process of its own, with an admin who is logged in. */
export async function startWaybill(dir: string, engineHost: string): Promise<Waybill> {
  const server = await startServer({
    main: apiMain,
    dataFolder: join(dir, 'data'),
    environment: {
      WAYBILL_ENGINE_HOST: engineHost,
      WAYBILL_ADMIN_USERNAME: username,
      WAYBILL_ADMIN_PASSWORD: password,
      WAYBILL_LOG_LEVEL: 'warn',
    },
  });
  return { server, admin: await new WaybillClient(server.url).login(username, password) };
}

/** The cookie of a new session. @throws Error when the login is refused */
export async function sessionCookie(url: string, username: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`The login of ${username} was answered ${answer.status}: ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}
