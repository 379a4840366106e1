/** Where threads stand: grouping and labels. Pure. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAnchor, IThread } from './contract';

export function isOpen(thread: IThread): boolean {
  return thread.resolved_at === null;
}

/** False when its cell is gone, or when nobody can tell. */
export function hasPlace(thread: IThread): boolean {
  return thread.placed.state !== 'deleted' && thread.placed.state !== 'unknown';
}

/** True when the thread has no cell to stand at in this version: it is about the whole, or its cell is gone. */
export function isLoose(thread: IThread): boolean {
  return !hasPlace(thread) || thread.placed.cell === null;
}

/** Threads by the cell they stand at in the asked version; open ones first, then by line and output. */
export function threadsByCell(threads: readonly IThread[]): Map<string, IThread[]> {
  const byCell = new Map<string, IThread[]>();
  for (const thread of threads) {
    const cell = thread.placed.cell;
    if (cell === null || isLoose(thread)) {
      continue;
    }
    byCell.set(cell, [...(byCell.get(cell) ?? []), thread]);
  }
  for (const list of byCell.values()) {
    list.sort(inReadingOrder);
  }
  return byCell;
}

function inReadingOrder(a: IThread, b: IThread): number {
  return Number(!isOpen(a)) - Number(!isOpen(b)) || weight(a.placed) - weight(b.placed) || a.id - b.id;
}

/** Whole cell, then lines, then outputs. */
function weight(anchor: IAnchor): number {
  if (anchor.output !== null) {
    return 1_000_000 + anchor.output;
  }
  return anchor.lines === null ? 0 : anchor.lines[0];
}

/** "Line 3", "Lines 3–5", "Output 1", "Cell", "The whole submission". */
export function anchorLabel(anchor: IAnchor, trans: TranslationBundle): string {
  if (anchor.cell === null) {
    return trans.__('The whole submission');
  }
  if (anchor.output !== null) {
    return trans.__('Output %1', anchor.output + 1);
  }
  if (anchor.lines === null) {
    return trans.__('Cell');
  }
  const [first, last] = anchor.lines;
  return first === last ? trans.__('Line %1', first) : trans.__('Lines %1–%2', first, last);
}

/** The lines from `start` to `end` in rising order, both at least 1 and at most `count`. */
export function lineRange(start: number, end: number, count: number): [number, number] {
  const inside = (line: number): number => Math.min(Math.max(1, line), Math.max(1, count));
  return [inside(Math.min(start, end)), inside(Math.max(start, end))];
}
