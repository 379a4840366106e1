/** The package requests somebody sees, kept fresh; and the news that one was answered. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { ImageClient } from './client';
import type { IPackageRequest, RequestState } from './contract';

const SOON_MS = 3_000;
const LATER_MS = 60_000;

export class RequestsModel implements IDisposable {
  items: IPackageRequest[] = [];
  next: number | null = null;
  everybodys = false;
  open = 0;
  loaded = false;
  error: unknown = null;

  private timer = 0;
  private disposed = false;
  private readonly states = new Map<number, RequestState>();
  private readonly onChanged = new Signal<this, void>(this);
  private readonly onAnswered = new Signal<this, IPackageRequest>(this);

  constructor(readonly client: ImageClient) {}

  get changed(): ISignal<this, void> {
    return this.onChanged;
  }

  /** One of the person's own was accepted or declined while they were here. */
  get answered(): ISignal<this, IPackageRequest> {
    return this.onAnswered;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    this.disposed = true;
    window.clearTimeout(this.timer);
    Signal.clearData(this);
  }

  /** Ask now, and from then on again: soon while a solver works, later else. */
  async refresh(): Promise<void> {
    window.clearTimeout(this.timer);
    try {
      const page = await this.client.requests();
      this.take(page.items);
      this.items = page.items;
      this.next = page.next;
      this.open = page.open;
      this.everybodys = page.everybodys;
      this.loaded = true;
      this.error = null;
    } catch (reason) {
      this.error = reason;
    }
    if (this.disposed) {
      return;
    }
    const working = this.items.some(({ state, solver }) => state === 'requested' && solver.solved === 'waiting');
    this.timer = window.setTimeout(() => void this.refresh(), working ? SOON_MS : LATER_MS);
    this.onChanged.emit();
  }

  async more(): Promise<void> {
    const page = await this.client.requests(this.next);
    this.items = [...this.items, ...page.items];
    this.next = page.next;
    this.onChanged.emit();
  }

  async takeBack(request: IPackageRequest): Promise<void> {
    await this.client.takeBack(request);
    await this.refresh();
  }

  private take(items: IPackageRequest[]): void {
    for (const request of items) {
      const before = this.states.get(request.number);
      this.states.set(request.number, request.state);
      const now = request.state === 'accepted' || request.state === 'declined';
      if (before === 'requested' && now && !this.everybodys) {
        this.onAnswered.emit(request);
      }
    }
  }
}
