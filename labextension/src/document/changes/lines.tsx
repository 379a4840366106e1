/** Two sources side by side or in one column: text and marks only, each line with a number that takes a comment. */
import * as React from 'react';

import { lineRange } from '../../anchors';
import type { IDifferenceLine } from '../../contract';
import { plainText } from '../../plainName';
import { useDocument } from '../context';
import type { Layout, Side } from './model';
import { folded, numbered, unified, type IFold, type ILineRow, type ISideLine } from './rows';

export interface IChosenLines {
  side: Side;
  lines: [number, number];
}

/** A longer text is cut: a browser must not have to draw it. */
const MOST_ROWS = 4000;
const MARKS: Record<ILineRow['kind'], string> = { same: '', changed: '±', added: '+', removed: '−' };

export function DifferenceLines(props: {
  lines: readonly IDifferenceLine[];
  layout: Layout;
  chosen?: IChosenLines | null;
  /** Null: nothing can be said about these lines. */
  onChoose: ((chosen: IChosenLines) => void) | null;
}): React.JSX.Element {
  const { trans } = useDocument();
  const [opened, setOpened] = React.useState<ReadonlySet<number>>(new Set());
  const rows = React.useMemo(() => numbered(props.lines), [props.lines]);
  const shown = React.useMemo(() => {
    const all = folded(rows, opened);
    return props.layout === 'unified' ? unified(all) : all;
  }, [rows, opened, props.layout]);
  const open = (fold: IFold): void => setOpened(before => new Set([...before, fold.first]));
  const columns = props.layout === 'side' ? 4 : 3;
  return (
    <div className="enb-diff-scroll" tabIndex={0} role="group" aria-label={trans.__('Source')}>
      <table className={`enb-diff enb-mod-${props.layout}`}>
        <tbody>
          {shown
            .slice(0, MOST_ROWS)
            .map((row, index) =>
              row.kind === 'fold' ? (
                <Fold key={index} fold={row} columns={columns} onOpen={open} />
              ) : props.layout === 'side' ? (
                <SideRow key={index} row={row} {...props} />
              ) : (
                <OneRow key={index} row={row} {...props} />
              )
            )}
        </tbody>
      </table>
      {shown.length > MOST_ROWS && (
        <p className="enb-hint">{trans.__('%1 more lines are not shown here.', shown.length - MOST_ROWS)}</p>
      )}
    </div>
  );
}

interface IRowProps {
  row: ILineRow;
  chosen?: IChosenLines | null;
  onChoose: ((chosen: IChosenLines) => void) | null;
}

function SideRow(props: IRowProps): React.JSX.Element {
  const { row } = props;
  const state = (line: ISideLine | null, side: Side): string =>
    line === null ? 'none' : row.kind === 'same' ? 'same' : side === 'old' ? 'removed' : 'added';
  return (
    <tr data-enablement-diff-line={row.kind}>
      <LineNumber {...props} line={row.old} side="old" />
      <LineText line={row.old} state={state(row.old, 'old')} />
      <LineNumber {...props} line={row.new} side="new" />
      <LineText line={row.new} state={state(row.new, 'new')} />
    </tr>
  );
}

function OneRow(props: IRowProps): React.JSX.Element {
  const { row } = props;
  return (
    <tr data-enablement-diff-line={row.kind}>
      <LineNumber {...props} line={row.old} side="old" />
      <LineNumber {...props} line={row.new} side="new" />
      <LineText line={row.new ?? row.old} state={row.kind} />
    </tr>
  );
}

function LineText(props: { line: ISideLine | null; state: string }): React.JSX.Element {
  const { trans } = useDocument();
  const words: Record<string, string> = { added: trans.__('new:'), removed: trans.__('gone:') };
  const word = words[props.state];
  const mark = MARKS[props.state as ILineRow['kind']] as string | undefined;
  return (
    <td className={`enb-diff-text enb-mod-${props.state}`}>
      <span className="enb-diff-mark" aria-hidden="true">
        {mark}
      </span>
      {word !== undefined && <span className="enb-unseen">{word}</span>}
      {props.line?.pieces.map((piece, index) =>
        index % 2 === 0 ? (
          <React.Fragment key={index}>{plainText(piece)}</React.Fragment>
        ) : (
          <mark key={index}>{plainText(piece)}</mark>
        )
      )}
    </td>
  );
}

/** A click comments on the line, Shift extends, arrow keys go to the next line of that side. */
function LineNumber(props: IRowProps & { line: ISideLine | null; side: Side }): React.JSX.Element {
  const { trans } = useDocument();
  const { line, side, chosen, onChoose } = props;
  if (line === null) {
    return <td className="enb-diff-number" />;
  }
  const { number } = line;
  const within = chosen?.side === side && number >= chosen.lines[0] && number <= chosen.lines[1];
  if (onChoose === null) {
    return <td className="enb-diff-number">{number}</td>;
  }
  const choose = (event: React.MouseEvent): void => {
    const extend = event.shiftKey && chosen?.side === side;
    onChoose({ side, lines: extend ? lineRange(chosen.lines[0], number, Number.MAX_SAFE_INTEGER) : [number, number] });
  };
  return (
    <td className="enb-diff-number">
      <button
        type="button"
        className={`enb-line${within ? ' enb-mod-chosen' : ''}`}
        aria-label={
          side === 'old' ? trans.__('Comment on line %1 before', number) : trans.__('Comment on line %1', number)
        }
        data-enablement-diff-side={side}
        data-enablement-line={number}
        onClick={choose}
        onKeyDown={toNeighbour}
      >
        {number}
      </button>
    </td>
  );
}

function toNeighbour(event: React.KeyboardEvent<HTMLButtonElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) {
    return;
  }
  event.preventDefault();
  const side = event.currentTarget.dataset.enablementDiffSide ?? '';
  const table = event.currentTarget.closest('table');
  const all = Array.from(table?.querySelectorAll<HTMLElement>(`[data-enablement-diff-side="${side}"]`) ?? []);
  all[all.indexOf(event.currentTarget) + step]?.focus();
}

function Fold(props: { fold: IFold; columns: number; onOpen: (fold: IFold) => void }): React.JSX.Element {
  const { trans } = useDocument();
  return (
    <tr className="enb-diff-fold">
      <td colSpan={props.columns}>
        <button
          type="button"
          className="enb-link"
          data-enablement-action="unfold-lines"
          onClick={() => props.onOpen(props.fold)}
        >
          {trans._n('%1 unchanged line', '%1 unchanged lines', props.fold.count)}
        </button>
      </td>
    </tr>
  );
}
