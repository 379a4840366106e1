/** Outputs of a cell that differ, both sides through the registry of safe renderers. */
import * as React from 'react';

import type { ICellDifference, ICellView, IOutputDifference, IOutputView } from '../../contract';
import { Busy, ErrorNote, IconButton } from '../../components';
import { useTask } from '../../hooks';
import { commentIcon } from '../../icons';
import { useDocument } from '../context';
import { Rendered } from '../outputs';
import { useChanges } from './context';
import { findingLabel, outputStandingLabel } from './labels';
import type { Side } from './model';
import { pictureOf, Pictures } from './pictures';
import { TableRows } from './tableRows';

/** Shown at first; the rest on demand, so that a cell with hundreds of pictures stays usable. */
const SHOWN_AT_FIRST = 10;

export type CommentOutput = (side: Side, output: number) => void;

export function ChangedOutputs(props: {
  cell: ICellDifference;
  onComment: CommentOutput | null;
}): React.JSX.Element | null {
  const { trans } = useDocument();
  const { cell } = props;
  const [shown, setShown] = React.useState(SHOWN_AT_FIRST);
  const outputs = cell.outputs ?? [];
  const quiet = outputs.filter(isQuiet);
  const loud = outputs.filter(output => !isQuiet(output));
  const [all, setAll] = React.useState(false);
  const listed = all ? outputs : loud;
  const old = useCellView('old', listed.some(output => output.old !== null) ? cell.old : null);
  const now = useCellView('new', listed.some(output => output.new !== null) ? cell.new : null);
  if (outputs.length === 0) {
    return null;
  }
  return (
    <div className="enb-outputs" data-enablement-output-changes={loud.length}>
      {listed.slice(0, shown).map((output, index) => (
        <OutputPair
          key={index}
          output={output}
          old={output.old === null ? undefined : old.view?.outputs[output.old]}
          now={output.new === null ? undefined : now.view?.outputs[output.new]}
          loaded={old.loaded && now.loaded}
          onComment={props.onComment}
        />
      ))}
      <ErrorNote error={old.error ?? now.error} trans={trans} />
      {listed.length > shown && (
        <button
          type="button"
          className="enb-link"
          data-enablement-action="more-outputs"
          onClick={() => setShown(shown + 50)}
        >
          {trans._n('Show %1 more output', 'Show %1 more outputs', Math.min(listed.length - shown, 50))}
        </button>
      )}
      {quiet.length > 0 && !all && (
        <button type="button" className="enb-link" data-enablement-action="unfold-outputs" onClick={() => setAll(true)}>
          {trans._n('%1 output shows the same', '%1 outputs show the same', quiet.length)}
        </button>
      )}
    </div>
  );
}

function isQuiet(output: IOutputDifference): boolean {
  return output.standing === 'same' || output.standing === 'equivalent';
}

function OutputPair(props: {
  output: IOutputDifference;
  old: IOutputView | undefined;
  now: IOutputView | undefined;
  loaded: boolean;
  onComment: CommentOutput | null;
}): React.JSX.Element {
  const { trans } = useDocument();
  const { output, old, now } = props;
  const number = (output.new ?? output.old ?? 0) + 1;
  const pictures = [pictureOf(old), pictureOf(now)] as const;
  const sentences = output.findings.flatMap(finding => findingLabel(finding, trans) ?? []);
  return (
    <section
      className={`enb-output-pair enb-mod-${output.standing}`}
      data-enablement-output-change={output.standing}
      aria-label={trans.__('Output %1', number)}
    >
      <p className="enb-output-head">
        <strong>{trans.__('Output %1', number)}</strong> <span>{outputStandingLabel(output, trans)}</span>
        {output.standing === 'changed' && sentences.length > 0 && (
          <span className="enb-hint">{sentences.join(' ')}</span>
        )}
        <CommentButtons output={output} onComment={props.onComment} />
      </p>
      {output.table !== null && <TableRows table={output.table} />}
      {!props.loaded ? (
        <Busy>{trans.__('Loading…')}</Busy>
      ) : pictures[0] !== null && pictures[1] !== null ? (
        <Pictures old={pictures[0]} now={pictures[1]} />
      ) : (
        <div className="enb-sides">
          {output.old !== null && <SideOutput view={old} side="old" />}
          {output.new !== null && !isQuiet(output) && <SideOutput view={now} side="new" />}
        </div>
      )}
    </section>
  );
}

function SideOutput(props: { view: IOutputView | undefined; side: Side }): React.JSX.Element {
  const { trans } = useDocument();
  return (
    <div className={`enb-side enb-mod-${props.side}`} data-enablement-side={props.side}>
      {props.view === undefined ? (
        <p className="enb-hint">{trans.__('Not shown here: open it in the Notebook tab.')}</p>
      ) : (
        <Rendered output={props.view} />
      )}
    </div>
  );
}

function CommentButtons(props: {
  output: IOutputDifference;
  onComment: CommentOutput | null;
}): React.JSX.Element | null {
  const { trans } = useDocument();
  const { output, onComment } = props;
  const { working } = useChanges();
  if (onComment === null) {
    return null;
  }
  const places: [Side, number | null, string][] = [
    ['old', output.old, trans.__('Comment on the output before')],
    ['new', working ? null : output.new, trans.__('Comment on the output')]
  ];
  return (
    <>
      {places.map(([side, place, label]) =>
        place === null ? null : (
          <IconButton
            key={side}
            icon={commentIcon}
            label={label}
            hook="comment-output"
            side={side}
            onClick={() => onComment(side, place)}
          />
        )
      )}
    </>
  );
}

/** A cell of one side once it is loaded; null as index where nothing of it is shown. */
export function useCellView(
  side: Side,
  index: number | null
): { view: ICellView | null; loaded: boolean; error: unknown } {
  const changes = useChanges();
  const [view, setView] = React.useState<ICellView | null>(null);
  const { error, run } = useTask();
  React.useEffect(() => {
    if (index !== null) {
      run(async () => setView(await changes.cell(side, index)));
    }
  }, [changes, side, index, run]);
  return { view, loaded: index === null || view !== null || error !== null, error };
}
