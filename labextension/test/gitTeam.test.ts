/** For whom a repository is, what one may not do, and copies of what others keep. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IGitCopied, IGitRepository } from '../src/contract';
import { GitClient } from '../src/git/client';
import { CopiesModel } from '../src/git/copies/copiesModel';
import { refusalSentence } from '../src/git/labels';
import { GitSetupModel } from '../src/git/setupModel';
import { english } from './english';
import { FakeServer, json, lines, problem } from './fakeServer';
import { plan, RECEIPT, step } from './gitFixtures';

const SHARED: IGitRepository = {
  path: 'git/group/team/churn',
  space: 'group',
  owner: 'team',
  name: 'churn',
  access: 'write',
  for_review: false,
  here: null,
  folder: 'churn'
};
const COPIED: IGitCopied = {
  folder: 'churn',
  repository: 'team / churn',
  commit: 'c',
  branch: 'main',
  access: 'write'
};

test('set-up: for a group the plan is made anew, and what is pressed is for it', async () => {
  const asked: (string | undefined)[] = [];
  const server = new FakeServer()
    .on('GET git/plan', ({ query }) => {
      asked.push(query.group);
      return json(plan({ groups: ['team'] }));
    })
    .on('GET git/results', { folder: 'work', notebooks: [] })
    .on('POST git/apply', ({ body }) => {
      asked.push((body as { group?: string }).group);
      return lines({ receipt: RECEIPT });
    });
  const model = new GitSetupModel('work', new GitClient(server.settings), () => undefined);
  await model.load();
  assert.equal(model.isNew, true);
  await model.choose('team');
  await model.apply();
  assert.deepEqual(asked, [undefined, 'team', 'team']);
});

test('set-up: what has a repository is nobody’s to choose', async () => {
  for (const prepare of [
    { key: 'prepare' as const, facts: { existing: false }, done: true },
    { key: 'prepare' as const, facts: { existing: true }, done: false }
  ]) {
    const server = new FakeServer()
      .on('GET git/plan', plan({ steps: [prepare] }))
      .on('GET git/results', { folder: 'work', notebooks: [] });
    const model = new GitSetupModel('work', new GitClient(server.settings), () => undefined);
    await model.load();
    assert.equal(model.isNew, false);
  }
});

test('a missing permission says what, and whom to ask', () => {
  const refusal = { code: 'permission', facts: { repository: 'dana / churn', ask: 'Ask dana.' } } as const;
  assert.equal(
    refusalSentence(refusal, english),
    'You may not save versions to dana / churn. Nothing was changed. Ask dana.'
  );
});

test('copies: listed, got with one press, and told whether it was here', async () => {
  const got: [string, boolean][] = [];
  const server = new FakeServer()
    .on('GET git/repositories', { items: [SHARED] })
    .on('POST git/copy', () => lines(step('fetch', 'running'), step('fetch', 'done'), { copied: COPIED }));
  const model = new CopiesModel(new GitClient(server.settings), (copied, fresh) => got.push([copied.folder, fresh]));
  await model.load();
  assert.deepEqual(model.repositories, [SHARED]);
  const steps: (string | null)[] = [];
  model.stateChanged.connect(() => steps.push(model.step));
  await model.copy(SHARED);
  await model.copy({ ...SHARED, here: 'churn' });
  assert.deepEqual(got, [
    ['churn', true],
    ['churn', false]
  ]);
  assert.deepEqual(steps.slice(0, 4), [null, 'fetch', 'fetch', null]);
});

test('copies: a failure is said, and the list stays', async () => {
  const server = new FakeServer()
    .on('GET git/repositories', { items: [SHARED] })
    .on('POST git/copy', () => problem('git-setup-refused', 409));
  const model = new CopiesModel(new GitClient(server.settings), () => assert.fail('nothing was got'));
  await model.load();
  await model.copy(SHARED);
  assert.notEqual(model.error, null);
  assert.equal(model.copying, null);
  assert.deepEqual(model.repositories, [SHARED]);
});
