/** Requests about images and packages, to the user's own server. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError, errorOfAnswer, errorOfSilence, UNREADABLE } from '../errors';
import type { IHere, INotebookImage, IPackageRequest, IRequestPage, IWish } from './contract';

export class ImageClient {
  constructor(private readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {}

  here(): Promise<IHere> {
    return this.ask('images/here');
  }

  notebook(path: string): Promise<INotebookImage> {
    return this.ask(`images/notebook?path=${encodeURIComponent(path)}`);
  }

  requests(below: number | null = null): Promise<IRequestPage> {
    return this.ask(`api/v1/package-requests?limit=50${below === null ? '' : `&below=${below}`}`);
  }

  request(number: number): Promise<IPackageRequest> {
    return this.ask(`api/v1/package-requests/${number}`);
  }

  askFor(wish: IWish): Promise<IPackageRequest> {
    return this.ask('api/v1/package-requests', wish);
  }

  takeBack(request: IPackageRequest): Promise<IPackageRequest> {
    return this.ask(`api/v1/package-requests/${request.number}/withdraw`, { stamp: request.stamp });
  }

  /** Raises ApiError. */
  private async ask<T>(path: string, body?: object): Promise<T> {
    const address = URLExt.join(this.settings.baseUrl, 'enablement', '/') + path;
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
    try {
      return (await response.json()) as T;
    } catch {
      throw new ApiError({ code: UNREADABLE, detail: 'The answer is not JSON.', status: response.status });
    }
  }
}
