/** What a reviewer is shown of the author's answers. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import type { IVersion } from '../src/contract';
import { DocumentContext } from '../src/document/context';
import { SubmissionModel } from '../src/document/model';
import { OverviewTab } from '../src/document/overview';
import { english } from './english';
import { FakeServer, until } from './fakeServer';
import { CONTEXT, detail, enablement, sentVersion } from './modelFixtures';

const CHECKLIST = [
  { key: 'runs', label: 'It runs' },
  { key: 'tested', label: 'It is tested' }
];

async function overview(t: TestContext, change: Partial<IVersion>): Promise<Document> {
  const server = new FakeServer()
    .on('GET api/v1/submissions/12', detail(12, { versions: [{ ...sentVersion(1), ...change }] }))
    .on('GET api/v1/submissions/12/threads', { threads: [] });
  const lab = await enablement(server);
  lab.context = () => Promise.resolve({ ...CONTEXT, checklist: CHECKLIST });
  const model = new SubmissionModel(12, lab);
  t.after(() => {
    model.dispose();
    lab.feed.dispose();
  });
  await until(() => model.detail !== null && model.context !== null);
  const value = { model, trans: english } as unknown as React.ContextType<typeof DocumentContext>;
  const tab = createElement(OverviewTab);
  const page = renderToStaticMarkup(createElement(DocumentContext.Provider, { value }, tab));
  return new DOMParser().parseFromString(page, 'text/html');
}

/** The value of a row of the facts. */
function fact(page: Document, label: string): string | null | undefined {
  const term = [...page.querySelectorAll('dt')].find(each => each.textContent === label);
  return term?.nextElementSibling?.textContent;
}

function ticks(page: Document): string[] {
  return [...page.querySelectorAll('.enb-ticks li')].map(each => each.textContent);
}

test('what was chosen is shown as it was chosen, and what is not ticked says so in words', async t => {
  const answers = {
    title: 'Churn',
    stage: 'exploration' as const,
    handed_over: 'prototype' as const,
    checklist: ['tested']
  };
  const page = await overview(t, { answers });
  assert.deepEqual([fact(page, 'Stage'), fact(page, 'Handed over as')], ['Exploration', 'Prototype']);
  assert.deepEqual(ticks(page), ['–It runsnot ticked', '✓Ticked:It is tested']);
});

test('what nobody answered is shown as not said, never as an answer', async t => {
  const page = await overview(t, { answers: { title: 'Churn', stage: null, handed_over: null, checklist: null } });
  assert.deepEqual([fact(page, 'Stage'), fact(page, 'Handed over as')], ['Not said', 'Not said']);
  assert.deepEqual(
    [...page.querySelectorAll('.enb-hint')].map(each => each.textContent).filter(text => text === 'Not said.').length,
    5
  );
  assert.ok(ticks(page).every(text => text.endsWith('not ticked')));
});

test('of a version from before that was stored, it is said that it is not recorded', async t => {
  const answers = { title: 'Churn', stage: null, handed_over: 'production_ready' as const, checklist: null };
  const page = await overview(t, { answers, answers_recorded: false });
  assert.deepEqual([fact(page, 'Stage'), fact(page, 'Handed over as')], ['Not recorded', 'Production-ready']);
  assert.ok([...page.querySelectorAll('.enb-hint')].some(each => each.textContent === 'Not recorded.'));
});

test('what the author says is no secret stands there with the reason, as text', async t => {
  const said = { where: 'cell 2, output 1', rule: 'url-password', line: 4, reason: 'A <b>public</b> sample.' };
  const page = await overview(t, { not_secrets: [said] });
  const items = [...page.querySelectorAll('.enb-not-secrets li')].map(each => each.textContent);
  assert.deepEqual(items, ['cell 2, output 1, line 4: what looks like a password in a URLA <b>public</b> sample.']);
  assert.equal((await overview(t, {})).querySelector('.enb-not-secrets'), null);
});
