/** Finding: what completes, what is asked, and what is drawn of an answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import type { IFound, ISearchFilter } from '../src/contract';
import { completions } from '../src/panel/completion';
import { Found } from '../src/panel/found';
import { SearchModel } from '../src/panel/searchModel';
import { english as trans } from './english';
import { FakeServer, json, problem, until } from './fakeServer';
import { enablement, submission } from './modelFixtures';

const FILTERS: ISearchFilter[] = [
  { name: 'author', meaning: 'who sent it', example: 'author:dana or author:@me', values: ['@me'] },
  { name: 'state', meaning: 'where it stands', example: 'state:approved', values: ['submitted', 'approved'] },
  { name: 'stage', meaning: 'the stage', example: 'stage:production', values: ['production'] }
];

function offered(text: string, caret = text.length): [string, string, number][] {
  return completions(text, caret, FILTERS).map(each => [each.label, each.text, each.caret]);
}

test('filters and their values complete the word at the caret, nothing in quotes', () => {
  assert.deepEqual(offered('st'), [
    ['state:', 'state:', 6],
    ['stage:', 'stage:', 6]
  ]);
  assert.deepEqual(offered('churn -ST'), [
    ['state:', 'churn -state:', 13],
    ['stage:', 'churn -stage:', 13]
  ]);
  assert.deepEqual(offered('state:ap'), [['state:approved', 'state:approved ', 15]]);
  assert.deepEqual(offered('state:ap churn', 8), [['state:approved', 'state:approved churn', 15]]);
  assert.deepEqual(offered('author:'), [['author:@me', 'author:@me ', 11]]);
  assert.deepEqual(
    [offered('state:approved'), offered('colour:r'), offered('"st'), offered('churn')],
    [[], [], [], []]
  );
  assert.equal(offered('').length, 3);
});

const excerpt: IFound['excerpt'] = {
  kind: 'code',
  where: '3',
  pieces: [
    { text: '<b>\u202e', found: false },
    { text: '<img src=x>', found: true }
  ]
};

function drawn(change: Partial<SearchModel>): Document {
  const model = {
    items: [],
    next: null,
    indexing: null,
    error: null,
    problem: null,
    loaded: true,
    filters: FILTERS,
    query: 'x',
    ...change
  };
  const props = { model: model as unknown as SearchModel, trans, me: 'remy', onOpen: () => undefined };
  const page = renderToStaticMarkup(
    createElement(Found, { ...props, exportUrl: (query, format) => `/${query}.${format}` })
  );
  return new DOMParser().parseFromString(page, 'text/html');
}

test('a hit is text with what was looked for marked, and all of it can be had as a file', () => {
  const page = drawn({
    items: [
      { submission: submission(7), excerpt },
      { submission: submission(6), excerpt: null }
    ]
  });
  assert.equal(page.querySelector('mark')?.textContent, '<img src=x>');
  assert.match(page.querySelector('[data-enablement-excerpt="code"]')?.textContent ?? '', /^Cell 3: <b>/);
  assert.equal(page.querySelectorAll('img, .enb-row-excerpt b').length, 0);
  assert.equal(page.querySelectorAll('[data-enablement-excerpt]').length, 1);
  const files = [...page.querySelectorAll('[data-enablement-export]')].map(each => each.getAttribute('href'));
  assert.deepEqual(files, ['/x.csv', '/x.json']);
});

test('nothing found says what to try, what is not understood is no error, and what is not indexed yet is said', () => {
  const nothing = drawn({ indexing: { done: 3, total: 9 } });
  assert.match(
    nothing.querySelector('[data-enablement-empty]')?.textContent ?? '',
    /Nothing matches “x”.*fewer.*author:dana/s
  );
  assert.match(nothing.querySelector('[data-enablement-indexing]')?.textContent ?? '', /3 of 9/);
  const wrong = drawn({ problem: 'There is no filter x: here.', error: new Error('no'), loaded: false });
  assert.equal(wrong.querySelector('[data-enablement-search-problem]')?.textContent, 'There is no filter x: here.');
  assert.equal(wrong.querySelector('[role="alert"]'), null);
});

test('what is typed is asked once it stands still, page by page, and an answer to older words is dropped', async () => {
  const server = new FakeServer().on('GET api/v1/search', seen =>
    seen.query.query === 'x:'
      ? problem('bad-search', 400)
      : json({
          items: [{ submission: submission(Number(seen.query.cursor ?? 9)), excerpt }],
          next: '5',
          indexing: null
        })
  );
  const lab = await enablement(server);
  const model = new SearchModel(lab);
  model.setText('chu');
  model.setText(' churn ');
  await until(() => model.loaded);
  await model.more();
  assert.deepEqual(
    model.items.map(each => each.submission.number),
    [9, 5]
  );
  model.setText('churn');
  assert.equal(model.loaded, true, 'the same question is not asked again');
  model.setText('x:');
  await until(() => model.problem !== null);
  assert.deepEqual([model.items, model.next], [[], null]);
  const asked = server.seen.filter(seen => seen.route === 'GET api/v1/search').map(seen => seen.query);
  assert.deepEqual(asked, [
    { query: 'churn', limit: '50' },
    { query: 'churn', cursor: '5', limit: '50' },
    { query: 'x:', limit: '50' }
  ]);
  model.setText('');
  assert.deepEqual([model.problem, model.query], [null, '']);
  model.dispose();
  lab.feed.dispose();
});

test('searches are kept by name, and forgotten', async () => {
  const server = new FakeServer()
    .on('GET api/v1/search/filters', { filters: FILTERS })
    .on('GET api/v1/saved-searches', { searches: [] })
    .on('POST api/v1/saved-searches', seen => json({ searches: [seen.body] }))
    .on('POST api/v1/saved-searches/delete', { searches: [] })
    .on('GET api/v1/search', { items: [], next: null, indexing: null });
  const lab = await enablement(server);
  const model = new SearchModel(lab);
  await model.prepare();
  await model.prepare();
  assert.equal(server.count('GET api/v1/search/filters'), 1);
  model.setText('author:@me ');
  await model.save('Mine');
  assert.deepEqual(model.saved, [{ name: 'Mine', query: 'author:@me' }]);
  await model.forget('Mine');
  assert.deepEqual([model.saved, server.bodies('POST api/v1/saved-searches/delete')], [[], [{ name: 'Mine' }]]);
  model.dispose();
  lab.feed.dispose();
});
