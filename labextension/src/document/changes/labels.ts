/** The words for differences. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICellDifference, IFileDifference, IOutputFinding, IOutputDifference } from '../../contract';
import { labelOf } from '../../labels';
import { hasChangedLines } from './rows';

export function cellTypeLabel(type: ICellDifference['cell_type'], trans: TranslationBundle): string {
  const labels: Record<string, string> = { code: trans.__('Code'), markdown: trans.__('Text'), raw: trans.__('Raw') };
  return labelOf(labels, type ?? '');
}

/** What happened to a cell, in words: "changed", "new", "gone", "moved", "moved and changed". */
export function cellStandingLabel(cell: ICellDifference, trans: TranslationBundle): string {
  const isChanged =
    hasChangedLines(cell.lines) ||
    (cell.outputs ?? []).some(output => output.standing !== 'same' && output.standing !== 'equivalent') ||
    (cell.settings ?? []).length > 0 ||
    cell.attachments === true;
  if (cell.standing === 'changed' && cell.moved === true) {
    return isChanged ? trans.__('moved and changed') : trans.__('moved');
  }
  const labels: Record<string, string> = {
    changed: hasChangedLines(cell.lines) ? trans.__('changed') : trans.__('changed beside its source'),
    added: trans.__('new'),
    removed: trans.__('gone')
  };
  return labelOf(labels, cell.standing);
}

export function fileStandingLabel(standing: IFileDifference['standing'], trans: TranslationBundle): string {
  const labels: Record<string, string> = {
    changed: trans.__('changed'),
    added: trans.__('new'),
    removed: trans.__('gone'),
    renamed: trans.__('renamed, the same content')
  };
  return labelOf(labels, standing);
}

export function outputStandingLabel(output: IOutputDifference, trans: TranslationBundle): string {
  const labels: Record<string, string> = {
    same: trans.__('unchanged'),
    equivalent: equivalence(output, trans),
    changed: trans.__('changed'),
    added: trans.__('new'),
    removed: trans.__('gone')
  };
  return labelOf(labels, output.standing);
}

function equivalence(output: IOutputDifference, trans: TranslationBundle): string {
  const labels: Record<string, string> = {
    text: trans.__('the same but for times, addresses or progress bars'),
    numbers: trans.__('the same: numbers are equal within the tolerance'),
    sets: trans.__('the same: a set shows its members in another order'),
    table: trans.__('the same: the tables hold the same'),
    picture: trans.__('the same: the pictures have the same pixels'),
    data: trans.__('the same: the plots show the same data')
  };
  return labels[fact(output.findings[0], 'step')] ?? trans.__('the same but for how it is written');
}

/** One sentence for one finding; null where the two sides beside each other say it better. */
export function findingLabel(finding: IOutputFinding, trans: TranslationBundle): string | null {
  const old = fact(finding, 'old');
  const now = fact(finding, 'new');
  const labels: Record<string, string | null> = {
    number: trans.__('%1 became %2', old, now),
    error: trans.__('%1 became %2', old, now),
    text: trans.__('Line %1 of the output is another.', fact(finding, 'line')),
    table: null,
    order: trans.__('The table is in another order.'),
    picture: pictureLabel(finding, trans),
    'picture-size': trans.__('The picture has another size.'),
    data: trans.__('The data of the plot or value are others.'),
    kind: trans.__('It is shown in other forms (%1).', finding.form),
    'too-large': trans.__('Too large to be compared in detail; the two are not the same.')
  };
  return labels[finding.kind] ?? null;
}

function pictureLabel(finding: IOutputFinding, trans: TranslationBundle): string {
  const { changed, size } = finding.facts as { changed?: unknown; size?: unknown };
  if (typeof changed !== 'number' || !Array.isArray(size)) {
    return trans.__('The picture is another.');
  }
  const pixels = Number(size[0]) * Number(size[1]);
  const share = pixels > 0 ? (100 * changed) / pixels : 0;
  return trans.__('%1 % of the picture differs.', share < 0.1 ? '< 0.1' : share.toFixed(1));
}

function fact(finding: IOutputFinding | undefined, name: string): string {
  const value = finding?.facts[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
