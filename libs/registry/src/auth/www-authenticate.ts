/** One challenge of a 401. Names of parameters are in lower case. */
export interface AuthChallenge {
  /** In lower case. */
  scheme: string;
  params: Record<string, string>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = new RegExp(`[\\s,]*(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"=]+))(?=\\s*(?:,|$))`, 'y');
const scheme = new RegExp(`[\\s,]*(${token})(?=[\\s,]|$)`, 'y');
const token68 = /[ \t]+[A-Za-z0-9\-._~+/]+=*(?=\s*(?:,|$))/y;

/**
 * Reads WWW-Authenticate: several headers, several challenges in one, commas and escapes inside quoted strings. A
 * challenge with the same parameter twice is left out (two readers could take different ones), and so is all that
 * follows what can't be read. Source: RFC 9110, 11.6.1.
 */
export function parseChallenges(headers: string | readonly string[] | undefined): AuthChallenge[] {
  const list = headers === undefined ? [] : typeof headers === 'string' ? [headers] : headers;
  return list.flatMap(parseOne);
}

function parseOne(text: string): AuthChallenge[] {
  const found: (AuthChallenge & { broken?: boolean })[] = [];
  let at = 0;
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    const current = found.at(-1);
    const pair = current ? read(parameter) : null;
    if (current && pair?.[1]) {
      const name = pair[1].toLowerCase();
      if (name in current.params) current.broken = true;
      current.params[name] = pair[2] === undefined ? (pair[3] ?? '') : pair[2].replace(/\\(.)/g, '$1');
      continue;
    }
    const next = read(scheme);
    if (!next?.[1]) break;
    found.push({ scheme: next[1].toLowerCase(), params: Object.create(null) as Record<string, string> });
    read(token68);
  }
  return found
    .filter((challenge) => !challenge.broken)
    .map(({ scheme: name, params }) => ({ scheme: name, params: { ...params } }));
}
