/** Findings of checks: what blocks, what to look at, and facts that one opens. The same list for who sends and for who reviews. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Button } from '../components';
import type { IFinding, ITakenOut } from '../contract';
import { fileSize } from '../formatting';

/** So many are shown at first; the others are one click away. */
const AT_FIRST = 6;

export interface IFindingActions {
  /** Shows the finding's cell. */
  onShow?: (finding: IFinding) => void;
  /** Whether its author has given a reason that lets it go on. */
  isAnswered?: (finding: IFinding) => boolean;
  /** What stands below a finding: what can be done about it. */
  below?: (finding: IFinding) => React.ReactNode;
}

export function FindingList(
  props: { findings: IFinding[]; trans: TranslationBundle } & IFindingActions
): React.JSX.Element {
  const { findings, trans } = props;
  const [all, setAll] = React.useState(false);
  const told = findings.filter(finding => finding.level !== 'allow');
  const facts = findings.filter(finding => finding.level === 'allow');
  const shown = all ? told : told.slice(0, AT_FIRST);
  return (
    <>
      {told.length === 0 && <p className="enb-hint">{trans.__('The checks found nothing that needs a look.')}</p>}
      <Rows {...props} findings={shown} />
      {shown.length < told.length && (
        <Button onClick={() => setAll(true)} hook="show-all-findings">
          {trans._n('Show %1 more', 'Show %1 more', told.length - shown.length)}
        </Button>
      )}
      {facts.length > 0 && (
        <details className="enb-finding-facts" data-enablement-facts={facts.length}>
          <summary>
            {trans._n('%1 fact about data and surroundings', '%1 facts about data and surroundings', facts.length)}
          </summary>
          <Rows findings={facts} trans={trans} onShow={props.onShow} />
        </details>
      )}
    </>
  );
}

function Rows(props: { findings: IFinding[]; trans: TranslationBundle } & IFindingActions): React.JSX.Element {
  const { findings, trans, onShow, isAnswered, below } = props;
  return (
    <ul className="enb-finding-list">
      {findings.map((finding, index) => (
        <li key={index} data-enablement-finding={finding.code} data-enablement-level={finding.level}>
          <div className="enb-finding-line">
            {finding.level !== 'allow' && (
              <span className="enb-chip" data-enablement-level={finding.level}>
                {levelLabel(finding, isAnswered?.(finding) ?? finding.override !== '', trans)}
              </span>
            )}
            <span className="enb-finding-sentence" dir="auto">
              {finding.sentence}
            </span>
            {onShow !== undefined && finding.cell !== null && (
              <Button
                onClick={() => onShow(finding)}
                hook="show-finding"
                label={trans.__('Show cell %1', finding.cell)}
              >
                {trans.__('Show me')}
              </Button>
            )}
          </div>
          {finding.level !== 'allow' && <p className="enb-hint">{finding.remedy}</p>}
          {finding.override !== '' && (
            <p className="enb-warning" data-enablement-override="" dir="auto">
              {trans.__('Sent all the same: %1', finding.override)}
            </p>
          )}
          {below?.(finding)}
        </li>
      ))}
    </ul>
  );
}

function levelLabel(finding: IFinding, isAnswered: boolean, trans: TranslationBundle): string {
  if (finding.level !== 'block') {
    return trans.__('Look at');
  }
  return isAnswered ? trans.__('With a reason') : trans.__('Stops it');
}

/** What the rules do not keep of the outputs: for the author before it is sent, for the reviewer afterwards. */
export function TakenOut(props: {
  items: ITakenOut[];
  trans: TranslationBundle;
  sent: boolean;
}): React.JSX.Element | null {
  const { items, trans, sent } = props;
  if (items.length === 0) {
    return null;
  }
  return (
    <details className="enb-taken-out" data-enablement-taken-out={items.length} open={items.length <= AT_FIRST}>
      <summary>
        {sent
          ? trans._n('%1 output was taken out by the rules', '%1 outputs were taken out by the rules', items.length)
          : trans._n('%1 output will not be kept whole', '%1 outputs will not be kept whole', items.length)}
      </summary>
      <ul>
        {items.map((item, index) => (
          <li key={index}>{takenOutLabel(item, trans)}</li>
        ))}
      </ul>
    </details>
  );
}

function takenOutLabel(item: ITakenOut, trans: TranslationBundle): string {
  const kinds: Record<string, string> = { stream: trans.__('what was printed'), error: trans.__('an exception') };
  const kind = kinds[item.mime] ?? item.mime;
  return item.kept === 0
    ? trans.__('Cell %1: %2, %3', item.cell, kind, fileSize(item.bytes))
    : trans.__('Cell %1: %2, %3 of %4 are kept', item.cell, kind, fileSize(item.kept), fileSize(item.bytes));
}
