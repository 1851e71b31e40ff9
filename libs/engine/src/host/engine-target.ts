import { WaybillError } from '@waybill/contract';

/** PEM texts for an engine behind TLS. */
export interface EngineTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Whether the engine's certificate is checked. Default: yes. */
  readonly verify?: boolean;
}

/** Where an engine is spoken to, out of a DOCKER_HOST text. */
export type EngineTarget =
  | { readonly type: 'socket'; readonly path: string }
  | {
      readonly type: 'tcp';
      readonly protocol: 'http:' | 'https:';
      readonly hostname: string;
      readonly port: number;
      /** Put before each path; without a slash at its end. */
      readonly basePath: string;
      readonly tls?: EngineTls;
    };

const plainPort = 2375;
const tlsPort = 2376;
const forms = 'Use unix:///path/to/docker.sock, tcp://host:port, http://host:port or https://host:port.';

function invalid(host: string, why: string): WaybillError {
  return new WaybillError(
    'engine.unreachable',
    `“${withoutLogin(host)}” cannot be used as an engine’s address. ${why}`,
  );
}

function withoutLogin(host: string): string {
  return host.replace(/\/\/[^@/]*@/, '//');
}

/**
 * Reads an engine's address in DOCKER_HOST's forms. `tcp://` is TLS where material for it is given or the port is 2376.
 * @throws WaybillError `engine.unreachable` with what is wrong
 */
export function parseEngineHost(host: string, tls?: EngineTls): EngineTarget {
  const text = host.trim();
  if (text.startsWith('unix://')) {
    const path = text.slice('unix://'.length) || '/var/run/docker.sock';
    if (!path.startsWith('/')) throw invalid(host, 'The path of a socket begins with a slash.');
    return { type: 'socket', path };
  }
  if (text.startsWith('/')) return { type: 'socket', path: text };
  if (text.startsWith('ssh://')) {
    throw invalid(
      host,
      'Waybill does not speak ssh. Forward the socket (ssh -L /tmp/docker.sock:/var/run/docker.sock …) and use unix:///tmp/docker.sock.',
    );
  }
  if (/^(npipe|fd):\/\//.test(text)) throw invalid(host, `This form is not supported. ${forms}`);
  return parseTcp(host, text.includes('://') ? text : `tcp://${text}`, tls);
}

function parseTcp(host: string, text: string, tls: EngineTls | undefined): EngineTarget {
  const scheme = /^(tcp|https?):\/\//.exec(text)?.[1];
  if (!scheme) throw invalid(host, forms);
  let url: URL;
  try {
    // tcp:// is read as http:// so that the URL grammar of hosts and ports applies.
    url = new URL(text.replace(/^[a-z]+:/, 'http:'));
  } catch (cause) {
    throw new WaybillError('engine.unreachable', `${invalid(host, forms).message}`, { cause });
  }
  if (url.username || url.password) throw invalid(host, 'A user name or password in it is not supported.');
  const saysPort = /^[a-z]+:\/\/[^/]*:(\d+)(?:\/|$)/.exec(text)?.[1];
  const secure = scheme === 'https' || (scheme === 'tcp' && (tls !== undefined || saysPort === String(tlsPort)));
  return {
    type: 'tcp',
    protocol: secure ? 'https:' : 'http:',
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: saysPort
      ? Number(saysPort)
      : scheme === 'http'
        ? 80
        : scheme === 'https'
          ? 443
          : secure
            ? tlsPort
            : plainPort,
    basePath: url.pathname.replace(/\/+$/, ''),
    ...(secure && tls ? { tls } : {}),
  };
}
