/** Documents that are open while Git changes the files below them. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { ApiError } from '../src/errors';
import { OpenDocuments } from '../src/git/openDocuments';
import { TestLab, typed } from './lab';

function lab(t: TestContext, ...paths: string[]): { lab: TestLab; open: OpenDocuments } {
  const made = new TestLab();
  t.after(() => made.dispose());
  paths.forEach(path => made.files.put(path, `${path} before`));
  return { lab: made, open: new OpenDocuments(made.shell, made.documents) };
}

test('saving a folder: what has edits below it, and nothing else', async t => {
  const { lab: made, open } = lab(t, 'work/a.py', 'work/sub/b.py', 'work/c.py', 'workshop/d.py');
  for (const path of ['work/a.py', 'work/sub/b.py', 'workshop/d.py']) {
    typed(await made.edit(path), `${path} edited`);
  }
  await made.edit('work/c.py');
  await open.save('work');
  assert.deepEqual(made.files.saved, ['work/a.py', 'work/sub/b.py']);
  assert.equal(made.files.texts.get('work/sub/b.py'), 'work/sub/b.py edited');
});

test('saving a file: that one', async t => {
  const { lab: made, open } = lab(t, 'work/a.py', 'work/a.py.txt');
  for (const path of ['work/a.py', 'work/a.py.txt']) {
    typed(await made.edit(path), 'edited');
  }
  await open.save('work/a.py');
  assert.deepEqual(made.files.saved, ['work/a.py']);
});

test('saving: a document that cannot be saved ends it, and its edits stay', async t => {
  const { lab: made, open } = lab(t, 'work/a.py');
  const context = await made.edit('work/a.py');
  typed(context, 'edited');
  made.files.locked.add('work/a.py');
  await assert.rejects(open.save('work'));
  assert.deepEqual([context.model.dirty, context.model.toString()], [true, 'edited']);
});

test('saving: one that stays dirty after its saving is said with its code', async t => {
  const { lab: made, open } = lab(t, 'work/a.py');
  const context = await made.edit('work/a.py');
  typed(context, 'edited');
  context.saveState.connect((_, state) => {
    if (state.startsWith('completed')) {
      typed(context, 'typed meanwhile'); // while the bytes were on their way
    }
  });
  await assert.rejects(open.save('work'), error => error instanceof ApiError && error.code === 'not-saved');
});

test('reading again: what is open and has no edits; one with edits is left and named', async t => {
  const { lab: made, open } = lab(t, 'work/a.py', 'work/b.py', 'work/c.py');
  const [a, b, c] = [await made.edit('work/a.py'), await made.edit('work/b.py'), await made.edit('work/c.py')];
  ['work/a.py', 'work/b.py', 'work/c.py'].forEach(path => made.files.texts.set(path, 'merged'));
  typed(b, 'mine');
  assert.deepEqual(await open.reload(['work/a.py', 'work/b.py', 'work/closed.py']), ['work/b.py']);
  assert.deepEqual(
    [a, b, c].map(each => each.model.toString()),
    ['merged', 'mine', 'work/c.py before']
  );
});

test('reading again: a file that is gone is named, and the rest is read', async t => {
  const { lab: made, open } = lab(t, 'work/a.py', 'work/b.py');
  await made.edit('work/a.py');
  const b = await made.edit('work/b.py');
  made.files.texts.delete('work/a.py');
  made.files.texts.set('work/b.py', 'merged');
  assert.deepEqual(await open.reload(['work/a.py', 'work/b.py']), ['work/a.py']);
  assert.equal(b.model.toString(), 'merged');
});

test('a document opened through a drive is known by its path in the home', async t => {
  const { lab: made, open } = lab(t, 'work/a.py');
  const context = await made.edit('RTC:work/a.py');
  typed(context, 'edited');
  await open.save('work');
  assert.deepEqual([made.files.texts.get('work/a.py'), context.model.dirty], ['edited', false]);
  assert.equal(open.contextAt('work/a.py'), context);
  made.files.texts.set('work/a.py', 'merged');
  assert.deepEqual(await open.reload(['work/a.py']), []);
  assert.equal(context.model.toString(), 'merged');
});

test('opening: in the main area, once', async t => {
  const { lab: made, open } = lab(t, 'work/a.py');
  await open.open('work/a.py');
  await open.open('work/a.py');
  assert.equal(made.main.panel.widgets.length, 1);
});
