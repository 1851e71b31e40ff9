import { describe, expect, it } from '@jest/globals';
import { errorCodes, WaybillError, type ErrorCode } from '@waybill/contract';
import { parseEngineHost } from '../host/engine-target.js';
import { recorded } from '../testing/recorded.js';
import { adviceOf, errorFromConnection, errorFromWords, isEngineLost } from './errors.js';
import { errorRules, sentences, type EngineTask } from './rules.js';

/** What each recorded failure means; `{engine}` stands for both. */
const expected: Record<string, ErrorCode> = {
  'pull-no-login-basic': 'credential.required',
  'pull-no-login-token': 'credential.required',
  'push-no-login-basic': 'credential.required',
  'push-no-login-token': 'credential.required',
  'pull-wrong-password-basic': 'registry.unauthorized',
  'pull-wrong-password-token': 'registry.unauthorized',
  'push-wrong-password-basic': 'registry.unauthorized',
  'push-wrong-password-token': 'registry.unauthorized',
  'pull-missing-tag': 'registry.tag_not_found',
  'pull-missing-tag-basic': 'registry.tag_not_found',
  'pull-missing-tag-token': 'registry.tag_not_found',
  'pull-missing-repository': 'registry.tag_not_found',
  'pull-missing-digest': 'registry.tag_not_found',
  'push-missing-tag': 'image.not_found',
  'push-missing-repository': 'image.not_found',
  'pull-host-not-found': 'registry.host_not_found',
  'push-host-not-found': 'registry.host_not_found',
  'pull-rate-limited': 'registry.rate_limited',
  'push-rate-limited': 'registry.rate_limited',
  'pull-unavailable': 'registry.unreachable',
  'push-unavailable': 'registry.unreachable',
  'pull-registry-down': 'registry.unreachable',
  'push-registry-down': 'registry.unreachable',
  'old-pull-registry-lost': 'registry.unreachable',
  'old-push-registry-lost': 'registry.unreachable',
  'modern-pull-registry-lost': 'registry.connection_lost',
  'modern-push-registry-lost': 'registry.connection_lost',
  'modern-push-registry-bounced': 'registry.connection_lost',
  'old-pull-not-a-registry': 'registry.not_a_registry',
  'old-push-not-a-registry': 'registry.not_a_registry',
  'modern-pull-not-a-registry': 'registry.tag_not_found',
  'modern-push-not-a-registry': 'registry.denied',
  'modern-pull-engine-stopped': 'engine.unreachable',
};

describe('errorFromWords on what real engines said', () => {
  const failures = recorded('not-ok').filter(
    ({ lines, message }) => message !== undefined || lines.some(({ error }) => error),
  );

  it.each(failures)('reads $name', ({ name, kind, httpStatus, message, lines }) => {
    const words = message ?? lines.find(({ error }) => error)?.error ?? '';
    const error = errorFromWords(words, { task: kind, hasLogin: name.includes('wrong-password') }, httpStatus);
    expect(error.code).toBe(expected[name] ?? expected[name.replace(/^(old|modern)-/, '')]);
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    expect(error.original).not.toBe('');
  });
});

describe('errorFromWords on what is documented', () => {
  it.each<[EngineTask, string, ErrorCode]>([
    ['pull', 'Get "https://r.io/v2/": x509: certificate signed by unknown authority', 'registry.certificate'],
    [
      'pull',
      'tls: failed to verify certificate: x509: certificate is valid for a.io, not b.io',
      'registry.certificate',
    ],
    [
      'push',
      'Get "https://10.0.0.5:5000/v2/": http: server gave HTTP response to HTTPS client',
      'registry.certificate',
    ],
    ['pull', 'Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout', 'registry.timeout'],
    [
      'pull',
      'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
      'registry.timeout',
    ],
    ['push', 'dial tcp 10.1.2.3:443: i/o timeout', 'registry.timeout'],
    ['push', 'dial tcp 10.1.2.3:443: connect: no route to host', 'registry.unreachable'],
    ['push', 'write tcp 127.0.0.1:1->127.0.0.1:2: write: broken pipe', 'registry.connection_lost'],
    ['push', 'Patch "http://r/v2/x": EOF', 'registry.connection_lost'],
    [
      'pull',
      'toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
      'registry.rate_limited',
    ],
    ['push', 'denied: requested access to the resource is denied', 'registry.denied'],
    [
      'pull',
      "pull access denied for team/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      'registry.denied',
    ],
    ['push', 'unauthorized: unauthorized to access repository: team/app, action: push', 'registry.denied'],
    [
      'push',
      'push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      'registry.denied',
    ],
    ['push', 'unauthorized: authentication required', 'registry.unauthorized'],
    [
      'login',
      'Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password',
      'registry.unauthorized',
    ],
    ['pull', 'no matching manifest for linux/arm64/v8 in the manifest list entries', 'registry.tag_not_found'],
    ['pull', 'failed to register layer: write /x: no space left on device', 'engine.disk_full'],
    ['push', 'something quite new', 'registry.error'],
    ['image', 'No such image: team/app:1', 'image.not_found'],
    ['image', 'invalid reference format', 'reference.invalid'],
    ['engine', 'something quite new', 'engine.error'],
    ['engine', 'unauthorized: not a registry’s word here', 'engine.error'],
  ])('of a %s, “%s” is %s', (task, words, code) => {
    expect(errorFromWords(words, { task, hasLogin: true }).code).toBe(code);
  });

  it('says that a login is needed where none went along', () => {
    expect(errorFromWords('unauthorized: authentication required', { task: 'push', hasLogin: false }).code).toBe(
      'credential.required',
    );
  });

  it('takes the status where the words say nothing', () => {
    expect(errorFromWords('gone', { task: 'image' }, 404).code).toBe('image.not_found');
    expect(errorFromWords('wrong', { task: 'login' }, 401).code).toBe('registry.unauthorized');
  });

  it('tells an engine that stopped in the middle from one that failed', () => {
    const stopped = errorFromWords('failed to send write: grpc: the client connection is closing: context canceled', {
      task: 'pull',
    });
    expect(isEngineLost(stopped)).toBe(true);
    expect(isEngineLost(errorFromWords('dial tcp: connection refused', { task: 'pull' }))).toBe(false);
  });

  it('keeps the engine’s words without a secret in any of its forms', () => {
    const secret = '开心果123';
    const forms = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      'Bearer eyJhbGciOi.J9',
      'https://bob:hunter2@r.io/v2/',
      'https://r.io/x?sig=abcdef123&a=1',
    ];
    const error = errorFromWords(`unexpected: ${forms.join(' ')}`, { task: 'push', hasLogin: true, secrets: [secret] });
    for (const leak of [...forms.slice(0, 3), 'eyJhbGciOi', 'hunter2', 'abcdef123'])
      expect(error.original).not.toContain(leak);
    expect(error.original).toContain('https://***@r.io/v2/');
    expect(error.original).toContain('&a=1');
  });

  it('keeps no more than a page of words', () => {
    expect(errorFromWords('x'.repeat(100_000), { task: 'pull' }).original?.length).toBeLessThanOrEqual(2001);
  });

  it('has a sentence for each code that it can give', () => {
    for (const { code } of errorRules) {
      expect(errorCodes[code]).toBeTruthy();
      expect(sentences[code]).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('errorFromConnection', () => {
  const socket = parseEngineHost('unix:///run/some.sock');
  const failure = (code: string): NodeJS.ErrnoException =>
    Object.assign(new Error(`connect ${code} /run/some.sock`), { code });

  it.each<[string, ErrorCode, RegExp]>([
    ['ENOENT', 'engine.unreachable', /Install Docker/],
    ['ECONNREFUSED', 'engine.unreachable', /no engine answers/],
    ['EACCES', 'engine.access_denied', /usermod -aG docker/],
    ['ETIMEDOUT', 'engine.timeout', /systemctl start docker/],
    ['ECONNRESET', 'engine.unreachable', /systemctl start docker/],
  ])('says what to do on %s', (code, expectedCode, advice) => {
    const error = errorFromConnection(failure(code), socket);
    expect(error.code).toBe(expectedCode);
    expect(adviceOf(error).join(' ')).toMatch(advice);
    expect(adviceOf(error).join(' ')).toMatch(/WAYBILL_ENGINE_HOST/);
  });

  it('names the address of an engine on the network', () => {
    const error = errorFromConnection(failure('ECONNREFUSED'), parseEngineHost('tcp://10.0.0.5:2375'));
    expect(adviceOf(error)[0]).toContain('10.0.0.5:2375');
  });

  it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'speaks of certificates on %s',
    (code) => {
      const error = errorFromConnection(failure(code), parseEngineHost('https://10.0.0.5'));
      expect(error.message).toContain('certificates');
      expect(adviceOf(error)[0]).toContain('DOCKER_CERT_PATH');
    },
  );

  it('lets an error through that is a domain error already', () => {
    const own = new WaybillError('engine.timeout', 'Too slow.');
    expect(errorFromConnection(own, socket)).toBe(own);
  });
});
