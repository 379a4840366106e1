import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ContentsManager, Drive } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { LocalFile, NotebookCommentsModel } from '../src/authoring/commentsModel';
import { SubmissionModel } from '../src/document/model';
import { ApiError } from '../src/errors';
import { ListModel } from '../src/panel/listModel';
import { FakeServer, json, problem, settled, silence, until } from './fakeServer';
import { ME, change, decision, detail, enablement, submission, thread } from './modelFixtures';

function code(error: unknown): string | null {
  return error instanceof ApiError ? error.code : null;
}

test('a list: page by page and by filter', async () => {
  const server = new FakeServer().on('GET api/v1/submissions', seen =>
    json(
      seen.query.cursor === undefined
        ? { items: [submission(1)], next: 'more' }
        : { items: [submission(2)], next: null }
    )
  );
  const lab = await enablement(server);
  const model = new ListModel('waiting', lab);
  await model.refresh();
  await model.more();
  assert.deepEqual([model.items.map(item => item.number), model.next, model.loaded], [[1, 2], null, true]);
  await model.more();
  assert.equal(server.count('GET api/v1/submissions'), 2);
  model.setFilter('mine');
  assert.deepEqual([model.items, model.loaded], [[], false]);
  await until(() => model.loaded);
  const queries = server.seen.filter(seen => seen.route === 'GET api/v1/submissions').map(seen => seen.query);
  assert.deepEqual(queries, [
    { filter: 'waiting', limit: '50' },
    { filter: 'waiting', cursor: 'more', limit: '50' },
    { filter: 'mine', limit: '50' }
  ]);
  model.dispose();
  lab.feed.dispose();
});

test('a list: several changes are one request, none after its end; a failure keeps what was there', async () => {
  const server = new FakeServer().on('GET api/v1/submissions', { items: [submission(1)], next: null });
  const lab = await enablement(server);
  const model = new ListModel('all', lab);
  await model.refresh();
  server.on('GET api/v1/submissions', silence);
  lab.events.say('change', change(1), 2);
  lab.events.say('change', change(2), 3);
  await until(() => model.error !== null);
  assert.deepEqual([code(model.error), model.items.length, model.loading], ['unreachable', 1, false]);
  assert.equal(server.count('GET api/v1/submissions'), 2);
  model.dispose();
  lab.events.say('change', change(1), 4);
  await new Promise(resolve => setTimeout(resolve, 300));
  assert.equal(server.count('GET api/v1/submissions'), 2);
  lab.feed.dispose();
});

function answered(server: FakeServer, number = 12): FakeServer {
  const versions = [1, 2].map(each => ({ ...(detail(number).versions[0] ?? {}), number: each }));
  return server
    .on(`GET api/v1/submissions/${String(number)}`, { ...detail(number), latest: 2, versions, stamp: 5 })
    .on(`GET api/v1/submissions/${String(number)}/threads`, { threads: [thread(1)] });
}

test('a submission: what it is, the version that is read, and its threads there', async () => {
  const server = answered(new FakeServer());
  const lab = await enablement(server);
  const model = new SubmissionModel(12, lab);
  await until(() => model.detail !== null);
  assert.deepEqual([model.version?.number, model.threads.length, model.me?.name], [2, 1, 'dana']);
  model.select(1);
  await until(() => server.count('GET api/v1/submissions/12/threads') === 2);
  assert.equal(model.version?.number, 1);
  assert.equal(server.seen.filter(seen => seen.route.endsWith('/threads')).at(-1)?.query.version, '1');
  assert.equal(model.decisionUrl, 'https://decide.example/services/enablement/decide/12', 'no verdict is preselected');
  assert.deepEqual(model.decisionsOff, []);
  model.dispose();
  lab.feed.dispose();
});

test('a submission: where decisions are off there is no address, and the reasons are said', async () => {
  const off = { ...ME, decisions: { ...ME.decisions, on: false, off_because: ['shared-origin' as const] } };
  const lab = await enablement(answered(new FakeServer()));
  const model = new SubmissionModel(12, { ...lab, me: () => Promise.resolve(off) });
  await until(() => model.detail !== null);
  assert.equal(model.decisionUrl, null);
  assert.deepEqual(model.decisionsOff, ['shared-origin']);
  model.dispose();
  lab.feed.dispose();
});

test('a submission: an action names the stamp that was seen, and a stale one loads what is there now', async () => {
  const server = answered(new FakeServer()).on('POST api/v1/submissions/12/claim', () => problem('stale-stamp', 409));
  const lab = await enablement(server);
  const model = new SubmissionModel(12, lab);
  await until(() => model.detail !== null);
  server.on('GET api/v1/submissions/12', { ...detail(12), stamp: 6 });
  await assert.rejects(model.act('claim'), error => code(error) === 'stale-stamp');
  assert.equal(model.detail?.stamp, 6);
  server.on('POST api/v1/submissions/12/withdraw', submission(12));
  await model.act('withdraw', 'Too early');
  assert.deepEqual(server.bodies('POST api/v1/submissions/12/claim'), [{ stamp: 5 }]);
  assert.deepEqual(server.bodies('POST api/v1/submissions/12/withdraw'), [{ stamp: 6, reason: 'Too early' }]);
  model.dispose();
  lab.feed.dispose();
});

test('a submission: threads are opened, answered and resolved where they are shown', async () => {
  const resolved = thread(1, { resolved_at: '2026-11-24T13:00:00Z', placed: { ...thread(1).placed, state: 'moved' } });
  const server = answered(new FakeServer())
    .on('POST api/v1/submissions/12/threads', thread(2))
    .on('POST api/v1/threads/1/comments', thread(1, { quote: 'answered' }))
    .on('POST api/v1/threads/1/resolve', resolved)
    .on('POST api/v1/threads/1/reopen', thread(1));
  const lab = await enablement(server);
  const model = new SubmissionModel(12, lab);
  await until(() => model.detail !== null);
  await model.openThread({ cell: 'a', lines: [1, 2], output: null }, 'Why?');
  assert.deepEqual(server.bodies('POST api/v1/submissions/12/threads'), [
    { version: 2, anchor: { cell: 'a', lines: [1, 2], output: null }, text: 'Why?' }
  ]);
  await model.reply(thread(1), 'Because');
  assert.deepEqual([model.threads.map(each => each.id), model.threads[0]?.quote], [[1, 2], 'answered']);
  model.select(1);
  await until(() => server.count('GET api/v1/submissions/12/threads') === 2);
  await settled();
  await model.setResolved(thread(1), true);
  assert.equal(model.threads[0]?.resolved_at, '2026-11-24T13:00:00Z');
  assert.equal(model.threads[0].placed.state, 'unchanged', 'its place in the older version stays');
  await model.setResolved(thread(1), false);
  assert.equal(model.threads[0].resolved_at, null);
  model.dispose();
  lab.feed.dispose();
});

test('a submission: only what is said about it loads it again; one that is gone is known as gone', async () => {
  const server = answered(new FakeServer());
  const lab = await enablement(server);
  const model = new SubmissionModel(12, lab);
  await until(() => model.detail !== null);
  lab.events.say('change', change(13), 2);
  lab.events.say('change', change(12), 3);
  await until(() => server.count('GET api/v1/submissions/12') === 2);
  server.on('GET api/v1/submissions/12', () => problem('not-found', 404));
  await model.load();
  assert.ok(model.isGone);
  const asked: string[] = [];
  model.tabAsked.connect((_, tab) => asked.push(tab));
  model.show('discussion');
  assert.deepEqual([model.tab, asked], ['discussion', ['discussion']]);
  model.dispose();
  lab.feed.dispose();
});

test('comments of a notebook: of the submission that takes a new version, open ones only, with the decisions that stand', async () => {
  const closed = thread(2, { resolved_at: '2026-11-24T13:00:00Z' });
  const server = new FakeServer()
    .on('GET api/v1/submissions', { items: [submission(3, { actions: [] }), submission(12)], next: null })
    .on('GET api/v1/submissions/12/threads', { threads: [thread(1), closed] })
    .on('GET api/v1/submissions/12', detail(12, { decisions: [decision()] }));
  const lab = await enablement(server);
  const context = { path: 'work/a.ipynb', pathChanged: new Signal<object, string>({}) };
  const model = new NotebookCommentsModel(context, lab);
  await until(() => model.submission !== null);
  assert.deepEqual(
    [model.submission?.number, model.threads.map(each => each.id), model.decisions.length],
    [12, [1], 1]
  );
  assert.equal(server.seen.find(seen => seen.route === 'GET api/v1/submissions')?.query.path, 'work/a.ipynb');
  server.on('GET api/v1/submissions', { items: [], next: null });
  lab.events.say('change', change(99), 2);
  context.pathChanged.emit('work/b.ipynb');
  await until(() => model.submission === null);
  assert.deepEqual([model.threads, model.decisions], [[], []]);
  model.dispose();
  lab.feed.dispose();
});

test('comments of a notebook that was opened through a drive are those of its file', async () => {
  const server = new FakeServer().on('GET api/v1/submissions', { items: [], next: null });
  const lab = await enablement(server);
  const context = { path: 'RTC:work/a.ipynb', pathChanged: new Signal<object, string>({}) };
  const contents = new ContentsManager({ serverSettings: server.settings });
  contents.addDrive(new Drive({ name: 'RTC', serverSettings: server.settings }));
  const model = new NotebookCommentsModel(new LocalFile(context, contents), lab);
  await model.load();
  context.path = 'RTC:work/b.ipynb';
  context.pathChanged.emit(context.path);
  await until(() => server.count('GET api/v1/submissions') === 2);
  const asked = server.seen.filter(seen => seen.route === 'GET api/v1/submissions').map(seen => seen.query.path);
  assert.deepEqual(asked, ['work/a.ipynb', 'work/b.ipynb']);
  model.dispose();
  contents.dispose();
  lab.feed.dispose();
});

test('comments of a notebook: a service that is away disturbs nobody', async () => {
  const server = new FakeServer().on('GET api/v1/submissions', silence);
  const lab = await enablement(server);
  const context = { path: 'work/a.ipynb', pathChanged: new Signal<object, string>({}) };
  const model = new NotebookCommentsModel(context, lab);
  await model.load();
  assert.equal(model.submission, null);
  model.dispose();
  lab.feed.dispose();
});
