/** A lab server of the tests: it stands behind `fetch`, so that everything above it runs as in the browser. */
import { ServerConnection } from '@jupyterlab/services';

export interface ISeen {
  /** `POST git/apply`, below `<base>/enablement/`. */
  route: string;
  query: Record<string, string>;
  body: unknown;
  headers: Headers;
  signal: AbortSignal;
}

export type Answer = (seen: ISeen) => Response | Promise<Response>;

export class FakeServer {
  readonly seen: ISeen[] = [];
  readonly settings: ServerConnection.ISettings;
  private readonly answers = new Map<string, Answer>();

  constructor() {
    this.settings = ServerConnection.makeSettings({
      baseUrl: 'http://lab.example/user/dana/',
      fetch: (input, init) => this.answer(new Request(input, init)),
      Request,
      Headers
    });
  }

  /** From now on the route answers this: JSON of a value, or what the function makes. */
  on(route: string, answer: Answer | object): this {
    this.answers.set(route, typeof answer === 'function' ? (answer as Answer) : () => json(answer));
    return this;
  }

  /** The bodies that came to a route. */
  bodies(route: string): unknown[] {
    return this.seen.filter(each => each.route === route).map(each => each.body);
  }

  count(route: string): number {
    return this.bodies(route).length;
  }

  private async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const text = await request.text();
    const seen: ISeen = {
      route: `${request.method} ${url.pathname.replace('/user/dana/enablement/', '')}`,
      // JupyterLab adds a number to what no cache may answer.
      query: Object.fromEntries([...url.searchParams].filter(([name]) => !/^\d+$/.test(name))),
      body: text === '' ? null : (JSON.parse(text) as unknown),
      headers: request.headers,
      signal: request.signal
    };
    this.seen.push(seen);
    const answer = this.answers.get(seen.route);
    return answer === undefined ? problem('not-found', 404) : answer(seen);
  }
}

export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status });
}

export function problem(code: string, status: number, facts: Record<string, unknown> = {}): Response {
  return json({ type: 'x', title: 'x', status, code, detail: `It is ${code}.`, facts }, status);
}

/** No answer at all. */
export function silence(): Promise<Response> {
  return Promise.reject(new TypeError('Failed to fetch'));
}

/** A whole answer of JSON lines. */
export function lines(...values: object[]): Response {
  return new Response(values.map(value => `${JSON.stringify(value)}\n`).join(''));
}

/** The connection breaks after these lines. */
export function broken(...values: object[]): Response {
  const pieces = values.map(value => `${JSON.stringify(value)}\n`);
  return new Response(
    new ReadableStream<Uint8Array>({
      pull: controller => {
        const piece = pieces.shift();
        if (piece === undefined) {
          controller.error(new TypeError('network error'));
        } else {
          controller.enqueue(new TextEncoder().encode(piece));
        }
      }
    })
  );
}

/** The answer ends in the middle of its last line. */
export function cutOff(...values: object[]): Response {
  const text = values.map(value => `${JSON.stringify(value)}\n`).join('');
  return new Response(text.slice(0, -4));
}

/** Lets everything that waits for nothing but other promises and streams go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

/** Waits for what takes a moment; fails after five seconds. */
export async function until(done: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!done()) {
    if (Date.now() > end) {
      throw new Error(`It did not come to pass: ${done.toString()}`);
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
