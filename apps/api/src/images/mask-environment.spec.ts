import { describe, expect, it } from '@jest/globals';
import type { ImageDetail } from '@waybill/contract';
import { maskEnvironment } from './mask-environment.js';

const secret = 'hunter2-canary';
const step = (createdBy: string) => ({
  id: 'x',
  createdAt: '2026-11-24T10:00:00.000Z',
  createdBy,
  size: 0,
  comment: '',
  tags: [],
});
const detail: ImageDetail = {
  id: 'sha256:1',
  tags: [],
  digests: [],
  createdAt: null,
  size: 1,
  os: 'linux',
  architecture: 'amd64',
  author: '',
  layers: [],
  history: [
    step(`/bin/sh -c #(nop)  ENV TOKEN=${secret} OTHER=${secret}`),
    step(`ENV TOKEN=${secret}`),
    step(`|1 TOKEN=${secret} /bin/sh -c make`),
    step(`RUN |1 TOKEN=${secret} /bin/sh -c make # buildkit`),
    step(`ARG TOKEN=${secret}`),
    step('CMD ["sh"]'),
  ],
  raw: { Config: { Env: [`TOKEN=${secret}`, 'PATH'], Cmd: ['sh'] }, ContainerConfig: { Env: [`TOKEN=${secret}`] } },
};

describe('maskEnvironment', () => {
  it('leaves no value of a variable or build argument anywhere', () => {
    expect(JSON.stringify(maskEnvironment(detail))).not.toContain(secret);
  });
  it('keeps names and everything else', () => {
    const masked = maskEnvironment(detail);
    expect(masked.raw).toMatchObject({ Config: { Env: ['TOKEN=••••••', 'PATH'], Cmd: ['sh'] } });
    expect(masked.history.at(-1)?.createdBy).toBe('CMD ["sh"]');
    expect(masked.history[2]?.createdBy).toBe('|1 TOKEN=•••••• /bin/sh -c make');
  });
});
