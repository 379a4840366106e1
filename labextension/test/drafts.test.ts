/** Drafts: written, edited, thrown away and published as they were seen; drawn so that nobody takes one for said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import type { ICellDifference, IComment } from '../src/contract';
import { DocumentContext } from '../src/document/context';
import { DraftsBar } from '../src/document/drafts/bar';
import { DraftsModel } from '../src/document/drafts/model';
import { SubmissionModel } from '../src/document/model';
import { ThreadCard } from '../src/document/thread';
import { EnablementClient } from '../src/client';
import { ApiError } from '../src/errors';
import { english as trans } from './english';
import { FakeServer, json, problem, silence, until } from './fakeServer';
import { AT, detail, draft, enablement, thread } from './modelFixtures';

const DRAFTS = 'GET api/v1/submissions/12/drafts';
const ADD = 'POST api/v1/submissions/12/drafts';
const PUBLISH = 'POST api/v1/submissions/12/drafts/publish';
const DISCARD = 'POST api/v1/submissions/12/drafts/discard';
const HOSTILE = '<img src=x onerror=alert(1)>';

function drafts(server: FakeServer): DraftsModel {
  return new DraftsModel(12, new EnablementClient({ serverSettings: server.settings }));
}

test('what is written is named by what it is about, and shown once the service has it', async () => {
  const server = new FakeServer().on(ADD, draft(1)).on(DRAFTS, { drafts: [draft(1)] });
  const model = drafts(server);
  let told = 0;
  model.changed.connect(() => told++);
  await model.load(2);
  await model.comment(2, { cell: 'a', lines: [1, 2], output: null }, 'Why?');
  await model.reply(2, thread(7), 'Because');
  await model.settle(2, thread(7));
  await model.settle(1, thread(8, { resolved_at: AT }));
  assert.deepEqual(server.bodies(ADD), [
    { version: 2, kind: 'comment', anchor: { cell: 'a', lines: [1, 2], output: null }, text: 'Why?' },
    { version: 2, kind: 'reply', thread: 7, text: 'Because' },
    { version: 2, kind: 'resolve', thread: 7 },
    { version: 1, kind: 'reopen', thread: 8 }
  ]);
  assert.deepEqual([told, model.items.length], [5, 1]);
  assert.ok(server.seen.filter(seen => seen.route === DRAFTS).every(seen => seen.query.version === '2'));
});

test('what was seen is published, edited and thrown away; what changed meanwhile is loaded instead', async () => {
  const shown = [draft(1, { stamp: 3 }), draft(2), draft(3, { standing: 'ended' })];
  const server = new FakeServer().on(DRAFTS, { drafts: shown }).on(PUBLISH, {}).on(DISCARD, { drafts: [] });
  server.on('POST api/v1/drafts/1', draft(1, { stamp: 4 }));
  const model = drafts(server);
  await model.load();
  await model.edit(draft(1, { stamp: 3 }), 'Better');
  await model.publish();
  await model.discard(shown.slice(1));
  assert.deepEqual(server.bodies('POST api/v1/drafts/1'), [{ stamp: 3, text: 'Better' }]);
  assert.deepEqual(server.bodies(PUBLISH), [
    {
      drafts: [
        { id: 1, stamp: 3 },
        { id: 2, stamp: 1 }
      ]
    }
  ]);
  assert.deepEqual(server.bodies(DISCARD), [
    {
      drafts: [
        { id: 2, stamp: 1 },
        { id: 3, stamp: 1 }
      ]
    }
  ]);
  server.on(PUBLISH, () => problem('drafts-changed', 409)).on(DRAFTS, { drafts: [draft(1, { stamp: 9 })] });
  await assert.rejects(model.publish(), error => error instanceof ApiError && error.code === 'drafts-changed');
  assert.deepEqual(
    model.items.map(each => each.stamp),
    [9]
  );
});

test('without a line to the service what is there stays, and the failure is said', async () => {
  const server = new FakeServer().on(DRAFTS, { drafts: [draft(1)] });
  const model = drafts(server);
  await model.load();
  server.on(DRAFTS, silence).on(ADD, silence);
  await model.load();
  assert.deepEqual([model.items.length, model.error instanceof ApiError], [1, true]);
  await assert.rejects(model.comment(1, { cell: null, lines: null, output: null }, 'Kept in its field'));
  server.on(DRAFTS, { drafts: [] });
  await model.load();
  assert.deepEqual([model.items, model.error], [[], null]);
});

test('a draft stands at its cell, on the side that it was written on, or in its thread', async () => {
  const gone = draft(2, { placed: { cell: 'a', lines: null, output: null, state: 'deleted' } });
  const reply = draft(3, { kind: 'reply', thread: 7, anchor: null, placed: null });
  const server = new FakeServer().on(DRAFTS, { drafts: [draft(1), gone, reply] });
  const model = drafts(server);
  await model.load();
  const ids = (items: { id: number }[]): number[] => items.map(each => each.id);
  assert.deepEqual([ids(model.atCell('a')), ids(model.atCell('b')), ids(model.ofThread(7))], [[1], [], [3]]);
  const cell = { old_id: 'a', new_id: 'b' } as ICellDifference;
  assert.deepEqual([ids(model.atChange(cell, 1)), ids(model.atChange(cell, 2))], [[1, 2], []]);
  assert.deepEqual(ids(model.atChange({ old_id: null, new_id: 'a' } as unknown as ICellDifference, 2)), [1]);
});

async function opened(server: FakeServer): Promise<SubmissionModel> {
  const lab = await enablement(server);
  server
    .on('GET api/v1/submissions/12', { ...detail(12), actions: ['comment', 'resolve'] })
    .on('GET api/v1/submissions/12/threads', { threads: [thread(1)] });
  const model = new SubmissionModel(12, lab);
  await until(() => model.detail !== null);
  lab.feed.dispose();
  return model;
}

function drawn(part: React.ReactElement, model: SubmissionModel): Document {
  const reading = { model, trans } as unknown as React.ContextType<typeof DocumentContext>;
  const page = renderToStaticMarkup(createElement(DocumentContext.Provider, { value: reading }, part));
  return new DOMParser().parseFromString(page, 'text/html');
}

function actions(page: Document): (string | undefined)[] {
  return [...page.querySelectorAll<HTMLElement>('[data-enablement-action]')].map(each => each.dataset.enablementAction);
}

test('the bar counts the drafts, and is not there without any', async () => {
  const server = new FakeServer().on(DRAFTS, { drafts: [draft(1), draft(2)] });
  const model = await opened(server);
  const bar = drawn(createElement(DraftsBar), model);
  assert.match(bar.body.textContent, /2 drafts/);
  assert.deepEqual(actions(bar), ['publish-drafts', 'show-drafts', 'discard-drafts']);
  server.on(DRAFTS, { drafts: [draft(1, { standing: 'ended' })] });
  await model.drafts.load();
  const ended = drawn(createElement(DraftsBar), model);
  assert.match(ended.body.textContent, /1 draft This submission takes no comments any more/);
  assert.equal(ended.querySelector('[data-enablement-action="publish-drafts"]')?.hasAttribute('disabled'), true);
  server.on(DRAFTS, { drafts: [] });
  await model.drafts.load();
  assert.equal(drawn(createElement(DraftsBar), model).body.textContent, '');
  server.on(DRAFTS, () => problem('store-unavailable', 503));
  await model.drafts.load();
  assert.deepEqual(actions(drawn(createElement(DraftsBar), model)), ['retry']);
  model.dispose();
});

test('a thread shows what is drafted in it as text, apart from what was said, and offers its author what is theirs', async () => {
  const comments: IComment[] = [
    { id: 1, author: 'dana', text: 'Mine', at: AT, revision: 0, changed_at: null, deleted: false },
    { id: 2, author: 'remy', text: 'Theirs', at: AT, revision: 2, changed_at: AT, deleted: false },
    { id: 3, author: 'dana', text: '', at: AT, revision: 1, changed_at: AT, deleted: true }
  ];
  const own = [
    draft(5, { kind: 'reply', thread: 1, anchor: null, placed: null, text: HOSTILE, standing: 'resolved' }),
    draft(6, { kind: 'resolve', thread: 1, anchor: null, placed: null, text: '' })
  ];
  const server = new FakeServer().on(DRAFTS, { drafts: own });
  const model = await opened(server);
  const page = drawn(createElement(ThreadCard, { thread: thread(1, { comments }) }), model);
  assert.equal(page.querySelector('img'), null);
  assert.deepEqual(
    [...page.querySelectorAll('[data-enablement-draft] .enb-comment-text')].map(each => each.textContent),
    [HOSTILE]
  );
  assert.match(page.body.textContent, /Draft, only you see it/);
  assert.match(page.body.textContent, /The thread was resolved meanwhile, and stays so/);
  assert.match(page.body.textContent, /Deleted by its author/);
  const offered = ['edit-comment', 'delete-comment', 'comment-history', 'comment-history', 'edit-draft'];
  assert.deepEqual(actions(page), [...offered, 'discard-draft', 'discard-draft', 'reply', 'resolve']);
  model.dispose();
});

test('a comment that somebody changed meanwhile is loaded', async () => {
  const server = new FakeServer().on(DRAFTS, { drafts: [] });
  const model = await opened(server);
  const comment: IComment = { id: 3, author: 'dana', text: 'x', at: AT, revision: 2, changed_at: AT, deleted: false };
  server.on('POST api/v1/comments/3', thread(1, { quote: 'edited' }));
  await model.editComment(comment, 'y');
  assert.equal(model.threads[0]?.quote, 'edited');
  const before = server.count('GET api/v1/submissions/12');
  server.on('POST api/v1/comments/3/delete', () => problem('comment-changed', 409));
  await assert.rejects(model.deleteComment(comment));
  assert.deepEqual(
    [server.bodies('POST api/v1/comments/3'), server.bodies('POST api/v1/comments/3/delete')],
    [[{ revision: 2, text: 'y' }], [{ revision: 2 }]]
  );
  assert.equal(server.count('GET api/v1/submissions/12'), before + 1);
  model.dispose();
});

test('publishing shows the drafts as threads', async () => {
  const server = new FakeServer().on(DRAFTS, { drafts: [draft(1)] });
  const model = await opened(server);
  server.on(PUBLISH, () => {
    server.on(DRAFTS, { drafts: [] }).on('GET api/v1/submissions/12/threads', { threads: [thread(1), thread(2)] });
    return json({});
  });
  await model.publishDrafts();
  assert.deepEqual([model.drafts.items.length, model.threads.length], [0, 2]);
  model.dispose();
});
