/** A suggested edit as it is read: what goes and what comes, as text and marks only. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Button, ErrorNote } from '../components';
import type { ISuggestedSource, ISuggestion } from '../contract';
import { folded, numbered, unified, type IFold, type ILineRow } from '../document/changes/rows';
import { useTask } from '../hooks';
import { plainText } from '../plainName';
import { Composer } from '../threads/composer';
import { applyErrorSentence, isWaiting, suggestionStateLabel } from './labels';

export interface ISuggestionActions {
  apply: () => Promise<void>;
  reject: (reason: string) => Promise<void>;
}

const MARKS: Record<ILineRow['kind'], string> = { same: '', changed: '±', added: '+', removed: '−' };

export function SuggestedEdit(props: {
  suggestion: ISuggestion;
  trans: TranslationBundle;
  /** What the notebook's author can do with it; null for everybody else. */
  actions: ISuggestionActions | null;
}): React.JSX.Element {
  const { suggestion, trans, actions } = props;
  const [rejecting, setRejecting] = React.useState(false);
  const task = useTask();
  const waiting = isWaiting(suggestion);
  return (
    <div className="enb-suggestion" data-enablement-suggestion={suggestion.state}>
      <p className="enb-suggestion-head">
        <span className={`enb-chip${waiting ? '' : ' enb-mod-quiet'}`}>{suggestionStateLabel(suggestion, trans)}</span>
      </p>
      <SourceChange source={suggestion} trans={trans} />
      <ErrorNote error={task.error} trans={trans} sentence={applyErrorSentence} />
      {actions !== null && waiting && !rejecting && (
        <div className="enb-thread-actions">
          <Button
            primary
            hook="apply-suggestion"
            title={trans.__(
              'Puts it into your notebook and saves it. Outputs stay as they are until you run the cell.'
            )}
            disabled={task.busy}
            onClick={() => task.run(actions.apply)}
          >
            {trans.__('Apply')}
          </Button>
          <Button hook="reject-suggestion" disabled={task.busy} onClick={() => setRejecting(true)}>
            {trans.__('Reject…')}
          </Button>
        </div>
      )}
      {actions !== null && waiting && rejecting && (
        <Composer
          autoFocus
          label={trans.__('Why it is not applied')}
          submitLabel={trans.__('Reject')}
          trans={trans}
          onCancel={() => setRejecting(false)}
          onSubmit={async reason => {
            await actions.reject(reason);
            setRejecting(false);
          }}
        />
      )}
    </div>
  );
}

/** The lines of a suggestion by words; those far from a change are folded. */
export function SourceChange(props: { source: ISuggestedSource; trans: TranslationBundle }): React.JSX.Element {
  const { trans } = props;
  const { lines } = props.source;
  const [opened, setOpened] = React.useState<ReadonlySet<number>>(new Set());
  const rows = React.useMemo(() => unified(folded(numbered(lines), opened)), [lines, opened]);
  return (
    <div className="enb-diff-scroll" tabIndex={0} role="group" aria-label={trans.__('Suggested change')}>
      <table className="enb-diff enb-mod-unified">
        <tbody>
          {rows.map((row, index) =>
            row.kind === 'fold' ? (
              <Folded key={index} fold={row} trans={trans} onOpen={() => setOpened(new Set([...opened, row.first]))} />
            ) : (
              <Line key={index} row={row} trans={trans} />
            )
          )}
        </tbody>
      </table>
    </div>
  );
}

function Line(props: { row: ILineRow; trans: TranslationBundle }): React.JSX.Element {
  const { row, trans } = props;
  const words: Partial<Record<ILineRow['kind'], string>> = { added: trans.__('new:'), removed: trans.__('gone:') };
  const word = words[row.kind];
  return (
    <tr data-enablement-diff-line={row.kind}>
      <td className={`enb-diff-text enb-mod-${row.kind}`}>
        <span className="enb-diff-mark" aria-hidden="true">
          {MARKS[row.kind]}
        </span>
        {word !== undefined && <span className="enb-unseen">{word}</span>}
        {(row.new ?? row.old)?.pieces.map((piece, index) =>
          index % 2 === 0 ? (
            <React.Fragment key={index}>{plainText(piece)}</React.Fragment>
          ) : (
            <mark key={index}>{plainText(piece)}</mark>
          )
        )}
      </td>
    </tr>
  );
}

function Folded(props: { fold: IFold; trans: TranslationBundle; onOpen: () => void }): React.JSX.Element {
  return (
    <tr className="enb-diff-fold">
      <td>
        <button type="button" className="enb-link" data-enablement-action="unfold-lines" onClick={props.onOpen}>
          {props.trans._n('%1 unchanged line', '%1 unchanged lines', props.fold.count)}
        </button>
      </td>
    </tr>
  );
}
