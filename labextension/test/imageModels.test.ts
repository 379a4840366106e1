import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IPackageRequest, IServerImage } from '../src/contract';
import { ImageClient } from '../src/images/client';
import { ImageModel } from '../src/images/model';
import { PackageRequestsModel } from '../src/images/packageRequestsModel';
import { FakeServer, json, problem, silence } from './fakeServer';

const HERE: IServerImage = {
  image: { slug: 'datascience', release: '2026.11.0', digest: '' },
  python: '3.11',
  release: null,
  away: false,
  drift: [],
  drift_total: 0
};

test('the image of this server: asked again, a failure keeps what was known', async () => {
  const server = new FakeServer().on('GET images/here', HERE);
  const model = new ImageModel(new ImageClient(server.settings));
  assert.equal(model.image, null);
  await model.refresh();
  assert.deepEqual(model.image, HERE.image);
  server.on('GET images/here', silence);
  await model.refresh();
  assert.ok(model.error !== null);
  assert.deepEqual(model.here, HERE);
  let told = 0;
  model.stateChanged.connect(() => (told += 1));
  model.show({ recorded: null, compared: null, packages: [] });
  assert.deepEqual([told, model.current?.packages], [1, []]);
  model.dispose();
  await model.refresh();
  assert.equal(server.count('GET images/here'), 2);
});

function request(number: number, change: Partial<IPackageRequest> = {}): IPackageRequest {
  return {
    number,
    author: 'dana',
    package: 'polars',
    wanted: '',
    why: 'Speed',
    image: 'datascience',
    release: '2026.11.0',
    python: '3.11',
    at: '2026-11-24T12:00:00Z',
    state: 'requested',
    stamp: 3,
    answer: '',
    answered_by: null,
    answered_at: null,
    actions: ['withdraw'],
    solver: { solved: 'possible', detail: '', against: '2026.11.0', kind: 'minor', bytes: 1, changes: [] },
    ...change
  };
}

function requests(server: FakeServer): PackageRequestsModel {
  return new PackageRequestsModel(new ImageClient(server.settings));
}

test('package requests: a page, the next one, and news of an answer to one of mine', async () => {
  const server = new FakeServer().on('GET api/v1/package-requests', seen =>
    seen.query.below === undefined
      ? json({ items: [request(2)], next: 2, open: 2, everybodys: false })
      : json({ items: [request(1)], next: null, open: 2, everybodys: false })
  );
  const model = requests(server);
  const answered: number[] = [];
  model.answered.connect((_, { number }) => answered.push(number));
  await model.refresh();
  await model.more();
  assert.deepEqual([model.items.map(item => item.number), model.next, model.open], [[2, 1], null, 2]);
  const items = [request(2, { state: 'accepted' }), request(3, { state: 'declined' })];
  server.on('GET api/v1/package-requests', { items, next: null, open: 0, everybodys: false });
  await model.refresh();
  assert.deepEqual(answered, [2], 'one that was decided before I came is no news');
  server.on('GET api/v1/package-requests', () => problem('service-away', 503));
  await model.refresh();
  assert.deepEqual([model.items.length, model.error !== null], [2, true]);
  model.dispose();
});

test('package requests: asking and taking back load the list again, under the stamp that was seen', async () => {
  const server = new FakeServer()
    .on('GET api/v1/package-requests', { items: [request(1)], next: null, open: 1, everybodys: false })
    .on('POST api/v1/package-requests', request(1))
    .on('POST api/v1/package-requests/1/withdraw', request(1, { state: 'withdrawn' }));
  const model = requests(server);
  const wanted = { package: 'polars', wanted: '>=1', why: 'Speed' };
  assert.equal((await model.create(wanted)).number, 1);
  await model.withdraw(request(1));
  assert.deepEqual(server.bodies('POST api/v1/package-requests'), [wanted]);
  assert.deepEqual(server.bodies('POST api/v1/package-requests/1/withdraw'), [{ stamp: 3 }]);
  assert.equal(server.count('GET api/v1/package-requests'), 2);
  server.on('POST api/v1/package-requests', () => problem('bad-request', 422, { field: 'why' }));
  await assert.rejects(model.create(wanted));
  model.dispose();
});
