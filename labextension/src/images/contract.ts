/** The shapes of the lab server's routes about images, and of the service's answers that they pass on. */

export type ReleaseStatus = 'preview' | 'recommended' | 'supported' | 'deprecated' | 'withdrawn';
export type ChangeKind = 'added' | 'removed' | 'major' | 'minor' | 'patch';
export type Relation = 'same' | 'newer' | 'older' | 'different' | 'withdrawn' | 'unknown';
export type DriftKind = 'shadows' | 'replaced' | 'added' | 'missing';

/** What a notebook's metadata says at `enablement.image`. */
export interface IRecordedImage {
  slug: string;
  release: string;
  digest: string;
}

export interface IRelease {
  image: string;
  release: string;
  title: string;
  status: ReleaseStatus;
  digest: string;
  published: string;
  support_end: string | null;
  redirect: string | null;
  until: string | null;
  reason: string;
  pythons: string[];
  changelog: string;
}

export interface IPackageChange {
  name: string;
  old: string | null;
  new: string | null;
  kind: ChangeKind;
  direct: boolean;
}

export interface IReleaseChanges {
  old: string;
  new: string;
  python: string;
  summary: string;
  packages: IPackageChange[];
}

export interface IPackage {
  name: string;
  version: string;
  direct: boolean;
}

export interface IReleaseDetail extends IRelease {
  python: string;
  packages: IPackage[];
  newer: IRelease | null;
  changes: IReleaseChanges | null;
}

export interface IDrift {
  name: string;
  kind: DriftKind;
  version: string | null;
  locked: string | null;
  place: 'image' | 'home' | 'path';
}

/** What this server runs. */
export interface IHere {
  image: IRecordedImage | null;
  python: string;
  release: IReleaseDetail | null;
  away: boolean;
  drift: IDrift[];
  drift_total: number;
}

export interface IComparison {
  relation: Relation;
  here: IRelease | null;
  recorded: IRelease | null;
  instead: IRelease | null;
  changes: IReleaseChanges | null;
  all_changes: number;
}

/** How the image a notebook recorded stands to this server's. */
export interface INotebookImage {
  recorded: IRecordedImage | null;
  compared: IComparison | null;
  packages: string[];
}

/** What is asked for: a package, a range of versions or none, and what it is needed for. */
export interface IWish {
  package: string;
  wanted: string;
  why: string;
}

export type RequestState = 'requested' | 'accepted' | 'declined' | 'withdrawn';

export interface ISolverAnswer {
  solved: 'waiting' | 'possible' | 'impossible' | 'unknown';
  detail: string;
  against: string;
  kind: 'patch' | 'minor' | 'major' | null;
  bytes: number | null;
  changes: IPackageChange[];
}

export interface IPackageRequest extends IWish {
  number: number;
  author: string;
  image: string;
  release: string;
  python: string;
  at: string;
  state: RequestState;
  stamp: number;
  answer: string;
  answered_by: string | null;
  answered_at: string | null;
  actions: ('withdraw' | 'answer')[];
  solver: ISolverAnswer;
}

export interface IRequestPage {
  items: IPackageRequest[];
  next: number | null;
  open: number;
  everybodys: boolean;
}
