import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ICellDifference, IDifferenceLine } from '../src/contract';
import { cellStandingLabel, findingLabel, outputStandingLabel } from '../src/document/changes/labels';
import { pictureOf } from '../src/document/changes/pictures';
import { folded, hasChangedLines, numbered, sourceOf, unified } from '../src/document/changes/rows';
import { plainText } from '../src/plainName';
import { english as trans } from './english';

const LINES: IDifferenceLine[] = [
  'import pandas',
  { old: ['x = ', '1'], new: ['x = ', '2'] },
  { old: ['gone'], new: null },
  { old: null, new: ['come'] },
  'end'
];

test('lines are numbered on both sides, and each side can be read out of them', () => {
  const rows = numbered(LINES);
  assert.deepEqual(
    rows.map(row => [row.kind, row.old?.number ?? 0, row.new?.number ?? 0]),
    [
      ['same', 1, 1],
      ['changed', 2, 2],
      ['removed', 3, 0],
      ['added', 0, 3],
      ['same', 4, 4]
    ]
  );
  assert.equal(sourceOf(LINES, 'old'), 'import pandas\nx = 1\ngone\nend');
  assert.equal(sourceOf(LINES, 'new'), 'import pandas\nx = 2\ncome\nend');
  assert.deepEqual([hasChangedLines(LINES), hasChangedLines(['a']), hasChangedLines(null)], [true, false, true]);
});

test('equal lines far from a change are folded until they are opened', () => {
  const far = Array.from({ length: 20 }, (_, at) => `line ${String(at)}`);
  const rows = numbered([...far, ...LINES.slice(1, 2), ...far]);
  const shown = folded(rows, new Set());
  assert.deepEqual(
    shown.flatMap(row => (row.kind === 'fold' ? [[row.first, row.count]] : [])),
    [
      [0, 17],
      [24, 17]
    ]
  );
  assert.equal(shown.length, 9);
  assert.equal(folded(rows, new Set([0])).length, 9 + 16);
  assert.equal(folded(numbered(['a', 'b', 'c']), new Set()).length, 1);
});

test('in one column what is gone stands before what is new', () => {
  assert.deepEqual(
    unified(folded(numbered(LINES), new Set())).map(row => row.kind),
    ['same', 'removed', 'removed', 'added', 'added', 'same']
  );
});

test('what happened to a cell and an output is said in words', () => {
  const cell = { standing: 'changed', old: 1, new: 2, count: 1, lines: ['x'], outputs: [] } as ICellDifference;
  assert.equal(cellStandingLabel({ ...cell, moved: true }, trans), 'moved');
  assert.equal(cellStandingLabel({ ...cell, moved: true, lines: LINES }, trans), 'moved and changed');
  assert.equal(cellStandingLabel({ ...cell, lines: LINES }, trans), 'changed');
  assert.equal(cellStandingLabel({ ...cell, attachments: true }, trans), 'changed beside its source');
  assert.equal(cellStandingLabel({ ...cell, standing: 'removed' }, trans), 'gone');
  const output = { standing: 'equivalent' as const, old: 0, new: 0, table: null };
  const same = { kind: 'same', form: '', facts: { step: 'text' } };
  assert.match(outputStandingLabel({ ...output, findings: [same] }, trans), /but for times/);
  assert.match(outputStandingLabel({ ...output, findings: [] }, trans), /but for how it is written/);
  const number = { kind: 'number', form: 'text/plain', facts: { old: '0.91', new: '0.87' } };
  assert.equal(findingLabel(number, trans), '0.91 became 0.87');
  const picture = { kind: 'picture', form: 'image/png', facts: { changed: 30, size: [10, 100] } };
  assert.equal(findingLabel(picture, trans), '3.0 % of the picture differs.');
  assert.equal(findingLabel({ ...picture, facts: { not_looked_at: true } }, trans), 'The picture is another.');
  assert.equal(findingLabel({ ...picture, kind: 'of a newer service' }, trans), null);
});

test('a picture is shown out of its own bytes or not at all', () => {
  const output = { output_type: 'display_data' as const, cut: [] };
  assert.equal(pictureOf({ ...output, data: { 'image/png': 'QUJD\n' } }), 'data:image/png;base64,QUJD');
  assert.match(
    pictureOf({ ...output, data: { 'image/svg+xml': '<svg/>' } }) ?? '',
    /^data:image\/svg\+xml;charset=utf-8,%3Csvg/
  );
  assert.equal(pictureOf({ ...output, data: { 'image/png': '" onerror="alert(1)' } }), null);
  assert.equal(pictureOf({ ...output, data: { 'text/html': '<img src="https://x">' } }), null);
  assert.equal(pictureOf(undefined), null);
});

test('marks that reverse a line are shown instead of acting', () => {
  assert.equal(plainText('if\u202e admin:\t1'), 'if\ufffd admin:\t1');
});
