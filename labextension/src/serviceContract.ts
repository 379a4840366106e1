/** The shapes of the review service's contract (openapi.yaml). */

export type State =
  | 'submitted'
  | 'in_review'
  | 'changes_requested'
  | 'approved'
  | 'handed_off'
  | 'in_production'
  | 'retired'
  | 'withdrawn'
  | 'rejected';
export type Stage = 'exploration' | 'active_research' | 'model_development' | 'production' | 'launch_and_maintenance';
export type HandedOver = 'prototype' | 'production_ready';
export type Verdict = 'approve' | 'request_changes' | 'reject';
export type ListFilter = 'waiting' | 'unclaimed' | 'mine' | 'all' | 'sent';
export type PlacedState = 'unchanged' | 'moved' | 'changed' | 'deleted';
export type RequirementState = 'satisfied' | 'unsatisfied' | 'overridden' | 'error' | 'not_applicable';
export type Action =
  'claim' | 'release' | 'send_version' | 'withdraw' | 'approve' | 'request_changes' | 'reject' | 'comment' | 'resolve';

export interface IImage {
  slug: string;
  release: string;
  digest: string;
  python: string;
}

export interface IAttention {
  /** `user:NAME` or `track:NAME`. */
  who: string;
  since: string;
}

export interface IClaim {
  by: string;
  since: string;
  expires_at: string;
}

export interface ISubmission {
  number: number;
  author: string;
  title: string;
  state: State;
  stage: Stage;
  handed_over: HandedOver;
  notebook_path: string;
  image: IImage;
  latest: number;
  content_id: string;
  created_at: string;
  updated_at: string;
  /** Named by every changing call, so that nobody overwrites what he has not seen. */
  stamp: number;
  claim: IClaim | null;
  attention: IAttention[];
  waiting_on_me: boolean;
  waiting_since: string | null;
  open_threads: number;
  /** What the viewer can do now. */
  actions: Action[];
}

export interface IFile {
  path: string;
  sha256: string;
  /** Bytes. */
  size: number;
  role: 'notebook' | 'module' | 'data' | 'other';
}

export interface IAnswers {
  title: string;
  problem?: string;
  value?: string;
  expected?: string;
  stage?: Stage;
  handed_over?: HandedOver;
  data_used?: string;
  reviewers?: string[];
  checklist?: string[];
}

export interface IGit {
  commit: string;
  branch: string;
  remote: string;
  dirty: boolean;
}

export interface IVersion {
  number: number;
  content_id: string;
  notebook: IFile;
  files: IFile[];
  image: IImage;
  answers: IAnswers;
  git: IGit | null;
  changes: string[];
  sent_at: string;
  sent_by: string;
}

export interface IDecision {
  version: number;
  content_id: string;
  track: string;
  verdict: Verdict;
  by: string;
  reason: string;
  at: string;
  fallen_because: string | null;
}

export interface IRequirement {
  key: string;
  title: string;
  state: RequirementState;
  detail: string;
}

export interface ISubmissionDetail extends ISubmission {
  versions: IVersion[];
  decisions: IDecision[];
  requirements: IRequirement[];
}

export interface IPage {
  items: ISubmission[];
  next: string | null;
}

export interface ICounters {
  waiting: number;
  unclaimed: number;
  claimed: number;
}

export interface IMe {
  name: string;
  scopes: string[];
  tracks: string[];
  counters: ICounters;
}

export interface ICut {
  mime: string;
  /** Full size in bytes. */
  bytes: number;
}

/** An nbformat output; values that were too large are missing and listed in `cut`. */
export interface IOutputView {
  output_type: 'stream' | 'display_data' | 'execute_result' | 'error';
  cut: ICut[];
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

export interface ICellView {
  index: number;
  id: string;
  cell_type: 'code' | 'markdown' | 'raw';
  source: string;
  source_cut?: number;
  source_sha256: string;
  execution_count?: number | null;
  outputs: IOutputView[];
  outputs_total: number;
  attachments?: Record<string, Record<string, string | string[]>>;
}

export interface INotebookView {
  submission: number;
  version: number;
  content_id: string;
  sha256: string;
  size: number;
  language: string;
  cells: ICellView[];
  total: number;
}

export interface IAnchor {
  /** Cell id; null: the submission as a whole. */
  cell: string | null;
  lines: [number, number] | null;
  output: number | null;
}

export interface IComment {
  id: number;
  author: string;
  text: string;
  at: string;
}

export interface IThread {
  id: number;
  submission: number;
  /** The version it was made on. */
  version: number;
  anchor: IAnchor;
  quote?: string;
  /** Where it stands in the version that was asked for. */
  placed: IAnchor & { state: PlacedState };
  resolved_by: string | null;
  resolved_at: string | null;
  comments: IComment[];
}

export interface IEvent {
  seq: number;
  at: string;
  actor: string;
  kind: string;
  submission: number | null;
  version: number | null;
  data: Record<string, unknown>;
}

/** One message of the event stream. */
export interface IChange {
  seq: number;
  kind: string;
  submission: number | null;
  actor: string;
  /** True when the viewer is in the submission's attention now. */
  attention: boolean;
  counters: ICounters;
}

export interface IReceipt {
  submission: number;
  version: number;
  content_id: string;
  notebook_sha256: string;
  received_at: string;
  title: string;
}

export interface IProblem {
  code: string;
  detail: string;
  status: number;
  facts?: Record<string, unknown>;
}
