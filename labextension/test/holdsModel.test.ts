import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import type { IHolds } from '../src/contract';
import { HoldsModel } from '../src/panel/holdsModel';
import { ReviewQueue } from '../src/panel/sections';
import { english as trans } from './english';
import { FakeServer, problem, until } from './fakeServer';
import { COUNTERS, enablement } from './modelFixtures';

const PAGE = 'https://decide.example/services/enablement/holds';
const ROUTE = 'GET api/v1/holds';

function holds(count: number, platform = true): IHolds {
  return { platform, count, since: count === 0 ? null : '2026-11-24T12:00:00Z', url: PAGE };
}

test('disputed decisions: asked with the first line to the service, and again when one is disputed or settled', async () => {
  const server = new FakeServer().on(ROUTE, holds(0));
  const lab = await enablement(server);
  const model = new HoldsModel(lab);
  await model.refresh();
  assert.deepEqual(model.holds, holds(0));
  const before = server.count(ROUTE);
  server.on(ROUTE, holds(2));
  const change = { submission: 3, actor: 'remy', attention: false, counters: COUNTERS };
  lab.events.say('change', { ...change, seq: 1, kind: 'comment_added' });
  lab.events.say('change', { ...change, seq: 2, kind: 'decision_disputed' }, 2);
  await until(() => model.holds?.count === 2);
  assert.equal(server.count(ROUTE), before + 1, 'a comment is no reason to ask');
  server.on(ROUTE, () => problem('service-away', 503));
  await model.refresh();
  assert.equal(model.holds.count, 2, 'while the service is away, what was known stays');
  server.on(ROUTE, holds(0, false));
  await model.refresh();
  assert.equal(model.holds.platform, false);
  model.dispose();
  lab.feed.dispose();
});

test('disputed decisions: a line with the way to their page, for platform engineers only', async () => {
  const server = new FakeServer().on(ROUTE, holds(0, false)).on('GET api/v1/submissions', { items: [], next: null });
  const lab = await enablement(server);
  const section = new ReviewQueue({ enablement: lab, trans, onOpen: () => undefined });
  Widget.attach(section, document.body);
  MessageLoop.sendMessage(section, Widget.Msg.UpdateRequest);
  const line = (): HTMLElement | null => section.node.querySelector<HTMLElement>('[data-enablement-holds]');
  await section.holds.refresh();
  await until(() => section.node.querySelector('[data-enablement-list], [data-enablement-no-review]') !== null);
  assert.equal(line(), null);
  server.on(ROUTE, holds(0));
  await section.holds.refresh();
  await until(() => line()?.textContent === 'No decision is disputed.');
  for (const [count, words] of [
    [1, '1 decision is disputed'],
    [2, '2 decisions are disputed']
  ] as const) {
    server.on(ROUTE, holds(count));
    await section.holds.refresh();
    await until(() => line()?.querySelector('a')?.textContent === words);
    const link = line()?.querySelector('a');
    assert.deepEqual([link?.href, link?.target, link?.rel], [PAGE, '_blank', 'noopener noreferrer']);
    assert.match(link?.getAttribute('aria-label') ?? '', new RegExp(`^${words}: settle it .*new tab$`));
    assert.equal(line()?.getAttribute('role'), 'status');
  }
  section.dispose();
  lab.feed.dispose();
});
