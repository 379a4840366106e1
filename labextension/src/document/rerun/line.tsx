/** One line at the top of a submission: how the version came out when it was run again. */
import * as React from 'react';

import type { IRerun, IRerunVerdict } from '../../contract';
import { Ago, Button, ErrorNote } from '../../components';
import { useNow } from '../../hooks';
import { plainName } from '../../plainName';
import { useDocument } from '../context';
import { WrittenFiles } from './files';
import { costLabel, countsLabel, endLabel, SIGNS, toneOfOutcome } from './labels';
import { useRerun } from './state';

export function RerunLine(): React.JSX.Element | null {
  const { trans, model } = useDocument();
  const { rerun, task, ask, cancel } = useRerun();
  if (rerun === null) {
    return null;
  }
  const open = rerun.state === 'queued' || rerun.state === 'running';
  const mayAct = model.detail?.actions.includes('comment') ?? false;
  const tone = toneOfOutcome(rerun.run?.outcome ?? null);
  return (
    <div
      className={`enb-rerun enb-tone-${tone}`}
      role="status"
      data-enablement-rerun={rerun.state}
      data-enablement-outcome={rerun.run?.outcome ?? ''}
    >
      <span className="enb-rerun-sign" aria-hidden="true">
        {open ? '…' : SIGNS[tone]}
      </span>
      <span className="enb-rerun-words">
        <Words rerun={rerun} />
      </span>
      {mayAct && open && (
        <Button onClick={cancel} disabled={task.busy} hook="cancel-rerun">
          {trans.__('Cancel the run')}
        </Button>
      )}
      {mayAct && !open && rerun.on && (
        <Button onClick={ask} disabled={task.busy} hook="ask-rerun">
          {trans.__('Run again')}
        </Button>
      )}
      <ErrorNote error={task.error} trans={trans} />
    </div>
  );
}

function Words({ rerun }: { rerun: IRerun }): React.JSX.Element {
  const { trans } = useDocument();
  const now = useNow();
  const { run, verdict } = rerun;
  if (run === null) {
    return (
      <>{rerun.on ? trans.__('This version was not run again yet.') : trans.__('Nothing is run again on this hub.')}</>
    );
  }
  if (rerun.state === 'queued') {
    return (
      <>
        {trans.__('Waiting to be run again')} · <Ago since={run.asked_at} now={now} trans={trans} />
      </>
    );
  }
  if (rerun.state === 'running') {
    return (
      <>
        {run.cells_total > 0
          ? trans.__('Being run again: %1 of %2 cells done', run.cells_done, run.cells_total)
          : trans.__('Being run again')}
      </>
    );
  }
  const end = run.outcome === 'not-run' ? plainName(run.line) : endLabel(rerun, trans);
  return (
    <>
      {run.outcome === 'not-run' && <strong>{trans.__('Not run again.')} </strong>}
      {run.outcome === 'cancelled' && <strong>{trans.__('Run cancelled:')} </strong>}
      {run.outcome === 'died' && <strong>{trans.__('The run broke off:')} </strong>}
      {end}
      {verdict !== null && <Verdict verdict={verdict} apart={end !== ''} />}
      {run.ended_at !== null && (
        <span className="enb-hint" data-enablement-tried={run.reason === 'tried' ? 'true' : undefined}>
          {' · '}
          <Ago since={run.ended_at} now={now} trans={trans} />
          {run.reason === 'tried' && trans.__(', before it was sent')}
        </span>
      )}
      {verdict !== null && <WrittenFiles verdict={verdict} trans={trans} />}
    </>
  );
}

function Verdict({ verdict, apart }: { verdict: IRerunVerdict; apart: boolean }): React.JSX.Element {
  const { trans, model } = useDocument();
  const image = model.version?.image;
  const first = verdict.cells.find(cell => cell.verdict === 'needs-resource' || cell.verdict === 'error');
  return (
    <>
      {apart && ' · '}
      <strong>{countsLabel(verdict, trans)}</strong>
      {first !== undefined && (
        <span>
          {' · '}
          {trans.__('cell %1:', first.cell + 1)} <bdi>{plainName(first.sentence)}</bdi>
        </span>
      )}
      <span className="enb-hint">
        {image !== undefined && ` · ${trans.__('image %1 %2', image.slug, image.release)}`}
        {' · '}
        {costLabel(verdict, trans)}
        {verdict.sandbox.grade !== 'full' && (
          <span title={verdict.sandbox.sentence} data-enablement-grade={verdict.sandbox.grade}>
            {' · '}
            {trans.__('reduced sandbox')}
          </span>
        )}
      </span>
    </>
  );
}
