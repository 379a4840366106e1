import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ICellDifference, IDifference } from '../src/contract';
import { ChangesModel } from '../src/document/changes/model';
import { SubmissionModel } from '../src/document/model';
import { FakeServer, json, problem, settled, until } from './fakeServer';
import { detail, enablement, sentVersion, thread } from './modelFixtures';

const KEYS = ['a', 'b', 'c'].map(letter => letter.repeat(40));

function cell(at: number, more: Partial<ICellDifference> = {}): ICellDifference {
  const { length } = KEYS;
  return {
    standing: 'changed',
    old: at,
    new: at,
    count: 1,
    old_id: `old${String(at)}`,
    new_id: `new${String(at)}`,
    seen_key: KEYS[at % length],
    lines: [],
    outputs: [],
    settings: [],
    ...more
  };
}

function difference(...cells: ICellDifference[]): IDifference {
  const run: ICellDifference = { standing: 'same', old: 9, new: 9, count: 3 };
  return {
    image: null,
    path: null,
    kernel: null,
    files: [],
    settings: [],
    language: 'python',
    changed: cells.length,
    cells: [...cells, run]
  };
}

const PATH = 'api/v1/submissions/12';

interface ISetting {
  server: FakeServer;
  submission: SubmissionModel;
  changes: ChangesModel;
  end: () => void;
}

/** A submission of three versions of which `read` was read. */
async function opened(read: number | null, keys: string[] = [], author = 'dana'): Promise<ISetting> {
  const versions = [1, 2, 3].map(sentVersion);
  const server = new FakeServer()
    .on(`GET ${PATH}`, detail(12, { versions, latest: 3, author }))
    .on(`GET ${PATH}/threads`, seen => json({ threads: seen.query.version === '1' ? [thread(7, { version: 1 })] : [] }))
    .on(`GET ${PATH}/seen`, { version: read, keys })
    .on(`POST ${PATH}/seen`, { version: read, keys });
  for (const version of [1, 2, 3]) {
    server.on(`GET ${PATH}/versions/${String(version)}/difference`, seen =>
      json({
        submission: 12,
        old: Number(seen.query.from ?? read ?? version - 1),
        new: version,
        difference: difference(cell(0), cell(1), cell(2, { standing: 'removed', new: null, new_id: '' }))
      })
    );
  }
  const lab = await enablement(server);
  const submission = new SubmissionModel(12, lab);
  const changes = new ChangesModel(submission);
  await until(() => changes.shown !== null);
  const end = (): void => {
    changes.dispose();
    submission.dispose();
    lab.feed.dispose();
  };
  return { server, submission, changes, end };
}

test('who read an earlier version sees what changed since, in the tab that is shown first', async () => {
  const { server, submission, changes, end } = await opened(1, [KEYS[1] ?? '']);
  assert.deepEqual([submission.tab, changes.shown?.old, changes.shown?.version], ['changes', 1, 3]);
  assert.deepEqual([changes.changed.length, changes.left], [3, 2]);
  const asked = server.seen.filter(seen => seen.route.endsWith('/difference'));
  assert.deepEqual(
    asked.map(seen => seen.query),
    [{}]
  );
  end();
});

test('who read nothing yet begins with the overview; a tab that was chosen stays', async () => {
  const first = await opened(null);
  assert.deepEqual([first.submission.tab, first.changes.shown?.old], ['overview', 2]);
  first.end();
});

test('any two versions can be compared, and what was compared is not asked for again', async () => {
  const { server, submission, changes, end } = await opened(1);
  changes.choose(2);
  await until(() => changes.shown?.old === 2);
  changes.choose(null);
  await until(() => changes.shown?.old === 1);
  assert.equal(server.count(`GET ${PATH}/versions/3/difference`), 2);
  submission.select(2);
  await until(() => changes.shown?.version === 2);
  assert.deepEqual(
    changes.others.map(version => version.number),
    [1, 3]
  );
  end();
});

test('a mark is shown at once, stored, and taken back where it could not be', async () => {
  const { server, changes, end } = await opened(1);
  server.on(`POST ${PATH}/seen`, { version: 1, keys: [KEYS[0] ?? ''] });
  const marking = changes.toggle(cell(0));
  assert.equal(changes.left, 2);
  await marking;
  assert.deepEqual(server.bodies(`POST ${PATH}/seen`), [{ keys: [KEYS[0]], seen: true }]);
  server.on(`POST ${PATH}/seen`, () => problem('unavailable', 503));
  await changes.toggle(cell(0));
  assert.deepEqual([changes.isSeen(cell(0)), changes.markError !== null], [true, true]);
  end();
});

test('the last mark reads the version to its end, but not where versions between were skipped', async () => {
  const { server, changes, end } = await opened(1, KEYS.slice(0, 2));
  server.on(`POST ${PATH}/seen`, { version: 3, keys: KEYS });
  await changes.markAll();
  assert.deepEqual([changes.left, changes.readVersion], [0, 3]);
  changes.choose(2);
  await until(() => changes.shown?.old === 2);
  await changes.toggle(cell(0));
  await changes.toggle(cell(0));
  assert.deepEqual(server.bodies(`POST ${PATH}/seen`), [
    { keys: [KEYS[2]], seen: true, read: 3 },
    { keys: [KEYS[0]], seen: false },
    { keys: [KEYS[0]], seen: false }
  ]);
  end();
});

test('opening a notebook for the first time reads it; later only marks do', async () => {
  const first = await opened(null);
  first.server.on(`POST ${PATH}/seen`, { version: 3, keys: [] });
  await first.changes.noteRead(3);
  assert.deepEqual(first.server.bodies(`POST ${PATH}/seen`), [{ read: 3 }]);
  await first.changes.noteRead(3);
  assert.equal(first.server.count(`POST ${PATH}/seen`), 1);
  first.end();
});

test('a line that is gone is commented on in the version that has it; its thread stays with the old side', async () => {
  const { server, changes, end } = await opened(1);
  assert.deepEqual(
    changes.oldThreads.map(each => each.id),
    [7]
  );
  server.on(`POST ${PATH}/threads`, thread(8));
  await changes.openThread('old', { cell: 'old2', lines: [1, 1], output: null }, 'Why is it gone?');
  await changes.openThread('new', { cell: 'new0', lines: null, output: 1 }, 'And this?');
  assert.deepEqual(
    server.bodies(`POST ${PATH}/threads`).map(body => (body as { version: number }).version),
    [1, 3]
  );
  end();
});

test('an author compares the version with the notebook on disk, which takes no marks and no comments', async () => {
  const { server, changes, end } = await opened(1);
  const view = {
    index: 0,
    id: 'new0',
    cell_type: 'code',
    source: 'x',
    source_sha256: '',
    outputs: [],
    outputs_total: 0
  };
  server.on('GET difference', {
    submission: 12,
    version: 3,
    path: 'work/a.ipynb',
    difference: difference(cell(0)),
    cells: [view]
  });
  assert.equal(changes.canCompareFile, true);
  changes.compareFile(true);
  await until(() => changes.shown?.version === null);
  const asked = server.seen.find(seen => seen.route === 'GET difference');
  assert.deepEqual(asked?.query, { submission: '12', version: '3', path: 'work/a.ipynb' });
  assert.equal((await changes.cell('new', 0)).source, 'x');
  await changes.openThread('new', { cell: 'new0', lines: null, output: null }, 'No');
  assert.equal(server.count(`POST ${PATH}/threads`), 0);
  end();
  const other = await opened(1, [], 'olga');
  assert.equal(other.changes.canCompareFile, false);
  other.end();
});

test('a difference that cannot be had is an error that can be tried again', async () => {
  const { server, changes, end } = await opened(1);
  server.on(`GET ${PATH}/versions/3/difference`, () => problem('unavailable', 503));
  changes.choose(2);
  await until(() => changes.error !== null);
  assert.equal(changes.shown, null);
  server.on(`GET ${PATH}/versions/3/difference`, { submission: 12, old: 2, new: 3, difference: difference() });
  await changes.load();
  await settled();
  assert.deepEqual([changes.error, changes.left], [null, 0]);
  end();
});
