/** What the lab server says about Git: the shapes of `/enablement/git/…`. */
import type { IProblem } from '../contract';

export interface IHeld {
  path: string;
  why: string;
}

export interface IPlanStep {
  key: string;
  sentence: string;
  idea: string;
  done: boolean;
}

export interface IPlan {
  folder: string;
  url: string;
  possible: boolean;
  steps: IPlanStep[];
  kept: string[];
  held: IHeld[];
  refusals: { code: string; sentence: string }[];
}

export interface IGitReceipt {
  folder: string;
  commit: string;
  url: string;
  page: string;
  published: boolean;
  why: string;
  kept: string[];
  held: IHeld[];
}

export interface IGitStatus {
  folder: string;
  standing: 'none' | 'ours' | 'adopted' | 'theirs' | 'inside';
  branch: string;
  changed: string[];
  unpushed: number;
  message: string;
  page: string | null;
}

export type StepState = 'running' | 'done' | 'waiting';

export interface IStepLine {
  key: string;
  state: StepState;
  sentence: string;
}

export type GitLine = { step: IStepLine } | { receipt: IGitReceipt } | { got: IGot } | { problem: IProblem };

export interface IChangedFile {
  path: string;
  state: 'new' | 'changed' | 'deleted';
}

export interface IChanges {
  folder: string;
  branch: string;
  unpushed: number;
  files: IChangedFile[];
  held: IHeld[];
  message: string;
}

export interface IVersion {
  commit: string;
  at: string;
  who: string;
  message: string;
  pushed: boolean;
  summary: string;
}

export interface IHistory {
  folder: string;
  path: string;
  versions: IVersion[];
  more: boolean;
}

/** A cell: its lines, each with a mark (" " in both, "-" only in the old one, "+" only in the new one). */
export interface IRow {
  state: 'same' | 'changed' | 'added' | 'removed';
  kind: string;
  lines: [string, string][];
  cut: boolean;
}

export interface IVersionContent {
  commit: string;
  path: string;
  cells: IRow[];
  compared: IRow[];
  /** Whether going back drops results that no version has; they are kept as a copy. */
  results: boolean;
}

export interface IAside {
  path: string;
  copy: string;
}

export interface IRestored {
  path: string;
  /** The version that has what was there before, "" where a copy has it. */
  kept: string;
  aside: IAside[];
}

export type IGot =
  | { state: 'clash'; folder: string; notebooks: string[] }
  | { state: 'got' | 'nothing'; folder: string; commit: string; files: string[]; aside: IAside[]; why: string };

export interface IClashCell {
  kind: string;
  text: string;
}

export type MergeItem = { cell: IClashCell } | { key: string; mine: IClashCell | null; theirs: IClashCell | null };

export interface IClashes {
  folder: string;
  here: string;
  there: string;
  notebooks: { path: string; clashes: number; items: MergeItem[] }[];
}

export type Choice = 'mine' | 'theirs' | 'both';

/** By notebook and clash; null for a notebook takes theirs and keeps mine as a copy. */
export type Choices = Record<string, Record<string, Choice> | null>;
