/** What a person does with versions every day: documents, requests, and what is said about it. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { CommandRegistry } from '@lumino/commands';

import { GitActions } from '../src/git/actions';
import { GitClient } from '../src/git/client';
import { GitTools } from '../src/git/gitTools';
import { OpenDocuments } from '../src/git/openDocuments';
import { english } from './english';
import { json, lines, problem, settled, until } from './fakeServer';
import { changes, conflicts, content, diffCell, history, merged, RECEIPT, status, step } from './gitFixtures';
import { answer, drawn, press, TestLab, told, typed } from './lab';

interface IMade {
  lab: TestLab;
  actions: GitActions;
  after: () => number;
}

/** A file `work/a.py` that is open, in a folder with versions. */
async function opened(t: TestContext): Promise<IMade & { context: Awaited<ReturnType<TestLab['edit']>> }> {
  const lab = new TestLab();
  t.after(() => lab.dispose());
  lab.server.on('GET git/status', status());
  lab.files.put('work/a.py', 'before');
  let calls = 0;
  const open = new OpenDocuments(lab.shell, lab.documents);
  const tools = new GitTools({ commands: new CommandRegistry(), shell: lab.shell });
  const client = new GitClient(lab.server.settings);
  const actions = new GitActions(lab.shell, client, open, tools, english, () => (calls += 1));
  return { lab, actions, after: () => calls, context: await lab.edit('work/a.py') };
}

async function dialog(): Promise<HTMLElement> {
  await until(() => document.querySelector('[data-enablement-dialog="save-version"] form') !== null);
  return document.querySelector<HTMLElement>('[data-enablement-dialog="save-version"]') ?? assert.fail('no dialog');
}

function said(): [string, string][] {
  return told().map(({ type, message }) => [type, message]);
}

test('saving a version: what is open is saved first, the files are pushed, and it is said', async t => {
  const { lab, actions, after, context } = await opened(t);
  lab.server
    .on('GET git/changes', () => {
      assert.deepEqual(lab.files.saved, ['work/a.py']);
      return json(changes('work/a.py'));
    })
    .on('POST git/save-version', () => lines(step('commit', 'running'), { receipt: RECEIPT }));
  typed(context, 'edited');
  const saving = actions.save('work/a.py');
  await press(await dialog(), '[data-enablement-action="save-version"]');
  await saving;
  assert.deepEqual(said(), [['success', 'The version is kept on main, and on the server.']]);
  assert.equal(document.querySelector('[data-enablement-dialog]'), null, 'the dialog is closed');
  assert.equal(after(), 1);
});

test('saving a version: one that is not on the server yet is said as such', async t => {
  const { lab, actions } = await opened(t);
  const receipt = {
    ...RECEIPT,
    problem: { type: 'x', title: 'x', code: 'forge-away', detail: 'The server is away.', status: 503 }
  };
  lab.server.on('GET git/changes', changes('a')).on('POST git/save-version', () => lines({ receipt }));
  const saving = actions.save('work');
  await press(await dialog(), '[data-enablement-action="save-version"]');
  await saving;
  assert.deepEqual(said(), [['warning', 'The version is kept here. The server is away.']]);
});

test('saving a version: closed without saving, nothing is said and nothing is sent', async t => {
  const { lab, actions, after } = await opened(t);
  lab.server.on('GET git/changes', changes('a'));
  const saving = actions.save('work');
  await press(await dialog(), '[data-enablement-action="close"]');
  await saving;
  assert.deepEqual([said(), lab.server.count('POST git/save-version'), after()], [[], 0, 1]);
});

test('saving a version: where the server is ahead, its changes are one press away', async t => {
  const { lab, actions } = await opened(t);
  lab.server
    .on('GET git/changes', changes('a'))
    .on('POST git/save-version', () => lines({ problem: { code: 'forge-ahead', detail: 'Ahead.', status: 409 } }))
    .on('POST git/colleagues', () => lines({ got: { state: 'nothing', folder: 'work' } }));
  const saving = actions.save('work');
  const form = await dialog();
  await press(form, '[data-enablement-action="save-version"]');
  await press(form, '[data-enablement-action="get-changes"]');
  await saving;
  assert.deepEqual(said(), [['info', 'There is nothing new on the server.']]);
});

test('colleagues’ changes: the documents are saved before and read again after', async t => {
  const { lab, actions, after, context } = await opened(t);
  const steps: string[] = [];
  lab.server.on('POST git/colleagues', () => {
    assert.deepEqual(lab.files.saved, ['work/a.py']);
    lab.files.texts.set('work/a.py', 'merged');
    steps.push(...told().map(each => each.message));
    return lines(step('fetch', 'running'), { got: merged({ files: ['work/a.py'] }) });
  });
  typed(context, 'edited');
  await actions.pull('work');
  assert.equal(context.model.toString(), 'merged');
  assert.deepEqual(steps, ['Asking the server what is new…']);
  assert.deepEqual(said(), [['success', '1 file is new or different: a.py']]);
  assert.equal(after(), 1);
});

test('colleagues’ changes: a copy is named with the way to it, and so is what could not be pushed', async t => {
  const { lab, actions } = await opened(t);
  lab.files.put('work/a (mine).py', 'mine');
  const problemOfPush = { type: 'x', title: 'x', code: 'forge-away', detail: 'The server is away.', status: 503 };
  const aside = [{ path: 'work/a.py', copy: 'work/a (mine).py' }];
  lab.server.on('POST git/colleagues', () => lines({ got: merged({ files: [], aside, problem: problemOfPush }) }));
  await actions.pull('work');
  assert.deepEqual(said(), [
    ['warning', 'Both sides are together here, but not pushed yet. The server is away.'],
    ['info', 'Your own a.py was kept as a copy: a (mine).py'],
    ['success', 'Both sides are together now.']
  ]);
  answer('Open the copy');
  await until(() => lab.main.panel.widgets.length === 2);
});

test('colleagues’ changes: a document that was edited meanwhile is left, and named', async t => {
  const { lab, actions, context } = await opened(t);
  lab.server.on('POST git/colleagues', () => {
    typed(context, 'typed while the server was asked');
    return lines({ got: merged({ files: ['work/a.py'] }) });
  });
  await actions.pull('work');
  assert.equal(context.model.toString(), 'typed while the server was asked');
  assert.deepEqual(said()[0], ['warning', 'a.py is open with edits of yours and was not read again.']);
});

test('colleagues’ changes: a refusal is said in its own words, and what was running is not shown any more', async t => {
  const { lab, actions, after } = await opened(t);
  lab.server.on('POST git/colleagues', () => problem('forge-unavailable', 503));
  await actions.pull('work');
  assert.deepEqual(
    told().map(({ type }) => type),
    ['error']
  );
  assert.equal(after(), 1);
});

test('a conflict: its document opens, is made anew when asked again, and closes when it is settled', async t => {
  const { lab, actions, context } = await opened(t);
  lab.server
    .on('POST git/colleagues', () => lines({ got: { state: 'clash', folder: 'work' } }))
    .on('GET git/clashes', conflicts())
    .on('POST git/clashes', () => {
      lab.files.texts.set('work/a.py', 'merged');
      return json({ got: merged({ files: ['work/a.py'] }) });
    });
  await actions.pull('work');
  assert.deepEqual([lab.main.ids.at(-1), lab.main.active], ['enablement-merge-work', 'enablement-merge-work']);
  actions.resolve('work');
  assert.equal(lab.main.ids.filter(id => id === 'enablement-merge-work').length, 1, 'what it showed may be old');
  await until(() => lab.server.count('GET git/clashes') === 2);
  const view = await drawn(lab.main.last);
  await until(() => view.querySelector('[data-enablement-field="aside"]') !== null);
  await press(view, '[data-enablement-field="aside"]');
  typed(context, 'edited');
  await press(view, '[data-enablement-action="finish-merge"]');
  await until(() => told().length > 0);
  assert.deepEqual(said(), [['success', '1 file is new or different: a.py']]);
  assert.deepEqual(lab.files.saved, ['work/a.py'], 'what is open is saved before');
  assert.ok(!lab.main.ids.includes('enablement-merge-work'));
});

test('the history: one document for a file, and the way back can be undone', async t => {
  const { lab, actions, after, context } = await opened(t);
  const compared = diffCell('changed', ['+', 'x']);
  lab.server
    .on('GET git/history', history('c2', 'c1'))
    .on('GET git/version', seen => json(content(seen.query.commit ?? '', compared)))
    .on('POST git/restore', seen => {
      const { commit } = seen.body as { commit: string };
      lab.files.texts.set('work/a.py', `as in ${commit}`);
      return json({ path: 'work/a.py', kept: commit === 'kept' ? '' : 'kept', aside: [] });
    });
  actions.history('work/a.py');
  actions.history('work/a.py');
  assert.equal(lab.main.ids.filter(id => id === 'enablement-history-work/a.py').length, 1);
  const view = await drawn(lab.main.last);
  await until(() => view.querySelector('[data-enablement-action="restore"]:not([disabled])') !== null);
  typed(context, 'edited');
  await press(view, '[data-enablement-action="restore"]');
  await until(() => told().length > 0);
  assert.deepEqual(told()[0], {
    type: 'success',
    message: 'a.py is as it was in that version. What it was before is kept.',
    actions: ['Undo']
  });
  assert.deepEqual([lab.files.saved, context.model.toString()], [['work/a.py'], 'as in c2']);
  answer('Undo');
  await until(() => lab.server.count('POST git/restore') === 2);
  await settled();
  assert.deepEqual(lab.server.bodies('POST git/restore'), [
    { path: 'work/a.py', commit: 'c2' },
    { path: 'work/a.py', commit: 'kept' }
  ]);
  assert.equal(context.model.toString(), 'as in kept');
  assert.deepEqual(told()[0]?.actions, [], 'where nothing was kept there is nothing to undo');
  assert.ok(after() >= 2);
});

test('an undo that fails is said', async t => {
  const { lab, actions } = await opened(t);
  lab.server
    .on('GET git/history', history('c1'))
    .on('GET git/version', content('c1', diffCell('changed', ['+', 'x'])))
    .on('POST git/restore', { path: 'work/a.py', kept: 'kept', aside: [] });
  actions.history('work/a.py');
  const view = await drawn(lab.main.last);
  await press(view, '[data-enablement-action="restore"]');
  await until(() => told().length > 0);
  lab.server.on('POST git/restore', () => problem('git-setup-refused', 409));
  answer('Undo');
  await until(() => told().some(({ type }) => type === 'error'));
});
