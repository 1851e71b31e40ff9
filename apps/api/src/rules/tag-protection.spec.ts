import { describe, expect, it } from '@jest/globals';
import type { AuditService } from '../audit/audit.service.js';
import type { EnginesService } from '../engines/engines.service.js';
import type { RegistriesService } from '../registries/registries.service.js';
import { TagProtection } from './tag-protection.service.js';

const [ours, other] = ['a', 'b'].map((one) => `sha256:${one.repeat(64)}`) as [string, string];
const imageId = `sha256:${'1'.repeat(64)}`;
interface Pushed {
  tag: string;
  digest: string | null;
  imageId: string | null;
}

/** The Hub, which can't be asked for free, with these pushes on record, newest first. */
function theHub(pushes: Pushed[], digests = [`team/app@${ours}`, `elsewhere/app@${other}`]) {
  const engines = { client: () => ({ inspectImage: () => Promise.resolve({ id: imageId, digests }) }) };
  const registries = { manifestIfFree: () => Promise.resolve(null) };
  const audit = { list: () => Promise.resolve({ items: pushes.map((target) => ({ target })), nextCursor: null }) };
  return new TagProtection(
    engines as unknown as EnginesService,
    registries as unknown as RegistriesService,
    audit as unknown as AuditService,
  );
}

describe('a protected tag of the Hub', () => {
  it.each<[string, Pushed[], boolean]>([
    ['without a push on record counts as new', [], false],
    ['takes the digest of its last push', [{ tag: 'v1', digest: ours, imageId: null }], false],
    ['takes the image of its last push', [{ tag: 'v1', digest: other, imageId }], false],
    ['takes no other digest, also if the image has it elsewhere', [{ tag: 'v1', digest: other, imageId: null }], true],
    [
      'takes nothing where the last push left no trace of its content',
      [{ tag: 'v1', digest: null, imageId: null }],
      true,
    ],
    [
      'looks at the last push alone',
      [
        { tag: 'v1', digest: other, imageId: null },
        { tag: 'v1', digest: ours, imageId },
      ],
      true,
    ],
    ['is another tag than one in capitals', [{ tag: 'V1', digest: other, imageId: null }], false],
  ])('%s', async (_, pushes, moves) => {
    const push = { engine: 'local', reference: 'docker.io/team/app:v1', credential: null };
    expect(await theHub(pushes).moves(push)).toBe(moves);
  });
});
