/** Images in plain words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { fileSize } from '../formatting';
import { labelOf } from '../labels';
import type {
  IPackageChange,
  IDrift,
  IServerImage,
  INotebookImage,
  IRecordedImage,
  IRelease,
  ISolverAnswer,
  PackageRequestState
} from '../contract';

/** "Data science 2026.11.0", or the slug where the catalog does not know the title. */
export function releaseName(release: IRelease | null, named: IRecordedImage): string {
  return `${release?.title ?? named.slug} ${release?.release ?? named.release}`;
}

/** A date of the catalog ("2027-06-30") as people write it here. */
export function day(date: string): string {
  const at = new Date(`${date}T12:00:00`);
  return Number.isNaN(at.getTime()) ? date : at.toLocaleDateString(undefined, { dateStyle: 'long' });
}

export function supportWords(release: IRelease, today: Date, trans: TranslationBundle): string {
  if (release.support_end === null) {
    return trans.__('no end of support is set');
  }
  const ended = new Date(`${release.support_end}T23:59:59`) < today;
  return ended
    ? trans.__('support ended on %1', day(release.support_end))
    : trans.__('supported until %1', day(release.support_end));
}

/** Why a release should not be used any more, an empty text where it may. */
export function noticeWords(release: IRelease, trans: TranslationBundle): string {
  if (release.status === 'withdrawn') {
    const why = release.reason === '' ? '' : ` ${trans.__('The reason: %1.', release.reason.replace(/\.$/, ''))}`;
    return trans.__('This release was withdrawn. Servers are no longer started with it.') + why;
  }
  if (release.status === 'deprecated') {
    const until = release.until === null ? '' : ` ${trans.__('It is kept until %1.', day(release.until))}`;
    const instead = release.redirect === null ? '' : ` ${trans.__('Take %1 instead.', release.redirect)}`;
    return trans.__('This release is deprecated.') + until + instead;
  }
  return '';
}

export function kindWords(kind: IPackageChange['kind'], trans: TranslationBundle): string {
  const labels: Record<IPackageChange['kind'], string> = {
    added: trans.__('added'),
    removed: trans.__('removed'),
    major: trans.__('major'),
    minor: trans.__('minor'),
    patch: trans.__('patch')
  };
  return labelOf(labels, kind);
}

/** One line about the image a notebook was made in; an empty text where it recorded none. */
export function madeInWords(found: INotebookImage, trans: TranslationBundle): string {
  const { recorded, compared } = found;
  if (recorded === null || compared === null) {
    return '';
  }
  const made = releaseName(compared.recorded, recorded);
  const here = compared.here === null ? '' : releaseName(compared.here, recorded);
  switch (compared.relation) {
    case 'same':
      return trans.__('Made in the image this server runs, %1.', made);
    case 'newer':
      return trans.__('Made in %1. This server runs a newer release, %2.', made, compared.here?.release ?? '');
    case 'older':
      return trans.__('Made in %1. This server runs an older release, %2.', made, compared.here?.release ?? '');
    case 'different':
      return trans.__('Made in another image, %1. This server runs %2.', made, here);
    case 'withdrawn':
      return trans.__('Made in %1, which was withdrawn.', made);
    default:
      return trans.__('Made in %1, which this hub’s catalog does not have.', made);
  }
}

/** Why the recorded release is not offered any more; an empty text where it is. */
export function insteadWords(found: INotebookImage, trans: TranslationBundle): string {
  const { recorded, instead, here } = found.compared ?? { recorded: null, instead: null, here: null };
  if (recorded === null) {
    return '';
  }
  if (recorded.status === 'withdrawn') {
    return recorded.reason === '' ? '' : trans.__('The reason: %1.', recorded.reason.replace(/\.$/, ''));
  }
  const isHere = instead !== null && instead.image === here?.image && instead.release === here.release;
  return instead === null || isHere ? '' : trans.__('Servers start with %1 in its place.', instead.release);
}

/** How many of the imported packages differ. */
export function differenceWords(found: INotebookImage, trans: TranslationBundle): string {
  const count = found.compared?.changes?.packages.length ?? 0;
  if (found.compared?.changes === null || found.compared === null) {
    return '';
  }
  return count === 0
    ? trans.__('The packages it imports are the same.')
    : trans._n('%1 package it imports differs.', '%1 packages it imports differ.', count);
}

export function driftWords(drift: IDrift, trans: TranslationBundle): string {
  const { name, version, locked, place } = drift;
  const from = place === 'home' ? trans.__('your home') : trans.__('PYTHONPATH');
  switch (drift.kind) {
    case 'shadows':
      return trans.__('%1 %2 from %3 is used in place of %4 of the image', name, version, from, locked);
    case 'replaced':
      return trans.__('%1 %2 was installed over %3 of the image', name, version, locked);
    case 'missing':
      return trans.__('%1 %2 of the image was removed', name, locked);
    default:
      return place === 'image'
        ? trans.__('%1 %2 was installed in addition to the image', name, version)
        : trans.__('%1 %2 from %3 is not in the image', name, version, from);
  }
}

/** What the status bar says behind the image's name; an empty text where all is well. */
export function standingWords(here: IServerImage, trans: TranslationBundle): string {
  const { release } = here;
  if (release?.status === 'withdrawn') {
    return trans.__('withdrawn');
  }
  const parts: string[] = [];
  if (release !== null && release.newer !== null) {
    parts.push(trans.__('%1 available', release.newer.release));
  } else if (release?.status === 'deprecated') {
    parts.push(trans.__('deprecated'));
  }
  if (here.drift_total > 0) {
    parts.push(trans._n('%1 package is not the image’s', '%1 packages are not the image’s', here.drift_total));
  }
  return parts.join(' · ');
}

export function requestStateWords(state: PackageRequestState, trans: TranslationBundle): string {
  const labels: Record<PackageRequestState, string> = {
    requested: trans.__('Asked'),
    accepted: trans.__('Accepted'),
    declined: trans.__('Declined'),
    withdrawn: trans.__('Taken back')
  };
  return labelOf(labels, state);
}

/** What the solver says, in one or two sentences. */
export function solverWords(solver: ISolverAnswer, trans: TranslationBundle): string {
  switch (solver.solved) {
    case 'waiting':
      return trans.__('What it would change is being worked out…');
    case 'unknown':
      return trans.__('It could not be worked out: %1', solver.detail);
    case 'impossible':
      return trans.__('It does not fit beside what is in %1: %2', solver.against, solver.detail);
    default:
      break;
  }
  if (solver.kind === null) {
    return solver.detail;
  }
  const others = solver.changes.length - 1;
  const size = solver.bytes === null ? '' : ` ${trans.__('%1 to download.', fileSize(solver.bytes))}`;
  const moved =
    others > 0
      ? trans._n('%1 other package would change.', '%1 other packages would change.', others)
      : trans.__('Nothing else would change.');
  return `${trans.__('Possible in a %1 release after %2.', solver.kind, solver.against)} ${moved}${size}`;
}
