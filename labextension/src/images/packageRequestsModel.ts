/** The package requests somebody sees, kept fresh; and the news that one was answered. */
import { VDomModel } from '@jupyterlab/apputils';
import { Poll } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';

import type { INewPackageRequest, IPackageRequest, PackageRequestState } from '../contract';
import type { ImageClient } from './client';

const SOON_MS = 3_000;
const LATER_MS = 60_000;

export class PackageRequestsModel extends VDomModel {
  items: IPackageRequest[] = [];
  next: number | null = null;
  everybodys = false;
  open = 0;
  loaded = false;
  error: unknown = null;

  private readonly poll: Poll;
  private readonly states = new Map<number, PackageRequestState>();
  private readonly onAnswered = new Signal<this, IPackageRequest>(this);

  constructor(private readonly client: ImageClient) {
    super();
    this.poll = new Poll({
      auto: false,
      factory: () => this.load(),
      frequency: { interval: LATER_MS, backoff: false, max: LATER_MS },
      name: 'enablement:package-requests',
      standby: 'never' // an answer is told to who looks at another tab, too
    });
  }

  /** One of the person's own was accepted or declined while they were here. */
  get answered(): ISignal<this, IPackageRequest> {
    return this.onAnswered;
  }

  override dispose(): void {
    this.poll.dispose();
    super.dispose();
  }

  /** Ask now, and from then on again: soon while a solver works, later else. */
  async refresh(): Promise<void> {
    await this.poll.refresh();
    await this.poll.tick.catch(() => undefined); // disposed meanwhile
  }

  async more(): Promise<void> {
    const page = await this.client.requests(this.next);
    this.items = [...this.items, ...page.items];
    this.next = page.next;
    this.stateChanged.emit();
  }

  /** Ask for a package. Raises ApiError. */
  async create(wanted: INewPackageRequest): Promise<IPackageRequest> {
    const request = await this.client.create(wanted);
    await this.refresh();
    return request;
  }

  async withdraw(request: IPackageRequest): Promise<void> {
    await this.client.withdraw(request);
    await this.refresh();
  }

  private async load(): Promise<void> {
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
    const working = this.items.some(({ state, solver }) => state === 'requested' && solver.solved === 'waiting');
    this.poll.frequency = { ...this.poll.frequency, interval: working ? SOON_MS : LATER_MS };
    if (!this.isDisposed) {
      this.stateChanged.emit();
    }
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
