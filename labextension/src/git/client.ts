/** Requests about Git, to the user's own server. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError, errorOfAnswer, errorOfSilence, INTERRUPTED } from '../errors';
import { LineCutter } from '../ndjson';
import type * as G from './contract';

export type Report = (step: G.IStepLine) => void;

export class GitClient {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  plan(path: string): Promise<G.IPlan> {
    return this.get('plan', { path });
  }

  status(path: string): Promise<G.IGitStatus> {
    return this.get('status', { path });
  }

  changes(path: string): Promise<G.IChanges> {
    return this.get('changes', { path });
  }

  history(path: string): Promise<G.IHistory> {
    return this.get('history', { path });
  }

  version(path: string, commit: string): Promise<G.IVersionContent> {
    return this.get('version', { path, commit });
  }

  clashes(path: string): Promise<G.IClashes> {
    return this.get('clashes', { path });
  }

  /** Notebooks whose versions have results of cells, where that can be changed. */
  async results(path: string): Promise<string[]> {
    return (await this.get<{ notebooks: string[] }>('results', { path })).notebooks;
  }

  async keepResultsOut(path: string): Promise<void> {
    await this.ask('results', { path });
  }

  apply(path: string, report: Report): Promise<G.IGitReceipt> {
    return this.receipt('apply', { path }, report);
  }

  repair(path: string, report: Report): Promise<G.IGitReceipt> {
    return this.receipt('repair', { path }, report);
  }

  /** `files`: those of the changed ones that go in; left out, all do. */
  save(path: string, message: string, report: Report, files?: string[]): Promise<G.IGitReceipt> {
    return this.receipt('save-version', { path, message, files }, report);
  }

  async colleagues(path: string, report: Report): Promise<G.IGot> {
    const line = await this.follow('colleagues', { path }, report);
    if (!('got' in line)) {
      throw ended();
    }
    return line.got;
  }

  async settle(path: string, seen: G.IClashes, choices: G.Choices): Promise<G.IGot> {
    const body = { path, here: seen.here, there: seen.there, choices };
    return ((await (await this.ask('clashes', body)).json()) as { got: G.IGot }).got;
  }

  async restore(path: string, commit: string): Promise<G.IRestored> {
    return (await (await this.ask('restore', { path, commit })).json()) as G.IRestored;
  }

  async undo(path: string): Promise<void> {
    await this.ask('undo', { path });
  }

  private async get<T>(what: string, query: Record<string, string>): Promise<T> {
    return (await (await this.ask(what + URLExt.objectToQueryString(query))).json()) as T;
  }

  private async receipt(action: string, body: object, report: Report): Promise<G.IGitReceipt> {
    const line = await this.follow(action, body, report);
    if (!('receipt' in line)) {
      throw ended();
    }
    return line.receipt;
  }

  /** Follows the lines to the last one. Raises ApiError: the problem of the last line, or `interrupted`. */
  private async follow(action: string, body: object, report: Report): Promise<G.GitLine> {
    const response = await this.ask(action, body);
    const cutter = new LineCutter();
    let last: G.GitLine | null = null;
    const take = (text: string): void => {
      const line = JSON.parse(text) as G.GitLine;
      if ('problem' in line) {
        throw new ApiError(line.problem);
      }
      if ('step' in line) {
        report(line.step);
      } else {
        last = line;
      }
    };
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader?.read(); piece !== undefined && !piece.done; piece = await reader?.read()) {
      cutter.push(piece.value).forEach(take);
    }
    cutter.end().forEach(take);
    if (last === null) {
      throw ended();
    }
    return last;
  }

  private async ask(path: string, body?: object): Promise<Response> {
    const address = URLExt.join(this.settings.baseUrl, 'enablement', 'git', '/') + path;
    const init: RequestInit = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
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

function ended(): ApiError {
  return new ApiError({ code: INTERRUPTED, detail: 'The answer ended early.', status: 0 });
}
