/** What changes in the review service, as it happens. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IChange, ICounters } from './contract';
import type { IStreamed } from './eventStream';

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/**
 * Keeps one event stream open and opens it again with growing pauses when it breaks.
 *
 * `changed` fires for every message; `refreshed` when the stream (re)opened, since messages may have
 * been missed; `connected` when the state of the line changes.
 */
export class LiveFeed implements IDisposable {
  private readonly leaving = new AbortController();
  private lastId = '';
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
    private readonly source: LiveFeed.ISource,
    ready: Promise<unknown>
  ) {
    void ready.then(() => this.follow());
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
    this.leaving.abort();
    Signal.clearData(this);
  }

  /** One stream after the other, until disposed. */
  private async follow(): Promise<void> {
    if (this.disposed) {
      return;
    }
    try {
      for await (const message of this.source.stream(this.lastId, this.leaving.signal)) {
        this.take(message);
      }
    } catch {
      // A broken line is not the person's business: `connected` says so, and the next try follows.
    }
    if (this.disposed) {
      return;
    }
    this.setOnline(false);
    this.timer = window.setTimeout(() => void this.follow(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  private take(message: IStreamed): void {
    const change = readChange(message.data);
    if (change === null) {
      return;
    }
    this.lastId = message.id || this.lastId;
    this.lastCounters = change.counters ?? this.lastCounters;
    if (message.event === 'hello') {
      this.pause = FIRST_PAUSE;
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

export namespace LiveFeed {
  /** Where the messages come from. */
  export interface ISource {
    stream(lastId: string, signal: AbortSignal): AsyncIterable<IStreamed>;
  }
}

function readChange(text: string): IChange | null {
  try {
    return JSON.parse(text) as IChange;
  } catch {
    return null;
  }
}
