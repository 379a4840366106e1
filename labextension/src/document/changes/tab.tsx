/** The Changes tab: what differs between two versions, environment and files first, cell by cell. */
import { UseSignal } from '@jupyterlab/apputils';
import * as React from 'react';

import { Busy, ErrorNote } from '../../components';
import { useDocument, useRetry } from '../context';
import { ChangedCell, EqualCells, threadsOf } from './cell';
import { ChangesContext } from './context';
import { Environment, Files } from './facts';
import type { ChangesModel } from './model';
import { Toolbar } from './toolbar';

/** Drawn at first; the rest comes near by scrolling or by its button. */
const DRAWN_AT_FIRST = 200;

export function ChangesTab(): React.JSX.Element {
  const { changes } = useDocument();
  return (
    <ChangesContext.Provider value={changes}>
      <UseSignal signal={changes.stateChanged}>{() => <Changes changes={changes} />}</UseSignal>
    </ChangesContext.Provider>
  );
}

function Changes(props: { changes: ChangesModel }): React.JSX.Element {
  const { trans, model } = useDocument();
  const { changes } = props;
  const root = React.useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = React.useState(DRAWN_AT_FIRST);
  const retry = React.useCallback(() => void changes.load(), [changes]);
  useRetry(changes.error !== null, retry);
  const { shown } = changes;
  const cells = shown?.difference.cells ?? [];
  const go = (step: number): void => {
    const all = Array.from(root.current?.querySelectorAll<HTMLElement>('[data-enablement-change-cell]') ?? []);
    const at = all.findIndex(element => element.contains(document.activeElement));
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length];
    next?.scrollIntoView({ block: 'start' });
    next?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const acts: Record<string, () => void> = { n: () => go(1), p: () => go(-1), e: () => markFocused(changes) };
    const act = acts[event.key];
    const isWriting = event.target instanceof Element && event.target.closest('textarea, select, input[type="text"]');
    if (act !== undefined && !isWriting && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      act();
    }
  };
  if (!changes.hasOthers && !changes.canCompareFile) {
    return (
      <p className="enb-empty">{trans.__('This is the first version: there is none before it to compare it with.')}</p>
    );
  }
  return (
    <div
      ref={root}
      className="enb-changes"
      data-enablement-changes-shown={shown === null ? '' : `${shown.old}/${shown.version ?? 'file'}`}
      onKeyDown={onKeyDown}
    >
      <Toolbar onNext={() => go(1)} onPrevious={() => go(-1)} />
      <ErrorNote error={changes.error} trans={trans} onRetry={retry} />
      {changes.loading && shown === null && <Busy>{trans.__('Comparing…')}</Busy>}
      <Environment />
      <Files />
      {shown !== null && changes.changed.length === 0 && (
        <p className="enb-empty" data-enablement-no-changes="">
          {trans.__('No cell differs between the two.')}
        </p>
      )}
      {cells
        .slice(0, drawn)
        .map((cell, index) =>
          cell.standing === 'same' ? (
            <EqualCells key={`same-${index}`} run={cell} />
          ) : (
            <ChangedCell
              key={`${cell.seen_key ?? ''}-${cell.standing}`}
              cell={cell}
              threads={threadsOf(cell, changes.working ? [] : model.threads, changes.oldThreads)}
            />
          )
        )}
      {cells.length > drawn && (
        <button
          type="button"
          className="enb-link"
          data-enablement-action="more-changes"
          onClick={() => setDrawn(drawn + DRAWN_AT_FIRST)}
        >
          {trans.__('Show more changes')}
        </button>
      )}
    </div>
  );
}

function markFocused(changes: ChangesModel): void {
  const focused = document.activeElement?.closest<HTMLElement>('[data-enablement-change-cell]');
  const key = focused?.dataset.enablementChangeCell;
  const cell = changes.changed.find(each => each.seen_key === key);
  if (cell !== undefined && !changes.working) {
    void changes.toggle(cell);
  }
}
