/** The words of the send dialog: one for every code, and the code itself where a newer server says another one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CandidateProblem, IFileUse, IMissingFile } from '../src/contract';
import { candidateProblem, missingLabel, fileUseLabel } from '../src/send/labels';
import { english } from './english';

const use = (code: IFileUse['code'], facts: IFileUse['facts'] = {}): string => fileUseLabel({ code, facts }, english);
const missing = (code: IMissingFile['code'], facts: IMissingFile['facts']): string =>
  missingLabel({ code, facts }, english);
const problem = (code: CandidateProblem['code'], facts: CandidateProblem['facts']): string =>
  candidateProblem({ code, facts }, english);

test('a file says how it is used, in a cell or in another file', () => {
  assert.equal(use('imported', { cell: 2, module: 'features' }), 'imported in cell 2 as `features`');
  assert.equal(use('imported', { file: 'train.py', module: '.deep.net' }), 'imported in train.py as `.deep.net`');
  assert.equal(use('read', { cell: 3, by: 'read_csv' }), 'read in cell 3 by `read_csv`');
  assert.equal(use('run', { cell: 1 }), 'run in cell 1');
  assert.equal(use('named', { cell: 1 }), 'named in cell 1');
  assert.equal(use('written'), 'written by the notebook itself');
});

test('a path that will not be there says why', () => {
  assert.equal(
    missing('absolute', { cell: 1 }),
    'an absolute path, in cell 1: nobody else has it there; use one relative to the notebook'
  );
  assert.equal(missing('outside', { cell: 2 }), 'outside of your home, in cell 2: it cannot be sent');
  assert.equal(missing('gone', { file: 'features.py' }), 'read in features.py, and not there');
});

test('a file that cannot be sent says why', () => {
  assert.equal(problem('too-large', { bytes: 268435456 }), 'It is larger than 268435456 bytes.');
  const said: [CandidateProblem['code'], string][] = [
    ['not-relative', 'a is not a relative path.'],
    ['control-characters', 'a has control characters in its name.'],
    ['backslash', 'a has a backslash or a drive letter.'],
    ['not-normal', 'a is not in Unicode normal form C.'],
    ['not-on-windows', 'a has a name that Windows cannot hold. Rename it.'],
    ['odd-part', 'a has an empty, “.” or “..” part.'],
    ['in-git', 'a is inside a Git folder.'],
    ['too-long', 'a is too long.']
  ];
  for (const [code, sentence] of said) {
    assert.equal(problem(code, { path: 'a' }), sentence);
  }
});

test('a code that only a newer server knows is shown as it is', () => {
  assert.equal(use('guessed' as 'named', {}), 'guessed');
  assert.equal(missing('moved' as 'gone', {}), 'moved');
  assert.equal(problem('locked' as 'too-long', {}), 'locked');
});
