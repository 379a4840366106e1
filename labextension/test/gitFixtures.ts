/** Answers of the lab server's Git routes, for tests. */
import type {
  GitGot,
  IDiffCell,
  IGitChanges,
  IGitConflicts,
  IGitHistory,
  IGitPlan,
  IGitReceipt,
  IGitStatus,
  IGitStep,
  IGitVersion,
  IGitVersionContent
} from '../src/contract';

export function step(key: IGitStep['key'], state: IGitStep['state']): { step: IGitStep } {
  return { step: { key, state } };
}

export const RECEIPT: IGitReceipt = {
  folder: 'work',
  commit: 'c0ffee',
  branch: 'main',
  url: 'http://forge.example/work',
  page: '/work',
  published: true,
  problem: null,
  kept: ['a.ipynb'],
  held: []
};

export function plan(change: Partial<IGitPlan> = {}): IGitPlan {
  const steps: IGitPlan['steps'] = [
    { key: 'prepare', facts: { existing: false }, done: false },
    { key: 'push', facts: {}, done: false }
  ];
  const place = {
    space: 'user',
    repository: 'dana / work',
    access: 'write',
    ask: '',
    groups: [],
    page: '/work'
  } as const;
  const files = { kept: ['a.ipynb'], held: [], refusals: [] };
  return { folder: 'work', url: 'u', possible: true, steps, ...files, ...place, groups: [], ...change };
}

export function status(change: Partial<IGitStatus> = {}): IGitStatus {
  return {
    folder: 'work',
    standing: 'ours',
    branch: 'main',
    changed: [],
    held: [],
    unpushed: 0,
    message: '',
    page: null,
    shape: null,
    repository: 'dana / work',
    access: 'write',
    ask: '',
    ...change
  };
}

export function changes(...paths: string[]): IGitChanges {
  const files = paths.map(path => ({ path, state: 'changed' as const }));
  return { folder: 'work', branch: 'main', unpushed: 0, files, held: [], message: `Change ${paths.join(', ')}` };
}

export function version(commit: string): IGitVersion {
  const summary: IGitVersion['summary'] = { code: 'cells', facts: { changed: 1, added: 0, removed: 0 } };
  return { commit, at: '2026-11-24T12:00:00Z', who: 'dana', message: `As ${commit}`, pushed: true, summary };
}

export function history(...commits: string[]): IGitHistory {
  return { folder: 'work', path: 'work/a.ipynb', versions: commits.map(version), more: false };
}

export function diffCell(state: IDiffCell['state'], ...lines: IDiffCell['lines']): IDiffCell {
  return { state, kind: 'code', lines, cut: false };
}

export function content(commit: string, ...compared: IDiffCell[]): IGitVersionContent {
  return { commit, path: 'work/a.ipynb', cells: [diffCell('same', [' ', 'x = 1'])], compared, results: false };
}

export function conflicts(): IGitConflicts {
  const items: IGitConflicts['notebooks'][number]['items'] = [
    { cell: { kind: 'markdown', text: '# Churn' } },
    { key: 'k1', mine: { kind: 'code', text: 'x = 2' }, theirs: { kind: 'code', text: 'y = 1' } },
    { key: 'k2', mine: null, theirs: { kind: 'code', text: 'z = 3' } }
  ];
  return { folder: 'work', here: 'aaa', there: 'bbb', notebooks: [{ path: 'work/a.ipynb', clashes: 2, items }] };
}

export function merged(change: Partial<Extract<GitGot, { files: string[] }>> = {}): GitGot {
  return { state: 'got', folder: 'work', commit: 'c', files: ['work/a.ipynb'], aside: [], problem: null, ...change };
}
