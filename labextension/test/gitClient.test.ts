import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IGitStep } from '../src/contract';
import { ApiError } from '../src/errors';
import { GitClient } from '../src/git/client';
import { broken, cutOff, FakeServer, lines, problem } from './fakeServer';
import { changes, conflicts, content, history, merged, plan, RECEIPT, status, step } from './gitFixtures';

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof ApiError ? error.code : String(error);
  }
  return 'none';
}

test('questions name their path, and their answers come back as they are', async () => {
  const server = new FakeServer()
    .on('GET git/plan', plan())
    .on('GET git/status', status())
    .on('GET git/changes', changes('a.ipynb'))
    .on('GET git/history', history('c1'))
    .on('GET git/version', content('c1'))
    .on('GET git/clashes', conflicts())
    .on('GET git/results', { folder: 'work', notebooks: ['work/a.ipynb'] });
  const client = new GitClient(server.settings);
  assert.deepEqual(await client.plan('work'), plan());
  assert.deepEqual(await client.status('work'), status());
  assert.deepEqual(await client.changes('work'), changes('a.ipynb'));
  assert.deepEqual(await client.history('work/a.ipynb'), history('c1'));
  assert.deepEqual(await client.version('work/a.ipynb', 'c1'), content('c1'));
  assert.deepEqual(await client.conflicts('work'), conflicts());
  assert.deepEqual(await client.results('work'), ['work/a.ipynb']);
  assert.deepEqual(
    server.seen.map(each => each.query.path),
    ['work', 'work', 'work', 'work/a.ipynb', 'work/a.ipynb', 'work', 'work']
  );
  assert.equal(server.seen[4]?.query.commit, 'c1');
});

test('steps are reported while they come, and the receipt is the result', async () => {
  const server = new FakeServer().on('POST git/apply', () =>
    lines(step('push', 'running'), step('push', 'done'), { receipt: RECEIPT })
  );
  const seen: IGitStep[] = [];
  assert.deepEqual(await new GitClient(server.settings).apply('work', each => seen.push(each)), RECEIPT);
  assert.deepEqual(
    seen.map(each => each.state),
    ['running', 'done']
  );
  assert.deepEqual(server.bodies('POST git/apply'), [{ path: 'work' }]);
});

test('files are sent where they were chosen, and left out where all go in', async () => {
  const server = new FakeServer().on('POST git/save-version', () => lines({ receipt: RECEIPT }));
  const client = new GitClient(server.settings);
  await client.save('work', 'Words', () => undefined);
  await client.save('work', '', () => undefined, ['a.ipynb']);
  assert.deepEqual(server.bodies('POST git/save-version'), [
    { path: 'work', message: 'Words' },
    { path: 'work', message: '', files: ['a.ipynb'] }
  ]);
});

test('whatever breaks a stream is an error with a code', async () => {
  const server = new FakeServer();
  const client = new GitClient(server.settings);
  const ways: [string, () => Response][] = [
    ['interrupted', () => broken(step('push', 'running'))],
    ['interrupted', () => cutOff(step('push', 'done'), { receipt: RECEIPT })],
    ['interrupted', () => lines(step('push', 'done'))],
    ['forge-ahead', () => lines({ problem: { code: 'forge-ahead', detail: 'No.', status: 409 } })],
    ['no-service', () => problem('no-service', 503)]
  ];
  for (const [code, answer] of ways) {
    for (const route of ['apply', 'repair', 'save-version', 'colleagues']) {
      server.on(`POST git/${route}`, answer);
    }
    const report = (): void => undefined;
    assert.equal(await codeOf(client.apply('work', report)), code);
    assert.equal(await codeOf(client.repair('work', report)), code);
    assert.equal(await codeOf(client.save('work', '', report)), code);
    assert.equal(await codeOf(client.pull('work', report)), code);
  }
});

test('pulling ends in what came of it; conflicts are resolved under the commits that were seen', async () => {
  const server = new FakeServer()
    .on('POST git/colleagues', () => lines(step('fetch', 'done'), { got: merged() }))
    .on('POST git/clashes', { got: merged({ files: [] }) });
  const client = new GitClient(server.settings);
  assert.deepEqual(await client.pull('work', () => undefined), merged());
  const choices = { 'work/a.ipynb': { k1: 'both' as const } };
  assert.deepEqual(await client.resolve('work', conflicts(), choices), merged({ files: [] }));
  assert.deepEqual(server.bodies('POST git/clashes'), [{ path: 'work', here: 'aaa', there: 'bbb', choices }]);
});

test('what changes the folder is a POST with its path', async () => {
  const restored = { path: 'work/a.ipynb', kept: 'c2', aside: [] };
  const server = new FakeServer()
    .on('POST git/restore', restored)
    .on('POST git/undo', { folder: 'work', undone: true })
    .on('POST git/results', { folder: 'work', commit: 'c3' });
  const client = new GitClient(server.settings);
  assert.deepEqual(await client.restore('work/a.ipynb', 'c1'), restored);
  assert.equal(await client.undo('work'), null);
  await client.keepResultsOut('work');
  assert.deepEqual(
    server.seen.map(each => each.body),
    [{ path: 'work/a.ipynb', commit: 'c1' }, { path: 'work' }, { path: 'work' }]
  );
});
