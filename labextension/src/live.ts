/** What changes in the review service, as it happens. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IChange, ICounters } from './contract';

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/**
 * Keeps one event stream open and opens it again with growing pauses when it breaks.
 *
 * `changed` fires for every message; `refreshed` when the stream (re)opened, since messages may have
 * been missed; `connected` when the state of the line changes.
 */
export class LiveFeed implements IDisposable {
  private source: EventSource | null = null;
  private timer = 0;
  private pause = FIRST_PAUSE;
  private online = false;
  private lastCounters: ICounters | null = null;
  private disposed = false;
  private readonly onChanged = new Signal<this, IChange>(this);
  private readonly onRefreshed = new Signal<this, void>(this);
  private readonly onConnected = new Signal<this, boolean>(this);

  /** Connects once `ready` is there: a stream must not take a connection from the start of the lab. */
  constructor(
    private readonly url: string,
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
    this.source?.close();
    Signal.clearData(this);
  }

  private open(): void {
    if (this.disposed) {
      return;
    }
    const source = new EventSource(this.url, { withCredentials: true });
    this.source = source;
    source.addEventListener('hello', event => {
      this.pause = FIRST_PAUSE;
      this.take(event as MessageEvent<string>, false);
      this.setOnline(true);
      this.onRefreshed.emit();
    });
    source.addEventListener('change', event => this.take(event as MessageEvent<string>, true));
    source.onerror = () => this.broken(source);
  }

  private take(event: MessageEvent<string>, isChange: boolean): void {
    let message: IChange;
    try {
      message = JSON.parse(event.data) as IChange;
    } catch {
      return;
    }
    this.lastCounters = message.counters ?? this.lastCounters;
    if (isChange) {
      this.onChanged.emit(message);
    }
  }

  /** The browser's own retry gives up for good on an HTTP error, so the retry is ours. */
  private broken(source: EventSource): void {
    this.setOnline(false);
    if (source.readyState !== EventSource.CLOSED || this.disposed) {
      return;
    }
    source.close();
    this.timer = window.setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  private setOnline(online: boolean): void {
    if (this.online !== online) {
      this.online = online;
      this.onConnected.emit(online);
    }
  }
}
