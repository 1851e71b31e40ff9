#!/usr/bin/env node
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { AuditEvent } from '@waybill/contract';
import { VerifierKey, type Checkpoint } from './checkpoint.js';
import { RecordVerifier, type Verdict } from './verify.js';

const usage = `Usage: waybill-audit verify FILE [--checkpoint FILE]… [--key KEY]

Checks an exported record (NDJSON, whole and unfiltered) without any server: each event's hash, its place in the
chain, its names and addresses, and the checkpoints that were kept elsewhere.

  FILE          what "export?format=ndjson" gave; - reads standard input
  --checkpoint  a signed checkpoint that was kept; may be said several times
  --key         the verifier key that signs them (name+id+key), pinned from outside

Exits with 0 where all holds, 1 at a flaw, 2 where it could not be checked.`;

/** Runs the command. @returns the exit code */
export async function main(args: string[], write: (text: string) => void): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { checkpoint: { type: 'string', multiple: true }, key: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [command, file] = positionals;
  if (values.help || command !== 'verify' || !file) {
    write(usage);
    return values.help ? 0 : 2;
  }
  const notes = values.checkpoint ?? [];
  if (notes.length && !values.key) {
    write('Say the verifier key (--key) that the checkpoints are signed with.');
    return 2;
  }
  const key = values.key ? VerifierKey.parse(values.key) : null;
  const checkpoints = key ? notes.map((path) => key.open(readFileSync(path, 'utf8'))) : [];
  const verdict = await verifyFile(file, checkpoints);
  write(report(verdict));
  return verdict.ok ? 0 : 1;
}

async function verifyFile(file: string, checkpoints: Checkpoint[]): Promise<Verdict> {
  const verifier = new RecordVerifier(checkpoints);
  const input = file === '-' ? process.stdin : createReadStream(file);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() && !verifier.accept(JSON.parse(line) as AuditEvent)) break;
  }
  return verifier.finish();
}

const words: Record<NonNullable<Verdict['flaw']>['kind'], string> = {
  altered: 'was altered: its hash does not belong to what it says',
  commitment: 'names somebody or somewhere else than when it was written',
  missing: 'follows events that are not there',
  moved: 'does not belong in this place: it was moved, added or sealed anew',
  column: 'is found under other values than it holds',
  checkpoint: 'ends a beginning that is not the one that was signed',
  truncated: 'and what came after it were signed for, and are not there: the end was cut off',
};

function report({
  ok,
  events,
  erased,
  headSeq,
  headHash,
  checkpoints,
  sealedSeq,
  openIntents,
  clockJumps,
  flaw,
}: Verdict): string {
  const lines = [
    flaw
      ? `NOT VERIFIED: event ${flaw.seq} ${words[flaw.kind]}.`
      : `VERIFIED: ${events} events, up to number ${headSeq}.`,
    `Head: ${headHash}`,
    checkpoints
      ? `Signed checkpoints held: ${checkpoints}, the largest up to number ${sealedSeq}.`
      : 'No checkpoint was given: a cut-off end would not be seen.',
    ...(erased
      ? [`Erased: the names and addresses of ${erased} events were removed; the events themselves hold.`]
      : []),
    ...(openIntents.length ? [`Without an outcome: ${openIntents.join(', ')}.`] : []),
    ...(clockJumps ? [`The clock jumped back ${clockJumps} times; the order is by number.`] : []),
  ];
  return ok ? lines.join('\n') : lines.slice(0, 2).join('\n');
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2), (text) => process.stdout.write(`${text}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
