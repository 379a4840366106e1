/** How many decisions somebody says were not theirs, as platform engineers are told; the service decides who is one. */
import { VDomModel } from '@jupyterlab/apputils';
import { Poll } from '@lumino/polling';

import type { IChange, IHolds } from '../contract';
import type { IEnablement } from '../tokens';

const MINUTE_MS = 60_000;

/** What is put on hold, and what settles it. Who has no part in the submission hears of neither, so it is asked for as well. */
export const HOLD_KINDS: ReadonlySet<string> = new Set(['decision_disputed', 'hold_lifted', 'decision_fell']);

export class HoldsModel extends VDomModel {
  /** Null until the first answer. */
  holds: IHolds | null = null;

  private readonly poll: Poll;

  constructor(private readonly enablement: Pick<IEnablement, 'client' | 'feed'>) {
    super();
    this.poll = new Poll({
      auto: false,
      factory: () => this.load(),
      frequency: { interval: Poll.NEVER, backoff: false },
      name: 'enablement:holds',
      standby: 'when-hidden'
    });
    enablement.feed.refreshed.connect(this.refreshSoon, this);
    enablement.feed.changed.connect(this.onChanged, this);
  }

  override dispose(): void {
    this.poll.dispose();
    super.dispose();
  }

  /** Ask now; from then on again every minute, where the answer is for this person. */
  async refresh(): Promise<void> {
    await this.poll.refresh();
    await this.poll.tick.catch(() => undefined); // disposed meanwhile
  }

  private refreshSoon(): void {
    void this.refresh();
  }

  private onChanged(_: unknown, change: IChange): void {
    if (HOLD_KINDS.has(change.kind)) {
      this.refreshSoon();
    }
  }

  /** While the service is away, what was known stays; the queue below says that it is. */
  private async load(): Promise<void> {
    this.holds = await this.enablement.client.holds().catch(() => this.holds);
    if (!this.isDisposed) {
      const interval = this.holds?.platform === true ? MINUTE_MS : Poll.NEVER;
      this.poll.frequency = { ...this.poll.frequency, interval, max: interval };
      this.stateChanged.emit();
    }
  }
}
