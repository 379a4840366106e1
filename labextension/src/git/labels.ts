/** The words about Git for the lab server's codes, for people who know no Git. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IGitPlan, IGitRefusal, IGitStep, IGitVersion, IHeldFile } from '../contract';
import { ApiError } from '../errors';
import { errorSentence, labelOf } from '../labels';
import { plainName } from '../plainName';
import { secretLabel } from '../secretLabels';

type PlanStep = IGitPlan['steps'][number];
type Shape = NonNullable<IGitRefusal['facts']['shape']>;

/** What a step of the set-up does. */
export function planStepLabel({ key, facts }: PlanStep, trans: TranslationBundle): string {
  const labels: Record<PlanStep['key'], string> = {
    configure: trans.__('Tell Git who you are, and where to ask for a key when it needs one.'),
    forge:
      facts.shared === true
        ? trans.__(
            'Use the repository of this name that your group has already. Files of it that are not here come here; yours stay as they are.'
          )
        : trans.__("Make a place for this folder's versions on the server."),
    prepare:
      facts.existing === true
        ? trans.__('Connect the repository that is here with its place.')
        : trans.__('Start keeping versions in this folder.'),
    commit:
      facts.first === true
        ? trans._n('Keep a first version of %1 file.', 'Keep a first version of %1 files.', facts.files ?? 0)
        : trans._n('Keep a version of %1 file.', 'Keep a version of %1 files.', facts.files ?? 0),
    push: trans.__('Copy the versions to the server.'),
    verify: trans.__('Look whether they arrived.')
  };
  return labelOf(labels, key);
}

/** The idea behind a step of the set-up; an empty text where it is not known here. */
export function planStepIdea({ key }: PlanStep, trans: TranslationBundle): string {
  const ideas: Record<PlanStep['key'], string> = {
    configure: trans.__(
      'One line is added to ~/.gitconfig. No password is stored: a key is made when needed and ends by itself.'
    ),
    forge: trans.__('Whoever it belongs to sees what is pushed there, and it stays when your own server is gone.'),
    prepare: trans.__('A repository is a folder whose versions are kept, in a hidden folder named .git.'),
    commit: trans.__(
      'A commit is a version of your files with a sentence about it. Results of notebook cells stay out of it.'
    ),
    push: trans.__('To push is to copy versions that are here to their place on the server.'),
    verify: trans.__('The server is asked which version it has.')
  };
  const known: Partial<Record<string, string>> = ideas;
  return known[key] ?? '';
}

/** What happens right now, while a version is saved or colleagues' changes are fetched. */
export function progressLabel(key: IGitStep['key'], trans: TranslationBundle): string {
  const labels: Record<IGitStep['key'], string> = {
    configure: trans.__('Tell Git who you are, and where to ask for a key when it needs one.'),
    forge: trans.__("Make a place for this folder's versions on the server."),
    prepare: trans.__('Start keeping versions in this folder.'),
    commit: trans.__('Keep a version of what changed.'),
    push: trans.__('Copy the versions to the server.'),
    verify: trans.__('Look whether they arrived.'),
    fetch: trans.__('Ask the server what is new.'),
    join: trans.__('Bring both together.')
  };
  return labelOf(labels, key);
}

/** Why nothing is set up. */
export function refusalSentence({ code, facts }: IGitRefusal, trans: TranslationBundle): string {
  const labels: Record<IGitRefusal['code'], string> = {
    'no-git': trans.__('This image has no Git. Start a server with an image that has it.'),
    'no-folder': trans.__('This folder is not there, or not in your home.'),
    home: trans.__('This is your home itself. Put the work into a folder of its own, then set up Git there.'),
    name: trans.__("The folder's name has characters that other tools stumble over. Give it a plain name."),
    inside: trans.__('A folder above this one is under Git already; this folder belongs to it.'),
    nested: trans.__(
      'There is a repository inside this folder: %1. Move it elsewhere first.',
      typeof facts.repository === 'string' ? plainName(facts.repository) : trans.__('one with an odd name')
    ),
    odd: shapeSentence(facts, trans),
    busy: unfinishedSentence(facts.operation ?? '', trans),
    'other-remote': handsOff(trans.__('This repository is published somewhere else already.'), trans),
    unwritable: trans.__('This folder, or your home, cannot be written to.'),
    'no-space': trans.__('There is too little space left in your home.'),
    permission: trans.__(
      'You may not save versions to %1. Nothing was changed. %2',
      plainName(facts.repository ?? ''),
      facts.ask ?? ''
    ),
    'git-config': homeSentence(facts, trans)
  };
  return labelOf(labels, code);
}

/** What was begun with Git and is not finished, and how it is: here for a merge, where it was begun for anything else. */
function unfinishedSentence(operation: string, trans: TranslationBundle): string {
  if (operation === 'merge') {
    return trans.__(
      'In this folder two sides are being brought together (a merge), and that is not finished. Press “Finish bringing together” at the bottom of the window.'
    );
  }
  const back = operation === 'bisect' ? 'git bisect reset' : `git ${operation} --abort`;
  return trans.__(
    'Something was begun here with Git that is not finished: a %1. Finish it where it was begun, in the Git panel or the terminal; “%2” in the terminal takes it back.',
    operation,
    back
  );
}

/** Whether it is a merge that is not finished: that can be finished here. */
export function isMerge({ code, facts }: IGitRefusal): boolean {
  return code === 'busy' && facts.operation === 'merge';
}

/** Why the author's own configuration of Git cannot take the line that is needed. */
function homeSentence({ problem, file, line }: IGitRefusal['facts'], trans: TranslationBundle): string {
  const name = plainName(file ?? '');
  const labels: Record<NonNullable<typeof problem>, string> = {
    broken:
      line === undefined
        ? trans.__('Git does not understand your configuration: %1. Correct it there first.', name)
        : trans.__('Git does not understand your configuration: line %2 of %1. Correct it there first.', name, line),
    unreadable: trans.__('Your configuration of Git cannot be read: %1.', name),
    unwritable: trans.__('One line has to be added for Git, and that cannot be done: %1 cannot be written to.', name),
    ignored: trans.__('Git is told to read no configuration of yours here (%1).', name)
  };
  return labelOf(labels, problem ?? '');
}

/** What about a repository is not understood, and where it can be worked with. */
function shapeSentence(facts: IGitRefusal['facts'], trans: TranslationBundle): string {
  if (facts.shape === 'locked') {
    return lockSentence(facts, trans);
  }
  const name = (text: string | undefined): string => plainName(text ?? '');
  const labels: Record<Exclude<Shape, 'locked' | 'operation' | 'other-remote'>, string> = {
    elsewhere: trans.__('This repository is kept in another place.'),
    borrows: trans.__('This repository uses files of another one.'),
    unreadable: trans.__('The settings of this repository cannot be read.'),
    detached: trans.__('No branch is checked out here: an earlier version is being looked at.'),
    submodules: trans.__('This repository has other repositories in it (submodules).'),
    worktrees: trans.__('This repository has more than one working folder (worktrees).'),
    converted: trans.__(
      'Files are changed by “%1” on their way into a version here, %2 for one.',
      name(facts.filter),
      name(facts.path)
    ),
    sparse: trans.__('Only a part of the files of this repository is here.'),
    shallow: trans.__('Only the newest versions of this repository are here, not its whole history.'),
    partial: trans.__('Some contents of this repository are not here but fetched when they are needed.'),
    signed: trans.__('Versions of this repository are to be signed.'),
    branch: trans.__('The branch %1 goes to the server under another name.', name(facts.branch)),
    setting: trans.__('This repository has a setting that is not known here: %1.', name(facts.setting))
  };
  return handsOff(labelOf(labels, facts.shape ?? ''), trans);
}

function handsOff(what: string, trans: TranslationBundle): string {
  return trans.__('%1 It is left alone; the Git panel and the terminal are for it.', what);
}

function lockSentence({ lock, held }: IGitRefusal['facts'], trans: TranslationBundle): string {
  const name = plainName(lock ?? '');
  if (held === 'running') {
    return trans.__('Git is at work here right now. Try again when it has finished.');
  }
  return held === 'nobody'
    ? trans.__('A Git that was stopped has left a lock here (%1). Open “Set up Git…” and press Repair.', name)
    : trans.__(
        'There is a lock here (%1). Where no Git is at work in this folder, on another server either, open “Set up Git…” and press Repair.',
        name
      );
}

/** Whether a repair removes what stands in the way. */
export function isRepairable(refusals: readonly IGitRefusal[]): boolean {
  return refusals.some(({ facts }) => facts.shape === 'locked' && facts.held !== 'running');
}

/** The sentence for a failed request; what keeps a folder from being set up is said as in the plan. */
export function gitErrorSentence(error: unknown, trans: TranslationBundle): string {
  const refusal = refusalOf(error);
  return refusal === null ? errorSentence(error, trans) : refusalSentence(refusal, trans);
}

/** Why a button did not act, null where it failed in another way. */
export function refusalOf(error: unknown): IGitRefusal | null {
  const refusals = error instanceof ApiError ? error.facts.refusals : undefined;
  const first: unknown = Array.isArray(refusals) ? refusals[0] : undefined;
  return isRefusal(first) ? first : null;
}

/** Whether the Git panel and the terminal are for it. */
export function isHandsOff({ code, facts }: IGitRefusal): boolean {
  return code === 'busy' || code === 'other-remote' || (code === 'odd' && facts.shape !== 'locked');
}

function isRefusal(value: unknown): value is IGitRefusal {
  const { code, facts } = (value ?? {}) as Partial<IGitRefusal>;
  return typeof code === 'string' && typeof facts === 'object';
}

/** Why a file stays out. */
export function heldSentence({ code, facts }: IHeldFile, trans: TranslationBundle): string {
  const labels: Record<IHeldFile['code'], string> = {
    name: trans.__('Its name has characters that other tools stumble over; give it a plain name.'),
    keys: trans.__('It is a kind of file that holds keys or passwords.'),
    data: trans.__('It is data: Git keeps every version for ever, so data stays where it is.'),
    kind: trans.__('It is not a kind of file that holds work; add it yourself if it should go in.'),
    size: trans.__('It is larger than %1 MB.', facts.megabytes ?? ''),
    credential: trans.__('It looks as if it holds a secret: %1', secretLabel(facts.rule ?? '', trans)),
    link: trans.__('It is a link to another place.'),
    unreadable: trans.__('It cannot be read.'),
    results: resultsSentence(facts.why, trans),
    count: trans.__(
      'There are more than %1 files here; this one and %2 others stay out for now.',
      facts.limit ?? '',
      facts.others ?? ''
    )
  };
  return labelOf(labels, code);
}

/** Why the results of cells would go into a version with this notebook. */
function resultsSentence(why: IHeldFile['facts']['why'], trans: TranslationBundle): string {
  const labels: Record<NonNullable<typeof why>, string> = {
    'not-utf8': trans.__('it is not written in UTF-8'),
    'conflict-marks': trans.__('a merge left both sides in it; choose one'),
    'not-json': trans.__('it is cut off or damaged'),
    'not-a-notebook': trans.__('it is no notebook inside'),
    'old-format': trans.__('its format is an old one; open it in JupyterLab and save it'),
    'doubled-name': trans.__('it says something twice'),
    number: trans.__('it has a number that is too large'),
    'too-deep': trans.__('it is nested too deeply')
  };
  return trans.__('Its results cannot be taken out: %1.', labelOf(labels, why ?? ''));
}

/** What a version changed, e.g. "2 cells changed, 1 added". */
export function summaryLabel({ code, facts }: IGitVersion['summary'], trans: TranslationBundle): string {
  const labels: Record<IGitVersion['summary']['code'], string> = {
    new: trans.__('New'),
    removed: trans.__('Taken out'),
    changed: trans.__('Changed'),
    unchanged: trans.__('No change'),
    cells: cellsLabel(facts, trans),
    settings: trans.__('Only settings of the notebook')
  };
  return labelOf(labels, code);
}

/** The first part says that it counts cells. */
function cellsLabel(
  { changed = 0, added = 0, removed = 0 }: IGitVersion['summary']['facts'],
  trans: TranslationBundle
): string {
  const parts = [
    { count: changed, first: trans._n('%1 cell changed', '%1 cells changed', changed), then: '' },
    {
      count: added,
      first: trans._n('%1 cell added', '%1 cells added', added),
      then: trans._n('%1 added', '%1 added', added)
    },
    {
      count: removed,
      first: trans._n('%1 cell removed', '%1 cells removed', removed),
      then: trans._n('%1 removed', '%1 removed', removed)
    }
  ].filter(part => part.count > 0);
  return parts.map(({ first, then }, index) => (index === 0 ? first : then)).join(', ');
}
