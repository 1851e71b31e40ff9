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
  if (Array.isArray(value)) return value.map((one) => (key === 'Env' && typeof one === 'string' ? maskPair(one) : maskRaw(one)));
  if (typeof value === 'object' && value) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, maskRaw(one, name)]));
  return value;
}

function maskPair(pair: string): string {
  const at = pair.indexOf('=');
  return at < 0 ? pair : `${pair.slice(0, at)}=${hidden}`;
}

/** `ENV NAME=value` and `|2 ARG=value … /bin/sh -c` keep their names. */
function maskCommand(command: string): string {
  return command
    .replace(/(\bENV\s+)(.*)$/s, (_, head: string, pairs: string) => head + pairs.replace(/([A-Za-z_][A-Za-z0-9_]*)([= ])(?:"[^"]*"|'[^']*'|\S+)/g, `$1$2${hidden}`))
    .replace(/^(\|\d+ )(.*?)(?= \/bin\/sh -c| $|$)/s, (_, head: string, pairs: string) => head + pairs.replace(/([A-Za-z_][A-Za-z0-9_]*)=(?:"[^"]*"|\S*)/g, `$1=${hidden}`));
}
