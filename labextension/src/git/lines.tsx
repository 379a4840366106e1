/** Cells as lines with marks, for reading only: text, never markup. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IRow } from './contract';

const MARKS: Record<string, string> = { '-': 'removed', '+': 'added' };
/** Equal lines around a change that are shown. */
const CONTEXT = 3;

export function Row(props: { row: IRow; whole: boolean; trans: TranslationBundle }): React.JSX.Element {
  const { row, whole, trans } = props;
  const lines = whole ? row.lines.map((line, index) => ({ line, index })) : nearChanges(row);
  return (
    <section className={`enb-git-row enb-mod-${row.state}`} data-enablement-row={row.state}>
      <header>
        <span>{row.kind === 'markdown' ? trans.__('Text') : row.kind === 'code' ? trans.__('Code') : row.kind}</span>
        {row.state !== 'same' && <strong>{stateWord(row.state, trans)}</strong>}
      </header>
      <pre>
        {lines.map(({ line: [mark, text], index }, place) => (
          <React.Fragment key={index}>
            {place > 0 && lines[place - 1]?.index !== index - 1 && <span className="enb-git-gap">{'⋯\n'}</span>}
            <Line mark={mark} text={text} />
          </React.Fragment>
        ))}
        {row.cut && <span className="enb-hint">{trans.__('… and more')}</span>}
      </pre>
    </section>
  );
}

/** A line; the mark is there for those who see no colour. */
export function Line(props: { mark: string; text: string }): React.JSX.Element {
  const kind = MARKS[props.mark];
  return (
    <span className={kind === undefined ? 'enb-git-line' : `enb-git-line enb-mod-${kind}`}>
      <span className="enb-git-mark">{props.mark}</span>
      {props.text}
      {'\n'}
    </span>
  );
}

function nearChanges(row: IRow): { line: [string, string]; index: number }[] {
  const near = new Set<number>();
  row.lines.forEach(([mark], index) => {
    for (let at = index - CONTEXT; mark !== ' ' && at <= index + CONTEXT; at += 1) {
      near.add(at);
    }
  });
  const all = row.lines.map((line, index) => ({ line, index }));
  return near.size === 0 ? all.slice(0, CONTEXT) : all.filter(({ index }) => near.has(index));
}

function stateWord(state: IRow['state'], trans: TranslationBundle): string {
  const words = {
    same: '',
    changed: trans.__('changed since'),
    added: trans.__('new since'),
    removed: trans.__('gone since')
  };
  return words[state];
}
