/** What checks find, before sending and in the review: what stops it, what can be put right, and reasons for going on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import { FindingList, TakenOut } from '../src/checks/findingList';
import type { IFinding, IPreflight } from '../src/contract';
import { PreflightSection } from '../src/send/preflight';
import { english } from './english';
import { silence, until } from './fakeServer';
import { file, made } from './sendFixtures';

function finding(change: Partial<IFinding> = {}): IFinding {
  return {
    code: 'order.never-run',
    level: 'warn',
    cell: 2,
    cell_id: 'b',
    line: null,
    facts: {},
    sentence: 'Cell 2 was never run.',
    remedy: 'Run it.',
    fix: null,
    overridable: false,
    override: '',
    ...change
  };
}

function found(...findings: IFinding[]): IPreflight {
  return { policy: 'r1', findings, taken_out: [], content: null };
}

const BLOCK = finding({ level: 'block', overridable: true });

function shown(element: React.ReactElement): Document {
  return new DOMParser().parseFromString(renderToStaticMarkup(element), 'text/html');
}

test('what is chosen is checked again, and the last answer wins', async t => {
  const { lab, begin } = await made(t, { files: [file('a.csv'), file('b.csv', { selected: false })] });
  const model = begin();
  await model.load();
  await until(() => !model.checking);
  model.tick('b.csv', true);
  await until(() => !model.checking);
  const asked = lab.server.bodies('POST preflight') as { files: string[] }[];
  assert.deepEqual(
    asked.map(each => each.files),
    [['a.csv'], ['a.csv', 'b.csv']]
  );
});

test('checks that cannot be asked keep nobody from sending', async t => {
  const { lab, begin, sent } = await made(t);
  lab.server.on('POST preflight', silence);
  const model = begin();
  await model.load();
  await until(() => !model.checking);
  assert.deepEqual([model.preflight, model.stopping], [null, []]);
  await model.send();
  assert.equal(model.phase, 'sent');
  assert.equal('overrides' in (sent()[0] ?? {}), false);
});

test('what stops it stops until there is a reason, and the reason is sent', async t => {
  const { lab, begin, sent } = await made(t);
  const hard = finding({ code: 'secrets.found', level: 'block', cell: null });
  lab.server.on('POST preflight', found(BLOCK, BLOCK, hard, finding()));
  const model = begin();
  await model.load();
  await until(() => model.preflight !== null);
  assert.equal(model.stopping.length, 3);
  model.override(BLOCK, '  It takes a day. ');
  model.override(hard, 'Never mind.');
  assert.deepEqual(model.stopping, [hard]);
  await model.send();
  assert.deepEqual(sent()[0]?.overrides, [{ check: 'order.never-run', cell: 2, reason: 'It takes a day.' }]);
});

test('what is said to be no secret stops it no longer, here and in the list', async t => {
  const { lab, begin } = await made(t);
  const place = { where: 'cell 2', rule: 'url-password' };
  const secret = finding({ code: 'secrets.found', level: 'block', line: 3, facts: { ...place, hint: 'a password' } });
  const other = { ...secret, line: 4 };
  lab.server.on('POST preflight', found(secret, other));
  const model = begin();
  await model.load();
  await until(() => model.preflight !== null);
  model.dispute({ ...place, line: 3, disputable: true }, ' ');
  assert.equal(model.stopping.length, 2, 'without a reason it is not sent');
  model.dispute({ ...place, line: 3, disputable: true }, 'A public sample.');
  assert.deepEqual(model.stopping, [other]);
  const form = shown(createElement(PreflightSection, { model, trans: english, onShow: () => undefined }));
  assert.match(form.body.textContent, /1 finding stops/);
  assert.deepEqual(
    [...form.querySelectorAll('.enb-chip')].map(chip => chip.textContent),
    ['With a reason', 'Stops it']
  );
});

test('the form has the findings with what can be done about each', async t => {
  const { lab, begin } = await made(t, { files: [file('near.py', { selected: false })] });
  const add = finding({ code: 'imports.not-sent', fix: 'add-file', facts: { file: 'near.py' } });
  const clear = finding({ code: 'outputs.error', fix: 'clear-output' });
  const other = finding({ code: 'inputs.not-sent', fix: 'add-file', facts: { file: 'elsewhere.csv' } });
  lab.server.on('POST preflight', found(BLOCK, add, clear, other));
  const model = begin();
  await model.load();
  await until(() => model.preflight !== null);
  const props = { model, trans: english, onShow: () => undefined };
  const page = shown(createElement(PreflightSection, props));
  const hooks = (code: string): (string | null)[] =>
    [...page.querySelectorAll(`[data-enablement-finding="${code}"] [data-enablement-action]`)].map(each =>
      each.getAttribute('data-enablement-action')
    );
  assert.deepEqual(hooks('imports.not-sent'), ['show-finding', 'fix-add-file']);
  // The notebook is not open, and the other file is none that can be sent.
  assert.deepEqual([hooks('outputs.error'), hooks('inputs.not-sent')], [['show-finding'], ['show-finding']]);
  assert.ok(page.querySelector('[data-enablement-reason="order.never-run"]'));
  assert.match(page.body.textContent, /1 finding stops the sending/);
});

test('the list: facts are folded, reasons are read, the sixth is the last at first', () => {
  const many = Array.from({ length: 8 }, () => finding());
  const fact = finding({ code: 'inputs.file', level: 'allow', sentence: 'Cell 1 reads a.csv.' });
  const overridden = finding({ level: 'block', override: 'It takes a day.' });
  const page = shown(createElement(FindingList, { findings: [overridden, ...many, fact], trans: english }));
  assert.equal(page.querySelectorAll('[data-enablement-level="warn"]').length > 0, true);
  assert.equal(page.querySelectorAll('.enb-finding-list > [data-enablement-finding="order.never-run"]').length, 6);
  assert.match(page.querySelector('[data-enablement-override]')?.textContent ?? '', /It takes a day/);
  assert.equal(page.querySelector('details[data-enablement-facts="1"] li')?.textContent, 'Cell 1 reads a.csv.');
  assert.ok(page.querySelector('[data-enablement-action="show-all-findings"]'));
});

test('what was taken out is told, and nothing where nothing was', () => {
  const items = [
    { cell: 3, output: 1, mime: 'image/png', bytes: 2048, kept: 0 },
    { cell: 4, output: 1, mime: 'stream', bytes: 5000, kept: 1000 }
  ];
  const page = shown(createElement(TakenOut, { items, trans: english, sent: true }));
  assert.match(page.body.textContent, /2 outputs were taken out/);
  assert.match(page.body.textContent, /Cell 3: image\/png/);
  assert.match(page.body.textContent, /Cell 4: what was printed.*are kept/);
  assert.equal(renderToStaticMarkup(createElement(TakenOut, { items: [], trans: english, sent: false })), '');
});
