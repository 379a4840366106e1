/** Requests about images, to the user's own server. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError, errorOfAnswer, errorOfSilence, UNREADABLE } from '../errors';
import type { IHere, INotebookImage } from './contract';

export class ImageClient {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  here(): Promise<IHere> {
    return this.get('here');
  }

  notebook(path: string): Promise<INotebookImage> {
    return this.get(`notebook?path=${encodeURIComponent(path)}`);
  }

  /** Raises ApiError. */
  private async get<T>(path: string): Promise<T> {
    const address = URLExt.join(this.settings.baseUrl, 'enablement', 'images', '/') + path;
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(address, {}, this.settings);
    } catch (reason) {
      throw errorOfSilence(reason);
    }
    if (!response.ok) {
      throw errorOfAnswer(response.status, await response.text().catch(() => ''));
    }
    try {
      return (await response.json()) as T;
    } catch {
      throw new ApiError({ code: UNREADABLE, detail: 'The answer is not JSON.', status: response.status });
    }
  }
}
