/** What was found becomes one thread, however often it is asked for, and the key presses the button of what has the focus. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import type { IPlacedDraft, IRequirement, IThread } from '../src/contract';
import { DocumentContext } from '../src/document/context';
import { SubmissionModel } from '../src/document/model';
import { cardAbout, cardOf, discuss, DiscussButton, discussFocused, type IRemark } from '../src/document/remarks';
import { Requirements } from '../src/document/requirements';
import { english } from './english';
import { FakeServer, until } from './fakeServer';
import { AT, detail, draft, enablement, thread } from './modelFixtures';

const DRAFTS = 'GET api/v1/submissions/12/drafts';
const ADD = 'POST api/v1/submissions/12/drafts';
const REMARK: IRemark = { cell: 'a', title: 'Re-run: differs', sentence: 'It shows 41\u202e  and not 42.' };
const TEXT = 'Re-run: differs: It shows 41\ufffd  and not 42.';

async function opened(
  t: TestContext,
  drafts: IPlacedDraft[],
  threads: IThread[] = []
): Promise<[SubmissionModel, FakeServer]> {
  const server = new FakeServer()
    .on('GET api/v1/submissions/12', detail(12))
    .on('GET api/v1/submissions/12/threads', { threads })
    .on(DRAFTS, { drafts })
    .on(ADD, draft(5));
  const lab = await enablement(server);
  const model = new SubmissionModel(12, lab);
  t.after(() => {
    model.dispose();
    lab.feed.dispose();
  });
  await until(() => model.detail !== null);
  return [model, server];
}

function said(id: number, text: string, change: Partial<IThread> = {}): IThread {
  const comment = { id, author: 'remy', text, at: AT, revision: 0, changed_at: null, deleted: false };
  return thread(id, { comments: [comment], ...change });
}

test('the first press writes a draft that begins with what was found, the second shows the same', async t => {
  const [model, server] = await opened(t, []);
  assert.equal(cardAbout(model, REMARK), null);
  server.on(DRAFTS, { drafts: [draft(5, { text: `${TEXT.replace('  ', ' ')}\n\nWhy?` })] });
  assert.equal(await discuss(model, REMARK), cardOf('draft', 5));
  assert.equal(await discuss(model, REMARK), cardOf('draft', 5));
  assert.deepEqual(server.bodies(ADD), [
    { version: 1, kind: 'comment', anchor: { cell: 'a', lines: null, output: null }, text: TEXT }
  ]);
});

test('a thread that anybody began about it is shown, an open one first; another cell and another finding are others', async t => {
  const resolved = said(7, TEXT, { resolved_at: AT, resolved_by: 'remy' });
  const [model, server] = await opened(t, [draft(1, { text: 'It shows 41.' })], [resolved, said(8, TEXT)]);
  assert.equal(await discuss(model, REMARK), cardOf('thread', 8));
  assert.equal(cardAbout(model, { ...REMARK, cell: 'b' }), null);
  assert.equal(cardAbout(model, { ...REMARK, cell: null }), null);
  assert.equal(cardAbout(model, { ...REMARK, sentence: 'It shows 40.' }), null);
  assert.equal(
    cardAbout(model, { ...REMARK, sentence: '' }),
    cardOf('thread', 8),
    'by its title, where nothing is said'
  );
  assert.deepEqual(server.bodies(ADD), []);
});

async function drawn(model: SubmissionModel, what: React.ReactElement): Promise<Document> {
  const value = { model, trans: english } as unknown as React.ContextType<typeof DocumentContext>;
  const page = renderToStaticMarkup(createElement(DocumentContext.Provider, { value }, what));
  return Promise.resolve(new DOMParser().parseFromString(page, 'text/html'));
}

test('the button has a name that says about what, and its key', async t => {
  for (const [threads, name] of [
    [[], 'Make a thread'],
    [[said(8, TEXT)], 'Show the thread']
  ] as const) {
    const [model] = await opened(t, [], [...threads]);
    const button = (await drawn(model, createElement(DiscussButton, { remark: REMARK }))).querySelector('button');
    assert.equal(button?.textContent, name);
    assert.equal(button.getAttribute('aria-label'), `${name}: It shows 41\ufffd  and not 42.`);
    assert.equal(button.getAttribute('aria-keyshortcuts'), 't');
  }
});

test('t presses the button of the cell that has the focus, and is a letter where one writes', () => {
  document.body.innerHTML =
    '<section data-enablement-cell="a"><i id="in"></i><textarea id="text"></textarea>' +
    '<button data-enablement-action="discuss"></button></section><i id="out"></i>';
  let pressed = 0;
  document.querySelector('button')?.addEventListener('click', () => pressed++);
  const press = (id: string, more: object = {}): boolean => {
    let taken = false;
    const event = { key: 't', target: document.getElementById(id), preventDefault: () => (taken = true), ...more };
    discussFocused(event as unknown as React.KeyboardEvent);
    return taken;
  };
  assert.deepEqual([press('in'), pressed], [true, 1]);
  for (const [id, more] of [
    ['out', {}],
    ['text', {}],
    ['in', { ctrlKey: true }],
    ['in', { repeat: true }],
    ['in', { key: 'T' }]
  ] as const) {
    assert.equal(press(id, more), false);
  }
  assert.equal(pressed, 1);
  document.body.innerHTML = '';
});

test('every standing of a requirement has a sentence of its own, and an override says by whom and why', async t => {
  const [model] = await opened(t, []);
  const standings = [
    'holds',
    'fails',
    'not-made',
    'under-way',
    'broke-off',
    'cannot-be-made',
    'nothing-to-run'
  ] as const;
  const items: IRequirement[] = standings.map(standing => ({
    key: standing,
    kind: 'rerun',
    state: 'unsatisfied',
    facts: {
      standing,
      reason: standing === 'broke-off' ? 'out-of-memory' : '',
      count: 1,
      failing: [{ cell: 2, verdict: 'error' }]
    }
  }));
  const override = { by: 'remy', reason: '<b>June</b> moved.', scope: 'submission', until: AT } as const;
  items.push({
    key: 'check:lint',
    kind: 'check',
    state: 'overridden',
    facts: { standing: 'fails', check: 'lint', count: 2, cells: [1, 4], override }
  });
  const page = await drawn(model, createElement(Requirements, { items }));
  const said = [...page.querySelectorAll('[data-enablement-standing]')].map(each => each.textContent.trim());
  assert.equal(new Set(said).size, standings.length + 1);
  assert.ok(said.includes('1 cell did not: cell 3.'));
  assert.ok(said.includes('2 findings: cell 1, 4.'));
  assert.ok(said.some(each => each.includes('it took more memory than it may')));
  const told = page.querySelector('[data-enablement-override="submission"]')?.textContent ?? '';
  assert.match(told, /^remy: overridden for later versions too, until .*<b>June<\/b> moved\.$/);
});
