/** Says once when a submission starts to wait for the viewer. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IChange } from '../contract';
import { plainName } from '../plainName';
import type { IEnablement } from '../tokens';
import { eventLabel } from '../wording';

export class AttentionNews {
  enabled = true;

  /** Submissions that wait for the viewer and have been announced. */
  private readonly told = new Set<number>();

  constructor(private readonly options: AttentionNews.IOptions) {
    options.enablement.feed.changed.connect((_, change) => void this.take(change));
  }

  private async take(change: IChange): Promise<void> {
    const number = change.submission;
    if (number === null) {
      return;
    }
    if (!change.attention) {
      this.told.delete(number);
      return;
    }
    if (this.told.has(number) || !this.enabled) {
      return;
    }
    this.told.add(number);
    const me = await this.options.enablement.me().catch(() => null);
    if (me?.name !== change.actor) {
      await this.tell(number, change);
    }
  }

  private async tell(number: number, change: IChange): Promise<void> {
    const { trans, enablement, onOpen } = this.options;
    const detail = await enablement.client.submission(number).catch(() => null);
    const title = detail === null ? '' : ` ${plainName(detail.title)}`;
    const what = `${plainName(change.actor)} ${eventLabel(change.kind, trans)}`;
    Notification.info(trans.__('#%1%2 is waiting for you: %3', number, title, what), {
      autoClose: 15_000,
      actions: [{ label: trans.__('Open'), callback: () => onOpen(number) }]
    });
  }
}

export namespace AttentionNews {
  export interface IOptions {
    enablement: IEnablement;
    trans: TranslationBundle;
    onOpen: (number: number) => void;
  }
}
