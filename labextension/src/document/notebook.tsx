/** The Notebook tab: the stored version, read-only and untrusted, loaded page by page. */
import * as React from 'react';

import { isLoose, threadsByCell } from '../anchors';
import type { ICellView, IThread } from '../contract';
import { useTask } from '../hooks';
import { Busy, ContentId, ErrorNote } from '../components';
import { CellRow } from './cell';
import { useDocument, useRetry } from './context';
import { isPlaced } from './drafts/model';
import { ThreadCard } from './thread';

const PAGE = 200;
const NO_THREADS: readonly IThread[] = [];

interface IPages {
  cells: ICellView[];
  language: string;
  total: number | null;
}

/** What a reader moves with. */
const MOVES = ['wheel', 'pointerdown', 'keydown', 'touchstart'] as const;

export function NotebookTab(props: { target: string | null; onReached: () => void }): React.JSX.Element {
  const { trans, model, changes } = useDocument();
  const version = model.version;
  const number = version?.number ?? 0;
  React.useEffect(() => void changes.noteRead(number), [changes, number]);
  const [pages, setPages] = React.useState<IPages>({ cells: [], language: '', total: null });
  const { busy, error, run } = useTask();
  const { client } = model.enablement;
  const loadFrom = React.useCallback(
    (first: number) =>
      run(async () => {
        const { cells, language, total } = await client.notebook(model.number, number, first, PAGE);
        setPages(before => ({ cells: [...before.cells.slice(0, first), ...cells], language, total }));
      }),
    [run, client, model.number, number]
  );
  const count = pages.cells.length;
  const loadNext = React.useCallback(() => loadFrom(count), [loadFrom, count]);
  React.useEffect(() => loadFrom(0), [loadFrom]);
  useRetry(error !== null, loadNext);
  const left = pages.total === null ? 0 : pages.total - count;
  const root = React.useRef<HTMLDivElement>(null);
  useTarget(root, props.target, pages.cells, left > 0 && !busy && error === null ? loadNext : null, props.onReached);
  const byCell = React.useMemo(() => threadsByCell(model.threads), [model.threads]);
  const loose = model.threads.filter(thread => isLoose(thread) && thread.anchor.cell !== null);
  return (
    <div
      ref={root}
      className={`enb-notebook${byCell.size > 0 || model.drafts.items.some(isPlaced) ? ' enb-mod-threads' : ''}`}
      data-enablement-notebook={number}
      data-enablement-total={pages.total ?? ''}
    >
      <p className="enb-notice">
        {trans.__(
          'Read-only copy of version %1 as it was sent, not trusted: nothing in it runs and nothing is loaded from elsewhere.',
          number
        )}{' '}
        {version !== null && <ContentId id={version.content_id} />}
      </p>
      {loose.length > 0 && (
        <section className="enb-loose" aria-label={trans.__('Threads whose cell is gone')}>
          <h3>{trans.__('Threads whose cell is gone')}</h3>
          {loose.map(thread => (
            <ThreadCard key={thread.id} thread={thread} />
          ))}
        </section>
      )}
      {pages.cells.map(cell => (
        <CellRow
          key={`${cell.index}`}
          cell={cell}
          language={pages.language}
          threads={byCell.get(cell.id) ?? NO_THREADS}
        />
      ))}
      {pages.total === 0 && <p className="enb-empty">{trans.__('The notebook has no cells.')}</p>}
      {busy && <Busy>{trans.__('Loading cells…')}</Busy>}
      <ErrorNote error={error} trans={trans} onRetry={loadNext} />
      {left > 0 && !busy && error === null && <NextPage left={left} onNear={loadNext} />}
    </div>
  );
}

/** Loads the next page when it comes near, or by its button. */
function NextPage(props: { left: number; onNear: () => void }): React.JSX.Element {
  const { trans } = useDocument();
  const ref = React.useRef<HTMLButtonElement>(null);
  React.useEffect(() => {
    const observer = new IntersectionObserver(
      entries => entries.some(entry => entry.isIntersecting) && props.onNear(),
      {
        rootMargin: '1500px 0px'
      }
    );
    if (ref.current !== null) {
      observer.observe(ref.current);
    }
    return () => observer.disconnect();
  });
  return (
    <button ref={ref} type="button" className="enb-link" data-enablement-action="more-cells" onClick={props.onNear}>
      {trans._n('Load %1 more cell', 'Load %1 more cells', props.left)}
    </button>
  );
}

/** Scrolls to a cell that a link asked for, loading pages until it is there. */
function useTarget(
  root: React.RefObject<HTMLElement>,
  target: string | null,
  cells: readonly ICellView[],
  loadNext: (() => void) | null,
  onReached: () => void
): void {
  const follow = React.useRef<() => void>(() => undefined);
  React.useEffect(() => () => follow.current(), []);
  React.useEffect(() => {
    if (target === null) {
      return;
    }
    if (!cells.some(cell => cell.id === target)) {
      loadNext?.();
      return;
    }
    const element = root.current?.querySelector<HTMLElement>(`[data-enablement-cell="${CSS.escape(target)}"]`);
    element?.scrollIntoView({ block: 'center' });
    element?.focus({ preventScroll: true });
    follow.current();
    follow.current = element ? keepInView(element, root.current) : () => undefined;
    onReached();
  }, [root, target, cells, loadNext, onReached]);
}

/** Cells above are drawn a moment later and push it away: it stays in view until the reader moves. What is returned ends that. */
function keepInView(element: HTMLElement, root: HTMLElement | null): () => void {
  if (typeof ResizeObserver === 'undefined') {
    return () => undefined;
  }
  const observer = new ResizeObserver(() => element.scrollIntoView({ block: 'center' }));
  root?.querySelectorAll('[data-enablement-cell]').forEach(cell => observer.observe(cell));
  const stop = (): void => {
    observer.disconnect();
    MOVES.forEach(move => element.ownerDocument.removeEventListener(move, stop, true));
  };
  MOVES.forEach(move => element.ownerDocument.addEventListener(move, stop, true));
  return stop;
}
