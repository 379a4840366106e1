/** What author and reviewers are told of a re-run: one line, and a mark at each cell. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import type { IRerun, IRerunCell, IRerunVerdict, RunVerdict } from '../src/contract';
import { DocumentContext } from '../src/document/context';
import { SubmissionModel } from '../src/document/model';
import { ComparedOutputs } from '../src/document/rerun/cell';
import { RerunLine } from '../src/document/rerun/line';
import { RerunContext, type IRerunState } from '../src/document/rerun/state';
import { english } from './english';
import { FakeServer, until } from './fakeServer';
import { AT, detail, enablement } from './modelFixtures';

type Run = NonNullable<IRerun['run']>;

function found(verdict: RunVerdict, cell: number, change: Partial<IRerunCell> = {}): IRerunCell {
  const known = {
    id: `c${String(cell)}`,
    step: 'bytes',
    differences: [],
    more_differences: 0,
    withheld: false
  } as const;
  return { ...known, cell, verdict, sentence: `It is ${verdict}.`, ...change, differences: [] };
}

function verdictOf(cells: IRerunCell[], grade: 'full' | 'reduced' = 'full'): IRerunVerdict {
  const run = { end: 'finished', facts: {}, messages: 1, lost: 0, stray: 0, files: [], more_files: 0 };
  return {
    same: false,
    line: '',
    cells,
    runs: [{ ...run, seconds: 40.6, peak_bytes: 310_000_000 }],
    sandbox: { grade, sentence: 'No cgroup can be written.', layers: [] }
  };
}

function rerunOf(state: IRerun['state'], run: Partial<Run> | null, verdict: IRerunVerdict | null = null): IRerun {
  const known: Run = {
    number: 1,
    asked_by: 'dana',
    asked_at: AT,
    started_at: null,
    ended_at: null,
    attempt: 1,
    cells_done: 0,
    cells_total: 0,
    outcome: null,
    reason: '',
    line: ''
  };
  return { on: true, state, run: run === null ? null : { ...known, ...run }, verdict };
}

const IDLE = { busy: false, error: null, run: () => undefined, clear: () => undefined };

async function drawn(rerun: IRerun | null, what: React.ReactElement): Promise<Document> {
  const server = new FakeServer()
    .on('GET api/v1/submissions/12', detail(12))
    .on('GET api/v1/submissions/12/threads', { threads: [] });
  const lab = await enablement(server);
  const model = new SubmissionModel(12, lab);
  await until(() => model.detail !== null);
  const value = { model, trans: english } as unknown as React.ContextType<typeof DocumentContext>;
  const cells = new Map((rerun?.verdict?.cells ?? []).map(cell => [cell.id, cell]));
  const state: IRerunState = {
    rerun,
    cell: id => cells.get(id),
    task: IDLE,
    ask: () => undefined,
    cancel: () => undefined
  };
  const page = renderToStaticMarkup(
    createElement(DocumentContext.Provider, { value }, createElement(RerunContext.Provider, { value: state }, what))
  );
  model.dispose();
  lab.feed.dispose();
  return new DOMParser().parseFromString(page, 'text/html');
}

const words = async (rerun: IRerun | null): Promise<string> =>
  (await drawn(rerun, createElement(RerunLine))).body.textContent;

test('the line says how many cells came out the same, what did not, where, and what it took', async () => {
  const cells = [
    ...[0, 1, 2].map(cell => found('identical', cell)),
    found('equivalent', 3),
    found('differs-each-time', 4),
    found('needs-resource', 5, { sentence: 'It needs what was not there: customers.csv.' })
  ];
  const ended = { outcome: 'differs', ended_at: AT } as const;
  const line = await words(rerunOf('ended', ended, verdictOf(cells, 'reduced')));
  assert.match(line, /^≠4 of 6 cells the same, 1 different each time, 1 without what it needs/);
  assert.match(line, /cell 6: It needs what was not there: customers\.csv\./);
  assert.match(line, /image datascience 2026\.11\.0 · 41 s, 310 MB · reduced sandbox/);
  assert.match(line, /Run again$/);
});

test('a run that waits, goes on, broke off, was cancelled or could not be made says so in words', async () => {
  assert.match(await words(rerunOf('queued', {})), /Waiting to be run again.*Cancel the run$/);
  assert.match(
    await words(rerunOf('running', { cells_done: 5, cells_total: 16 })),
    /Being run again: 5 of 16 cells done/
  );
  const died = rerunOf('ended', { outcome: 'died', reason: 'out-of-memory' }, verdictOf([found('not-run', 0)]));
  assert.match(
    await words(died),
    /^✗The run broke off: it took more memory than it may · 0 of 1 cells the same, 1 not run/
  );
  assert.match(
    await words(rerunOf('ended', { outcome: 'cancelled', reason: 'superseded' })),
    /Run cancelled: there is a newer version/
  );
  const missing = { outcome: 'not-run', reason: 'sandbox-off', line: 'bubblewrap is not installed.' } as const;
  assert.match(await words(rerunOf('ended', missing)), /^–Not run again\. bubblewrap is not installed\./);
});

test('where there is none it says whether there will be', async () => {
  assert.match(await words(rerunOf('none', null)), /was not run again yet.*Run again$/);
  assert.equal(await words({ ...rerunOf('none', null), on: false }), '–Nothing is run again on this hub.');
  assert.equal(await words(null), '');
});

const CELL = {
  index: 0,
  id: 'c0',
  cell_type: 'code',
  source: 'x',
  source_sha256: 'h',
  outputs: [],
  outputs_total: 0
} as const;

async function atCell(verdict: IRerunCell): Promise<Document> {
  const rerun = rerunOf('ended', { outcome: 'differs' }, verdictOf([verdict]));
  return drawn(rerun, createElement(ComparedOutputs, { cell: { ...CELL, outputs: [] }, children: 'what was sent' }));
}

test('each verdict has a sign and words; what is another can be looked at, what is withheld cannot', async () => {
  const kinds: RunVerdict[] = ['identical', 'equivalent', 'not-run', 'not-compared'];
  const others: RunVerdict[] = ['differs', 'not-as-sent', 'differs-each-time', 'error', 'truncated', 'needs-resource'];
  for (const kind of [...kinds, ...others]) {
    const page = await atCell(found(kind, 0));
    const chip = page.querySelector(`[data-enablement-run-verdict="${kind}"]`);
    assert.match(chip?.textContent ?? '', /^[✓≠✗–] Re-run: \w+/);
    const sides = [...page.querySelectorAll('[aria-pressed]')].map(side => side.textContent);
    assert.deepEqual(sides, others.includes(kind) ? ['As sent', 'Re-run'] : []);
    assert.match(page.body.textContent, /what was sent$/);
  }
  const withheld = await atCell(found('not-as-sent', 0, { withheld: true }));
  assert.equal(withheld.querySelector('[aria-pressed]'), null);
});

test('names in a verdict are text', async () => {
  const page = await atCell(found('error', 0, { sentence: 'It failed with <img src=x onerror=alert(1)>\u202e.' }));
  assert.equal(page.querySelector('img'), null);
  assert.doesNotMatch(page.body.textContent, /\u202e/);
});
