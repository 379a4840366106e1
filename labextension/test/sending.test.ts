import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ICandidates, IProgress, ISubmission } from '../src/contract';
import { ApiError } from '../src/errors';
import { followSending, LineCutter } from '../src/ndjson';
import { defaultTarget, firstAnswers, Unsigned, withKey } from '../src/send/draft';

const RECEIPT = { submission: 12, version: 1, content_id: 'c', notebook_sha256: 'n', received_at: 't', title: 'x' };

async function* chunks(...parts: string[]): AsyncIterable<string> {
  yield* parts;
}

test('lines are cut however the bytes arrive', () => {
  const cutter = new LineCutter();
  assert.deepEqual(cutter.push('{"a'), []);
  assert.deepEqual(cutter.push('":1}\n\n{"b":2}\n{"c'), ['{"a":1}', '{"b":2}']);
  assert.deepEqual(cutter.end(), ['{"c']);
});

test('progress is reported and the receipt is the result', async () => {
  const seen: IProgress[] = [];
  const sent = await followSending(
    chunks(
      '{"progress":{"phase":"sending","bytes":1,"total":2}}\n{"rec',
      `eipt":${JSON.stringify(RECEIPT)},"replayed":true}`
    ),
    progress => seen.push(progress)
  );
  assert.deepEqual(seen, [{ phase: 'sending', bytes: 1, total: 2 }]);
  assert.deepEqual(sent, { receipt: RECEIPT, replayed: true });
});

test('a problem at the end is raised with its code', async () => {
  const stream = chunks('{"problem":{"code":"secret-found","detail":"One.","status":422,"facts":{}}}\n');
  await assert.rejects(
    followSending(stream, () => undefined),
    (error: ApiError) => error.code === 'secret-found'
  );
});

test('an end without a receipt is never a success', async () => {
  const stream = chunks('{"progress":{"phase":"waiting","bytes":2,"total":2}}\n');
  await assert.rejects(
    followSending(stream, () => undefined),
    (error: ApiError) => error.code === 'interrupted'
  );
});

const SENDING: Unsigned = {
  path: 'a.ipynb',
  sha256: 'h',
  answers: { title: 'x', stage: 'exploration' },
  files: ['b.py'],
  submission: null,
  stamp: null
};

test('the same intent keeps its key, whatever the order of its members', () => {
  const first = withKey(SENDING, null, () => 'k1');
  assert.equal(first.key, 'k1');
  const again = withKey({ ...SENDING, answers: { stage: 'exploration', title: 'x' } }, first, () => 'k2');
  assert.equal(again, first);
});

test('another intent gets another key', () => {
  const first = withKey(SENDING, null, () => 'k1');
  for (const change of [{ sha256: 'other' }, { files: [] }, { submission: 12 }, { answers: { title: 'y' } }]) {
    assert.equal(withKey({ ...SENDING, ...change }, first, () => 'k2').key, 'k2');
  }
});

const CANDIDATES: ICandidates = {
  notebook: { path: 'a.ipynb', size: 1, sha256: 'h' },
  title: 'Heading',
  files: [],
  missing: [],
  git: null,
  previous: [],
  answers: null
};

test('answers come from the draft, then from the last version without its ticks, then from the heading', () => {
  const last = { title: 'Last', problem: 'p', checklist: ['runs_clean'] };
  assert.deepEqual(firstAnswers(null, CANDIDATES), { title: 'Heading' });
  assert.deepEqual(firstAnswers(null, { ...CANDIDATES, answers: last }), { ...last, checklist: [] });
  const draft = { answers: { title: 'Draft' }, files: null, pending: null };
  assert.deepEqual(firstAnswers(draft, { ...CANDIDATES, answers: last }), { title: 'Draft' });
});

test('a new version goes to the first submission that takes one', () => {
  const closed = { number: 3, actions: ['comment'] } as ISubmission;
  const open = { number: 7, actions: ['send_version'] } as ISubmission;
  assert.equal(defaultTarget({ ...CANDIDATES, previous: [closed, open] })?.number, 7);
  assert.equal(defaultTarget({ ...CANDIDATES, previous: [closed] }), null);
});
