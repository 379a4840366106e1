/** Says once when a submission starts to wait for the viewer, when his own is decided on, and what was done in the viewer's name on the decision pages. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IChange } from '../contract';
import { plainName } from '../plainName';
import type { IEnablement } from '../tokens';
import { eventLabel } from '../labels';
import type { BrowserNotifications } from './browserNotifications';
import { HOLD_KINDS } from './holdsModel';

const DECISIONS = new Set(['approved', 'changes_requested', 'rejected', ...HOLD_KINDS]);

/** What the service does by itself: nobody's turn begins or ends with it. */
const RUNS = new Set(['rerun_asked', 'rerun_started', 'rerun_ended']);

/** What is confirmed on a page of the decision origin, and never from the lab: whose name it was done in is told in any case. */
const CONFIRMED = new Set([
  'approved',
  'changes_requested',
  'rejected',
  'hold_lifted',
  'decision_fell',
  'package_accepted',
  'package_declined',
  'access_shown',
  'repository_shared'
]);

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
    if (CONFIRMED.has(change.kind)) {
      await this.confirm(change);
    }
    if (number === null || RUNS.has(change.kind)) {
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

  /** Tells who did it when, from where and with what, with the way to "this was not me"; a matter of safety, so no setting switches it off. */
  private async confirm(change: IChange): Promise<void> {
    const { trans, enablement } = this.options;
    const me = await enablement.me().catch(() => null);
    if (me?.name !== change.actor) {
      return;
    }
    const number = change.submission;
    const events = number === null ? [] : await enablement.client.events(number).catch(() => []);
    const told = events.find(event => event.seq === change.seq)?.confirmed ?? null;
    const what = eventLabel(change.kind, trans);
    const [done, from] =
      number === null || told === null
        ? [trans.__('You %1 on the decision page.', what), '']
        : [
            trans.__('You %1: #%2.', what, number),
            trans.__('From %1, %2.', told.address === '' ? trans.__('an unknown address') : told.address, told.browser)
          ];
    const page = told?.url ?? `${me.decisions.url.replace(/\/?$/, '/')}confirmations`;
    Notification.info([done, from].filter(part => part !== '').join(' '), {
      autoClose: 60_000,
      actions: [
        {
          label: trans.__('This was not me'),
          callback: () => void window.open(page, '_blank', 'noopener,noreferrer')
        }
      ]
    });
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
    this.options.browser?.show(text, `enablement-${number}`, () => onOpen(number));
  }
}

export namespace AttentionNotifications {
  export interface IOptions {
    enablement: IEnablement;
    trans: TranslationBundle;
    onOpen: (number: number) => void;
    browser?: BrowserNotifications;
  }
}
