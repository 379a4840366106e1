/** How one cell came out when it was run again, and what it showed then beside what was sent. */
import * as React from 'react';

import type { ICellView, IRerunCell } from '../../contract';
import { Busy, ErrorNote } from '../../components';
import { useTask } from '../../hooks';
import { plainName } from '../../plainName';
import { useDocument } from '../context';
import { Outputs } from '../outputs';
import { isAnother, SIGNS, toneOf, verdictLabel } from './labels';
import { useRerun } from './state';

/** The outputs as they were sent (`children`), with a chip above them, and a way to what the run showed where that is another. */
export function ComparedOutputs(props: { cell: ICellView; children: React.ReactNode }): React.JSX.Element {
  const found = useRerun().cell(props.cell.id);
  const [again, setAgain] = React.useState(false);
  if (found === undefined) {
    return <>{props.children}</>;
  }
  const shown = again && isAnother(found);
  return (
    <>
      <VerdictRow found={found} again={shown} onChoose={setAgain} />
      {shown ? <RerunOutputs index={props.cell.index} /> : props.children}
    </>
  );
}

function VerdictRow(props: {
  found: IRerunCell;
  again: boolean;
  onChoose: (again: boolean) => void;
}): React.JSX.Element {
  const { trans } = useDocument();
  const { found, again } = props;
  const tone = toneOf(found);
  return (
    <div className={`enb-rerun-cell enb-tone-${tone}`}>
      <span className="enb-chip" data-enablement-run-verdict={found.verdict} title={plainName(found.sentence)}>
        <span aria-hidden="true">{SIGNS[tone]} </span>
        {verdictLabel(found.verdict, trans)}
      </span>
      {tone !== 'good' && <span className="enb-hint">{plainName(found.sentence)}</span>}
      {isAnother(found) && (
        <span className="enb-rerun-sides" role="group" aria-label={trans.__('Which outputs are shown')}>
          {[false, true].map(side => (
            <button
              key={String(side)}
              type="button"
              className="enb-toggle"
              aria-pressed={side === again}
              data-enablement-action={side ? 'show-rerun' : 'show-sent'}
              onClick={() => props.onChoose(side)}
            >
              {side ? trans.__('Re-run') : trans.__('As sent')}
            </button>
          ))}
        </span>
      )}
    </div>
  );
}

/** Loaded when first looked at, and drawn by the renderers of what was sent: never trusted. */
function RerunOutputs(props: { index: number }): React.JSX.Element {
  const { trans, model } = useDocument();
  const { rerun } = useRerun();
  const [view, setView] = React.useState<ICellView | null>(null);
  const { error, run } = useTask();
  const { client } = model.enablement;
  const version = model.version?.number ?? 1;
  const which = rerun?.run?.number;
  const load = React.useCallback(
    () => run(async () => setView(await client.rerunCell(model.number, version, props.index))),
    [run, client, model.number, version, props.index]
  );
  React.useEffect(load, [load, which]);
  return (
    <div className="enb-rerun-outputs" data-enablement-rerun-outputs={view?.outputs_total ?? ''}>
      <ErrorNote error={error} trans={trans} onRetry={load} />
      {view === null && error === null && <Busy>{trans.__('Loading…')}</Busy>}
      {view?.outputs_total === 0 && <p className="enb-hint">{trans.__('The run showed nothing here.')}</p>}
      {view !== null && (
        <Outputs cell={view} canComment={false} onComment={() => undefined} onMore={null} downloadUrl={null} />
      )}
    </div>
  );
}
