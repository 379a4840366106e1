/** In each dialog that follows a stream, a connection that breaks is a state with a sentence and a way on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { StateDB } from '@jupyterlab/statedb';
import { createElement, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import type { ICandidates, ISendRequest } from '../src/contract';
import { ApiError } from '../src/errors';
import { GitClient } from '../src/git/client';
import { SaveVersionView } from '../src/git/saveVersionDialog';
import { SaveVersionModel } from '../src/git/saveVersionModel';
import { GitSetupModel } from '../src/git/setupModel';
import { SetupView } from '../src/git/setupView';
import { DraftStore } from '../src/send/draft';
import { SendModel } from '../src/send/model';
import type { IOpenDocuments } from '../src/send/saveDocument';
import { SendView } from '../src/send/view';
import { english } from './english';
import { broken, FakeServer, lines } from './fakeServer';
import { changes, plan, step } from './gitFixtures';
import { enablement } from './modelFixtures';

const RECEIPT = { submission: 12, version: 1, content_id: 'c', notebook_sha256: 'n', received_at: 't', title: 'x' };
const nothing = (): void => undefined;

function shown(element: ReactElement): Document {
  return new DOMParser().parseFromString(renderToStaticMarkup(element), 'text/html');
}

function has(page: Document, ...selectors: string[]): void {
  for (const selector of selectors) {
    assert.ok(page.querySelector(selector) !== null, selector);
  }
}

test('setting up Git', async () => {
  const server = new FakeServer()
    .on('GET git/plan', plan())
    .on('POST git/apply', () => broken(step('push', 'running')));
  const model = new GitSetupModel('work', new GitClient(server.settings), nothing);
  await model.load();
  await model.apply();
  has(
    shown(createElement(SetupView, { model, trans: english, onClose: nothing })),
    '[data-enablement-error="interrupted"]',
    '[data-enablement-interrupted]',
    '[data-enablement-action="apply-git"]:not([disabled])',
    '[data-enablement-step="push"][data-enablement-step-state="open"]'
  );
});

test('saving a version', async () => {
  const server = new FakeServer()
    .on('GET git/changes', changes('a.ipynb'))
    .on('POST git/save-version', () => broken(step('push', 'running')));
  const model = new SaveVersionModel('work', new GitClient(server.settings));
  await model.load();
  await model.save();
  has(
    shown(createElement(SaveVersionView, { model, trans: english, onClose: nothing, onPull: nothing })),
    '[data-enablement-error="interrupted"]',
    '[data-enablement-interrupted]',
    '[data-enablement-action="save-version"]:not([disabled])'
  );
});

test('sending: the same intent goes on with the same key', async () => {
  const candidates: ICandidates = {
    notebook: { path: 'a.ipynb', size: 1, sha256: 'h' },
    title: 'Heading',
    files: [],
    missing: [],
    git: null,
    previous: [],
    answers: null
  };
  const server = new FakeServer()
    .on('GET candidates', candidates)
    .on('POST send', () => broken({ progress: { phase: 'sending', bytes: 1, total: 2 } }));
  const lab = await enablement(server);
  const open = {
    contextAt: nothing,
    contents: { get: () => Promise.resolve({ hash: 'h' }) }
  } as unknown as IOpenDocuments;
  const drafts = new DraftStore(new StateDB());
  const model = new SendModel('a.ipynb', { enablement: lab, open, drafts, git: new GitClient(server.settings) });
  await model.load();
  assert.equal(model.phase, 'form');
  await model.send();
  assert.ok(model.error instanceof ApiError);
  assert.deepEqual([model.phase, model.error.code], ['form', 'interrupted']);
  const props = { model, trans: english, onClose: nothing, onOpen: nothing, onShow: nothing, onSetUpGit: nothing };
  has(
    shown(createElement(SendView, props)),
    '[data-enablement-outcome="interrupted"]',
    '[data-enablement-action="retry"]'
  );
  server.on('POST send', () => lines({ receipt: RECEIPT, replayed: false }));
  await model.send();
  assert.deepEqual([model.phase, model.sent?.receipt.submission], ['sent', 12]);
  const [first, second] = server.bodies('POST send') as ISendRequest[];
  assert.equal(first?.key, second?.key);
  assert.equal(await drafts.load('a.ipynb'), null);
  lab.feed.dispose();
});
