/** What this server runs, and how the notebooks that are open stand to it. */
import { VDomModel } from '@jupyterlab/apputils';

import type { ImageClient } from './client';
import type { IHere, INotebookImage, IRecordedImage } from './contract';

export class ImageModel extends VDomModel {
  here: IHere | null = null;
  error: unknown = null;
  /** The notebook the person is in, null where it is none or says nothing about images. */
  current: INotebookImage | null = null;

  constructor(private readonly client: ImageClient) {
    super();
  }

  /** The image to record in notebooks, known from the first answer on. */
  get image(): IRecordedImage | null {
    const image = this.here?.image ?? null;
    return image === null ? null : { ...image, digest: image.digest || (this.here?.release?.digest ?? '') };
  }

  /** Ask again; a failure leaves what was known. */
  async refresh(): Promise<void> {
    try {
      this.here = await this.client.here();
      this.error = null;
    } catch (reason) {
      this.error = reason;
    }
    if (!this.isDisposed) {
      this.stateChanged.emit();
    }
  }

  show(current: INotebookImage | null): void {
    this.current = current;
    this.stateChanged.emit();
  }
}
