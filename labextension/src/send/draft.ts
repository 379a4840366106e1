/** What a person has typed for one notebook, and the key of a sending whose receipt has not come yet. */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import type { IAnswers, ICandidates, INotSecrets, ISendRequest, ISubmission } from '../contract';

export interface IDraft {
  answers: IAnswers;
  /** Paths ticked by the person; null as long as the offer of the server stands. */
  files: string[] | null;
  /** The last request that got no receipt: trying again must send the same key. */
  pending: ISendRequest | null;
  /** What was said of findings; not in a draft of an earlier version. */
  notSecrets?: INotSecrets;
}

export type Unsigned = Omit<ISendRequest, 'key'>;

/**
 * The request to send: with the key of `pending` when it is the same intent, byte for byte, and with a
 * new key otherwise. One intent, one key, however often it is tried.
 */
export function withKey(sending: Unsigned, pending: ISendRequest | null, newKey: () => string): ISendRequest {
  if (pending !== null) {
    if (canonical(pending) === canonical({ key: pending.key, ...sending })) {
      return pending;
    }
  }
  return { key: newKey(), ...sending };
}

/** JSON with sorted keys, so that two equal intents give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part
  );
}

/** The answers to begin with: the draft, else the last version's, else the bare title. */
export function firstAnswers(draft: IDraft | null, candidates: ICandidates): IAnswers {
  if (draft !== null) {
    return draft.answers;
  }
  // The checklist is about this version: ticks of an earlier one would be promises nobody made.
  return candidates.answers === null ? { title: candidates.title } : { ...candidates.answers, checklist: null };
}

/** The submission a new version belongs to by default: the first living one that can take it. */
export function defaultTarget(candidates: ICandidates): ISubmission | null {
  return candidates.previous.find(submission => submission.actions.includes('send_version')) ?? null;
}

export class DraftStore {
  constructor(private readonly state: IStateDB) {}

  async load(path: string): Promise<IDraft | null> {
    const value = await this.state.fetch(this.name(path)).catch(() => undefined);
    return value === undefined ? null : (value as unknown as IDraft);
  }

  save(path: string, draft: IDraft): Promise<unknown> {
    return this.state.save(this.name(path), draft as unknown as ReadonlyPartialJSONValue);
  }

  remove(path: string): Promise<unknown> {
    return this.state.remove(this.name(path));
  }

  private name(path: string): string {
    return `enablement-labextension:draft:${path}`;
  }
}
