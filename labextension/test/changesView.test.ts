/** What the Changes tab draws: text and marks, whatever the notebook says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import type { ICellDifference, IDifference } from '../src/contract';
import { ChangesContext } from '../src/document/changes/context';
import { Environment, Files } from '../src/document/changes/facts';
import { DifferenceLines } from '../src/document/changes/lines';
import type { ChangesModel } from '../src/document/changes/model';
import { Pictures } from '../src/document/changes/pictures';
import { TableRows } from '../src/document/changes/tableRows';
import { Toolbar } from '../src/document/changes/toolbar';
import { DocumentContext } from '../src/document/context';
import { english as trans } from './english';
import { detail, sentVersion } from './modelFixtures';

const HOSTILE = '<img src=x onerror=alert(1)>\u202e';

function drawn(part: React.ReactElement, changes: Partial<ChangesModel> = {}): Document {
  const model = { detail: detail(12, { versions: [1, 2].map(sentVersion), latest: 2 }) };
  const reading = { model, trans } as unknown as React.ContextType<typeof DocumentContext>;
  const known = createElement(ChangesContext.Provider, { value: changes as ChangesModel }, part);
  const page = renderToStaticMarkup(createElement(DocumentContext.Provider, { value: reading }, known));
  return new DOMParser().parseFromString(page, 'text/html');
}

function texts(page: Document, selector: string): string[] {
  return [...page.querySelectorAll(selector)].map(each => each.textContent);
}

test('lines are text with the words that changed marked, on both sides and in one column', () => {
  const lines = ['same', { old: ['x = ', '1'], new: ['x = ', HOSTILE] }, { old: ['gone'], new: null }];
  const side = drawn(createElement(DifferenceLines, { lines, layout: 'side', onChoose: () => undefined }));
  assert.deepEqual(texts(side, 'mark'), ['1', '<img src=x onerror=alert(1)>\ufffd']);
  assert.equal(side.querySelector('img'), null);
  assert.deepEqual(texts(side, '[data-enablement-diff-side="old"]'), ['1', '2', '3']);
  assert.deepEqual(texts(side, '[data-enablement-diff-side="new"]'), ['1', '2']);
  const column = drawn(createElement(DifferenceLines, { lines, layout: 'unified', onChoose: null }));
  const kinds = [...column.querySelectorAll<HTMLElement>('tr')].map(row => row.dataset.enablementDiffLine);
  assert.deepEqual(kinds, ['same', 'removed', 'removed', 'added']);
  assert.equal(column.querySelector('button'), null, 'nothing can be said about these');
});

test('a table shows what was and what is, in the cells that differ', () => {
  const cells = [
    ['1', '2'],
    ['3', '3'],
    [null, HOSTILE]
  ];
  const table = { columns: ['a', 'b', HOSTILE], rows: [{ label: 'ada', cells }], rows_left: 4 };
  const page = drawn(createElement(TableRows, { table }));
  assert.deepEqual([texts(page, 'del'), texts(page, 'ins').length], [['1'], 2]);
  assert.equal(page.querySelector('img'), null);
  assert.match(page.body.textContent, /4 more rows differ/);
});

test('two pictures can be compared in four ways, each a button', () => {
  const [old, now] = ['QUJD', 'QUJE'].map(data => `data:image/png;base64,${data}`) as [string, string];
  const page = drawn(createElement(Pictures, { old, now }));
  assert.deepEqual(texts(page, 'button'), ['Side by side', 'Swipe', 'Onion skin', 'Difference']);
  assert.deepEqual(
    [...page.querySelectorAll('img')].map(image => image.getAttribute('src')),
    [old, now]
  );
});

test('environment and files are told in words; without a difference nothing stands there', () => {
  const image = (release: string): { slug: string; release: string; digest: string; python: string } => ({
    slug: 'datascience',
    release,
    digest: '',
    python: '3.11'
  });
  const file = { path: HOSTILE, sha256: 'h', size: 10, role: 'module' as const };
  const difference = {
    image: { old: image('1.0.0'), new: image('2.0.0') },
    kernel: { old: '', new: 'Python 3' },
    path: null,
    settings: [{ name: 'title', old: null, new: HOSTILE }],
    files: [{ standing: 'changed' as const, old: file, new: file, lines: [] }]
  } as unknown as IDifference;
  const shown = { old: 1, version: 2, difference, cells: [] };
  const page = drawn(createElement(Environment), { shown, releases: null });
  assert.match(page.body.textContent, /Image: datascience 1\.0\.0 datascience 2\.0\.0/);
  assert.match(page.body.textContent, /Kernel: none Python 3/);
  const files = drawn(createElement(Files), { shown, layout: 'side' });
  assert.match(files.body.textContent, /<img src=x onerror=alert\(1\)>\ufffd changed/);
  assert.equal(page.querySelector('img') ?? files.querySelector('img'), null);
  const nothing = { ...difference, image: null, kernel: null, settings: [], files: [] };
  const empty = drawn(createElement(Environment), { shown: { ...shown, difference: nothing } });
  assert.equal(empty.body.textContent, '');
});

test('the bar says how many changed cells are left', () => {
  const changes = {
    changed: [{}, {}, {}] as ICellDifference[],
    left: 2,
    from: null,
    working: false,
    readVersion: 1,
    others: [sentVersion(1)],
    version: sentVersion(2),
    canCompareFile: true,
    layout: 'side' as const,
    markError: null
  };
  const bar = createElement(Toolbar, { onNext: () => undefined, onPrevious: () => undefined });
  const page = drawn(bar, changes);
  assert.match(page.querySelector('[data-enablement-left="2"]')?.textContent ?? '', /^2 of 3 changed cells left/);
  assert.deepEqual(texts(page, '[data-enablement-action="compare-from"] option'), [
    'what I read last (version 1)',
    'version 1'
  ]);
  assert.deepEqual(texts(page, '[data-enablement-action="compare-to"] option'), [
    'my notebook as it is now',
    'version 2 (latest)',
    'version 1'
  ]);
  const done = drawn(bar, { ...changes, left: 0 });
  assert.match(done.body.textContent, /All 3 changed cells are seen/);
  assert.equal(drawn(bar, { ...changes, working: true }).querySelector('[data-enablement-left]'), null);
});
