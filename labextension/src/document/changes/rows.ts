/** The lines of a difference as rows to draw: numbered, equal ones folded, in either layout. Pure. */
import type { IDifferenceLine } from '../../contract';

/** Text in pieces, alternately as on the other side and changed. */
export type Pieces = readonly string[];

export interface ISideLine {
  /** From 1. */
  number: number;
  pieces: Pieces;
}

export interface ILineRow {
  kind: 'same' | 'changed' | 'added' | 'removed';
  old: ISideLine | null;
  new: ISideLine | null;
}

/** A run of equal lines that is not shown. */
export interface IFold {
  kind: 'fold';
  /** Index of its first row. */
  first: number;
  count: number;
}

/** Equal lines that are shown on both sides of a changed one. */
const CONTEXT = 3;

export function numbered(lines: readonly IDifferenceLine[]): ILineRow[] {
  let old = 0;
  let now = 0;
  return lines.map(line => {
    if (typeof line === 'string') {
      old += 1;
      now += 1;
      return { kind: 'same', old: { number: old, pieces: [line] }, new: { number: now, pieces: [line] } };
    }
    const mine = line.old === null ? null : { number: (old += 1), pieces: line.old };
    const yours = line.new === null ? null : { number: (now += 1), pieces: line.new };
    return { kind: mine === null ? 'added' : yours === null ? 'removed' : 'changed', old: mine, new: yours };
  });
}

/** Rows with runs of equal ones far from a change folded, but those that were opened (by their first row). */
export function folded(rows: readonly ILineRow[], opened: ReadonlySet<number>): (ILineRow | IFold)[] {
  const near = new Set<number>();
  rows.forEach((row, index) => {
    for (let at = index - CONTEXT; row.kind !== 'same' && at <= index + CONTEXT; at += 1) {
      near.add(at);
    }
  });
  const shown: (ILineRow | IFold)[] = [];
  for (let index = 0; index < rows.length;) {
    let end = index;
    while (end < rows.length && !near.has(end)) {
      end += 1;
    }
    if (end - index > 1 && !opened.has(index)) {
      shown.push({ kind: 'fold', first: index, count: end - index });
    } else {
      shown.push(...rows.slice(index, end));
    }
    const row = rows[end];
    if (row !== undefined) {
      shown.push(row);
    }
    index = end + 1;
  }
  return shown;
}

/** For one column: of neighbouring changed rows first all that is gone, then all that is new. */
export function unified(rows: readonly (ILineRow | IFold)[]): (ILineRow | IFold)[] {
  const shown: (ILineRow | IFold)[] = [];
  let added: ILineRow[] = [];
  for (const row of rows) {
    if (row.kind === 'same' || row.kind === 'fold') {
      shown.push(...added, row);
      added = [];
      continue;
    }
    if (row.old !== null) {
      shown.push({ kind: 'removed', old: row.old, new: null });
    }
    if (row.new !== null) {
      added.push({ kind: 'added', old: null, new: row.new });
    }
  }
  return [...shown, ...added];
}

/** One side's text again. */
export function sourceOf(lines: readonly IDifferenceLine[], side: 'old' | 'new'): string {
  const texts = lines.flatMap(line => (typeof line === 'string' ? [line] : (line[side]?.join('') ?? [])));
  return texts.join('\n');
}

export function hasChangedLines(lines: readonly IDifferenceLine[] | null | undefined): boolean {
  return lines === null || (lines?.some(line => typeof line !== 'string') ?? false);
}
