/** What would be sent, run before it is: one trial of one notebook. It goes on in the review service, whoever looks. */
import { VDomModel } from '@jupyterlab/apputils';

import type { EnablementClient } from '../client';
import type { ISendRequest, ITrial } from '../contract';
import { errorOfSilence, type ApiError } from '../errors';

/** Between two questions while it is waiting or running. */
const ASK_AGAIN_MS = 2_000;

export class TrialModel extends VDomModel {
  /** Null before the service has said anything. */
  trial: ITrial | null = null;
  error: ApiError | null = null;
  /** It is on its way to the service, or is being stopped. */
  busy = false;

  private timer: number | undefined;
  private turn = 0;

  constructor(
    private readonly path: string,
    private readonly client: Pick<EnablementClient, 'trial' | 'tryClean' | 'cancelTrial'>
  ) {
    super();
  }

  override dispose(): void {
    window.clearTimeout(this.timer);
    super.dispose();
  }

  /** Whether it is on its way, waiting or running. */
  get isOpen(): boolean {
    return this.busy || this.trial?.state === 'queued' || this.trial?.state === 'running';
  }

  /** Asks how it stands; what fails is asked again while it is open. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    const found = await this.client.trial(this.path).catch((reason: unknown) => {
      console.debug('How the notebook came out when it was tried is not known.', reason);
      return this.trial;
    });
    if (turn === this.turn) {
      this.take(found);
    }
  }

  /** Has it run, once it is known what; where one is open already, that is the one. */
  start(made: () => Promise<ISendRequest>): Promise<void> {
    return this.act(async () => this.client.tryClean(await made()));
  }

  /** Stops it; one that has ended meanwhile is shown as it ended. */
  async cancel(): Promise<void> {
    const id = this.trial?.run?.id;
    if (id === undefined) {
      return;
    }
    await this.act(() => this.client.cancelTrial(id));
    if (this.error?.code === 'conflict') {
      this.error = null;
      await this.load();
    }
  }

  private async act(work: () => Promise<ITrial>): Promise<void> {
    const turn = ++this.turn;
    this.busy = true;
    this.error = null;
    this.stateChanged.emit();
    let found = this.trial;
    try {
      found = await work();
    } catch (reason) {
      this.error = errorOfSilence(reason);
    }
    this.busy = false;
    if (turn === this.turn) {
      this.take(found);
    }
  }

  private take(found: ITrial | null): void {
    if (this.isDisposed) {
      return;
    }
    this.trial = found;
    window.clearTimeout(this.timer);
    if (this.isOpen) {
      this.timer = window.setTimeout(() => void this.load(), ASK_AGAIN_MS);
    }
    this.stateChanged.emit();
  }
}
