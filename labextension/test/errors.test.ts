import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PageConfig } from '@jupyterlab/coreutils';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import { ErrorNote } from '../src/components';
import { ApiError, errorOfAnswer, errorOfSilence, isTransient } from '../src/errors';
import { errorSentence } from '../src/labels';
import { english } from './english';

test('a problem document keeps its code, facts and the real status', () => {
  const text = JSON.stringify({ code: 'already-sent', detail: 'There it is.', status: 200, facts: { submission: 12 } });
  const error = errorOfAnswer(409, text);
  assert.equal(error.code, 'already-sent');
  assert.equal(error.status, 409);
  assert.deepEqual(error.facts, { submission: 12 });
});

test('a page of a proxy gets a code from its status', () => {
  for (const status of [502, 503, 504]) {
    assert.equal(errorOfAnswer(status, '<html>Bad gateway</html>').code, 'server-away');
  }
  assert.equal(errorOfAnswer(401, 'x').code, 'not-signed-in');
  assert.equal(errorOfAnswer(413, '').code, 'proxy-too-large');
  assert.equal(errorOfAnswer(418, '[]').code, 'unreadable');
});

test('a page of the hub in the place of the server is a server that is away for a moment', () => {
  for (const [status, text] of [
    [404, '<!DOCTYPE HTML><html><title>Our hub</title>'],
    [404, '\n<html>404'],
    [403, '<!DOCTYPE HTML><title>JupyterHub</title>']
  ] as const) {
    const error = errorOfAnswer(status, text);
    assert.ok(isTransient(error), text);
    assert.match(errorSentence(error, english), new RegExp(`Your own server does not answer.*HTTP ${status}`));
  }
  assert.equal(errorOfAnswer(403, '<!DOCTYPE HTML><title>No</title>').code, 'forbidden');
  assert.equal(errorOfAnswer(404, 'Not found').code, 'not-found');
});

test('JSON that is no problem document is not taken for one', () => {
  assert.equal(errorOfAnswer(500, '{"message": "code"}').code, 'unreadable');
  assert.equal(errorOfAnswer(404, 'null').code, 'not-found');
});

test('silence is unreachable, and an ApiError passes through', () => {
  assert.equal(errorOfSilence(new TypeError('Failed to fetch')).code, 'unreachable');
  const own = new ApiError({ code: 'forbidden', detail: 'No.', status: 403 });
  assert.equal(errorOfSilence(own), own);
});

test('only what did not arrive may be tried again as it is', () => {
  assert.ok(isTransient(errorOfSilence(new TypeError('x'))));
  assert.ok(isTransient(errorOfAnswer(503, '')));
  assert.ok(isTransient(errorOfAnswer(500, '')));
  assert.ok(!isTransient(errorOfAnswer(422, '{"code": "bad-notebook", "detail": "No."}')));
});

test('the sentence comes from the code, and from the service where it says more', () => {
  assert.match(errorSentence(errorOfAnswer(503, ''), english), /does not answer/);
  assert.match(errorSentence(errorOfAnswer(504, '<html>'), english), /Your own server .* HTTP 504/);
  const refused = errorOfAnswer(422, '{"code": "bad-notebook", "detail": "Cell 3 has no type."}');
  assert.equal(errorSentence(refused, english), 'Cell 3 has no type.');
});

test('what something in between said is told as its word, with whom to tell', () => {
  const sentence = (code: string, facts: object): string =>
    errorSentence(new ApiError({ code, detail: 'x', status: 503, facts: { ...facts } }), english);
  assert.match(
    sentence('proxy-too-large', { status: 413, bytes: 5_000_000 }),
    /less than the 5 MB .* platform engineers/
  );
  assert.match(sentence('proxy-too-large', { status: 413 }), /a certain size.* platform engineers/);
  assert.match(sentence('proxy-away', { status: 504 }), /HTTP 504.* platform engineers/);
  assert.match(sentence('foreign-answer', { status: 200 }), /sign-in page .*HTTP 200.* platform engineers/);
  assert.match(sentence('foreign-answer', { status: 302, host: 'login.example' }), /to login\.example/);
  assert.doesNotMatch(sentence('foreign-answer', { status: 302, host: 'login.example' }), /Sign in again/);
});

test('a server that the hub does not know any more is started again, with a button for it; signing in does not help', () => {
  PageConfig.setOption('hubPrefix', '/jupyter/hub/');
  const note = (code: string): string =>
    renderToStaticMarkup(
      createElement(ErrorNote, { error: new ApiError({ code, detail: 'x', status: 403 }), trans: english })
    );
  const page = new DOMParser().parseFromString(note('server-unknown'), 'text/html');
  const link = page.querySelector('[data-enablement-action="start-server"]');
  assert.equal(link?.getAttribute('href'), '/jupyter/hub/home');
  assert.match(page.querySelector('span')?.textContent ?? '', /no longer known to the hub/);
  assert.doesNotMatch(note('server-unknown'), /[Ss]ign in/);
  assert.doesNotMatch(note('forbidden'), /start-server/);
  assert.ok(!isTransient(new ApiError({ code: 'server-unknown', detail: 'x', status: 403 })));
});
