/** Says once when a submission starts to wait for the viewer, and when his own is decided on. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IChange } from '../contract';
import { plainName } from '../plainName';
import type { IEnablement } from '../tokens';
import { eventLabel } from '../labels';

const DECISIONS = new Set(['approved', 'changes_requested', 'rejected']);

export class AttentionNotifications {
  enabled = true;

  /** Submissions that wait for the viewer and have been announced. */
  private readonly told = new Set<number>();

  constructor(private readonly options: AttentionNotifications.IOptions) {
    options.enablement.feed.changed.connect(this.onChange, this);
  }

  private onChange(_: unknown, change: IChange): void {
    void this.take(change);
  }

  private async take(change: IChange): Promise<void> {
    const number = change.submission;
    if (number === null) {
      return;
    }
    const isNew = change.attention && !this.told.has(number);
    if (change.attention) {
      this.told.add(number);
    } else {
      this.told.delete(number);
    }
    if (this.enabled && (isNew || DECISIONS.has(change.kind))) {
      await this.tell(number, change, isNew);
    }
  }

  /** News of a decision is for its author; everything else is for whoever it waits for. */
  private async tell(number: number, change: IChange, isNew: boolean): Promise<void> {
    const { trans, enablement, onOpen } = this.options;
    const [me, detail] = await Promise.all([
      enablement.me().catch(() => null),
      enablement.client.submission(number).catch(() => null)
    ]);
    if (me === null || me.name === change.actor || (!isNew && detail?.author !== me.name)) {
      return;
    }
    const title = detail === null ? '' : ` ${plainName(detail.title)}`;
    const what = `${plainName(change.actor)} ${eventLabel(change.kind, trans)}`;
    const text = change.attention
      ? trans.__('#%1%2 is waiting for you: %3', number, title, what)
      : trans.__('#%1%2: %3', number, title, what);
    Notification.info(text, {
      autoClose: 15_000,
      actions: [{ label: trans.__('Open'), callback: () => onOpen(number) }]
    });
  }
}

export namespace AttentionNotifications {
  export interface IOptions {
    enablement: IEnablement;
    trans: TranslationBundle;
    onOpen: (number: number) => void;
  }
}
