/** An answer of Waybill's REST API. `body` is what JSON it held. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** Waybill's REST API as a person with a browser's cookie, or who has a token, sees it; knows no schema, for the world stands alone. */
export class WaybillClient {
  readonly url: string;
  /** `name=value` of the session, for a browser that shall be logged in as the same person. */
  readonly cookie: string | undefined;
  readonly #token: string | undefined;

  constructor(url: string, login: { cookie?: string; token?: string } = {}) {
    this.url = url;
    this.cookie = login.cookie;
    this.#token = login.token;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const { status, text } = await this.#send(method, path, body);
    return { status, body: (text === '' ? null : JSON.parse(text)) as T };
  }

  /** @throws Error with the problem's own sentence unless the answer is a success */
  async must<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** The same server, as somebody else. @throws Error when the login is refused */
  async login(username: string, password: string): Promise<WaybillClient> {
    const { status, text, cookies } = await this.#send('POST', '/api/v1/session', { username, password });
    if (status >= 300) throw new Error(`The login of ${username} was answered ${status}: ${text}`);
    return new WaybillClient(this.url, { cookie: cookies.map((one) => one.split(';')[0]).join('; ') });
  }

  async #send(
    method: string,
    path: string,
    body: unknown,
  ): Promise<{ status: number; text: string; cookies: string[] }> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        origin: this.url,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text(), cookies: answer.headers.getSetCookie() };
  }
}
