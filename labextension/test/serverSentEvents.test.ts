import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EventStreamParser } from '../src/serverSentEvents';

test('messages are complete at the empty line, however the bytes were cut', () => {
  const cutter = new EventStreamParser();
  assert.deepEqual(cutter.push('event: hello\nda'), []);
  assert.deepEqual(cutter.push('ta: {"a"\ndata:  :1}\n\n: keep open\n\nid: 7\nevent: change\ndata: x\r\n\r\nid: 8\n'), [
    { event: 'hello', data: '{"a"\n :1}' },
    { event: 'change', data: 'x' }
  ]);
  assert.equal(cutter.lastId, '8');
});

test('half a message is forgotten when the stream opens again, the place in it is not', () => {
  const cutter = new EventStreamParser();
  cutter.push('id: 3\ndata: a\n\nevent: change\ndata: half');
  cutter.restart();
  assert.deepEqual(cutter.push('data: b\n\n'), [{ event: 'message', data: 'b' }]);
  assert.equal(cutter.lastId, '3');
});

test('it does not matter where the chunks end', () => {
  const text = ': hello\n\nid: 7\nevent: change\ndata: {"seq":\ndata: 7}\n\nevent: hello\r\ndata: {}\r\n\r\n';
  for (let size = 1; size < text.length; size++) {
    const cutter = new EventStreamParser();
    const messages = [];
    for (let at = 0; at < text.length; at += size) {
      messages.push(...cutter.push(text.slice(at, at + size)));
    }
    assert.deepEqual(messages, [
      { event: 'change', data: '{"seq":\n7}' },
      { event: 'hello', data: '{}' }
    ]);
  }
});
