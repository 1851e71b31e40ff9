import type { ErrorCode } from '@waybill/contract';

/** What the engine was asked when it failed: pull, push and login speak to a registry. */
export type EngineTask = 'pull' | 'push' | 'login' | 'image' | 'engine';

export interface ErrorRule {
  readonly code: ErrorCode;
  readonly words: RegExp;
  /** Only for these tasks. */
  readonly tasks?: readonly EngineTask[];
  /** Instead of the code's own sentence. */
  readonly sentence?: string;
  /** The engine stopped in the middle: nobody told how it ended. */
  readonly lost?: boolean;
}

const transfers: readonly EngineTask[] = ['pull', 'push', 'login'];

/** First match wins: what is said of the cause stands before what is said of its effect ("not found" may be a host, a tag or an image). */
export const errorRules: readonly ErrorRule[] = [
  { code: 'engine.disk_full', words: /no space left on device|disk quota exceeded|not enough space/i },
  {
    code: 'engine.unreachable',
    words: /grpc: the client connection is closing|server is shutting down|^context canceled$/i,
    lost: true,
  },
  {
    code: 'registry.rate_limited',
    words: /toomanyrequests|too many requests|status(?: code)?:? 429|rate limit/i,
    tasks: transfers,
  },
  {
    code: 'registry.certificate',
    words: /server gave HTTP response to HTTPS client/i,
    tasks: transfers,
    sentence:
      'The engine wants TLS and the registry speaks plain http. Add the registry to “insecure-registries” in the engine’s daemon.json and restart the engine, or give the registry a certificate.',
  },
  {
    code: 'registry.certificate',
    words: /x509:|certificate (?:is|has|signed|verif|required)|tls: (?!handshake timeout)|remote error: tls/i,
    tasks: transfers,
  },
  {
    code: 'registry.host_not_found',
    words: /no such host|server misbehaving|name resolution|name or service not known/i,
    tasks: transfers,
  },
  {
    code: 'registry.timeout',
    words:
      /i\/o timeout|Client\.Timeout|deadline exceeded|handshake timeout|request canceled while waiting|connection timed out|gateway time-?out|timeout awaiting/i,
    tasks: transfers,
  },
  {
    code: 'registry.unreachable',
    words: /connection refused|no route to host|network is unreachable|host is (?:down|unreachable)/i,
    tasks: transfers,
  },
  {
    code: 'registry.connection_lost',
    words:
      /\bEOF\b|connection reset|broken pipe|use of closed network connection|connection closed|failed size validation|http2: .*(?:closed|GOAWAY)/i,
    tasks: transfers,
  },
  {
    code: 'image.not_found',
    words: /does not exist locally|tag does not exist|no such image|image .* not found/i,
    tasks: ['push', 'image'],
  },
  {
    code: 'registry.tag_not_found',
    words:
      /no matching manifest for|no match for platform|does not (?:match|provide) the (?:specified|requested) platform|platform .*(?:not found|does not match)/i,
    tasks: ['pull'],
    sentence: 'The registry has the image, but not for this platform. Choose another platform or leave it out.',
  },
  {
    code: 'registry.tag_not_found',
    words:
      /manifest unknown|manifest_unknown|manifest for .* not found|name unknown|name_unknown|repository name not known/i,
    tasks: ['pull'],
  },
  { code: 'registry.denied', words: /unauthorized to access repository|insufficient_scope/i, tasks: transfers },
  {
    code: 'registry.unauthorized',
    words: /unauthorized|no basic auth credentials|authentication required|incorrect username or password/i,
    tasks: transfers,
  },
  { code: 'registry.denied', words: /\bdenied\b|forbidden/i, tasks: transfers },
  { code: 'registry.unauthorized', words: /authorization failed/i, tasks: transfers },
  { code: 'registry.unreachable', words: /bad gateway|service unavailable/i, tasks: transfers },
  {
    code: 'registry.not_a_registry',
    words: /invalid character .*looking for beginning|not a registry|text\/html/i,
    tasks: transfers,
  },
  { code: 'registry.tag_not_found', words: /not found/i, tasks: ['pull'] },
  {
    code: 'registry.denied',
    words: /not found|name unknown|repository name not known/i,
    tasks: ['push'],
    sentence:
      'The registry has no such repository and makes none on a push. Create it at the registry first, or check the name.',
  },
  { code: 'reference.invalid', words: /invalid reference format|invalid tag format|repository name must be/i },
  { code: 'image.in_use', words: /conflict: unable to|image is being used|image is referenced/i, tasks: ['image'] },
];

/** One sentence for each code: what happened and what helps. */
export const sentences: Partial<Record<ErrorCode, string>> = {
  'engine.unreachable': 'The engine cannot be reached. Start Docker, or set WAYBILL_ENGINE_HOST to where it listens.',
  'engine.access_denied': 'Waybill may not use the engine’s socket. Run Waybill as a user of the group that owns it.',
  'engine.timeout': 'The engine did not answer in time. Look at its load and its log, then try again.',
  'engine.too_old': 'The engine is too old. Waybill needs Docker Engine 1.12 (API 1.24) or later.',
  'engine.disk_full': 'The engine’s disk is full. Remove images or containers that are not needed, then try again.',
  'engine.error': 'The engine reported an error. Its own words say more; its log may say the rest.',
  'image.not_found': 'The engine has no such image. Look at the image list, or pull it first.',
  'image.in_use': 'The image is in use. Stop and remove the containers that are made from it first.',
  'reference.invalid': 'The engine does not take this as an image reference. Use [registry/]name[:tag].',
  'credential.required': 'The registry wants a login for this. Enter one on the Registries page, then try again.',
  'registry.unauthorized': 'The registry refused user name or password. Check the credential on the Registries page.',
  'registry.denied':
    'The registry does not allow this, or has no such repository. Check the name, and what the credential may do there.',
  'registry.tag_not_found': 'The registry has no such image. Check the name and the tag.',
  'registry.unreachable': 'The registry cannot be reached from the engine. Check its address, and that it runs.',
  'registry.host_not_found':
    'The engine does not know the registry’s host name. Check the address, and the name server of the engine’s machine.',
  'registry.certificate':
    'The engine does not trust the registry’s certificate. Put the authority’s certificate into /etc/docker/certs.d/HOST:PORT/ca.crt on the engine’s machine.',
  'registry.rate_limited': 'The registry’s rate limit is reached. Wait a while, or use a login that may do more.',
  'registry.not_a_registry': 'What answers at this address is not a registry. Check the address and the port.',
  'registry.timeout':
    'The registry did not answer in time. Check the network between engine and registry, then try again.',
  'registry.connection_lost':
    'The connection between engine and registry broke. Try again; what was sent before need not be sent again.',
  'registry.error': 'The registry reported an error. Its own words say more.',
};
