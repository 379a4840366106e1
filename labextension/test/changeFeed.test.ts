import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { ChangeFeed } from '../src/changeFeed';
import { EnablementClient } from '../src/client';
import { FakeServer, problem, settled } from './fakeServer';
import { change, COUNTERS, EventStream } from './modelFixtures';

/** Runs the test with a clock that moves only when it is told to. */
async function clocked(
  answer: (server: FakeServer) => void,
  run: (feed: ChangeFeed, server: FakeServer, wait: (ms: number) => Promise<void>) => Promise<void>
): Promise<void> {
  mock.timers.enable({ apis: ['setTimeout'] });
  const random = mock.method(Math, 'random', () => 0.5); // a poll's pauses grow by chance
  const server = new FakeServer();
  answer(server);
  const feed = new ChangeFeed(new EnablementClient({ serverSettings: server.settings }), Promise.resolve());
  const wait = async (ms: number): Promise<void> => {
    await settled();
    mock.timers.tick(ms);
    await settled();
  };
  try {
    await wait(0);
    await run(feed, server, wait);
  } finally {
    feed.dispose();
    mock.timers.reset();
    random.mock.restore();
  }
}

test('it says when it is connected, and what changed', async () => {
  const stream: { events?: EventStream } = {};
  await clocked(
    server => (stream.events = new EventStream(server)),
    async feed => {
      const seen: string[] = [];
      feed.connected.connect((_, online) => seen.push(online ? 'online' : 'offline'));
      feed.refreshed.connect(() => seen.push('refreshed'));
      feed.changed.connect((_, { submission }) => seen.push(`changed ${String(submission)}`));
      assert.deepEqual([feed.isConnected, feed.counters], [false, null]);
      stream.events?.say('hello', { seq: 3, counters: { waiting: 0, unclaimed: 0, claimed: 0 } }, 3);
      stream.events?.say('change', change(12), 4);
      await settled();
      assert.deepEqual(seen, ['online', 'refreshed', 'changed 12']);
      assert.deepEqual([feed.isConnected, feed.counters], [true, COUNTERS]);
    }
  );
});

test('a stream that ends or breaks is opened again where it was', async () => {
  const stream: { events?: EventStream } = {};
  await clocked(
    server => (stream.events = new EventStream(server)),
    async (feed, _server, wait) => {
      stream.events?.say('hello', { seq: 7, counters: COUNTERS }, 7);
      await settled();
      stream.events?.breakOff();
      await settled();
      assert.equal(feed.isConnected, false);
      await wait(900);
      assert.deepEqual(stream.events?.opened, [null]);
      await wait(200);
      assert.deepEqual(stream.events.opened, [null, '7']);
      stream.events.say('hello', { seq: 7, counters: COUNTERS }, 7);
      await settled();
      assert.equal(feed.isConnected, true);
      stream.events.end();
      await wait(1_000);
      assert.equal(stream.events.opened.length, 3);
    }
  );
});

test('while nobody answers it asks again and again, but not faster and faster', async () => {
  await clocked(
    server => server.on('GET api/v1/events', () => problem('service-away', 503)),
    async (_feed, server, wait) => {
      for (let second = 0; second < 60; second += 1) {
        await wait(1_000);
      }
      const tries = server.count('GET api/v1/events');
      assert.ok(tries > 60 / 9 && tries < 40, String(tries));
    }
  );
});

test('a server outside a hub is asked once', async () => {
  await clocked(
    server => server.on('GET api/v1/events', () => problem('no-service', 503)),
    async (_feed, server, wait) => {
      await wait(60_000);
      await wait(60_000);
      assert.equal(server.count('GET api/v1/events'), 1);
    }
  );
});

test('a line that is silent for too long is dead', async () => {
  const stream: { events?: EventStream } = {};
  await clocked(
    server => (stream.events = new EventStream(server)),
    async (feed, _server, wait) => {
      stream.events?.say('hello', { seq: 1, counters: COUNTERS });
      await wait(40_000);
      stream.events?.say('change', change(12), 2);
      await wait(40_000);
      assert.equal(feed.isConnected, true);
      await wait(6_000);
      assert.equal(feed.isConnected, false);
      await wait(1_000);
      assert.deepEqual(stream.events?.opened, [null, '2']);
    }
  );
});

test('what is no JSON is passed over, and after its end nothing is opened', async () => {
  const stream: { events?: EventStream } = {};
  await clocked(
    server => (stream.events = new EventStream(server)),
    async (feed, server, wait) => {
      const seen: (number | null)[] = [];
      feed.changed.connect((_, { submission }) => seen.push(submission));
      server.on('GET api/v1/events', () => new Response('event: change\ndata: {\n\n'));
      stream.events?.end();
      await wait(1_000);
      assert.deepEqual(seen, []);
      feed.dispose();
      await wait(60_000);
      assert.equal(server.count('GET api/v1/events'), 2);
    }
  );
});
