/** Cells as lines with marks, for reading only: text, never markup. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IDiffCell } from '../contract';

const MARKS: Record<string, string> = { '-': 'removed', '+': 'added' };
/** Equal lines around a change that are shown. */
const CONTEXT = 3;

export function DiffCell(props: { cell: IDiffCell; whole: boolean; trans: TranslationBundle }): React.JSX.Element {
  const { cell, whole, trans } = props;
  const lines = whole ? cell.lines.map((line, index) => ({ line, index })) : nearChanges(cell);
  return (
    <section className={`enb-git-row enb-mod-${cell.state}`} data-enablement-row={cell.state}>
      <header>
        <span>{cell.kind === 'markdown' ? trans.__('Text') : cell.kind === 'code' ? trans.__('Code') : cell.kind}</span>
        {cell.state !== 'same' && <strong>{stateWord(cell.state, trans)}</strong>}
      </header>
      <pre>
        {lines.map(({ line: [mark, text], index }, place) => (
          <React.Fragment key={index}>
            {place > 0 && lines[place - 1]?.index !== index - 1 && <span className="enb-git-gap">{'⋯\n'}</span>}
            <Line mark={mark} text={text} />
          </React.Fragment>
        ))}
        {cell.cut && <span className="enb-hint">{trans.__('… and more')}</span>}
      </pre>
    </section>
  );
}

/** A line; the mark is there for those who see no colour. */
function Line(props: { mark: string; text: string }): React.JSX.Element {
  const kind = MARKS[props.mark];
  return (
    <span className={kind === undefined ? 'enb-git-line' : `enb-git-line enb-mod-${kind}`}>
      <span className="enb-git-mark">{props.mark}</span>
      {props.text}
      {'\n'}
    </span>
  );
}

function nearChanges(cell: IDiffCell): { line: [string, string]; index: number }[] {
  const near = new Set<number>();
  cell.lines.forEach(([mark], index) => {
    for (let at = index - CONTEXT; mark !== ' ' && at <= index + CONTEXT; at += 1) {
      near.add(at);
    }
  });
  const all = cell.lines.map((line, index) => ({ line, index }));
  return near.size === 0 ? all.slice(0, CONTEXT) : all.filter(({ index }) => near.has(index));
}

function stateWord(state: IDiffCell['state'], trans: TranslationBundle): string {
  const words = {
    same: '',
    changed: trans.__('changed since'),
    added: trans.__('new since'),
    removed: trans.__('gone since')
  };
  return words[state];
}
