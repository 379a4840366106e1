/** "Try it clean": what an author is told before sending, in every state that a trial can have. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import type { ITrial, ITrialRun, RunVerdict } from '../src/contract';
import type { SendModel } from '../src/send/model';
import { TrialSection } from '../src/send/trial';
import { english } from './english';
import { lines, problem, until } from './fakeServer';
import { AT } from './modelFixtures';
import { made, type IMade } from './sendFixtures';

const RUN: ITrialRun = {
  id: 't1',
  path: 'work/a.ipynb',
  content: 'as-it-was',
  image: 'datascience 2026.11.0',
  asked_at: AT,
  started_at: null,
  ended_at: null,
  cells_done: 0,
  cells_total: 0,
  outcome: null,
  reason: '',
  line: ''
};

function trial(state: ITrial['state'], run: Partial<ITrialRun> | null = {}, verdicts: RunVerdict[] = []): ITrial {
  const files = [{ path: 'out/model.bin', size: 2048, sha256: 'ab'.repeat(32) }];
  const cells = verdicts.map((verdict, cell) => ({
    cell,
    id: `c${String(cell)}`,
    verdict,
    step: 'bytes' as const,
    sentence: `It is ${verdict}.`,
    differences: [],
    more_differences: 0,
    withheld: false
  }));
  const ran = { end: 'finished', facts: {}, messages: 1, lost: 0, stray: 0, seconds: 3, peak_bytes: 0 };
  return {
    on: true,
    off_because: '',
    state,
    run: run === null ? null : { ...RUN, ...run },
    verdict:
      verdicts.length === 0
        ? null
        : {
            same: false,
            line: '',
            cells,
            runs: [{ ...ran, files, more_files: 1 }],
            sandbox: { grade: 'full', sentence: '', layers: [] }
          }
  };
}

const OFF: ITrial = { on: false, off_because: 'no-bubblewrap', state: 'none', run: null, verdict: null };

async function opened(t: TestContext, found: ITrial, content: string | null = null): Promise<[SendModel, IMade]> {
  const all = await made(t);
  all.lab.server
    .on('GET api/v1/trials', found)
    .on('POST preflight', { policy: '', findings: [], taken_out: [], content });
  const model = all.begin();
  t.after(() => model.dispose());
  await model.load();
  await until(() => model.trial.trial !== null && !model.checking);
  return [model, all];
}

function shown(model: SendModel): Document {
  const element = createElement(TrialSection, { model, trans: english, onShow: () => undefined });
  return new DOMParser().parseFromString(renderToStaticMarkup(element), 'text/html');
}

const words = (page: Document): string => page.body.textContent;
const has = (page: Document, action: string): boolean =>
  page.querySelector(`[data-enablement-action="${action}"]`) !== null;

test('where nothing is run it says why, and there is no button', async t => {
  const [model] = await opened(t, OFF);
  assert.match(words(shown(model)), /bubblewrap, which keeps them apart/);
  assert.equal(has(shown(model), 'try-clean'), false);
});

for (const [what, found, says, buttons] of [
  ['never tried', trial('none', null), /from clean/, ['try-clean']],
  ['waiting', trial('queued'), /Waiting to be run/, ['cancel-trial']],
  ['starting', trial('running'), /the kernel is starting/, ['cancel-trial']],
  ['running', trial('running', { cells_done: 2, cells_total: 5 }), /2 of 5 cells done/, ['cancel-trial']],
  ['cancelled', trial('ended', { outcome: 'cancelled', reason: 'asked' }), /Run cancelled: somebody/, ['try-clean']],
  [
    'died',
    trial('ended', { outcome: 'died', reason: 'service-stopped' }),
    /broke off: the review service/,
    ['try-clean']
  ],
  ['not run', trial('ended', { outcome: 'not-run', line: 'No sandbox.' }), /Not run. No sandbox\./, ['try-clean']],
  ['the same', trial('ended', { outcome: 'same' }, ['identical']), /1 of 1 cells the same/, ['try-clean']],
  ['another', trial('ended', { outcome: 'differs' }, ['identical', 'error']), /Cell 2It is error\./, ['show-cell']]
] as const) {
  test(`what is shown of one that is: ${what}`, async t => {
    const [model] = await opened(t, found);
    const page = shown(model);
    assert.match(words(page).replaceAll('✗ ', ''), says);
    for (const button of ['try-clean', 'cancel-trial']) {
      const expected = buttons.some(each => each === button) || (what === 'another' && button === 'try-clean');
      assert.equal(has(page, button), expected, button);
    }
    assert.equal(page.querySelector('[data-enablement-written="2"]') !== null, found.verdict !== null);
  });
}

for (const [content, changed] of [
  ['as-it-was', false],
  ['another', true],
  [null, false]
] as const) {
  test(`whether it is said that the notebook is another than what was tried: ${String(content)}`, async t => {
    const [model] = await opened(t, trial('ended', { outcome: 'same' }, ['identical']), content);
    assert.equal(shown(model).querySelector('[data-enablement-trial-changed]') !== null, changed);
  });
}

test('what is tried is what would be sent, and a second press asks for nothing', async t => {
  const [model, { lab }] = await opened(t, trial('none', null));
  lab.server.on('POST try', () =>
    lines({ progress: { phase: 'reading', bytes: 0, total: 1 } }, { trial: trial('queued') })
  );
  const first = model.tryClean();
  await Promise.all([first, model.tryClean()]);
  await model.tryClean();
  const asked = lab.server.bodies('POST try') as { path: string; files: string[] }[];
  assert.deepEqual(
    asked.map(({ path, files }) => [path, files]),
    [['work/a.ipynb', []]]
  );
  assert.equal(model.trial.isOpen, true);
  lab.server.on('GET api/v1/trials', trial('ended', { outcome: 'same' }, ['identical']));
  await until(() => !model.trial.isOpen);
  assert.equal(model.trial.trial?.verdict?.cells.length, 1);
});

test('a queue that is full is said in a sentence, and one that ended before it was cancelled is shown as it ended', async t => {
  const [model, { lab }] = await opened(t, trial('none', null));
  lab.server.on('POST try', () =>
    lines({ problem: { type: '', title: '', status: 429, code: 'runs-full', detail: 'Too much waits.' } })
  );
  await model.tryClean();
  assert.match(words(shown(model)), /Too much waits\./);
  lab.server.on('POST try', () => lines({ trial: trial('running') }));
  await model.tryClean();
  lab.server
    .on('GET api/v1/trials', trial('ended', { outcome: 'same' }, ['identical']))
    .on('POST api/v1/trials/cancel', () => problem('conflict', 409));
  await model.trial.cancel();
  assert.deepEqual([model.trial.error, model.trial.trial?.state], [null, 'ended']);
});
