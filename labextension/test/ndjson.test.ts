import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IProgress, ISent, SendLine } from '../src/contract';
import { ApiError } from '../src/errors';
import { LineSplitter, readOutcome } from '../src/ndjson';

const RECEIPT = { submission: 12, version: 1, content_id: 'c', notebook_sha256: 'n', received_at: 't', title: 'x' };
const OUTCOME = JSON.stringify({ receipt: RECEIPT, replayed: true });
const PROGRESS = '{"progress":{"phase":"sending","bytes":1,"total":2}}';

async function* chunks(...parts: (string | Error)[]): AsyncIterable<string> {
  for (const part of parts) {
    if (part instanceof Error) {
      throw part;
    }
    yield await Promise.resolve(part);
  }
}

function follow(parts: AsyncIterable<string>, seen: IProgress[] = []): Promise<ISent> {
  return readOutcome<SendLine, 'receipt'>(parts, 'receipt', line => seen.push(line.progress));
}

async function codeOf(...parts: (string | Error)[]): Promise<string> {
  try {
    await follow(chunks(...parts));
  } catch (error) {
    return error instanceof ApiError ? error.code : String(error);
  }
  return 'none';
}

test('lines are cut however the bytes arrive', () => {
  const splitter = new LineSplitter();
  assert.deepEqual(splitter.push('{"a'), []);
  assert.deepEqual(splitter.push('":1}\n\n{"b":2}\n{"c'), ['{"a":1}', '{"b":2}']);
  assert.deepEqual(splitter.end(), ['{"c']);
});

test('what comes before the outcome is reported, and the outcome is the result', async () => {
  const seen: IProgress[] = [];
  const text = `${PROGRESS}\n${OUTCOME}`;
  assert.deepEqual(await follow(chunks(text.slice(0, 60), text.slice(60)), seen), { receipt: RECEIPT, replayed: true });
  assert.deepEqual(seen, [{ phase: 'sending', bytes: 1, total: 2 }]);
});

test('a line with a problem ends it with its code', async () => {
  assert.equal(
    await codeOf(PROGRESS, '\n{"problem":{"code":"secret-found","detail":"One.","status":422}}\n'),
    'secret-found'
  );
});

test('an end without an outcome is never a success', async () => {
  assert.equal(await codeOf(), 'interrupted');
  assert.equal(await codeOf(`${PROGRESS}\n`), 'interrupted');
  assert.equal(await codeOf(`${PROGRESS}\n`, OUTCOME.slice(0, -3)), 'interrupted');
  assert.equal(await codeOf(`${PROGRESS}\n`, new TypeError('network error')), 'interrupted');
});

test('a whole line that is no JSON object is not the lab server’s', async () => {
  assert.equal(await codeOf('<html>\n', OUTCOME), 'unreadable');
  assert.equal(await codeOf('[]\n', OUTCOME), 'unreadable');
  assert.equal(await codeOf('null\n', OUTCOME), 'unreadable');
});

test('a connection that breaks after the outcome takes nothing back', async () => {
  const sent = await follow(chunks(`${OUTCOME}\n`, new TypeError('network error')));
  assert.equal(sent.replayed, true);
});

test('what the caller throws while it is told is not taken for a broken connection', async () => {
  const wrong = new Error('in the view');
  const telling = readOutcome<SendLine, 'receipt'>(chunks(`${PROGRESS}\n`), 'receipt', () => {
    throw wrong;
  });
  await assert.rejects(telling, error => error === wrong);
});
