/** Requests about images and packages, to the user's own server. */
import { ServerConnection } from '@jupyterlab/services';

import type {
  IServerImage,
  INotebookImage,
  IPackageRequest,
  IPackageRequestPage,
  INewPackageRequest
} from '../contract';
import { requestJson, type IRequestOptions } from '../request';

export class ImageClient {
  constructor(private readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {}

  here(): Promise<IServerImage> {
    return this.ask('images/here');
  }

  notebook(path: string): Promise<INotebookImage> {
    return this.ask('images/notebook', { query: { path } });
  }

  requests(below: number | null = null): Promise<IPackageRequestPage> {
    return this.ask('api/v1/package-requests', { query: { limit: 50, below } });
  }

  request(number: number): Promise<IPackageRequest> {
    return this.ask(`api/v1/package-requests/${number}`);
  }

  create(wanted: INewPackageRequest): Promise<IPackageRequest> {
    return this.ask('api/v1/package-requests', { body: wanted });
  }

  withdraw(request: IPackageRequest): Promise<IPackageRequest> {
    return this.ask(`api/v1/package-requests/${request.number}/withdraw`, { body: { stamp: request.stamp } });
  }

  private ask<T>(path: string, options: IRequestOptions = {}): Promise<T> {
    return requestJson<T>(this.settings, path, options);
  }
}
