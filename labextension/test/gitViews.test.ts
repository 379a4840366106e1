/** What the documents about versions show, and what pressing their buttons does. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import type { IGitConflicts, IGitHistory, IGitVersionContent } from '../src/contract';
import { GitClient } from '../src/git/client';
import { ConflictsModel } from '../src/git/conflictsModel';
import { ConflictsDocument } from '../src/git/conflictsView';
import { HistoryModel } from '../src/git/historyModel';
import { HistoryDocument } from '../src/git/historyView';
import { english } from './english';
import { FakeServer, json, problem, until } from './fakeServer';
import { conflicts, content, diffCell, history, merged, version } from './gitFixtures';
import { drawn, press } from './lab';

const CHANGED = diffCell('changed', [' ', 'a'], ['-', 'b'], ['+', 'c']);

function seen(node: HTMLElement, selector: string): string | null {
  return node.querySelector(selector)?.textContent ?? null;
}

function all(node: HTMLElement, selector: string, name: string): (string | null)[] {
  return [...node.querySelectorAll(selector)].map(each => each.getAttribute(name));
}

async function historyOf(
  t: TestContext,
  answer: IGitHistory | (() => Response),
  versionOf: (commit: string) => IGitVersionContent = commit => content(commit, CHANGED)
): Promise<{ node: HTMLElement; server: FakeServer; back: string[]; model: HistoryModel }> {
  const back: string[] = [];
  const server = new FakeServer()
    .on('GET git/history', answer)
    .on('GET git/version', asked => json(versionOf(asked.query.commit ?? '')));
  const model = new HistoryModel('work/a.ipynb', new GitClient(server.settings), (path, commit) => {
    back.push(commit);
    return Promise.resolve({ path, kept: 'k', aside: [] });
  });
  const widget = new HistoryDocument(model, english);
  t.after(() => widget.dispose());
  const node = await drawn(widget);
  await until(() => !model.busy);
  return { node, server, back, model };
}

test('history: the versions with their words, the newest chosen', async t => {
  const versions = [
    { ...version('c2'), message: 'Name the columns\n\nmore words', pushed: false },
    { ...version('c1'), who: 'remy' }
  ];
  const { node } = await historyOf(t, { ...history(), versions, more: true });
  await until(() => node.querySelector('[data-enablement-row]') !== null);
  assert.equal(node.querySelector('h2')?.textContent, 'Versions of a.ipynb');
  assert.deepEqual(all(node, '[data-enablement-commit]', 'data-enablement-commit'), ['c2', 'c1']);
  assert.deepEqual(all(node, '[data-enablement-commit]', 'aria-pressed'), ['true', 'false']);
  assert.equal(seen(node, '[data-enablement-commit="c2"] .enb-git-words'), 'Name the columns');
  assert.match(seen(node, '[data-enablement-commit="c2"] small') ?? '', /^dana · .* · not pushed$/);
  assert.match(seen(node, '[data-enablement-commit="c1"] small') ?? '', /^remy · (?!.*not pushed)/);
  assert.equal(seen(node, 'li.enb-hint'), 'There are older versions, too.');
});

test('history: only what differs when comparing, everything when reading', async t => {
  const same = diffCell('same', [' ', 'same']);
  const { node } = await historyOf(t, history('c1'), () => ({
    ...content('c1', same, CHANGED, diffCell('added', ['+', 'new']), diffCell('removed', ['-', 'old'])),
    cells: [same, diffCell('same', [' ', 'b'])]
  }));
  await until(() => node.querySelector('[data-enablement-row]') !== null);
  assert.deepEqual(all(node, '[data-enablement-row]', 'data-enablement-row'), ['changed', 'added', 'removed']);
  assert.deepEqual(
    [...node.querySelectorAll('[data-enablement-row] strong')].map(each => each.textContent),
    ['changed since', 'new since', 'gone since']
  );
  assert.ok(seen(node, '.enb-mod-removed .enb-git-line.enb-mod-removed')?.includes('old'));
  await press(node, '[data-enablement-action="way-read"]');
  await until(() => node.querySelector('[data-enablement-way="read"]') !== null);
  assert.deepEqual(all(node, '[data-enablement-row]', 'data-enablement-row'), ['same', 'same']);
  assert.deepEqual(all(node, '.enb-git-way', 'aria-pressed'), ['false', 'true']);
  await press(node, '[data-enablement-action="way-compare"]');
  await until(() => node.querySelector('[data-enablement-way="compare"]') !== null);
});

test('history: another version is one press away, and so is the way back', async t => {
  const { node, server, back } = await historyOf(t, history('c2', 'c1'));
  await press(node, '[data-enablement-commit="c1"]');
  await until(() => node.querySelector('[data-enablement-commit="c1"][aria-pressed="true"]') !== null);
  await press(node, '[data-enablement-action="restore"]');
  await until(() => server.count('GET git/history') === 2);
  assert.deepEqual(back, ['c1']);
});

test('history: there is nothing to go back to where nothing differs', async t => {
  const { node } = await historyOf(t, history('c1'), () => ({
    ...content('c1', diffCell('same', [' ', 'a'])),
    results: true
  }));
  await until(() => node.querySelector('[data-enablement-same]') !== null);
  const button = node.querySelector<HTMLButtonElement>('[data-enablement-action="restore"]');
  assert.deepEqual([button?.disabled, button?.title], [true, 'It is as in this version']);
  assert.equal(node.querySelector('.enb-git-content > .enb-hint'), null, 'no word about results that stay as they are');
});

test('history: that results of cells are not in versions is said where it matters', async t => {
  const { node } = await historyOf(t, history('c1'), () => ({ ...content('c1', CHANGED), results: true }));
  await until(() => node.querySelector('[data-enablement-row]') !== null);
  assert.match(seen(node, '.enb-git-content > .enb-hint') ?? '', /^Versions have no results of cells\./);
});

test('history: without versions it says how to keep one; a failure says so and can be tried again', async t => {
  const { node, server, model } = await historyOf(t, history());
  await until(() => node.querySelector('[data-enablement-empty="versions"]') !== null);
  server.on('GET git/history', () => problem('git-failed', 500));
  await press(node, '[data-enablement-action="refresh"]');
  await until(() => node.querySelector('[data-enablement-error="git-failed"]') !== null);
  server.on('GET git/history', history('c1'));
  await press(node, '[data-enablement-action="retry"]');
  await until(() => node.querySelector('[data-enablement-commit="c1"]') !== null);
  assert.equal(model.error, null);
});

test('history: its document owns its model', async t => {
  const { model } = await historyOf(t, history());
  const widget = new HistoryDocument(model, english);
  assert.deepEqual(
    [widget.id, widget.title.label, widget.title.caption],
    ['enablement-history-work/a.ipynb', 'Versions: a.ipynb', 'work/a.ipynb']
  );
  widget.dispose();
  assert.ok(model.isDisposed);
});

async function conflictsOf(
  t: TestContext,
  answer: IGitConflicts | (() => Response)
): Promise<{ node: HTMLElement; server: FakeServer; model: ConflictsModel; done: unknown[] }> {
  const done: unknown[] = [];
  const server = new FakeServer().on('GET git/clashes', answer).on('POST git/clashes', { got: merged() });
  const take = (got: unknown): Promise<void> => Promise.resolve(void done.push(got));
  const model = new ConflictsModel('work', new GitClient(server.settings), take, () => Promise.resolve());
  const widget = new ConflictsDocument(model, english);
  t.after(() => widget.dispose());
  const node = await drawn(widget);
  await until(() => !model.busy);
  return { node, server, model, done };
}

function openIn(node: HTMLElement): string | null {
  return node.querySelector('[data-enablement-merge]')?.getAttribute('data-enablement-open') ?? null;
}

test('conflicts: both sides are shown, what is settled already is folded away', async t => {
  const { node } = await conflictsOf(t, conflicts());
  await until(() => openIn(node) === '2');
  assert.equal(seen(node, '[data-enablement-notebook] h3'), 'work/a.ipynb');
  assert.deepEqual(
    [...node.querySelectorAll('[data-enablement-clash="k1"] pre')].map(each => each.textContent),
    ['x = 2', 'y = 1']
  );
  assert.equal(seen(node, '[data-enablement-clash="k2"] .enb-git-side:first-child p'), 'This side took the cell out.');
  assert.equal(seen(node, '.enb-git-settled summary'), '# Churn');
  assert.match(seen(node, '[role="status"]') ?? '', /^Choose for 2 more cells\./);
  assert.equal(node.querySelector<HTMLButtonElement>('[data-enablement-action="finish-merge"]')?.disabled, true);
});

test('conflicts: both can be kept only where both are there', async t => {
  const { node } = await conflictsOf(t, conflicts());
  const ways = (key: string): (string | null)[] =>
    all(node, `[data-enablement-clash="${key}"] input`, 'data-enablement-action');
  await until(() => openIn(node) === '2');
  assert.deepEqual(ways('k1'), ['keep-mine', 'keep-theirs', 'keep-both']);
  assert.deepEqual(ways('k2'), ['keep-mine', 'keep-theirs']);
  assert.deepEqual(
    [...node.querySelectorAll('[data-enablement-clash="k2"] .enb-git-choices span')].map(each => each.textContent),
    ['Take it out, as I did', 'Keep theirs']
  );
});

test('conflicts: a choice is marked, the last one frees the button, and what was chosen is sent', async t => {
  const { node, server, done } = await conflictsOf(t, conflicts());
  await until(() => openIn(node) === '2');
  await press(node, '[data-enablement-clash="k1"] [data-enablement-action="keep-both"]');
  await until(() => openIn(node) === '1');
  assert.equal(node.querySelectorAll('[data-enablement-choice="both"] .enb-git-side.enb-mod-chosen').length, 2);
  assert.equal(seen(node, '[data-enablement-clash="k1"] legend'), 'Chosen');
  assert.equal(seen(node, '[data-enablement-clash="k2"] legend'), 'Choose');
  await press(node, '[data-enablement-clash="k2"] [data-enablement-action="keep-theirs"]');
  await until(() => openIn(node) === '0');
  assert.equal(seen(node, '[role="status"]'), 'Everything is chosen. Press Finish.');
  assert.deepEqual(
    [...node.querySelectorAll('[data-enablement-clash="k2"] .enb-mod-chosen strong')].map(each => each.textContent),
    ['Theirs']
  );
  await press(node, '[data-enablement-action="finish-merge"]');
  await until(() => done.length === 1);
  assert.deepEqual((server.bodies('POST git/clashes')[0] as { choices: unknown }).choices, {
    'work/a.ipynb': { k1: 'both', k2: 'theirs' }
  });
});

test('conflicts: a notebook can be theirs as a whole, and back', async t => {
  const { node } = await conflictsOf(t, conflicts());
  await until(() => openIn(node) === '2');
  await press(node, '[data-enablement-field="aside"]');
  await until(() => openIn(node) === '0');
  assert.equal(node.querySelector('[data-enablement-clash]'), null);
  await press(node, '[data-enablement-field="aside"]');
  await until(() => openIn(node) === '2');
});

test('conflicts: a refusal keeps the choices and is said; nothing left is said, too', async t => {
  const { node, server } = await conflictsOf(t, conflicts());
  await until(() => openIn(node) === '2');
  server.on('POST git/clashes', () => problem('git-setup-refused', 409));
  await press(node, '[data-enablement-field="aside"]');
  await until(() => openIn(node) === '0');
  await press(node, '[data-enablement-action="finish-merge"]');
  await until(() => node.querySelector('[data-enablement-error="git-setup-refused"]') !== null);
  assert.equal(openIn(node), '0');
  server.on('GET git/clashes', { ...conflicts(), notebooks: [] });
  await press(node, '[data-enablement-action="retry"]');
  await until(() => node.textContent.includes('There is nothing left to settle.'));
  assert.equal(node.querySelector('[data-enablement-action="finish-merge"]'), null);
});
