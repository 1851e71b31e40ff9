import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { main } from './cli.js';
import { GrowingTree, SigningKey, genesisHash, sealEvent } from './index.js';
import type { AuditEvent } from '@waybill/contract';

const folder = mkdtempSync(join(tmpdir(), 'waybill-audit-'));
const key = SigningKey.generate('waybill.example/record');
const events: AuditEvent[] = [];
const at = (name: string) => join(folder, name);
const write = (name: string, lines: AuditEvent[]) =>
  writeFileSync(at(name), lines.map((one) => `${JSON.stringify(one)}\n`).join(''));

async function run(...args: string[]) {
  let said = '';
  const code = await main(args, (text) => (said += text));
  return { code, said };
}

beforeAll(() => {
  const tree = GrowingTree.empty();
  for (let seq = 1; seq <= 6; seq += 1) {
    const place = { seq, id: `01990000-0000-7000-8000-00000000000${seq}`, at: '2026-11-24T10:00:00.000Z', salt: '00' };
    const event = sealEvent(
      {
        actor: { type: 'system', id: null },
        via: { door: 'system', authMethod: null, tokenId: null, requestId: null },
        action: 'system.start',
        engine: null,
        target: null,
        subject: null,
        operationId: null,
        intentSeq: null,
        phase: 'outcome',
        outcome: 'succeeded',
        error: null,
        durationMs: null,
        details: {},
        personal: { actorName: 'system', ip: null, userAgent: null },
      },
      { ...place, prevHash: events.at(-1)?.hash ?? genesisHash },
    );
    events.push(event);
    tree.add(Buffer.from(event.hash, 'hex'));
  }
  write('whole.ndjson', events);
  write('cut.ndjson', events.slice(0, 4));
  write(
    'altered.ndjson',
    events.map((one) => (one.seq === 3 ? { ...one, outcome: 'failed' } : one)),
  );
  write(
    'erased.ndjson',
    events.map((one) => (one.seq === 2 ? { ...one, personal: null } : one)),
  );
  writeFileSync(at('checkpoint'), key.sign({ origin: key.name, size: 6, root: tree.root() }));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('waybill-audit verify', () => {
  it('passes a whole record against a checkpoint that was kept', async () => {
    const { code, said } = await run(
      'verify',
      at('whole.ndjson'),
      '--checkpoint',
      at('checkpoint'),
      '--key',
      key.verifier.toString(),
    );
    expect([code, said]).toEqual([0, expect.stringContaining('the largest up to number 6')]);
  });
  it('shows an end that was cut off, with the checkpoint alone', async () => {
    expect((await run('verify', at('cut.ndjson'))).code).toBe(0);
    const { code, said } = await run(
      'verify',
      at('cut.ndjson'),
      '--checkpoint',
      at('checkpoint'),
      '--key',
      key.verifier.toString(),
    );
    expect([code, said]).toEqual([1, expect.stringContaining('event 5 and what came after it')]);
  });
  it('names the first event that was altered', async () => {
    const { code, said } = await run('verify', at('altered.ndjson'));
    expect([code, said]).toEqual([1, expect.stringContaining('event 3 was altered')]);
  });
  it('says erased apart from altered', async () => {
    const { code, said } = await run('verify', at('erased.ndjson'));
    expect([code, said]).toEqual([0, expect.stringContaining('Erased: the names and addresses of 1 events')]);
  });
  it('says how it is used where it is not told what to do', async () => {
    expect((await run('look')).code).toBe(2);
    expect((await run('verify', at('whole.ndjson'), '--checkpoint', at('checkpoint'))).said).toContain('--key');
  });
});
