import type { ImageDetail } from '@waybill/contract';

const hidden = '••••••';

/**
 * The same detail with values of environment variables and build arguments hidden: inspect leaks secrets otherwise.
 * They stand in Config.Env, ContainerConfig.Env and in the history's commands.
 */
export function maskEnvironment(detail: ImageDetail): ImageDetail {
  return {
    ...detail,
    history: detail.history.map((step) => ({ ...step, createdBy: maskCommand(step.createdBy) })),
    raw: maskRaw(detail.raw) as ImageDetail['raw'],
  };
}

function maskRaw(value: unknown, key = ''): unknown {
  if (Array.isArray(value))
    return value.map((one) => (key === 'Env' && typeof one === 'string' ? maskPair(one) : maskRaw(one)));
  if (typeof value === 'object' && value)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, maskRaw(one, name)]));
  return value;
}

function maskPair(pair: string): string {
  const at = pair.indexOf('=');
  return at < 0 ? pair : `${pair.slice(0, at)}=${hidden}`;
}

/** `ENV NAME=value`, `ARG NAME=value` and `|1 NAME=value /bin/sh -c …` keep their names. */
function maskCommand(command: string): string {
  const instruction = /^(.*?\b(?:ENV|ARG)\s+)([\s\S]*)$/.exec(command);
  if (instruction) return `${instruction[1]}${maskPairs(instruction[2] ?? '')}`;
  const argued = /^((?:RUN )?\|\d+ )([\s\S]*?)( \/bin\/sh -c[\s\S]*)?$/.exec(command);
  return argued ? `${argued[1]}${maskPairs(argued[2] ?? '')}${argued[3] ?? ''}` : command;
}

function maskPairs(pairs: string): string {
  return pairs.replace(/([A-Za-z_][A-Za-z0-9_]*)([= ])(?:"(?:[^"\\]|\\.)*"|'[^']*'|\S+)/g, `$1$2${hidden}`);
}
