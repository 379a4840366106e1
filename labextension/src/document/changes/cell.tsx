/** One cell that differs, with the threads that stand at it on either side; and runs of cells that do not. */
import * as React from 'react';

import { anchorLabel, isLoose } from '../../anchors';
import type { IAnchor, ICellDifference, ICellView, IThread } from '../../contract';
import { Busy, ErrorNote, IconButton } from '../../components';
import { useSeen, useTask } from '../../hooks';
import { commentIcon } from '../../icons';
import { Composer } from '../../threads/composer';
import { Markdown } from '../cell';
import { CodeLines } from '../code';
import { useDocument } from '../context';
import { DraftCard } from '../drafts/card';
import { ThreadCard } from '../thread';
import { useChanges } from './context';
import { cellStandingLabel, cellTypeLabel } from './labels';
import { DifferenceLines } from './lines';
import type { Side } from './model';
import { ChangedOutputs, useCellView } from './outputs';
import { hasChangedLines, sourceOf } from './rows';
import { Settings } from './facts';

interface IPlace {
  side: Side;
  anchor: IAnchor;
}

export interface IChangedCellProps {
  cell: ICellDifference;
  threads: readonly IThread[];
}

export function ChangedCell(props: IChangedCellProps): React.JSX.Element {
  const { trans, model } = useDocument();
  const changes = useChanges();
  const [ref, near] = useSeen<HTMLElement>();
  const [place, setPlace] = React.useState<IPlace | null>(null);
  const { cell } = props;
  const isSeen = changes.isSeen(cell);
  // What was seen is folded to its head, unless somebody opens it.
  const [choice, setChoice] = React.useState<{ open: boolean; seen: boolean } | null>(null);
  const open = choice !== null && choice.seen === isSeen ? choice.open : !isSeen;
  const canComment = model.detail?.actions.includes('comment') ?? false;
  const comment = (side: Side, part: Partial<IAnchor>): void => {
    const id = side === 'old' ? cell.old_id : cell.new_id;
    setPlace({ side, anchor: { cell: id ?? '', lines: null, output: null, ...part } });
  };
  return (
    <section
      ref={ref}
      className={`enb-change enb-mod-${cell.standing}`}
      data-enablement-change-cell={cell.seen_key}
      data-enablement-change-standing={cell.standing}
      data-enablement-moved={String(cell.moved === true)}
      data-enablement-seen={String(isSeen)}
      aria-label={cellName(cell, trans)}
      tabIndex={-1}
    >
      <ChangeHead
        {...props}
        open={open}
        onOpen={() => setChoice({ open: !open, seen: isSeen })}
        onComment={canComment ? comment : null}
      />
      {open && (
        <div className="enb-change-body">
          <div>{near && <Body cell={cell} place={place} onComment={canComment ? comment : null} />}</div>
          <aside className="enb-threads" aria-label={trans.__('Comments on this cell')}>
            {place !== null && <NewThread place={place} onDone={() => setPlace(null)} />}
            {model.drafts.atChange(cell, changes.shown?.old ?? null).map(draft => (
              <DraftCard key={draft.id} draft={draft} />
            ))}
            {props.threads.map(thread => (
              <ThreadCard key={thread.id} thread={thread} />
            ))}
          </aside>
        </div>
      )}
    </section>
  );
}

type CommentAt = (side: Side, part: Partial<IAnchor>) => void;

function ChangeHead(
  props: IChangedCellProps & { open: boolean; onOpen: () => void; onComment: CommentAt | null }
): React.JSX.Element {
  const { trans } = useDocument();
  const changes = useChanges();
  const { cell, open } = props;
  const isSeen = changes.isSeen(cell);
  const side: Side = cell.new === null || changes.working ? 'old' : 'new';
  const label = trans.__('Comment on this cell');
  return (
    <header className="enb-change-head">
      <button type="button" className="enb-link" aria-expanded={open} onClick={props.onOpen}>
        {cellName(cell, trans)}
      </button>
      <span className="enb-chip">{cellStandingLabel(cell, trans)}</span>
      {cell.moved === true && cell.old !== null && (
        <span className="enb-hint">{trans.__('it was cell %1', cell.old + 1)}</span>
      )}
      {props.onComment !== null && (side === 'new' || cell.old !== null) && (
        <IconButton icon={commentIcon} label={label} hook="comment-cell" onClick={() => props.onComment?.(side, {})} />
      )}
      {!changes.working && (
        <label className="enb-change-seen">
          <input
            type="checkbox"
            checked={isSeen}
            data-enablement-action="mark-seen"
            onChange={() => void changes.toggle(cell)}
          />
          {trans.__('Seen')}
        </label>
      )}
    </header>
  );
}

function cellName(cell: ICellDifference, trans: ReturnType<typeof useDocument>['trans']): string {
  const type = cellTypeLabel(cell.cell_type, trans);
  return cell.new === null
    ? trans.__('%1 cell %2 of before', type, (cell.old ?? 0) + 1)
    : trans.__('%1 cell %2', type, cell.new + 1);
}

function Body(props: { cell: ICellDifference; place: IPlace | null; onComment: CommentAt | null }): React.JSX.Element {
  const { trans } = useDocument();
  const changes = useChanges();
  const { cell, place, onComment } = props;
  const isText = cell.cell_type === 'markdown';
  const [rendered, setRendered] = React.useState(isText);
  const lines = cell.lines ?? [];
  const at = place?.anchor.lines ?? null;
  const chosen = place === null || at === null ? null : { side: place.side, lines: [at[0], at[1]] as [number, number] };
  const commentOutput = onComment === null ? null : (side: Side, output: number): void => onComment(side, { output });
  return (
    <>
      {isText && (
        <button
          type="button"
          className="enb-toggle"
          aria-pressed={rendered}
          data-enablement-action="render-text"
          onClick={() => setRendered(!rendered)}
        >
          {trans.__('As it is read')}
        </button>
      )}
      {cell.lines === null && (
        <p className="enb-hint">
          {trans.__('Its source is too long to be compared here: read it in the Notebook tab.')}
        </p>
      )}
      {rendered ? (
        <RenderedText cell={cell} />
      ) : (
        (hasChangedLines(cell.lines) || lines.length > 0) && (
          <DifferenceLines
            lines={lines}
            layout={changes.layout}
            chosen={chosen}
            onChoose={
              onComment === null
                ? null
                : ({ side, lines: chosenLines }) => {
                    if (side === 'old' || !changes.working) {
                      onComment(side, { lines: chosenLines });
                    }
                  }
            }
          />
        )
      )}
      <Settings settings={cell.settings ?? []} />
      {cell.attachments === true && <p className="enb-hint">{trans.__('Its attached files changed.')}</p>}
      <ChangedOutputs cell={cell} onComment={commentOutput} />
    </>
  );
}

/** Markdown of both sides as it is read, drawn from the source alone until its pictures are there. */
function RenderedText(props: { cell: ICellDifference }): React.JSX.Element {
  const { cell } = props;
  const changes = useChanges();
  const wanted = cell.attachments === true || sourceOf(cell.lines ?? [], 'new').includes('(attachment:');
  const old = useCellView('old', wanted ? cell.old : null);
  const now = useCellView('new', wanted ? cell.new : null);
  const shown = (side: Side, view: ICellView | null): React.JSX.Element | null => {
    const index = side === 'old' ? cell.old : cell.new;
    if (index === null) {
      return null;
    }
    return (
      <div className={`enb-side enb-mod-${side}`} data-enablement-side={side}>
        <Markdown source={sourceOf(cell.lines ?? [], side)} attachments={view?.attachments} />
      </div>
    );
  };
  return (
    <div className={`enb-sides enb-mod-${changes.layout}`}>
      {shown('old', old.view)}
      {shown('new', now.view)}
    </div>
  );
}

function NewThread(props: { place: IPlace; onDone: () => void }): React.JSX.Element {
  const { trans } = useDocument();
  const changes = useChanges();
  const { side, anchor } = props.place;
  const where = anchorLabel(anchor, trans);
  const words = side === 'old' ? trans.__('%1, as it was before', where) : where;
  return (
    <article className="enb-thread enb-mod-new" data-enablement-thread="new">
      <header className="enb-thread-head">{words}</header>
      <Composer
        autoFocus
        label={trans.__('Comment on %1', words)}
        submitLabel={trans.__('Comment now')}
        trans={trans}
        onCancel={props.onDone}
        onSubmit={async text => {
          await changes.openThread(side, anchor, text);
          props.onDone();
        }}
        onDraft={async text => {
          await changes.draftThread(side, anchor, text);
          props.onDone();
        }}
      />
    </article>
  );
}

/** Cells that do not differ: a line, that can be opened to read them. */
export function EqualCells(props: { run: ICellDifference }): React.JSX.Element {
  const { trans } = useDocument();
  const changes = useChanges();
  const { run } = props;
  const [cells, setCells] = React.useState<ICellView[] | null>(null);
  const task = useTask();
  const first = (run.new ?? 0) + 1;
  const last = first + run.count - 1;
  const label =
    run.count === 1 ? trans.__('Cell %1 is unchanged', first) : trans.__('Cells %1 to %2 are unchanged', first, last);
  const load = (): void => task.run(async () => setCells(await changes.cells(run.old ?? 0, run.count)));
  return (
    <div className="enb-equal" data-enablement-equal={run.count}>
      <button
        type="button"
        className="enb-link"
        aria-expanded={cells !== null}
        data-enablement-action="unfold-cells"
        onClick={() => (cells === null ? load() : setCells(null))}
      >
        {label}
      </button>
      {run.equivalent !== undefined && run.equivalent > 0 && (
        <span className="enb-hint">
          {trans._n(
            'in %1, only what changes with every run differs in the outputs',
            'in %1, only what changes with every run differs in the outputs',
            run.equivalent
          )}
        </span>
      )}
      {task.busy && <Busy>{trans.__('Loading cells…')}</Busy>}
      <ErrorNote error={task.error} trans={trans} onRetry={load} />
      {cells?.map(cell => (
        <div key={cell.index} className="enb-equal-cell">
          {cell.cell_type === 'markdown' ? (
            <Markdown source={cell.source} attachments={cell.attachments} />
          ) : (
            <CodeLines
              source={cell.source}
              language={cell.cell_type === 'code' ? (cell.language ?? changes.shown?.difference.language ?? '') : ''}
              marked={[]}
              chosen={null}
              onChoose={() => undefined}
              canComment={false}
            />
          )}
        </div>
      ))}
    </div>
  );
}

/** Threads of a cell: those that stand in the new side, and of the old side those that stand nowhere in the new one. */
export function threadsOf(
  cell: ICellDifference,
  newThreads: readonly IThread[],
  oldThreads: readonly IThread[]
): IThread[] {
  const standing = newThreads.filter(thread => !isLoose(thread));
  const known = new Set(standing.map(thread => thread.id));
  return [
    ...oldThreads.filter(thread => !known.has(thread.id) && !isLoose(thread) && thread.placed.cell === cell.old_id),
    ...(cell.new_id === '' ? [] : standing.filter(thread => thread.placed.cell === cell.new_id))
  ];
}
