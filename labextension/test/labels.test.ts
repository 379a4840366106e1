import assert from 'node:assert/strict';
import { test } from 'node:test';

import { anchorLabel, isLoose, lineRange, threadsByCell } from '../src/anchors';
import type { IAnchor, IDecision, IRequirement, ISubmission, IThread, PlacedState } from '../src/contract';
import { asksForPanel, numberInAddress, withoutLinks } from '../src/deepLink';
import { plainName } from '../src/plainName';
import { fileSize, waitingFor } from '../src/formatting';
import {
  changeLabel,
  fallLabel,
  gitPlace,
  gitStanding,
  requirementDetail,
  requirementTitle,
  riskRemedy,
  whoseTurn
} from '../src/labels';
import { english } from './english';
import { decision } from './modelFixtures';

const NOON = Date.parse('2026-11-24T12:00:00Z');

test('waiting is said in one unit and never negative', () => {
  const said = (since: string): string => waitingFor(since, NOON, english);
  assert.equal(said('2026-11-24T11:59:30Z'), 'just now');
  assert.equal(said('2026-11-24T12:10:00Z'), 'just now');
  assert.equal(said('2026-11-24T11:59:00Z'), '1 minute');
  assert.equal(said('2026-11-24T11:00:01Z'), '59 minutes');
  assert.equal(said('2026-11-24T09:00:00+00:00'), '3 hours');
  assert.equal(said('2026-11-22T12:00:00Z'), '2 days');
  assert.equal(said('yesterday'), '');
});

test('sizes have at most three digits', () => {
  assert.deepEqual([0, 812, 1000, 1500, 999_600, 48_211, 2e9].map(fileSize), [
    '0 B',
    '812 B',
    '1 kB',
    '1.5 kB',
    '1 MB',
    '48.2 kB',
    '2 GB'
  ]);
});

test('whose turn it is names me as you and tracks as reviewers', () => {
  const at = '2026-11-24T12:00:00Z';
  const submission = {
    attention: [
      { who: 'user:dana', since: at },
      { who: 'track:technical', since: at }
    ]
  } as ISubmission;
  assert.equal(whoseTurn(submission, 'dana', english), 'you, technical reviewers');
  assert.equal(whoseTurn(submission, 'remy', english), 'dana, technical reviewers');
  assert.equal(whoseTurn({ attention: [] as ISubmission['attention'] } as ISubmission, 'remy', english), '');
});

function requirement(kind: IRequirement['kind'], facts: IRequirement['facts']): [string, string] {
  const item: IRequirement = { key: kind, kind, state: 'unsatisfied', facts };
  return [requirementTitle(item, english), requirementDetail(item, english)];
}

test('a requirement says what it asks for and how far it is', () => {
  const track = { track: 'technical', needed: 2, approved_by: ['remy', 'zoe'], against: [] as string[] };
  assert.deepEqual(requirement('track', track), ['Approved: technical', '2 of 2 approvals; by remy, zoe']);
  assert.equal(
    requirement('track', { ...track, against: ['kim'] })[1],
    '2 of 2 approvals; by remy, zoe; changes wanted by kim'
  );
  assert.equal(requirement('track', { ...track, approved_by: [] })[1], '0 of 2 approvals');
  assert.deepEqual(requirement('threads', { open: 0, blocks: true }), ['Threads resolved', '']);
  assert.equal(requirement('threads', { open: 1, blocks: true })[1], '1 open');
  assert.equal(
    requirement('threads', { open: 2, blocks: false })[1],
    '2 open; does not stand in the way of an approval'
  );
});

test('a requirement of a newer service is shown by its code', () => {
  assert.deepEqual(requirement('security' as IRequirement['kind'], {}), ['security', '']);
});

function thread(id: number, placed: Partial<IAnchor>, state: PlacedState = 'unchanged', resolved = false): IThread {
  const anchor = { cell: 'a', lines: null, output: null, ...placed };
  return {
    id,
    submission: 1,
    version: 1,
    anchor,
    placed: { ...anchor, state },
    resolved_by: resolved ? 'dana' : null,
    resolved_at: resolved ? '2026-11-24T12:00:00Z' : null,
    comments: [],
    suggestion: null
  };
}

test('threads stand at their cell in reading order, resolved ones last', () => {
  const threads = [
    thread(1, { output: 0 }),
    thread(2, { lines: [3, 3] }),
    thread(3, {}),
    thread(4, {}, 'unchanged', true),
    thread(5, { cell: 'b' }),
    thread(6, { cell: null }),
    thread(7, { cell: 'a' }, 'deleted'),
    thread(8, {}, 'unknown')
  ];
  const byCell = threadsByCell(threads);
  assert.deepEqual(
    byCell.get('a')?.map(item => item.id),
    [3, 2, 1, 4]
  );
  assert.deepEqual(
    byCell.get('b')?.map(item => item.id),
    [5]
  );
  assert.deepEqual(
    threads.filter(isLoose).map(item => item.id),
    [6, 7, 8]
  );
});

test('anchors are named for people, from 1', () => {
  const label = (anchor: Partial<IAnchor>): string =>
    anchorLabel({ cell: 'a', lines: null, output: null, ...anchor }, english);
  assert.equal(label({ lines: [3, 3] }), 'Line 3');
  assert.equal(label({ lines: [3, 5] }), 'Lines 3–5');
  assert.equal(label({ output: 0 }), 'Output 1');
  assert.equal(label({}), 'Cell');
  assert.equal(label({ cell: null }), 'The whole submission');
});

test('a range of lines rises and stays inside the cell', () => {
  assert.deepEqual(lineRange(5, 2, 10), [2, 5]);
  assert.deepEqual(lineRange(0, 99, 4), [1, 4]);
});

test('the deep link takes whole positive numbers only and leaves the rest of the address alone', () => {
  assert.equal(numberInAddress('?enablement-submission=12'), 12);
  assert.equal(numberInAddress('?reset&enablement-submission=7&x=1'), 7);
  for (const bad of [
    '',
    '?enablement-submission=',
    '?enablement-submission=0',
    '?enablement-submission=1e3',
    '?enablement-submission=-1'
  ]) {
    assert.equal(numberInAddress(bad), null);
  }
  assert.equal(withoutLinks('?enablement-submission=12'), '');
  assert.equal(withoutLinks('?a=1&enablement-submission=12'), '?a=1');
  assert.equal(withoutLinks('?enablement-panel=queue&a=1'), '?a=1');
  assert.ok(asksForPanel('?a=1&enablement-panel=queue'));
  assert.ok(!asksForPanel('?enablement-panel=other') && !asksForPanel(''));
});

test('names cannot break lines or turn the direction of text', () => {
  assert.equal(plainName('a\u202eb\nc\u0007'), 'a\ufffdb\ufffdc\ufffd');
  assert.equal(plainName('a\u061cb\ufeffc\u2029d'), 'a\ufffdb\ufffdc\ufffdd');
  assert.equal(plainName('a\u202eb\nc\u0007\u061c\u2069\u0085'), 'a\ufffdb\ufffdc\ufffd\ufffd\ufffd\ufffd');
  assert.equal(plainName('Prüfung <b>'), 'Prüfung <b>');
});

test('which version in Git it is, in words for somebody who knows none', () => {
  const git = { commit: '3f2a1bc'.padEnd(40, '0'), branch: 'main', remote: '', dirty: false };
  assert.equal(gitPlace(git, english), '3f2a1bc on main');
  assert.equal(gitPlace({ ...git, branch: '' }, english), '3f2a1bc');
  assert.equal(gitStanding(git, english), 'everything saved');
  assert.equal(gitStanding({ ...git, dirty: true }, english), 'with changes that are in no version');
});

test('what is missing before there are decisions is said in a sentence', () => {
  assert.match(riskRemedy('shared-origin', english), /c\.Enablement\.decision_url/);
  assert.match(riskRemedy('plain-http', english), /https/);
  assert.match(riskRemedy('one-account', english), /accounts of their own/);
});

test('a change that nobody can tell is said to be that', () => {
  assert.equal(changeLabel('unknown', english), 'not known, because the version before is lost');
  assert.equal(changeLabel('markdown', english), 'text cells');
});

test('why a decision no longer counts is said by its code, or as it was stored', () => {
  const said = (fallen: IDecision['fallen'], fallen_because = 'As it was.'): string =>
    fallLabel(decision({ fallen, fallen_because }), english);
  assert.equal(
    said({ reason: 'changed', changes: ['code', 'files'], version: null }),
    'The new version changes: code, files sent along.'
  );
  assert.equal(said({ reason: 'answered', changes: [], version: 3 }), 'Version 3 answers it.');
  assert.equal(
    said({ reason: 'disputed', changes: [], version: null }),
    'It was disputed by the person in whose name it was made.'
  );
  assert.equal(said(null), 'As it was.');
});
