import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApiError } from '../src/errors';
import { request, requestJson, routeUrl, textChunks } from '../src/request';
import { FakeServer, problem, silence } from './fakeServer';

function failsWith(code: string, status: number): (error: unknown) => boolean {
  return error => error instanceof ApiError && error.code === code && error.status === status;
}

test('an address is below the base, its query encoded, without what was not given', () => {
  const { settings } = new FakeServer();
  const query = { path: 'a b/c&d.ipynb', below: null, cursor: '', limit: 50 };
  assert.equal(
    routeUrl(settings, 'api/v1/x', query),
    'http://lab.example/user/dana/enablement/api/v1/x?path=a+b%2Fc%26d.ipynb&limit=50'
  );
  assert.equal(routeUrl(settings, 'context'), 'http://lab.example/user/dana/enablement/context');
});

test('a body makes it a POST of JSON, and the answer comes back as its value', async () => {
  const server = new FakeServer().on('POST git/undo', { undone: true });
  assert.deepEqual(await requestJson(server.settings, 'git/undo', { body: { path: 'work' } }), { undone: true });
  assert.deepEqual(server.bodies('POST git/undo'), [{ path: 'work' }]);
});

test('every failure is one ApiError with a code', async () => {
  const server = new FakeServer()
    .on('GET refused', () => problem('stale-stamp', 409))
    .on('GET proxy', () => new Response('<h1>Bad gateway</h1>', { status: 502 }))
    .on('GET page', () => new Response('<h1>Sign in</h1>'))
    .on('GET nothing', silence);
  const ask = (path: string): Promise<unknown> => requestJson(server.settings, path);
  await assert.rejects(ask('refused'), failsWith('stale-stamp', 409));
  await assert.rejects(ask('proxy'), failsWith('server-away', 502));
  await assert.rejects(ask('page'), failsWith('unreadable', 200));
  await assert.rejects(ask('nothing'), failsWith('unreachable', 0));
});

test('text comes in pieces, and a letter that was cut in two is whole again', async () => {
  const bytes = new TextEncoder().encode('Prüfung');
  const stream = new ReadableStream<Uint8Array>({
    start: controller => {
      controller.enqueue(bytes.slice(0, 3));
      controller.enqueue(bytes.slice(3));
      controller.close();
    }
  });
  const server = new FakeServer().on('GET text', () => new Response(stream));
  const pieces: string[] = [];
  for await (const piece of textChunks(await request(server.settings, 'text'))) {
    pieces.push(piece);
  }
  assert.equal(pieces.join(''), 'Prüfung');
});

test('a web page in the place of an answer is a failure of its own, whatever was asked', async () => {
  const page = (): Response =>
    new Response('<h1>Sign in</h1>', { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
  const server = new FakeServer().on('GET context', page).on('POST send', page);
  for (const asked of [requestJson(server.settings, 'context'), request(server.settings, 'send', { body: {} })]) {
    await assert.rejects(asked, error => error instanceof ApiError && error.code === 'foreign-page');
  }
});
