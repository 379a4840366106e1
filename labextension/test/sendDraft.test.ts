/** What is kept of a sending: the draft, and the key of one that got no receipt. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lines, problem, silence } from './fakeServer';
import { submission } from './modelFixtures';

import { candidates, file, made, RECEIPT } from './sendFixtures';

test('a draft: what was typed and ticked is there when the dialog opens again', async t => {
  const { begin } = await made(t, { files: [file('a.csv'), file('b.csv')], answers: { title: 'Of the last version' } });
  const first = begin();
  await first.load();
  first.answer({ title: 'Churn' });
  first.tick('a.csv', false);
  const second = begin();
  await second.load();
  assert.deepEqual([second.answers.title, [...second.files]], ['Churn', ['b.csv']]);
  second.answer({ title: 'Churn again' });
  const third = begin();
  await third.load();
  assert.deepEqual([third.answers.title, [...third.files]], ['Churn again', ['b.csv']]);
});

test('a draft: as long as nobody ticked anything, what the server offers stands', async t => {
  const { begin, lab } = await made(t, { files: [file('a.csv')] });
  const first = begin();
  await first.load();
  first.answer({ title: 'Churn' });
  lab.server.on('GET candidates', candidates({ files: [file('a.csv'), file('new.csv')] }));
  const second = begin();
  await second.load();
  assert.deepEqual([...second.files], ['a.csv', 'new.csv']);
});

test('a draft: a file that is gone by now, or cannot be sent any more, is not sent', async t => {
  const { begin, lab } = await made(t, { files: [file('a.csv'), file('b.csv'), file('c.csv')] });
  const first = begin();
  await first.load();
  first.tick('a.csv', false);
  const secret = { code: 'in-git' as const, facts: { path: 'b.csv' } };
  lab.server.on('GET candidates', candidates({ files: [file('b.csv', { problem: secret }), file('c.csv')] }));
  const second = begin();
  await second.load();
  assert.deepEqual([...second.files], ['c.csv']);
});

test('no receipt: the dialog opened again says so, and goes on with the same key', async t => {
  const { begin, sent, lab } = await made(t);
  lab.server.on('POST send', silence);
  const first = begin();
  await first.load();
  await first.send();
  assert.deepEqual([first.phase, first.error?.code], ['form', 'unreachable']);
  const second = begin();
  await second.load();
  assert.ok(second.interrupted);
  await second.send();
  second.answer({ title: 'Another intent' });
  await second.send();
  const keys = sent().map(each => each.key);
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[1], keys[2]);
});

test('a refusal ends its intent: the same request again has another key', async t => {
  const { begin, sent, lab } = await made(t);
  lab.server.on('POST send', () => problem('bad-answers', 422, { field: 'title' }));
  const model = begin();
  await model.load();
  await model.send();
  await model.send();
  const [first, second] = sent();
  assert.deepEqual([model.phase, model.error?.code, model.error?.facts.field], ['form', 'bad-answers', 'title']);
  assert.notEqual(first?.key, second?.key);
  const again = begin();
  await again.load();
  assert.equal(again.interrupted, false);
});

test('a stamp that is old: the submission as it is now is what the next try goes to', async t => {
  const { begin, sent, lab } = await made(t, { previous: [submission(4, { stamp: 7 })] });
  lab.server
    .on('POST send', () => problem('stale-stamp', 409))
    .on('GET api/v1/submissions/4', submission(4, { stamp: 8 }));
  const model = begin();
  await model.load();
  await model.send();
  assert.deepEqual([model.error?.code, model.target?.stamp], ['stale-stamp', 8]);
  lab.server.on('POST send', () => lines({ receipt: RECEIPT, replayed: false }));
  await model.send();
  assert.deepEqual([model.phase, sent().at(-1)?.stamp], ['sent', 8]);
});
