/** "Try it clean": what would be sent is run before it is, and its author reads what a reviewer would. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Ago, Busy, Button, ErrorNote } from '../components';
import type { IRerunCell, IRerunVerdict, ITrial, ITrialRun } from '../contract';
import { WrittenFiles } from '../document/rerun/files';
import { costLabel, countsLabel, endLabel, SIGNS, toneOf, toneOfOutcome, verdictLabel } from '../document/rerun/labels';
import { useNow } from '../hooks';
import { labelOf } from '../labels';
import { plainName } from '../plainName';
import type { SendModel } from './model';
import { BlockingFindings } from './preflight';

/** So many cells are listed at first; the others are one click away. */
const AT_FIRST = 5;

/** A cell of the notebook, as `cell` of a finding: from 1. */
export interface IPlace {
  cell: number | null;
  cell_id: string | null;
}

interface ITrialProps {
  model: SendModel;
  trans: TranslationBundle;
  onShow: (place: IPlace) => void;
}

export function TrialSection(props: ITrialProps): React.JSX.Element | null {
  const { model, trans } = props;
  const { trial, busy, error } = model.trial;
  if (trial === null) {
    return null;
  }
  const open = trial.state === 'queued' || trial.state === 'running';
  return (
    <section
      className="enb-preflight enb-trial"
      data-enablement-trial={trial.state}
      data-enablement-outcome={trial.run?.outcome ?? ''}
      aria-label={trans.__('Try it clean')}
    >
      <div className="enb-trial-head">
        <h3>{trans.__('Try it clean')}</h3>
        {open && (
          <Button onClick={() => void model.trial.cancel()} disabled={busy} hook="cancel-trial">
            {trans.__('Cancel the run')}
          </Button>
        )}
        {!open && trial.on && (
          <Button onClick={() => void model.tryClean()} disabled={busy} hook="try-clean">
            {trial.state === 'none' ? trans.__('Try it clean') : trans.__('Try it again')}
          </Button>
        )}
      </div>
      {!trial.on && (
        <p className="enb-hint" data-enablement-trial-off={trial.off_because}>
          {trans.__('Notebooks are not run on this hub: %1', offLabel(trial, trans))}
        </p>
      )}
      {trial.on && trial.state === 'none' && !busy && (
        <p className="enb-hint">
          {trans.__(
            'Runs what would be sent from top to bottom, from clean and with nothing else beside it, and compares each cell with what it shows now. Only you see it.'
          )}
        </p>
      )}
      {busy && !open && <Busy>{trans.__('Bringing the notebook and its files to where they are run…')}</Busy>}
      {trial.run !== null && <Found {...props} trial={trial} run={trial.run} />}
      <ErrorNote error={error} trans={trans} />
      {error !== null && <BlockingFindings error={error} />}
    </section>
  );
}

function offLabel(trial: ITrial, trans: TranslationBundle): string {
  const labels: Record<string, string> = {
    'switched-off': trans.__('it is switched off. Platform engineers can switch it on.'),
    'no-bubblewrap': trans.__('bubblewrap, which keeps them apart from everything else, is not installed.'),
    'no-driver': trans.__('what runs them is not installed (the extra “runs”).')
  };
  return labelOf(labels, trial.off_because);
}

function Found(props: ITrialProps & { trial: ITrial; run: ITrialRun }): React.JSX.Element {
  const { model, trans, trial, run } = props;
  const now = useNow();
  const open = trial.state !== 'ended';
  const changed = model.changedSince(run);
  return (
    <div role="status">
      {trial.state === 'queued' && (
        <p>
          {trans.__('Waiting to be run')} · <Ago since={run.asked_at} now={now} trans={trans} />
        </p>
      )}
      {trial.state === 'running' && <Running run={run} trans={trans} />}
      {open && (
        <p className="enb-hint">{trans.__('It goes on when you close this window, and you are told how it ended.')}</p>
      )}
      {trial.state === 'ended' && (
        <p className="enb-trial-line" data-enablement-trial-line="">
          <Line run={run} verdict={trial.verdict} trans={trans} />
          <span className="enb-hint">
            {' · '}
            <Ago since={run.ended_at ?? run.asked_at} now={now} trans={trans} />
          </span>
        </p>
      )}
      {changed && (
        <p className="enb-warning" data-enablement-trial-changed="">
          {open
            ? trans.__('The notebook or its files have changed since: cancel the run to try what you have now.')
            : trans.__('The notebook or its files have changed since.')}
        </p>
      )}
      {trial.verdict !== null && <Cells {...props} verdict={trial.verdict} />}
      {trial.verdict !== null && <WrittenFiles verdict={trial.verdict} trans={trans} />}
    </div>
  );
}

function Running({ run, trans }: { run: ITrialRun; trans: TranslationBundle }): React.JSX.Element {
  const known = run.cells_total > 0;
  return (
    <>
      <p>
        {known
          ? trans.__('Being run: %1 of %2 cells done', run.cells_done, run.cells_total)
          : trans.__('Being run: the kernel is starting')}
      </p>
      <progress
        aria-label={trans.__('Cells done')}
        {...(known ? { value: run.cells_done, max: run.cells_total } : {})}
      />
    </>
  );
}

function Line(props: { run: ITrialRun; verdict: IRerunVerdict | null; trans: TranslationBundle }): React.JSX.Element {
  const { run, verdict, trans } = props;
  const end = run.outcome === 'not-run' ? plainName(run.line) : endLabel({ run }, trans);
  const tone = toneOfOutcome(run.outcome);
  return (
    <>
      <span className={`enb-trial-sign enb-tone-${tone}`} aria-hidden="true">
        {SIGNS[tone]}{' '}
      </span>
      {run.outcome === 'not-run' && <strong>{trans.__('Not run.')} </strong>}
      {run.outcome === 'cancelled' && <strong>{trans.__('Run cancelled:')} </strong>}
      {run.outcome === 'died' && <strong>{trans.__('The run broke off:')} </strong>}
      {end}
      {verdict !== null && (
        <>
          {end !== '' && ' · '}
          <strong>{countsLabel(verdict, trans)}</strong>
          <span className="enb-hint">
            {` · ${trans.__('image %1', run.image)} · ${costLabel(verdict, trans)}`}
            {verdict.sandbox.grade !== 'full' && (
              <span title={verdict.sandbox.sentence}> · {trans.__('reduced sandbox')}</span>
            )}
          </span>
        </>
      )}
    </>
  );
}

/** Cells that did not come out the same, with a way to each. */
function Cells(props: ITrialProps & { verdict: IRerunVerdict }): React.JSX.Element | null {
  const { trans, verdict, onShow } = props;
  const [all, setAll] = React.useState(false);
  const told = verdict.cells.filter(cell => toneOf(cell) !== 'good');
  const shown = all ? told : told.slice(0, AT_FIRST);
  if (told.length === 0) {
    return null;
  }
  return (
    <>
      <ul className="enb-finding-list">
        {shown.map(cell => (
          <Cell key={cell.id} cell={cell} trans={trans} onShow={onShow} />
        ))}
      </ul>
      {shown.length < told.length && (
        <Button onClick={() => setAll(true)} hook="show-all-cells">
          {trans._n('Show %1 more', 'Show %1 more', told.length - shown.length)}
        </Button>
      )}
    </>
  );
}

function Cell(props: {
  cell: IRerunCell;
  trans: TranslationBundle;
  onShow: (place: IPlace) => void;
}): React.JSX.Element {
  const { cell, trans, onShow } = props;
  const tone = toneOf(cell);
  return (
    <li data-enablement-trial-cell={cell.id}>
      <div className="enb-finding-line enb-rerun-cell-line">
        <span className={`enb-chip enb-tone-${tone}`}>
          <span aria-hidden="true">{SIGNS[tone]} </span>
          {trans.__('Cell %1', cell.cell + 1)}
        </span>
        <span className="enb-finding-sentence" dir="auto">
          {plainName(cell.sentence) || verdictLabel(cell.verdict, trans)}
        </span>
        <Button
          onClick={() => onShow({ cell: cell.cell + 1, cell_id: cell.id })}
          hook="show-cell"
          label={trans.__('Show cell %1', cell.cell + 1)}
        >
          {trans.__('Show me')}
        </Button>
      </div>
    </li>
  );
}
