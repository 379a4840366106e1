/** What this server runs, and how the notebooks that are open stand to it. */
import { VDomModel } from '@jupyterlab/apputils';
import { Poll } from '@lumino/polling';

import type { ImageClient } from './client';
import type { IServerImage, INotebookImage, IRecordedImage } from '../contract';

/** A newer release, or a package that was installed meanwhile, is noticed within this time. */
const REFRESH_MS = 10 * 60_000;

export class ImageModel extends VDomModel {
  here: IServerImage | null = null;
  error: unknown = null;
  /** The notebook the person is in, null where it is none or says nothing about images. */
  current: INotebookImage | null = null;

  private readonly poll: Poll;

  constructor(private readonly client: ImageClient) {
    super();
    this.poll = new Poll({
      auto: false,
      factory: () => this.load(),
      frequency: { interval: REFRESH_MS, backoff: false, max: REFRESH_MS },
      name: 'enablement:image'
    });
  }

  override dispose(): void {
    this.poll.dispose();
    super.dispose();
  }

  /** The image to record in notebooks, known from the first answer on. */
  get image(): IRecordedImage | null {
    const image = this.here?.image ?? null;
    return image === null ? null : { ...image, digest: image.digest || (this.here?.release?.digest ?? '') };
  }

  /** Ask now, and from then on again and again; a failure leaves what was known. */
  async refresh(): Promise<void> {
    await this.poll.refresh();
    await this.poll.tick.catch(() => undefined); // disposed meanwhile
  }

  show(current: INotebookImage | null): void {
    this.current = current;
    this.stateChanged.emit();
  }

  private async load(): Promise<void> {
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
}
