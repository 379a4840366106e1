/** The shapes of the lab server's own routes. */
import type { IAnswers, IGit, IReceipt, ISubmission, Stage } from './serviceContract';

/** What the lab server says about itself and its hub. */
export interface ILabContext {
  user: string;
  service: boolean;
  public_url: string;
  image: { slug: string; release: string; digest: string } | null;
  stages: Stage[];
  checklist: { key: string; label: string }[];
  limits: { files: number; bytes: number };
}

export interface ICandidate {
  path: string;
  size: number;
  role: 'module' | 'data' | 'other';
  why: string;
  selected: boolean;
  problem: string | null;
}

export interface ICandidates {
  notebook: { path: string; size: number; sha256: string };
  title: string;
  files: ICandidate[];
  missing: { path: string; why: string }[];
  git: IGit | null;
  previous: ISubmission[];
  answers: IAnswers | null;
}

export interface ISending {
  key: string;
  path: string;
  sha256: string;
  answers: IAnswers;
  files: string[];
  submission: number | null;
  stamp: number | null;
}

export interface IProgress {
  phase: 'reading' | 'sending' | 'waiting';
  bytes: number;
  total: number;
}

export interface ISent {
  receipt: IReceipt;
  replayed: boolean;
}
