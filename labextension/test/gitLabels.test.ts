/** The words about Git: a sentence for every code, and a code of a newer server instead of a crash. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IGitPlan, IGitRefusal, IGitStep, IGitVersion, IHeldFile, SecretRule } from '../src/contract';
import { ApiError } from '../src/errors';
import {
  gitErrorSentence,
  isHandsOff,
  isRepairable,
  refusalOf,
  heldSentence,
  planStepIdea,
  planStepLabel,
  progressLabel,
  refusalSentence,
  summaryLabel
} from '../src/git/labels';
import { english } from './english';

type PlanStep = IGitPlan['steps'][number];

const said = (key: PlanStep['key'], facts: PlanStep['facts'] = {}): [string, string] => {
  const step = { key, facts, done: false };
  return [planStepLabel(step, english), planStepIdea(step, english)];
};

test('a step of the set-up says what is done and the idea behind it', () => {
  assert.deepEqual(said('configure'), [
    'Tell Git who you are, and where to ask for a key when it needs one.',
    'One line is added to ~/.gitconfig. No password is stored: a key is made when needed and ends by itself.'
  ]);
  assert.deepEqual(said('forge'), [
    "Make a place for this folder's versions on the server.",
    'Whoever it belongs to sees what is pushed there, and it stays when your own server is gone.'
  ]);
  const prepare = 'A repository is a folder whose versions are kept, in a hidden folder named .git.';
  assert.deepEqual(said('prepare', { existing: false }), ['Start keeping versions in this folder.', prepare]);
  assert.deepEqual(said('prepare', { existing: true }), [
    'Connect the repository that is here with its place.',
    prepare
  ]);
  assert.deepEqual(said('push'), [
    'Copy the versions to the server.',
    'To push is to copy versions that are here to their place on the server.'
  ]);
  assert.deepEqual(said('verify'), ['Look whether they arrived.', 'The server is asked which version it has.']);
});

test('the first version and later ones, with one file and with more', () => {
  const commit = (files: number, first: boolean): string => said('commit', { files, first })[0];
  assert.equal(commit(1, true), 'Keep a first version of 1 file.');
  assert.equal(commit(3, true), 'Keep a first version of 3 files.');
  assert.equal(commit(0, false), 'Keep a version of 0 files.');
  assert.equal(commit(1, false), 'Keep a version of 1 file.');
  assert.equal(
    said('commit')[1],
    'A commit is a version of your files with a sentence about it. Results of notebook cells stay out of it.'
  );
});

test('what happens right now', () => {
  const keys: IGitStep['key'][] = ['commit', 'push', 'verify', 'fetch', 'join'];
  assert.deepEqual(
    keys.map(key => progressLabel(key, english)),
    [
      'Keep a version of what changed.',
      'Copy the versions to the server.',
      'Look whether they arrived.',
      'Ask the server what is new.',
      'Bring both together.'
    ]
  );
});

const REFUSALS: [IGitRefusal, string][] = [
  [{ code: 'no-git', facts: {} }, 'This image has no Git. Start a server with an image that has it.'],
  [{ code: 'no-folder', facts: {} }, 'This folder is not there, or not in your home.'],
  [
    { code: 'home', facts: {} },
    'This is your home itself. Put the work into a folder of its own, then set up Git there.'
  ],
  [
    { code: 'name', facts: {} },
    "The folder's name has characters that other tools stumble over. Give it a plain name."
  ],
  [{ code: 'inside', facts: {} }, 'A folder above this one is under Git already; this folder belongs to it.'],
  [
    { code: 'nested', facts: { repository: 'sub/old' } },
    'There is a repository inside this folder: sub/old. Move it elsewhere first.'
  ],
  [
    { code: 'nested', facts: { repository: null } },
    'There is a repository inside this folder: one with an odd name. Move it elsewhere first.'
  ],
  [
    { code: 'odd', facts: { shape: 'elsewhere' } },
    'This repository is kept in another place. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'borrows' } },
    'This repository uses files of another one. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'unreadable' } },
    'The settings of this repository cannot be read. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'detached' } },
    'No branch is checked out here: an earlier version is being looked at. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'submodules' } },
    'This repository has other repositories in it (submodules). It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'worktrees' } },
    'This repository has more than one working folder (worktrees). It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'converted', filter: 'lfs', path: 'data/model.bin' } },
    'Files are changed by “lfs” on their way into a version here, data/model.bin for one. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'sparse' } },
    'Only a part of the files of this repository is here. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'shallow' } },
    'Only the newest versions of this repository are here, not its whole history. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'partial' } },
    'Some contents of this repository are not here but fetched when they are needed. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'signed' } },
    'Versions of this repository are to be signed. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'branch', branch: 'mine' } },
    'The branch mine goes to the server under another name. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'setting', setting: 'gpg.program' } },
    'This repository has a setting that is not known here: gpg.program. It is left alone; the Git panel and the terminal are for it.'
  ],
  [
    { code: 'odd', facts: { shape: 'locked', lock: 'index.lock', held: 'running' } },
    'Git is at work here right now. Try again when it has finished.'
  ],
  [
    { code: 'odd', facts: { shape: 'locked', lock: 'index.lock', held: 'nobody' } },
    'A Git that was stopped has left a lock here (index.lock). Open “Set up Git…” and press Repair.'
  ],
  [
    { code: 'odd', facts: { shape: 'locked', lock: 'index.lock', held: 'unknown' } },
    'There is a lock here (index.lock). Where no Git is at work in this folder, on another server either, open “Set up Git…” and press Repair.'
  ],
  [
    { code: 'busy', facts: { operation: 'rebase' } },
    'Something was begun here with Git that is not finished: a rebase. Finish it where it was begun, in the Git panel or the terminal; “git rebase --abort” in the terminal takes it back.'
  ],
  [
    { code: 'busy', facts: { operation: 'bisect' } },
    'Something was begun here with Git that is not finished: a bisect. Finish it where it was begun, in the Git panel or the terminal; “git bisect reset” in the terminal takes it back.'
  ],
  [
    { code: 'busy', facts: { operation: 'merge' } },
    'In this folder two sides are being brought together (a merge), and that is not finished. Press “Finish bringing together” at the bottom of the window.'
  ],
  [
    { code: 'other-remote', facts: {} },
    'This repository is published somewhere else already. It is left alone; the Git panel and the terminal are for it.'
  ],
  [{ code: 'unwritable', facts: {} }, 'This folder, or your home, cannot be written to.'],
  [{ code: 'no-space', facts: {} }, 'There is too little space left in your home.'],
  [
    { code: 'git-config', facts: { file: '~/.gitconfig', problem: 'broken', line: 3 } },
    'Git does not understand your configuration: line 3 of ~/.gitconfig. Correct it there first.'
  ],
  [
    { code: 'git-config', facts: { file: '~/.gitconfig', problem: 'broken' } },
    'Git does not understand your configuration: ~/.gitconfig. Correct it there first.'
  ],
  [
    { code: 'git-config', facts: { file: '~/.gitconfig', problem: 'unreadable' } },
    'Your configuration of Git cannot be read: ~/.gitconfig.'
  ],
  [
    { code: 'git-config', facts: { file: '~/.config', problem: 'unwritable' } },
    'One line has to be added for Git, and that cannot be done: ~/.config cannot be written to.'
  ],
  [
    { code: 'git-config', facts: { file: 'GIT_CONFIG_GLOBAL', problem: 'ignored' } },
    'Git is told to read no configuration of yours here (GIT_CONFIG_GLOBAL).'
  ]
];

test('every refusal is a sentence, in the plan and as an error', () => {
  for (const [refusal, sentence] of REFUSALS) {
    assert.equal(refusalSentence(refusal, english), sentence);
    const facts = { refusals: [refusal, { code: 'no-space', facts: {} }] };
    const error = new ApiError({ code: 'git-setup-refused', detail: 'Not here.', status: 409, facts });
    assert.equal(gitErrorSentence(error, english), sentence);
  }
});

test('an error without refusals is said as everywhere', () => {
  const error = (facts?: Record<string, unknown>): ApiError =>
    new ApiError({ code: 'git-failed', detail: 'Git could not do this.', status: 503, facts });
  for (const facts of [undefined, {}, { refusals: [] }, { refusals: [null] }, { refusals: [{ code: 'x' }] }]) {
    assert.equal(gitErrorSentence(error(facts), english), 'Git could not do this.');
  }
  assert.equal(gitErrorSentence(new TypeError('x'), english), 'Something went wrong: x');
});

test('a file that stays out says why', () => {
  const why = (code: IHeldFile['code'], facts: IHeldFile['facts'] = {}): string =>
    heldSentence({ path: 'a', code, facts }, english);
  assert.equal(why('name'), 'Its name has characters that other tools stumble over; give it a plain name.');
  assert.equal(why('keys'), 'It is a kind of file that holds keys or passwords.');
  assert.equal(why('data'), 'It is data: Git keeps every version for ever, so data stays where it is.');
  assert.equal(why('kind'), 'It is not a kind of file that holds work; add it yourself if it should go in.');
  assert.equal(why('size', { megabytes: 5 }), 'It is larger than 5 MB.');
  assert.equal(why('credential', { rule: 'aws-access-key' }), 'It looks as if it holds a secret: an AWS access key id');
  assert.equal(why('credential', { rule: 'password' }), 'It looks as if it holds a secret: a password written out');
  assert.equal(why('link'), 'It is a link to another place.');
  assert.equal(why('unreadable'), 'It cannot be read.');
  assert.equal(
    why('count', { limit: 5000, others: 7 }),
    'There are more than 5000 files here; this one and 7 others stay out for now.'
  );
  const results = (cause: IHeldFile['facts']['why']): string => why('results', { why: cause });
  assert.equal(
    results('conflict-marks'),
    'Its results cannot be taken out: a merge left both sides in it; choose one.'
  );
  assert.deepEqual(
    (['not-utf8', 'not-json', 'not-a-notebook', 'old-format', 'doubled-name', 'number', 'too-deep'] as const).map(
      cause => results(cause).slice('Its results cannot be taken out: '.length)
    ),
    [
      'it is not written in UTF-8.',
      'it is cut off or damaged.',
      'it is no notebook inside.',
      'its format is an old one; open it in JupyterLab and save it.',
      'it says something twice.',
      'it has a number that is too large.',
      'it is nested too deeply.'
    ]
  );
});

test('a version says what it changed', () => {
  const summary = (code: IGitVersion['summary']['code'], changed = 0, added = 0, removed = 0): string =>
    summaryLabel({ code, facts: code === 'cells' ? { changed, added, removed } : {} }, english);
  assert.deepEqual(
    (['new', 'removed', 'changed', 'unchanged', 'settings'] as const).map(code => summary(code)),
    ['New', 'Taken out', 'Changed', 'No change', 'Only settings of the notebook']
  );
  assert.equal(summary('cells', 2, 1), '2 cells changed, 1 added');
  assert.equal(summary('cells', 1, 1, 3), '1 cell changed, 1 added, 3 removed');
  assert.equal(summary('cells', 0, 1), '1 cell added');
  assert.equal(summary('cells', 0, 2, 1), '2 cells added, 1 removed');
  assert.equal(summary('cells', 0, 0, 1), '1 cell removed');
});

test('a code that only a newer server knows is shown as it is', () => {
  assert.deepEqual(said('polish' as PlanStep['key']), ['polish', '']);
  assert.equal(progressLabel('polish' as IGitStep['key'], english), 'polish');
  assert.equal(refusalSentence({ code: 'full-moon' as IGitRefusal['code'], facts: {} }, english), 'full-moon');
  assert.equal(
    refusalSentence({ code: 'odd', facts: { shape: 'huge' as 'borrows' } }, english),
    'huge It is left alone; the Git panel and the terminal are for it.'
  );
  assert.equal(heldSentence({ path: 'a', code: 'mood' as 'link', facts: {} }, english), 'mood');
  const rule = 'new-token' as SecretRule;
  assert.equal(
    heldSentence({ path: 'a', code: 'credential', facts: { rule } }, english),
    'It looks as if it holds a secret: new-token'
  );
  assert.equal(summaryLabel({ code: 'renamed' as 'new', facts: {} }, english), 'renamed');
});

test('what the Git panel is offered for, and what a repair removes', () => {
  const odd = (facts: IGitRefusal['facts']): IGitRefusal => ({ code: 'odd', facts });
  const dead = odd({ shape: 'locked', held: 'nobody' });
  const held = odd({ shape: 'locked', held: 'running' });
  const left = [odd({ shape: 'converted' }), { code: 'busy', facts: {} }, { code: 'other-remote', facts: {} }] as const;
  assert.deepEqual([...left, dead, held, { code: 'home', facts: {} } as const].map(isHandsOff), [
    ...[true, true, true],
    ...[false, false, false]
  ]);
  assert.deepEqual(
    [isRepairable([dead]), isRepairable([held]), isRepairable([...left]), isRepairable([])],
    [true, false, false, false]
  );
  const error = new ApiError({ code: 'git-setup-refused', detail: 'No.', status: 409, facts: { refusals: [dead] } });
  assert.deepEqual([refusalOf(error), refusalOf(new Error('x'))], [dead, null]);
});
