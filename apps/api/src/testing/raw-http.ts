import { connect } from 'node:net';

export interface RawAnswer {
  /** Null where the connection was closed without an answer. */
  status: number | null;
  /** How many answers came on the one connection. */
  answers: number;
  contentType: string | null;
  /** The first answer's body, as it stood on the wire. */
  body: string;
  /** Whether the server closed the connection by itself. */
  closed: boolean;
}

/**
 * Sends bytes as they are over TCP and reads what comes back until the server closes the connection, or has been quiet for
 * `quietMs` after an answer, or `patienceMs` are over.
 */
export function sendRaw(
  url: string,
  parts: (string | Buffer)[],
  { quietMs = 150, patienceMs = 5000 } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    let closed = false;
    let quiet: NodeJS.Timeout | null = null;
    const patience = setTimeout(end, patienceMs);
    function end(): void {
      clearTimeout(patience);
      if (quiet) clearTimeout(quiet);
      socket.destroy();
      resolve(read(text, closed));
    }
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (quiet) clearTimeout(quiet);
      quiet = setTimeout(end, quietMs);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      closed = true;
      end();
    });
    for (const part of parts) socket.write(part);
  });
}

function read(text: string, closed: boolean): RawAnswer {
  const answers = text.match(/^HTTP\/1\.1 \d{3}/gm) ?? [];
  const [head = '', ...rest] = text.split('\r\n\r\n');
  return {
    status: answers[0] ? Number(answers[0].slice(9)) : null,
    answers: answers.length,
    contentType: /^content-type: *([^;\r\n]+)/im.exec(head)?.[1] ?? null,
    body: rest.join('\r\n\r\n'),
    closed,
  };
}
