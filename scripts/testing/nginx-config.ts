import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../launch/paths.ts';

export interface NginxPlace {
  /** The shipped file below nginx/. */
  readonly name: string;
  /** Holds pid, temporary files and the certificate. */
  readonly folder: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Where the server listens, as `host:port`. */
  readonly upstream: string;
}

/** The shipped configuration as a whole file for a machine without containers: only paths, ports and the upstream are others. */
export function shippedNginxConfig({ name, folder, httpPort, httpsPort, upstream }: NginxPlace): string {
  const shipped = readFileSync(join(root, 'nginx', name), 'utf8')
    .replaceAll('server server:8080;', `server ${upstream};`)
    .replaceAll(/^ *listen \[::\].*\n/gm, '')
    .replaceAll('listen 80;', `listen 127.0.0.1:${httpPort};`)
    .replaceAll('listen 443 ssl;', `listen 127.0.0.1:${httpsPort} ssl;`)
    .replaceAll('/etc/nginx/waybill/proxy.inc', join(root, 'nginx', 'proxy.inc'))
    .replaceAll('/etc/nginx/waybill/tls', folder);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  return [
    'worker_processes 1;',
    `pid ${folder}/nginx.pid;`,
    'error_log stderr warn;',
    'events { worker_connections 1024; }',
    'http {',
    'access_log off;',
    'include /etc/nginx/mime.types;',
    ...temporary,
    shipped,
    '}',
    '',
  ].join('\n');
}

/** fullchain.pem and privkey.pem for localhost, as the operator would put them there. */
export function selfSignedCertificate(folder: string): void {
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'privkey.pem'), '-out', join(folder, 'fullchain.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files], {
    stdio: 'ignore',
  });
}
