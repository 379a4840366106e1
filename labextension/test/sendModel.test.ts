/** One sending: what is offered, what the person says, what is sent, and what is kept when it fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { json, lines, problem, silence, until } from './fakeServer';
import { RECEIPT as KEPT, status, step } from './gitFixtures';
import { typed } from './lab';
import { CONTEXT, submission } from './modelFixtures';

import { findingsOf } from '../src/send/notSecrets';
import { candidates, file, made, PATH, RECEIPT } from './sendFixtures';

test('the form: what is open is saved before it is looked at', async t => {
  const { lab, begin } = await made(t);
  const context = await lab.edit(PATH);
  typed(context, 'edited');
  lab.server.on('GET candidates', seen => {
    assert.deepEqual([lab.files.saved, seen.query.path], [[PATH], PATH]);
    return json(candidates());
  });
  const model = begin();
  assert.equal(model.phase, 'loading');
  await model.load();
  assert.deepEqual([model.phase, model.answers, model.context], ['form', { title: 'Heading' }, CONTEXT]);
  assert.deepEqual([model.git?.folder, model.interrupted, model.target], ['work', false, null]);
});

test('the form: files that are offered are ticked, those that cannot be sent are not', async t => {
  const large = { code: 'too-large' as const, facts: { bytes: 10 } };
  const { begin } = await made(t, {
    files: [file('a.csv'), file('b.csv', { selected: false }), file('c.csv', { problem: large })]
  });
  const model = begin();
  await model.load();
  assert.deepEqual([...model.files], ['a.csv']);
});

test('the form: a new version goes to the first submission that takes one, unless the person says otherwise', async t => {
  const { begin, sent } = await made(t, {
    previous: [submission(3, { actions: [] }), submission(4, { stamp: 7 }), submission(5)],
    answers: { title: 'As before', stage: 'production', checklist: ['tests'] }
  });
  const model = begin();
  await model.load();
  assert.equal(model.target?.number, 4);
  assert.deepEqual(model.answers, { title: 'As before', stage: 'production', checklist: null });
  await model.send();
  model.choose(null);
  model.phase = 'form';
  await model.send();
  assert.deepEqual(
    sent().map(each => [each.submission, each.stamp]),
    [
      [4, 7],
      [null, null]
    ]
  );
});

test('the form: where Git says nothing, it opens without it; where the service says nothing, it says so', async t => {
  const { lab, begin } = await made(t);
  lab.server.on('GET git/status', silence);
  const model = begin();
  await model.load();
  assert.deepEqual([model.phase, model.git], ['form', null]);
  lab.server.on('GET candidates', () => problem('unreadable-notebook', 422));
  await model.load();
  assert.deepEqual([model.phase, model.error?.code], ['failed', 'unreadable-notebook']);
  lab.server.on('GET candidates', candidates());
  await model.load();
  assert.deepEqual([model.phase, model.error], ['form', null]);
});

test('sending: exactly what the person said, the name of what is on disk, and nothing of it is kept as a draft', async t => {
  const { begin, sent, drafts, lab } = await made(t, { files: [file('b.csv'), file('a.csv'), file('c.csv')] });
  const model = begin();
  await model.load();
  model.answer({ title: '  Churn ', problem: 'Who leaves?' });
  model.tick('c.csv', false);
  lab.server.on('POST send', () =>
    lines({ progress: { phase: 'sending', bytes: 1, total: 2 } }, { receipt: RECEIPT, replayed: false })
  );
  await until(() => !model.checking);
  const seen: string[] = [];
  model.stateChanged.connect(() => seen.push(`${model.phase} ${String(model.progress?.bytes ?? '')}`.trim()));
  await model.send();
  assert.deepEqual(seen, ['sending', 'sending 1', 'sent 1']);
  const [{ key, ...rest } = { key: '' }] = sent();
  assert.match(key, /^[0-9a-f-]{36}$/);
  assert.deepEqual(rest, {
    path: PATH,
    sha256: 'hash of before',
    answers: { title: 'Churn', problem: 'Who leaves?' },
    files: ['a.csv', 'b.csv'],
    submission: null,
    stamp: null
  });
  assert.deepEqual([model.sent?.receipt.submission, await drafts.load(PATH)], [12, null]);
});

test('sending: not without a title, and not twice at once', async t => {
  const { begin, sent, lab } = await made(t);
  const model = begin();
  await model.load();
  model.answer({ title: '   ' });
  await model.send();
  assert.deepEqual([model.phase, sent()], ['form', []]);
  model.answer({ title: 'Churn' });
  let release = (): void => undefined;
  lab.server.on('POST send', async () => {
    await new Promise<void>(resolve => (release = resolve));
    return lines({ receipt: RECEIPT, replayed: false });
  });
  const first = model.send();
  await model.send();
  assert.ok(model.isSending);
  await until(() => sent().length === 1);
  release();
  await first;
  assert.deepEqual([model.phase, sent().length], ['sent', 1]);
});

test('a document that was opened through a drive is the same file: it is saved, and compared with what is on disk', async t => {
  const { begin, sent, lab } = await made(t);
  const context = await lab.edit(`RTC:${PATH}`);
  const model = begin();
  await model.load();
  typed(context, 'edited');
  await model.send();
  assert.deepEqual([model.phase, sent()[0]?.path, sent()[0]?.sha256], ['sent', PATH, 'hash of edited']);
  context.saveState.connect((_, state) => {
    if (state.startsWith('completed')) {
      lab.files.texts.set(PATH, 'another writer');
    }
  });
  model.phase = 'form';
  await model.send();
  assert.deepEqual([model.phase, model.error?.code, sent().length], ['form', 'not-saved', 1]);
});

test('a notebook that cannot be saved is not sent, and nothing is lost', async t => {
  const { begin, sent, lab } = await made(t);
  const context = await lab.edit(PATH);
  const model = begin();
  await model.load();
  context.saveState.connect((_, state) => {
    if (state.startsWith('completed')) {
      typed(context, 'typed while it was saved');
    }
  });
  typed(context, 'edited');
  await model.send();
  assert.deepEqual([model.phase, model.error?.code, sent()], ['form', 'not-saved', []]);
});

test('a file that something else wrote to since it was saved is not sent', async t => {
  const { begin, sent, lab } = await made(t);
  const context = await lab.edit(PATH);
  const model = begin();
  await model.load();
  context.saveState.connect((_, state) => {
    if (state.startsWith('completed')) {
      lab.files.texts.set(PATH, 'another writer');
    }
  });
  await model.send();
  assert.deepEqual([model.phase, model.error?.code, sent()], ['form', 'not-saved', []]);
});

test('a finding that is none: sent with its reason, kept with the draft, and void for other content', async t => {
  const { begin, sent, lab } = await made(t);
  const place = (line: number, disputable = true): object => ({ where: 'cell 1', rule: 'password', line, disputable });
  const refuse = (content: string, ...findings: object[]): Response =>
    problem('secret-found', 422, { findings, content });
  lab.server.on('POST send', () => refuse('c1', place(1), place(2), place(3, false)));
  const model = begin();
  await model.load();
  await model.send();
  const [first, second] = findingsOf(model.error);
  assert.ok(first !== undefined && second !== undefined);
  model.dispute(first, 'a sample');
  model.dispute(second, '');
  await model.send();
  const said = { content: 'c1', statements: [{ where: 'cell 1', rule: 'password', line: 1, reason: 'a sample' }] };
  assert.deepEqual([sent()[0]?.not_secrets, sent()[1]?.not_secrets], [undefined, said]);
  assert.notEqual(sent()[0]?.key, sent()[1]?.key);
  assert.equal(model.notSecrets.statements.length, 2, 'what has no reason yet stays ticked');

  const later = begin();
  await later.load();
  assert.deepEqual(later.notSecrets, model.notSecrets);
  later.concede(second);
  lab.server.on('POST send', () => refuse('c2', place(1)));
  await later.send();
  assert.deepEqual([sent()[2]?.not_secrets, later.notSecrets], [said, { content: 'c2', statements: [] }]);
});

test('a version first, then the sending', async t => {
  const { begin, sent, lab } = await made(t);
  const order: string[] = [];
  lab.server
    .on('POST git/save-version', seen => {
      order.push('kept');
      assert.deepEqual(seen.body, { path: 'work', message: '' });
      return lines(step('commit', 'running'), { receipt: KEPT });
    })
    .on('POST send', () => {
      order.push('sent');
      return lines({ receipt: RECEIPT, replayed: false });
    });
  const model = begin();
  await model.load();
  const phases = new Set<string>();
  model.stateChanged.connect(() => phases.add(model.phase));
  await model.keepAndSend();
  assert.deepEqual([order, [...phases], sent().length], [['kept', 'sent'], ['keeping', 'sending', 'sent'], 1]);
});

test('a version that could not be kept, or not pushed: nothing is sent, and the form says why', async t => {
  const { begin, sent, lab } = await made(t);
  const model = begin();
  await model.load();
  lab.server.on('POST git/save-version', () => problem('forge-ahead', 409));
  await model.keepAndSend();
  assert.deepEqual([model.phase, model.error?.code], ['form', 'forge-ahead']);
  const receipt = { ...KEPT, problem: { code: 'forge-away', detail: 'The server is away.', status: 503 } };
  lab.server.on('POST git/save-version', () => lines({ receipt })).on('GET git/status', status({ unpushed: 1 }));
  await model.keepAndSend();
  assert.deepEqual([model.error?.code, model.error?.message], ['not-pushed', 'The server is away.']);
  assert.deepEqual([model.git?.unpushed, sent()], [1, []]);
});

test('a version first: only where there is Git, and with a title', async t => {
  const { begin, lab } = await made(t);
  const model = begin();
  await model.load();
  model.answer({ title: '' });
  await model.keepAndSend();
  model.answer({ title: 'Churn' });
  model.git = null;
  await model.keepAndSend();
  assert.deepEqual([model.phase, lab.server.count('POST git/save-version')], ['form', 0]);
});
