import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EventCutter } from '../src/eventStream';

test('events are cut wherever the chunks end', () => {
  const text = ': hello\n\nid: 7\nevent: change\ndata: {"seq":\ndata: 7}\n\nevent: hello\r\ndata: {}\r\n\r\n';
  for (let size = 1; size < text.length; size++) {
    const cutter = new EventCutter();
    const events = [];
    for (let at = 0; at < text.length; at += size) {
      events.push(...cutter.push(text.slice(at, at + size)));
    }
    assert.deepEqual(events, [
      { id: '7', event: 'change', data: '{"seq":\n7}' },
      { id: '', event: 'hello', data: '{}' }
    ]);
  }
});
