/** Requests about Git, to the user's own server. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError, errorOfAnswer, errorOfSilence, INTERRUPTED } from '../errors';
import { LineCutter } from '../ndjson';
import type { GitLine, IGitReceipt, IGitStatus, IPlan, IStepLine } from './contract';

export type Report = (step: IStepLine) => void;

export class GitClient {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  async plan(path: string): Promise<IPlan> {
    return (await (await this.ask(`plan?path=${encodeURIComponent(path)}`)).json()) as IPlan;
  }

  async status(path: string): Promise<IGitStatus> {
    return (await (await this.ask(`status?path=${encodeURIComponent(path)}`)).json()) as IGitStatus;
  }

  apply(path: string, report: Report): Promise<IGitReceipt> {
    return this.follow('apply', { path }, report);
  }

  repair(path: string, report: Report): Promise<IGitReceipt> {
    return this.follow('repair', { path }, report);
  }

  save(path: string, message: string, report: Report): Promise<IGitReceipt> {
    return this.follow('save-version', { path, message }, report);
  }

  async undo(path: string): Promise<void> {
    await this.ask('undo', { path });
  }

  /** Follows the lines to the receipt. Raises ApiError: the problem of the last line, or `interrupted`. */
  private async follow(action: string, body: object, report: Report): Promise<IGitReceipt> {
    const response = await this.ask(action, body);
    const cutter = new LineCutter();
    let receipt: IGitReceipt | null = null;
    const take = (text: string): void => {
      const line = JSON.parse(text) as GitLine;
      if ('problem' in line) {
        throw new ApiError(line.problem);
      }
      if ('step' in line) {
        report(line.step);
      } else {
        receipt = line.receipt;
      }
    };
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader?.read(); piece !== undefined && !piece.done; piece = await reader?.read()) {
      cutter.push(piece.value).forEach(take);
    }
    cutter.end().forEach(take);
    if (receipt === null) {
      throw new ApiError({ code: INTERRUPTED, detail: 'The answer ended early.', status: 0 });
    }
    return receipt;
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
