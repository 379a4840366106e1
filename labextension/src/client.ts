/** All requests of the extension. Everything goes to the user's own server, which holds the token. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type * as C from './contract';
import { ApiError, errorOfAnswer, errorOfSilence, INTERRUPTED, UNREADABLE } from './errors';
import { followSending } from './ndjson';

export interface IListQuery {
  filter: C.ListFilter;
  search?: string;
  path?: string;
  cursor?: string | null;
  limit?: number;
}

export class EnablementClient {
  private readonly settings: ServerConnection.ISettings;

  constructor(options: EnablementClient.IOptions = {}) {
    this.settings = options.serverSettings ?? ServerConnection.makeSettings();
  }

  context(): Promise<C.ILabContext> {
    return this.get('context');
  }

  candidates(path: string): Promise<C.ICandidates> {
    return this.get('candidates', { path });
  }

  /** Sends one version; `report` is called while bytes move. Raises ApiError; the same key may be sent again. */
  async send(sending: C.ISending, report: (progress: C.IProgress) => void): Promise<C.ISent> {
    const response = await this.answer('send', { method: 'POST', body: JSON.stringify(sending) });
    try {
      return await followSending(chunksOf(response), report);
    } catch (reason) {
      if (reason instanceof ApiError) {
        throw reason;
      }
      throw new ApiError({ code: INTERRUPTED, detail: String(reason), status: 0 });
    }
  }

  me(): Promise<C.IMe> {
    return this.get('api/v1/whoami');
  }

  list(query: IListQuery): Promise<C.IPage> {
    return this.get('api/v1/submissions', { ...query });
  }

  submission(number: number): Promise<C.ISubmissionDetail> {
    return this.get(`api/v1/submissions/${number}`);
  }

  notebook(number: number, version: number, first: number, count: number): Promise<C.INotebookView> {
    return this.get(`api/v1/submissions/${number}/versions/${version}/notebook`, { first, count });
  }

  cell(number: number, version: number, index: number): Promise<C.ICellView> {
    return this.get(`api/v1/submissions/${number}/versions/${version}/cells/${index}`);
  }

  /** Address of the exact stored bytes; index 0 is the notebook. */
  fileUrl(number: number, version: number, index: number): string {
    return this.url(`api/v1/submissions/${number}/versions/${version}/files/${index}`);
  }

  /** The stored bytes as text, for a preview. Raises ApiError `unreadable` when they are not UTF-8. */
  async fileText(number: number, version: number, index: number): Promise<string> {
    const response = await this.answer(`api/v1/submissions/${number}/versions/${version}/files/${index}`);
    const bytes = await response.arrayBuffer();
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw new ApiError({ code: UNREADABLE, detail: 'not text', status: 200 });
    }
  }

  claim(submission: C.ISubmission): Promise<C.ISubmission> {
    return this.act(submission, 'claim');
  }

  release(submission: C.ISubmission): Promise<C.ISubmission> {
    return this.act(submission, 'release');
  }

  withdraw(submission: C.ISubmission, reason: string): Promise<C.ISubmission> {
    return this.act(submission, 'withdraw', reason);
  }

  async threads(number: number, version?: number): Promise<C.IThread[]> {
    const answer = await this.get<{ threads: C.IThread[] }>(`api/v1/submissions/${number}/threads`, { version });
    return answer.threads;
  }

  openThread(number: number, version: number, anchor: C.IAnchor, text: string): Promise<C.IThread> {
    return this.post(`api/v1/submissions/${number}/threads`, { version, anchor, text });
  }

  reply(thread: number, text: string): Promise<C.IThread> {
    return this.post(`api/v1/threads/${thread}/comments`, { text });
  }

  resolve(thread: number): Promise<C.IThread> {
    return this.post(`api/v1/threads/${thread}/resolve`);
  }

  reopen(thread: number): Promise<C.IThread> {
    return this.post(`api/v1/threads/${thread}/reopen`);
  }

  async events(number: number): Promise<C.IEvent[]> {
    const answer = await this.get<{ events: C.IEvent[] }>(`api/v1/submissions/${number}/events`);
    return answer.events;
  }

  /**
   * The pieces of the event stream, from after the message `lastId` on; ends when it ends or `signal` is aborted.
   *
   * Not an EventSource: that cannot carry the header against cross-site requests which the user's server asks for,
   * nor recover from an HTTP error. Raises ApiError.
   */
  async *stream(lastId: string, signal: AbortSignal): AsyncIterable<string> {
    const headers: Record<string, string> = lastId === '' ? {} : { 'Last-Event-ID': lastId };
    yield* chunksOf(await this.answer('api/v1/events', { headers, signal, cache: 'no-store' }));
  }

  private act(submission: C.ISubmission, action: string, reason?: string): Promise<C.ISubmission> {
    const body = reason ? { stamp: submission.stamp, reason } : { stamp: submission.stamp };
    return this.post(`api/v1/submissions/${submission.number}/${action}`, body);
  }

  private url(path: string): string {
    return URLExt.join(this.settings.baseUrl, 'enablement', path);
  }

  private get<T>(path: string, query: Record<string, unknown> = {}): Promise<T> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
    const text = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
    return this.json(path, {}, text);
  }

  private post<T>(path: string, body?: object): Promise<T> {
    return this.json(path, { method: 'POST', body: body === undefined ? undefined : JSON.stringify(body) });
  }

  private async json<T>(path: string, init: RequestInit = {}, query = ''): Promise<T> {
    const response = await this.answer(path, init, query);
    try {
      return (await response.json()) as T;
    } catch {
      throw new ApiError({ code: UNREADABLE, detail: 'The answer is not JSON.', status: response.status });
    }
  }

  private async answer(path: string, init: RequestInit = {}, query = ''): Promise<Response> {
    const address = this.url(path) + (query === '' ? '' : `?${query}`);
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(address, init, this.settings);
    } catch (reason) {
      throw errorOfSilence(reason);
    }
    if (!response.ok) {
      throw errorOfAnswer(response.status, await response.text().catch(() => ''));
    }
    return response;
  }
}

export namespace EnablementClient {
  export interface IOptions {
    serverSettings?: ServerConnection.ISettings;
  }
}

async function* chunksOf(response: Response): AsyncIterable<string> {
  if (response.body === null) {
    yield await response.text();
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    yield value;
  }
}
