import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import type { GitGot, IGitRestored, IGitStatus } from '../src/contract';
import { ApiError } from '../src/errors';
import { GitClient } from '../src/git/client';
import { ConflictsModel } from '../src/git/conflictsModel';
import { HistoryModel } from '../src/git/historyModel';
import { SaveVersionModel } from '../src/git/saveVersionModel';
import { GitSetupModel } from '../src/git/setupModel';
import { GitStatusModel } from '../src/git/statusModel';
import { broken, FakeServer, json, lines, problem, settled, silence } from './fakeServer';
import {
  changes,
  conflicts,
  content,
  diffCell,
  history,
  merged,
  plan,
  RECEIPT,
  status,
  step,
  version
} from './gitFixtures';

function code(error: unknown): string | null {
  return error instanceof ApiError ? error.code : null;
}

function setup(server: FakeServer): { model: GitSetupModel; after: () => number } {
  let calls = 0;
  const model = new GitSetupModel('work', new GitClient(server.settings), () => (calls += 1));
  return { model, after: () => calls };
}

test('set-up: the plan, its steps as they go, the receipt, and back again', async () => {
  const server = new FakeServer()
    .on('GET git/plan', plan())
    .on('GET git/results', { folder: 'work', notebooks: [] })
    .on('POST git/apply', () => lines(step('prepare', 'running'), step('prepare', 'done'), { receipt: RECEIPT }))
    .on('POST git/undo', { folder: 'work', undone: true, kept: 'work (versions, kept by Undo).bundle' });
  const { model, after } = setup(server);
  assert.equal(model.phase, 'loading');
  await model.load();
  assert.equal(model.phase, 'plan');
  const phases: string[] = [];
  model.stateChanged.connect(() => phases.push(`${model.phase} ${model.states.get('prepare') ?? ''}`.trim()));
  await model.apply();
  assert.deepEqual(phases, ['running', 'running running', 'running done', 'done done']);
  assert.deepEqual(model.receipt, RECEIPT);
  await model.undo();
  assert.deepEqual([model.phase, model.kept], ['undone', 'work (versions, kept by Undo).bundle']);
  assert.equal(after(), 3);
});

test('set-up: a connection that breaks leaves the plan, nothing running, and what is done by now', async () => {
  const server = new FakeServer()
    .on('GET git/plan', plan())
    .on('GET git/results', silence)
    .on('POST git/apply', () => broken(step('prepare', 'done'), step('push', 'running')));
  const { model } = setup(server);
  await model.load();
  const prepared = plan({ steps: plan().steps.map(each => ({ ...each, done: each.key === 'prepare' })) });
  server.on('GET git/plan', prepared);
  await model.apply();
  assert.equal(model.phase, 'plan');
  assert.equal(code(model.error), 'interrupted');
  assert.deepEqual([...model.states], [['prepare', 'done']]);
  assert.deepEqual(model.plan, prepared);
  server.on('POST git/apply', () => lines({ receipt: RECEIPT }));
  await model.apply();
  assert.deepEqual([model.phase, model.error], ['done', null]);
});

test('set-up: a refusal is no broken connection, and the plan stays as it was seen', async () => {
  const server = new FakeServer()
    .on('GET git/plan', plan())
    .on('POST git/apply', () => lines({ problem: { code: 'git-setup-refused', detail: 'No.', status: 409 } }));
  const { model } = setup(server);
  await model.load();
  await model.apply();
  assert.equal(code(model.error), 'git-setup-refused');
  assert.equal(server.count('GET git/plan'), 1);
});

test('set-up: results are kept out where the person asks for it', async () => {
  const server = new FakeServer()
    .on('GET git/plan', plan())
    .on('GET git/results', { folder: 'work', notebooks: ['work/a.ipynb'] })
    .on('POST git/results', { folder: 'work', commit: 'c' });
  const { model } = setup(server);
  await model.load();
  assert.deepEqual([model.results, model.keptOut], [['work/a.ipynb'], false]);
  await model.keepResultsOut();
  assert.deepEqual([model.results, model.keptOut, model.phase], [[], true, 'plan']);
});

function saving(server: FakeServer): SaveVersionModel {
  return new SaveVersionModel('work', new GitClient(server.settings));
}

test('saving a version: all files and the proposed words, unless the person says otherwise', async () => {
  const server = new FakeServer()
    .on('GET git/changes', changes('a.ipynb', 'b.py'))
    .on('POST git/save-version', () => lines(step('commit', 'running'), { receipt: RECEIPT }));
  const model = saving(server);
  await model.load();
  assert.deepEqual([model.phase, model.message], ['form', 'Change a.ipynb, b.py']);
  model.choose('b.py', false);
  await model.save();
  assert.deepEqual([model.phase, model.receipt], ['saved', RECEIPT]);
  model.choose('b.py', true);
  model.setMessage('My words');
  await model.save();
  assert.deepEqual(server.bodies('POST git/save-version'), [
    { path: 'work', message: '', files: ['a.ipynb'] },
    { path: 'work', message: 'My words', files: ['a.ipynb', 'b.py'] }
  ]);
});

test('saving a version: what cannot be looked at is said, and tried again', async () => {
  const server = new FakeServer().on('GET git/changes', silence);
  const model = saving(server);
  await model.load();
  assert.deepEqual([model.phase, code(model.error)], ['loading', 'unreachable']);
  server.on('GET git/changes', changes('a.ipynb'));
  await model.load();
  assert.deepEqual([model.phase, model.error], ['form', null]);
});

test('saving a version: after a broken connection the form shows what is left to do', async () => {
  const server = new FakeServer()
    .on('GET git/changes', changes('a.ipynb', 'b.py'))
    .on('POST git/save-version', () => broken(step('commit', 'running')));
  const model = saving(server);
  await model.load();
  model.choose('b.py', false);
  model.setMessage('My words');
  server.on('GET git/changes', { ...changes('b.py', 'c.py'), unpushed: 1 });
  await model.save();
  assert.deepEqual([model.phase, code(model.error), model.step], ['form', 'interrupted', null]);
  assert.deepEqual([...model.chosen], ['c.py']);
  assert.deepEqual([model.changes?.unpushed, model.message], [1, 'My words']);
});

test('saving a version: a refusal keeps the form as it is', async () => {
  const server = new FakeServer()
    .on('GET git/changes', changes('a.ipynb'))
    .on('POST git/save-version', () => lines({ problem: { code: 'forge-ahead', detail: 'No.', status: 409 } }));
  const model = saving(server);
  await model.load();
  await model.save();
  assert.deepEqual([model.phase, code(model.error), server.count('GET git/changes')], ['form', 'forge-ahead', 1]);
});

test('history: the newest version first, another by choice, and back to it', async () => {
  const back: string[] = [];
  const goBack = (path: string, commit: string): Promise<IGitRestored> => {
    back.push(`${path} ${commit}`);
    return Promise.resolve({ path, kept: 'c3', aside: [] });
  };
  const server = new FakeServer()
    .on('GET git/history', history('c2', 'c1'))
    .on('GET git/version', seen => json(content(seen.query.commit ?? '', diffCell('changed', ['+', 'x']))));
  const model = new HistoryModel('work/a.ipynb', new GitClient(server.settings), goBack);
  await model.load();
  assert.deepEqual([model.chosen?.commit, model.content?.commit, model.mode], ['c2', 'c2', 'compare']);
  await model.choose(version('c1'));
  model.setMode('read');
  assert.deepEqual([model.content?.commit, model.mode], ['c1', 'read']);
  server.on('GET git/history', history('c3', 'c2', 'c1'));
  await model.restore(version('c1'));
  assert.deepEqual(back, ['work/a.ipynb c1']);
  assert.deepEqual([model.history?.versions.length, model.chosen?.commit, model.busy], [3, 'c1', false]);
});

test('history: an answer that comes too late does not replace the version that was chosen meanwhile', async () => {
  const late: { answer: (response: Response) => void } = { answer: () => undefined };
  const server = new FakeServer().on('GET git/version', seen =>
    seen.query.commit === 'slow' ? new Promise<Response>(resolve => (late.answer = resolve)) : json(content('fast'))
  );
  const model = new HistoryModel('work/a.ipynb', new GitClient(server.settings), () => Promise.reject(new Error()));
  const slow = model.choose(version('slow'));
  await settled();
  await model.choose(version('fast'));
  late.answer(json(content('slow')));
  await slow;
  assert.equal(model.content?.commit, 'fast');
});

test('history: a failure is said and takes nothing away', async () => {
  const server = new FakeServer().on('GET git/history', history('c1')).on('GET git/version', content('c1'));
  const model = new HistoryModel('work/a.ipynb', new GitClient(server.settings), () => Promise.reject(new Error('no')));
  await model.load();
  await model.restore(version('c1'));
  assert.ok(model.error instanceof Error);
  assert.deepEqual([model.content?.commit, model.busy], ['c1', false]);
});

function resolving(server: FakeServer): { model: ConflictsModel; done: GitGot[]; order: string[] } {
  const done: GitGot[] = [];
  const order: string[] = [];
  const model = new ConflictsModel(
    'work',
    new GitClient(server.settings),
    got => {
      done.push(got);
      return Promise.resolve();
    },
    () => {
      order.push(`saved before ${server.count('POST git/clashes')} requests`);
      return Promise.resolve();
    }
  );
  return { model, done, order };
}

test('conflicts: each needs a choice, a whole notebook can be theirs, and what is open is saved first', async () => {
  const server = new FakeServer().on('GET git/clashes', conflicts()).on('POST git/clashes', { got: merged() });
  const { model, done, order } = resolving(server);
  assert.equal(model.open, 0);
  await model.load();
  assert.equal(model.open, 2);
  model.choose('work/a.ipynb', 'k1', 'both');
  assert.equal(model.open, 1);
  model.takeTheirs('work/a.ipynb', true);
  assert.deepEqual([model.open, model.choices['work/a.ipynb']], [0, null]);
  model.takeTheirs('work/a.ipynb', false);
  assert.equal(model.open, 2);
  model.choose('work/a.ipynb', 'k1', 'mine');
  model.choose('work/a.ipynb', 'k2', 'theirs');
  await model.finish();
  const choices = { 'work/a.ipynb': { k1: 'mine', k2: 'theirs' } };
  assert.deepEqual(server.bodies('POST git/clashes'), [{ path: 'work', here: 'aaa', there: 'bbb', choices }]);
  assert.deepEqual([done, order], [[merged()], ['saved before 0 requests']]);
});

test('conflicts: a refusal keeps the choices', async () => {
  const server = new FakeServer()
    .on('GET git/clashes', conflicts())
    .on('POST git/clashes', () => problem('git-setup-refused', 409));
  const { model, done } = resolving(server);
  await model.load();
  model.choose('work/a.ipynb', 'k1', 'mine');
  await model.finish();
  assert.deepEqual([code(model.error), done, model.open, model.busy], ['git-setup-refused', [], 1, false]);
});

test('status: asked once things have settled, about the last folder only', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const server = new FakeServer().on('GET git/status', seen => json(status({ folder: seen.query.path })));
    const model = new GitStatusModel(new GitClient(server.settings));
    model.refresh('a');
    await settled();
    mock.timers.tick(500);
    model.refresh('b');
    await settled();
    mock.timers.tick(500);
    await settled();
    assert.equal(server.seen.length, 0);
    mock.timers.tick(300);
    await settled();
    assert.deepEqual([server.seen.length, model.status?.folder, model.isRepository], [1, 'b', true]);
    server.on('GET git/status', silence);
    model.refresh();
    await settled();
    mock.timers.tick(700);
    await settled();
    assert.deepEqual([model.status, model.isRepository, model.folder], [null, false, 'b']);
    model.dispose();
    model.refresh('c');
    await settled();
    mock.timers.tick(700);
    await settled();
    assert.equal(server.seen.length, 2);
  } finally {
    mock.timers.reset();
  }
});

test('status: what is due, and a repository that is not understood is explained before anything else', () => {
  const model = new GitStatusModel(new GitClient(new FakeServer().settings));
  const due = (shown: IGitStatus | null): string => {
    model.status = shown;
    return model.due;
  };
  const shape: IGitStatus['shape'] = { code: 'odd', facts: { shape: 'detached' } };
  const seen = [
    null,
    status({ standing: 'theirs' }),
    status(),
    status({ unpushed: 1 }),
    status({ held: [{ path: 'a.ipynb', code: 'results', facts: { why: 'not-json' } }] }),
    status({ changed: ['a'], shape }),
    status({ shape: { code: 'busy', facts: { operation: 'merge' } }, access: 'read' }),
    status({ changed: ['a'], access: 'read' }),
    status({ access: 'none' }),
    status({ changed: ['a'], access: null })
  ];
  assert.deepEqual(seen.map(due), [
    ...['set-up', 'set-up', 'history', 'save', 'save', 'explain'],
    ...['finish', 'reading', 'reading', 'save']
  ]);
  model.dispose();
});
