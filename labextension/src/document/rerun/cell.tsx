/** How one cell came out when it was run again, and what it showed then beside what was sent. */
import * as React from 'react';

import type { ICellView, IRerunCell } from '../../contract';
import { Busy, ErrorNote } from '../../components';
import { useTask } from '../../hooks';
import { plainName } from '../../plainName';
import { pictureOf, Pictures } from '../changes/pictures';
import { useDocument } from '../context';
import { Outputs } from '../outputs';
import { DiscussButton } from '../remarks';
import { isAnother, SIGNS, toneOf, verdictLabel } from './labels';
import { useRerun } from './state';

/** The outputs as they were sent (`children`), with a chip above them, and a way to what the run showed where that is another. */
export function ComparedOutputs(props: { cell: ICellView; children: React.ReactNode }): React.JSX.Element {
  const found = useRerun().cell(props.cell.id);
  const [chosen, setChosen] = React.useState<Side>('sent');
  if (found === undefined) {
    return <>{props.children}</>;
  }
  const sides: Side[] = props.cell.outputs.some(output => pictureOf(output) !== null)
    ? ['sent', 'again', 'pictures']
    : ['sent', 'again'];
  const shown = isAnother(found) && sides.includes(chosen) ? chosen : 'sent';
  return (
    <>
      <VerdictRow found={found} sides={sides} shown={shown} onChoose={setChosen} />
      {shown === 'sent' ? props.children : <RerunOutputs cell={props.cell} beside={shown === 'pictures'} />}
    </>
  );
}

/** What is shown of a cell: as it was sent, as the run showed it, or the pictures of both. */
type Side = 'sent' | 'again' | 'pictures';

function VerdictRow(props: {
  found: IRerunCell;
  sides: readonly Side[];
  shown: Side;
  onChoose: (side: Side) => void;
}): React.JSX.Element {
  const { trans } = useDocument();
  const { found, shown } = props;
  const labels: Record<Side, string> = {
    sent: trans.__('As sent'),
    again: trans.__('Re-run'),
    pictures: trans.__('Compare pictures')
  };
  const hooks: Record<Side, string> = { sent: 'show-sent', again: 'show-rerun', pictures: 'compare-pictures' };
  const tone = toneOf(found);
  return (
    <div className={`enb-rerun-cell enb-tone-${tone}`}>
      <span className="enb-chip" data-enablement-run-verdict={found.verdict} title={plainName(found.sentence)}>
        <span aria-hidden="true">{SIGNS[tone]} </span>
        {verdictLabel(found.verdict, trans)}
      </span>
      {tone !== 'good' && <span className="enb-hint">{plainName(found.sentence)}</span>}
      {tone !== 'good' && (
        <DiscussButton
          remark={{ cell: found.id, title: verdictLabel(found.verdict, trans), sentence: found.sentence }}
        />
      )}
      {isAnother(found) && (
        <span className="enb-rerun-sides" role="group" aria-label={trans.__('Which outputs are shown')}>
          {props.sides.map(side => (
            <button
              key={side}
              type="button"
              className="enb-toggle"
              aria-pressed={side === shown}
              data-enablement-action={hooks[side]}
              onClick={() => props.onChoose(side)}
            >
              {labels[side]}
            </button>
          ))}
        </span>
      )}
    </div>
  );
}

/** Loaded when first looked at, and drawn by the renderers of what was sent: never trusted. `beside`: pictures with those that were sent. */
function RerunOutputs(props: { cell: ICellView; beside: boolean }): React.JSX.Element {
  const { trans, model } = useDocument();
  const { rerun } = useRerun();
  const [view, setView] = React.useState<ICellView | null>(null);
  const { error, run } = useTask();
  const { client } = model.enablement;
  const version = model.version?.number ?? 1;
  const { index } = props.cell;
  const which = rerun?.run?.number;
  const load = React.useCallback(
    () => run(async () => setView(await client.rerunCell(model.number, version, index))),
    [run, client, model.number, version, index]
  );
  React.useEffect(load, [load, which]);
  return (
    <div className="enb-rerun-outputs" data-enablement-rerun-outputs={view?.outputs_total ?? ''}>
      <ErrorNote error={error} trans={trans} onRetry={load} />
      {view === null && error === null && <Busy>{trans.__('Loading…')}</Busy>}
      {view?.outputs_total === 0 && <p className="enb-hint">{trans.__('The run showed nothing here.')}</p>}
      {view !== null && props.beside && <ComparedPictures sent={props.cell} again={view} />}
      {view !== null && !props.beside && (
        <Outputs cell={view} canComment={false} onComment={() => undefined} onMore={null} downloadUrl={null} />
      )}
    </div>
  );
}

/** Pictures that stand in the same place, two by two. */
function ComparedPictures(props: { sent: ICellView; again: ICellView }): React.JSX.Element {
  const { trans } = useDocument();
  const pairs = props.sent.outputs.flatMap((output, place) => {
    const [old, now] = [pictureOf(output), pictureOf(props.again.outputs[place])];
    return old !== null && now !== null && old !== now ? [{ place, old, now }] : [];
  });
  if (pairs.length === 0) {
    return <p className="enb-hint">{trans.__('No picture of the run stands where another one was sent.')}</p>;
  }
  return (
    <>
      {pairs.map(({ place, old, now }) => (
        <Pictures key={place} old={old} now={now} names={[trans.__('As sent'), trans.__('Re-run')]} />
      ))}
    </>
  );
}
