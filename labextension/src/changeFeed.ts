/** What changes in the review service, as it happens. */
import type { IDisposable } from '@lumino/disposable';
import { Debouncer, Poll } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';

import type { EnablementClient } from './client';
import type { IChange, ICounters } from './contract';
import { ApiError } from './errors';
import { EventStreamParser, type IMessage } from './serverSentEvents';

/** Between two tries to open the stream, at first and at most. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 8_000;
/** The service sends something every 15 s; a line silent for three times as long is dead. */
const LONGEST_SILENCE_MS = 45_000;

/**
 * Keeps one event stream open and opens it again with growing pauses when it breaks.
 *
 * `changed` fires for every message; `refreshed` when the stream (re)opened, since the view may be old;
 * `connected` when the state of the line changes.
 */
export class ChangeFeed implements IDisposable {
  private readonly parser = new EventStreamParser();
  private readonly poll: Poll;
  private readonly silence: Debouncer;
  private abort: AbortController | null = null;
  private online = false;
  private lastCounters: ICounters | null = null;
  private readonly onChanged = new Signal<this, IChange>(this);
  private readonly onRefreshed = new Signal<this, void>(this);
  private readonly onConnected = new Signal<this, boolean>(this);

  /** Connects once `ready` is there: a stream must not take a connection from the start of the lab. */
  constructor(
    private readonly client: Pick<EnablementClient, 'stream'>,
    ready: Promise<unknown>
  ) {
    this.silence = new Debouncer(() => this.abort?.abort(), LONGEST_SILENCE_MS);
    this.poll = new Poll({
      auto: false,
      factory: () => this.follow(),
      frequency: { interval: FIRST_PAUSE_MS, backoff: true, max: LONGEST_PAUSE_MS },
      name: 'enablement:changes',
      standby: 'never' // news reaches who looks at another tab, too
    });
    void ready.then(() => this.poll.refresh());
  }

  get changed(): ISignal<this, IChange> {
    return this.onChanged;
  }

  get refreshed(): ISignal<this, void> {
    return this.onRefreshed;
  }

  get connected(): ISignal<this, boolean> {
    return this.onConnected;
  }

  get isConnected(): boolean {
    return this.online;
  }

  /** The numbers of the last message; null before the first one. */
  get counters(): ICounters | null {
    return this.lastCounters;
  }

  get isDisposed(): boolean {
    return this.poll.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.poll.dispose();
    this.silence.dispose();
    this.abort?.abort();
    Signal.clearData(this);
  }

  /** Follows the stream until it ends. Rejects where it never came to anything, so that the next pause is longer. */
  private async follow(): Promise<void> {
    this.abort = new AbortController();
    this.parser.restart();
    void this.silence.invoke();
    let greeted = false;
    try {
      for await (const chunk of this.client.stream(this.parser.lastId, this.abort.signal)) {
        if (this.isDisposed) {
          return;
        }
        void this.silence.invoke();
        for (const message of this.parser.push(chunk)) {
          greeted ||= message.event === 'hello';
          this.take(message);
        }
      }
    } catch (reason) {
      if (reason instanceof ApiError && reason.code === 'no-service') {
        // A server outside a hub has nothing to follow, and never will: asking again would only make noise.
        void this.poll.stop();
      } else if (!greeted) {
        throw reason;
      } else if (!this.isDisposed) {
        console.debug('The event stream of the review service broke; it is opened again.', reason);
      }
    } finally {
      if (!this.isDisposed) {
        void this.silence.stop();
        this.setOnline(false);
      }
    }
  }

  private take(message: IMessage): void {
    const change = parsed(message.data);
    if (change === null) {
      return;
    }
    this.lastCounters = change.counters;
    if (message.event === 'hello') {
      this.setOnline(true);
      this.onRefreshed.emit();
    } else if (message.event === 'change') {
      this.onChanged.emit(change);
    }
  }

  private setOnline(online: boolean): void {
    if (this.online !== online) {
      this.online = online;
      this.onConnected.emit(online);
    }
  }
}

function parsed(text: string): IChange | null {
  try {
    return JSON.parse(text) as IChange;
  } catch {
    return null;
  }
}
