/** The words of the send dialog for the lab server's codes. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { CandidateProblem, IFileUse, IMissingFile } from '../contract';
import { labelOf } from '../labels';
import { plainName } from '../plainName';

/** Why a file is offered, e.g. "imported in cell 2 as `features`". */
export function fileUseLabel({ code, facts }: IFileUse, trans: TranslationBundle): string {
  const where = place(facts, trans);
  const labels: Record<IFileUse['code'], string> = {
    imported: trans.__('imported in %1 as `%2`', where, plainName(facts.module ?? '')),
    read: trans.__('read in %1 by `%2`', where, plainName(facts.by ?? '')),
    run: trans.__('run in %1', where),
    named: trans.__('named in %1', where),
    written: trans.__('written by the notebook itself')
  };
  return labelOf(labels, code);
}

/** Why a path will not be there for others. */
export function missingLabel({ code, facts }: Omit<IMissingFile, 'path'>, trans: TranslationBundle): string {
  const where = place(facts, trans);
  const labels: Record<IMissingFile['code'], string> = {
    absolute: trans.__('an absolute path, in %1: nobody else has it there; use one relative to the notebook', where),
    outside: trans.__('outside of your home, in %1: it cannot be sent', where),
    gone: trans.__('read in %1, and not there', where)
  };
  return labelOf(labels, code);
}

/** Why a file cannot be sent. */
export function candidateProblem({ code, facts }: CandidateProblem, trans: TranslationBundle): string {
  const path = plainName(facts.path ?? '');
  const labels: Record<CandidateProblem['code'], string> = {
    'not-relative': trans.__('%1 is not a relative path.', path),
    'control-characters': trans.__('%1 has control characters in its name.', path),
    backslash: trans.__('%1 has a backslash or a drive letter.', path),
    'not-normal': trans.__('%1 is not in Unicode normal form C.', path),
    'not-on-windows': trans.__('%1 has a name that Windows cannot hold. Rename it.', path),
    'odd-part': trans.__('%1 has an empty, “.” or “..” part.', path),
    'in-git': trans.__('%1 is inside a Git folder.', path),
    'too-long': trans.__('%1 is too long.', path),
    'too-large': trans.__('It is larger than %1 bytes.', facts.bytes ?? '')
  };
  return labelOf(labels, code);
}

function place({ cell, file }: IFileUse['facts'], trans: TranslationBundle): string {
  return cell === undefined ? plainName(file ?? '') : trans.__('cell %1', cell);
}
