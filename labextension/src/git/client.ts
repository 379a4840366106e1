/** Requests about Git, to the user's own server. */
import type { ServerConnection } from '@jupyterlab/services';

import type * as G from '../contract';
import { readOutcome } from '../ndjson';
import { request, requestJson, textChunks, type IRequestOptions } from '../request';

export type Report = (step: G.IGitStep) => void;

export class GitClient {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** `group`: for which of the person's groups, where the folder has no repository yet. */
  plan(path: string, group = ''): Promise<G.IGitPlan> {
    return this.get('plan', group === '' ? { path } : { path, group });
  }

  /** Those that the person may use. */
  async repositories(): Promise<G.IGitRepository[]> {
    return (await this.get<{ items: G.IGitRepository[] }>('repositories', {})).items;
  }

  /** A copy of the repository, set up. */
  async copy(repository: string, report: Report): Promise<G.IGitCopied> {
    const response = await request(this.settings, 'git/copy', { body: { repository } });
    const chunks = textChunks(response);
    return (await readOutcome<G.GitCopiedLine, 'copied'>(chunks, 'copied', ({ step }) => report(step))).copied;
  }

  status(path: string): Promise<G.IGitStatus> {
    return this.get('status', { path });
  }

  changes(path: string): Promise<G.IGitChanges> {
    return this.get('changes', { path });
  }

  history(path: string): Promise<G.IGitHistory> {
    return this.get('history', { path });
  }

  version(path: string, commit: string): Promise<G.IGitVersionContent> {
    return this.get('version', { path, commit });
  }

  conflicts(path: string): Promise<G.IGitConflicts> {
    return this.get('clashes', { path });
  }

  /** Notebooks whose versions have results of cells, where that can be changed. */
  async results(path: string): Promise<string[]> {
    return (await this.get<{ notebooks: string[] }>('results', { path })).notebooks;
  }

  async keepResultsOut(path: string): Promise<void> {
    await this.post('results', { path });
  }

  apply(path: string, report: Report, group = ''): Promise<G.IGitReceipt> {
    return this.receipt('apply', group === '' ? { path } : { path, group }, report);
  }

  repair(path: string, report: Report): Promise<G.IGitReceipt> {
    return this.receipt('repair', { path }, report);
  }

  /** `files`: those of the changed ones that go in; left out, all do. */
  save(path: string, message: string, report: Report, files?: string[]): Promise<G.IGitReceipt> {
    const body: G.ISaveVersionRequest = { path, message, ...(files === undefined ? {} : { files }) };
    return this.receipt('save-version', body, report);
  }

  /** Fetches and merges what others pushed. */
  async pull(path: string, report: Report): Promise<G.GitGot> {
    const response = await request(this.settings, 'git/colleagues', { body: { path } });
    const line = await readOutcome<G.GitGotLine, 'got'>(textChunks(response), 'got', ({ step }) => report(step));
    return line.got;
  }

  async resolve(path: string, seen: G.IGitConflicts, choices: G.ConflictChoices): Promise<G.GitGot> {
    const body = { path, here: seen.here, there: seen.there, choices };
    return (await this.post<{ got: G.GitGot }>('clashes', body)).got;
  }

  restore(path: string, commit: string): Promise<G.IGitRestored> {
    return this.post('restore', { path, commit });
  }

  /** The file with the versions that the server does not have, null where it has all. */
  async undo(path: string): Promise<string | null> {
    return (await this.post<G.IGitUndone>('undo', { path })).kept ?? null;
  }

  private get<T>(what: string, query: IRequestOptions['query']): Promise<T> {
    return requestJson<T>(this.settings, `git/${what}`, { query });
  }

  private post<T>(what: string, body: object): Promise<T> {
    return requestJson<T>(this.settings, `git/${what}`, { body });
  }

  private async receipt(action: string, body: object, report: Report): Promise<G.IGitReceipt> {
    const response = await request(this.settings, `git/${action}`, { body });
    const chunks = textChunks(response);
    const line = await readOutcome<G.GitReceiptLine, 'receipt'>(chunks, 'receipt', ({ step }) => report(step));
    return line.receipt;
  }
}
