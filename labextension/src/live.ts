/** What changes in the review service, as it happens. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { EnablementClient } from './client';
import type { IChange, ICounters } from './contract';
import { ApiError } from './errors';
import { EventCutter, IMessage } from './eventStream';

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 8_000;
/** The service sends something every 15 s; a line silent for three times as long is dead. */
const LONGEST_SILENCE = 45_000;

/**
 * Keeps one event stream open and opens it again with growing pauses when it breaks.
 *
 * `changed` fires for every message; `refreshed` when the stream (re)opened, since the view may be old;
 * `connected` when the state of the line changes.
 */
export class LiveFeed implements IDisposable {
  private readonly cutter = new EventCutter();
  private abort: AbortController | null = null;
  private timer = 0;
  private watch = 0;
  private pause = FIRST_PAUSE;
  private online = false;
  private lastCounters: ICounters | null = null;
  private disposed = false;
  private readonly onChanged = new Signal<this, IChange>(this);
  private readonly onRefreshed = new Signal<this, void>(this);
  private readonly onConnected = new Signal<this, boolean>(this);

  /** Connects once `ready` is there: a stream must not take a connection from the start of the lab. */
  constructor(
    private readonly client: EnablementClient,
    ready: Promise<unknown>
  ) {
    void ready.then(() => this.open());
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
    return this.disposed;
  }

  dispose(): void {
    if (this.disposed) {
      return;
    }
    this.disposed = true;
    window.clearTimeout(this.timer);
    window.clearTimeout(this.watch);
    this.abort?.abort();
    Signal.clearData(this);
  }

  private async open(): Promise<void> {
    if (this.disposed) {
      return;
    }
    this.abort = new AbortController();
    this.cutter.restart();
    this.heard();
    try {
      for await (const chunk of this.client.stream(this.cutter.lastId, this.abort.signal)) {
        this.heard();
        this.cutter.push(chunk).forEach(message => this.take(message));
      }
    } catch (reason) {
      if (reason instanceof ApiError && reason.code === 'no-service') {
        // A server outside a hub has nothing to follow, and never will: asking again would only make noise.
        window.clearTimeout(this.watch);
        return;
      }
      console.debug('The event stream of the review service broke; it is opened again.', reason);
    }
    this.again();
  }

  private heard(): void {
    window.clearTimeout(this.watch);
    this.watch = window.setTimeout(() => this.abort?.abort(), LONGEST_SILENCE);
  }

  private take(message: IMessage): void {
    const change = parsed(message.data);
    if (change === null) {
      return;
    }
    this.lastCounters = change.counters ?? this.lastCounters;
    if (message.event === 'hello') {
      this.pause = FIRST_PAUSE;
      this.setOnline(true);
      this.onRefreshed.emit();
    } else if (message.event === 'change') {
      this.onChanged.emit(change);
    }
  }

  private again(): void {
    window.clearTimeout(this.watch);
    this.setOnline(false);
    if (!this.disposed) {
      this.timer = window.setTimeout(() => void this.open(), this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
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
