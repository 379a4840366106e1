/** All requests of the extension. Everything goes to the user's own server, which holds the token. */
import { ServerConnection } from '@jupyterlab/services';

import type * as C from './contract';
import { ApiError, UNREADABLE } from './errors';
import { readOutcome } from './ndjson';
import { request, requestJson, routeUrl, textChunks, type IRequestOptions } from './request';

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

  /** What checks find in a notebook before it is sent with these files. */
  preflight(path: string, files: readonly string[]): Promise<C.IPreflight> {
    return this.post('preflight', { path, files });
  }

  /** Sends one version; `report` is called while bytes move. Raises ApiError; the same key may be sent again. */
  async send(sending: C.ISendRequest, report: (progress: C.IProgress) => void): Promise<C.ISent> {
    const response = await request(this.settings, 'send', { body: sending });
    return readOutcome<C.SendLine, 'receipt'>(textChunks(response), 'receipt', line => report(line.progress));
  }

  /** Has what would be sent run; the answer is the trial, or the one of this notebook that is open already. Raises ApiError. */
  async tryClean(sending: C.ISendRequest): Promise<C.ITrial> {
    const response = await request(this.settings, 'try', { body: sending });
    const tried = await readOutcome<C.TryLine, 'trial'>(textChunks(response), 'trial', () => undefined);
    return tried.trial;
  }

  /** One's own newest trial of a notebook. */
  trial(path: string): Promise<C.ITrial> {
    return this.get('api/v1/trials', { path });
  }

  cancelTrial(id: string): Promise<C.ITrial> {
    return this.post('api/v1/trials/cancel', { id });
  }

  me(): Promise<C.IMe> {
    return this.get('api/v1/whoami');
  }

  /** How many decisions are on hold; whether that is for this person, the service says. */
  holds(): Promise<C.IHolds> {
    return this.get('api/v1/holds');
  }

  list(query: C.IListQuery): Promise<C.ISubmissionPage> {
    return this.get('api/v1/submissions', query);
  }

  /** What is found by a query, which may be refused: `bad-search` says how. */
  search(query: C.ISearchQuery): Promise<C.IFoundPage> {
    return this.get('api/v1/search', query);
  }

  /** Address of all that is found, as a file. */
  exportUrl(query: string, format: 'csv' | 'json'): string {
    return routeUrl(this.settings, 'api/v1/search/export', { query, format });
  }

  async searchFilters(): Promise<C.ISearchFilter[]> {
    return (await this.get<{ filters: C.ISearchFilter[] }>('api/v1/search/filters')).filters;
  }

  async savedSearches(): Promise<C.ISavedSearch[]> {
    return (await this.get<{ searches: C.ISavedSearch[] }>('api/v1/saved-searches')).searches;
  }

  async saveSearch(search: C.ISavedSearch): Promise<C.ISavedSearch[]> {
    return (await this.post<{ searches: C.ISavedSearch[] }>('api/v1/saved-searches', search)).searches;
  }

  async deleteSavedSearch(name: string): Promise<C.ISavedSearch[]> {
    return (await this.post<{ searches: C.ISavedSearch[] }>('api/v1/saved-searches/delete', { name })).searches;
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

  checks(number: number, version: number): Promise<C.IVersionChecks> {
    return this.get(`api/v1/submissions/${number}/versions/${version}/checks`);
  }

  /** How a version came out when it was run again, or how far that is. */
  rerun(number: number, version: number): Promise<C.IRerun> {
    return this.get(rerunPath(number, version));
  }

  askRerun(number: number, version: number): Promise<C.IRerun> {
    return this.post(rerunPath(number, version));
  }

  cancelRerun(number: number, version: number): Promise<C.IRerun> {
    return this.post(`${rerunPath(number, version)}/cancel`);
  }

  /** A cell with what the newest run showed. */
  rerunCell(number: number, version: number, index: number): Promise<C.ICellView> {
    return this.get(`${rerunPath(number, version)}/cells/${index}`);
  }

  /** What differs between `from` and `version`; without `from`, since what you read last. */
  difference(number: number, version: number, from?: number): Promise<C.IComparedVersions> {
    return this.get(`api/v1/submissions/${number}/versions/${version}/difference`, { from });
  }

  /** What differs between a version and the notebook at `path` as it is on disk. */
  workingDifference(number: number, version: number, path: string): Promise<C.IWorkingDifference> {
    return this.get('difference', { submission: number, version, path });
  }

  seen(number: number): Promise<C.ISeen> {
    return this.get(`api/v1/submissions/${number}/seen`);
  }

  markSeen(number: number, marks: Partial<C.IMarkSeen>): Promise<C.ISeen> {
    return this.post(`api/v1/submissions/${number}/seen`, marks);
  }

  /** The packages that differ between two releases, each `image/version`. */
  releases(old: string, now: string): Promise<C.IReleaseComparison> {
    return this.get(`api/v1/images/${now}/compared`, { with: old });
  }

  /** Address of the exact stored bytes; index 0 is the notebook. */
  fileUrl(number: number, version: number, index: number): string {
    return routeUrl(this.settings, filePath(number, version, index));
  }

  /** The stored bytes as text, for a preview. Raises ApiError `unreadable` when they are not UTF-8. */
  async fileText(number: number, version: number, index: number): Promise<string> {
    const response = await request(this.settings, filePath(number, version, index));
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

  rejectSuggestion(thread: number, text: string): Promise<C.IThread> {
    return this.post(`api/v1/threads/${thread}/reject-suggestion`, { text });
  }

  /** What applying would do to these cells; `threads` null: all suggestions that are open. Nothing is written. */
  planSuggestions(
    submission: number,
    threads: readonly number[] | null,
    cells: readonly C.ISuggestionCell[]
  ): Promise<C.ISuggestionPlan> {
    return this.post('suggestions/plan', { submission, threads, cells });
  }

  /** The viewer's own drafts, placed in a version. */
  async drafts(number: number, version?: number): Promise<C.IPlacedDraft[]> {
    const answer = await this.get<{ drafts: C.IPlacedDraft[] }>(`api/v1/submissions/${number}/drafts`, { version });
    return answer.drafts;
  }

  addDraft(number: number, draft: C.INewDraft): Promise<C.IDraft> {
    return this.post(`api/v1/submissions/${number}/drafts`, draft);
  }

  /** `source` is for a suggestion alone. */
  editDraft({ id, stamp }: C.IDraftRef, text: string, source?: string): Promise<C.IDraft> {
    return this.post(`api/v1/drafts/${id}`, { stamp, text, source });
  }

  async discardDrafts(number: number, drafts: readonly C.IDraftRef[]): Promise<void> {
    await this.post(`api/v1/submissions/${number}/drafts/discard`, { drafts: drafts.map(seen) });
  }

  /** One event for all of them. The same drafts may be named again: they are published once. */
  publishDrafts(number: number, drafts: readonly C.IDraftRef[]): Promise<C.IEvent> {
    return this.post(`api/v1/submissions/${number}/drafts/publish`, { drafts: drafts.map(seen) });
  }

  editComment({ id, revision }: C.IComment, text: string): Promise<C.IThread> {
    return this.post(`api/v1/comments/${id}`, { revision, text });
  }

  deleteComment({ id, revision }: C.IComment): Promise<C.IThread> {
    return this.post(`api/v1/comments/${id}/delete`, { revision });
  }

  /** All that it ever said. */
  commentHistory({ id }: C.IComment): Promise<C.ICommentHistory> {
    return this.get(`api/v1/comments/${id}`);
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
    yield* textChunks(await request(this.settings, 'api/v1/events', { headers, signal, cache: 'no-store' }));
  }

  private act(submission: C.ISubmission, action: string, reason?: string): Promise<C.ISubmission> {
    const body = reason ? { stamp: submission.stamp, reason } : { stamp: submission.stamp };
    return this.post(`api/v1/submissions/${submission.number}/${action}`, body);
  }

  private get<T>(path: string, query: IRequestOptions['query'] = {}): Promise<T> {
    return requestJson<T>(this.settings, path, { query });
  }

  private post<T>(path: string, body?: object): Promise<T> {
    return requestJson<T>(this.settings, path, { method: 'POST', body });
  }
}

export namespace EnablementClient {
  export interface IOptions {
    serverSettings?: ServerConnection.ISettings;
  }
}

function rerunPath(number: number, version: number): string {
  return `api/v1/submissions/${number}/versions/${version}/rerun`;
}

function filePath(number: number, version: number, index: number): string {
  return `api/v1/submissions/${number}/versions/${version}/files/${index}`;
}

function seen({ id, stamp }: C.IDraftRef): C.IDraftRef {
  return { id, stamp };
}
