/** The tour: four stops, forward and back, and over. */
import { VDomModel } from '@jupyterlab/ui-components';

export const STOPS = ['send', 'git', 'queue', 'image'] as const;
export type Stop = (typeof STOPS)[number];

/** Where on the page a stop's button is; it may not be there now. */
export const SELECTORS: Readonly<Record<Stop, string>> = {
  send: '.jp-NotebookPanel-toolbar [data-command="enablement:send"]',
  git: '[data-command="enablement:set-up-git"]',
  queue: '.jp-SideBar [data-id="enablement-panel"]',
  image: '[data-enablement-image]'
};

export class TourModel extends VDomModel {
  private at = 0;
  private ended = false;

  get stop(): Stop {
    return STOPS[this.at] ?? 'send';
  }

  /** Counted from 1. */
  get number(): number {
    return this.at + 1;
  }

  get isLast(): boolean {
    return this.at === STOPS.length - 1;
  }

  get isOver(): boolean {
    return this.ended;
  }

  next(): void {
    if (this.isLast) {
      this.end();
      return;
    }
    this.at += 1;
    this.stateChanged.emit();
  }

  back(): void {
    this.at = Math.max(0, this.at - 1);
    this.stateChanged.emit();
  }

  end(): void {
    this.ended = true;
    this.stateChanged.emit();
  }
}

/** What remembers that somebody has seen the tour: their settings, which outlast a workspace that is reset. */
export interface IMemory {
  seen(): boolean;
  remember(): Promise<void>;
}

/** Whether to show it now, by itself. It counts as seen from then on: it comes once, whatever becomes of it. */
export async function isDue(wanted: boolean, memory: IMemory): Promise<boolean> {
  if (!wanted || memory.seen()) {
    return false;
  }
  try {
    await memory.remember();
  } catch {
    return false; // where it cannot be remembered it would come every time
  }
  return true;
}
