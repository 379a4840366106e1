/** Source of a cell, highlighted, with a numbered gutter whose every line can be commented on. */
import * as React from 'react';

import { lineRange } from '../anchors';
import { useDocument } from './context';

/** Above this, colouring costs more than it helps. */
const LONGEST_COLOURED = 200_000;
const MOST_LINES = 20_000;

export interface ICodeProps {
  source: string;
  language: string;
  /** Lines that threads stand at. */
  marked: readonly [number, number][];
  /** Lines a comment is being written on. */
  chosen: [number, number] | null;
  onChoose: (lines: [number, number]) => void;
  canComment: boolean;
}

export function CodeLines(props: ICodeProps): React.JSX.Element {
  const { trans } = useDocument();
  const count = Math.min(props.source.split('\n').length, MOST_LINES);
  return (
    <div className="enb-code">
      <Gutter {...props} count={count} label={line => trans.__('Comment on line %1', line)} />
      <div className="enb-code-scroll" tabIndex={0} role="group" aria-label={trans.__('Source')}>
        {props.marked.map(([first, last]) => (
          <Band key={`${first}-${last}`} first={first} last={last} kind="marked" />
        ))}
        {props.chosen !== null && <Band first={props.chosen[0]} last={props.chosen[1]} kind="chosen" />}
        <Highlighted source={props.source} language={props.language} />
      </div>
    </div>
  );
}

function Band(props: { first: number; last: number; kind: string }): React.JSX.Element {
  const style = { '--enb-first': props.first, '--enb-count': props.last - props.first + 1 } as React.CSSProperties;
  return <div className={`enb-band enb-mod-${props.kind}`} style={style} aria-hidden="true" />;
}

function Highlighted(props: { source: string; language: string }): React.JSX.Element {
  const { languages } = useDocument();
  const host = React.useRef<HTMLPreElement>(null);
  React.useEffect(() => {
    const element = host.current;
    if (element === null) {
      return;
    }
    element.textContent = props.source;
    const spec = languages?.findBest(props.language) ?? null;
    if (languages === null || spec === null || props.source.length > LONGEST_COLOURED) {
      return;
    }
    let current = true;
    const coloured = document.createElement('pre');
    void languages.highlight(props.source, spec, coloured).then(() => {
      // Shown only when nothing got lost: a parser must not hide what a reviewer approves.
      if (current && coloured.textContent === props.source) {
        element.replaceChildren(...Array.from(coloured.childNodes));
      }
    });
    return () => {
      current = false;
    };
  }, [props.source, props.language, languages]);
  return <pre ref={host} className="enb-code-text cm-editor-static" />;
}

/** One tab stop; arrow keys move between lines, Enter comments, Shift extends. */
function Gutter(props: ICodeProps & { count: number; label: (line: number) => string }): React.JSX.Element {
  const { count, chosen, onChoose, canComment } = props;
  const [focused, setFocused] = React.useState(1);
  const list = React.useRef<HTMLDivElement>(null);
  const choose = (line: number, extend: boolean): void => {
    onChoose(extend && chosen !== null ? lineRange(chosen[0], line, count) : [line, line]);
  };
  const move = (event: React.KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) {
      return;
    }
    event.preventDefault();
    const [next] = lineRange(focused + step, focused + step, count);
    setFocused(next);
    list.current?.querySelector<HTMLElement>(`[data-enablement-line="${next}"]`)?.focus();
  };
  return (
    <div ref={list} className="enb-gutter" onKeyDown={move}>
      {Array.from({ length: count }, (_, index) => index + 1).map(line => (
        <button
          key={line}
          type="button"
          className="enb-line"
          tabIndex={line === focused ? 0 : -1}
          disabled={!canComment}
          aria-label={props.label(line)}
          data-enablement-line={line}
          onFocus={() => setFocused(line)}
          onClick={event => choose(line, event.shiftKey)}
        >
          {line}
        </button>
      ))}
    </div>
  );
}
