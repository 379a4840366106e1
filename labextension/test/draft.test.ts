import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ICandidates, ISubmission } from '../src/contract';
import { defaultTarget, firstAnswers, Unsigned, withKey } from '../src/send/draft';

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
  assert.deepEqual(firstAnswers(null, { ...CANDIDATES, answers: last }), { ...last, checklist: null });
  const draft = { answers: { title: 'Draft' }, files: null, pending: null };
  assert.deepEqual(firstAnswers(draft, { ...CANDIDATES, answers: last }), { title: 'Draft' });
});

test('a new version goes to the first submission that takes one', () => {
  const closed = { number: 3, actions: ['comment'] } as ISubmission;
  const open = { number: 7, actions: ['send_version'] } as ISubmission;
  assert.equal(defaultTarget({ ...CANDIDATES, previous: [closed, open] })?.number, 7);
  assert.equal(defaultTarget({ ...CANDIDATES, previous: [closed] }), null);
});
