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

export type GitLine = { step: IStepLine } | { receipt: IGitReceipt } | { problem: IProblem };
