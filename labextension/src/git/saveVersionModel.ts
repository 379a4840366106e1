/** One visit to "Save a version": which files go in, with which words, and what came of it. */
import { VDomModel } from '@jupyterlab/apputils';

import type { IGitChanges, IGitReceipt, IGitStep } from '../contract';
import { isInterrupted } from '../errors';
import type { GitClient } from './client';

export type SaveVersionPhase = 'loading' | 'form' | 'saving' | 'saved';

export class SaveVersionModel extends VDomModel {
  phase: SaveVersionPhase = 'loading';
  changes: IGitChanges | null = null;
  chosen = new Set<string>();
  message = '';
  step: IGitStep | null = null;
  receipt: IGitReceipt | null = null;
  error: unknown = null;
  private touched = false;

  constructor(
    private readonly folder: string,
    private readonly client: GitClient
  ) {
    super();
  }

  async load(): Promise<void> {
    try {
      this.take(await this.client.changes(this.folder));
      this.phase = 'form';
      this.error = null;
    } catch (reason) {
      this.error = reason;
    }
    this.stateChanged.emit();
  }

  setMessage(message: string): void {
    this.touched = true;
    this.message = message;
    this.stateChanged.emit();
  }

  choose(path: string, on: boolean): void {
    this.chosen = new Set(this.chosen);
    if (on) {
      this.chosen.add(path);
    } else {
      this.chosen.delete(path);
    }
    this.stateChanged.emit();
  }

  /** Nothing is lost by a failure: what was kept here stays, and the next press goes on. */
  async save(): Promise<void> {
    this.phase = 'saving';
    this.error = null;
    this.step = null;
    this.stateChanged.emit();
    try {
      // Words that nobody changed are made anew from the files that were chosen.
      const words = this.touched ? this.message : '';
      const files = this.changes?.files.map(file => file.path).filter(path => this.chosen.has(path));
      this.receipt = await this.client.save(this.folder, words, this.follow, files);
      this.phase = 'saved';
    } catch (reason) {
      await this.failed(reason);
    }
    this.stateChanged.emit();
  }

  private readonly follow = (step: IGitStep): void => {
    this.step = step;
    this.stateChanged.emit();
  };

  /** Where the connection broke, the lab server may have gone on: the form shows what is left to do now. */
  private async failed(reason: unknown): Promise<void> {
    if (isInterrupted(reason)) {
      const changes = await this.client.changes(this.folder).catch(() => null);
      if (changes !== null) {
        this.take(changes);
      }
    }
    this.error = reason;
    this.step = null;
    this.phase = 'form';
  }

  /** Files that were left out before stay out; the person's own words stay. */
  private take(changes: IGitChanges): void {
    const leftOut = (this.changes?.files ?? []).map(file => file.path).filter(path => !this.chosen.has(path));
    this.chosen = new Set(changes.files.map(file => file.path).filter(path => !leftOut.includes(path)));
    this.changes = changes;
    if (!this.touched) {
      this.message = changes.message;
    }
  }
}
