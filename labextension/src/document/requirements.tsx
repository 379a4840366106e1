/** What stands between a submission and its approval: tracks, threads, and what is required of checks and of the run. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IRequirement } from '../contract';
import { Name } from '../components';
import { exactTime } from '../formatting';
import { labelOf, requirementDetail, requirementLabel, requirementTitle } from '../labels';
import { plainName } from '../plainName';
import { useDocument } from './context';
import { reasonLabel } from './rerun/labels';

export function Requirements(props: { items: IRequirement[] }): React.JSX.Element {
  const { trans } = useDocument();
  return (
    <section>
      <h3>{trans.__('Requirements')}</h3>
      {props.items.length === 0 && <p className="enb-hint">{trans.__('None.')}</p>}
      <ul className="enb-requirements">
        {props.items.map(item => (
          <li key={item.key} data-enablement-requirement={item.key} data-enablement-state={item.state}>
            <span className="enb-chip" data-enablement-state={item.state}>
              {requirementLabel(item.state, trans)}
            </span>{' '}
            {requirementTitle(item, trans)}
            <Detail item={item} />
            <Override item={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Detail({ item }: { item: IRequirement }): React.JSX.Element | null {
  const { trans } = useDocument();
  const detail = item.facts.standing === undefined ? requirementDetail(item, trans) : evidenceSentence(item, trans);
  return detail === '' ? null : (
    <span className="enb-hint" data-enablement-standing={item.facts.standing}>
      {' '}
      {detail}
    </span>
  );
}

/** Who approved all the same, why, for what and until when; of an open one, whether somebody could. */
function Override({ item }: { item: IRequirement }): React.JSX.Element | null {
  const { trans } = useDocument();
  const { override, overridable } = item.facts;
  if (override !== undefined) {
    const until = exactTime(override.until);
    return (
      <p className="enb-warning" data-enablement-override={override.scope} dir="auto">
        <Name>{override.by}</Name>:{' '}
        {override.scope === 'submission'
          ? trans.__('overridden for later versions too, until %1.', until)
          : trans.__('overridden for what is known of this version, until %1.', until)}{' '}
        <span className="enb-answer">{override.reason}</span>
      </p>
    );
  }
  const open = item.state === 'unsatisfied' || item.state === 'error';
  return open && overridable === true ? (
    <span className="enb-hint" data-enablement-overridable="">
      {' '}
      {trans.__('A reviewer can override it on the decision page, with a reason.')}
    </span>
  ) : null;
}

/** Where a requirement on checks or on the run stands. */
function evidenceSentence({ kind, facts }: IRequirement, trans: TranslationBundle): string {
  const { standing = '', reason = '', said = '', count = 0, cells = [], failing = [] } = facts;
  const why = said !== '' ? plainName(said) : reason === '' ? '' : reasonLabel(reason, trans);
  const because = why === '' ? '' : trans.__('(%1)', why);
  const places = (kind === 'rerun' ? failing.map(each => each.cell + 1) : cells).join(', ');
  const where = places === '' ? '.' : trans.__(': cell %1.', places);
  const run: Record<string, string> = {
    holds: trans.__('Every cell did.'),
    fails: trans._n('%1 cell did not', '%1 cells did not', count) + where,
    'not-made': trans.__('This version was not run again. %1', because),
    'under-way': trans.__('It waits to be run again, or is being run.'),
    'broke-off': trans.__('The run broke off, so nobody knows how it comes out. %1', because),
    'cannot-be-made': trans.__('This version cannot be run again here. %1', because),
    'nothing-to-run': trans.__('There is no code in it that could be run.')
  };
  const made: Record<string, string> = {
    holds: trans.__('It found nothing.'),
    fails: trans._n('%1 finding', '%1 findings', count) + where,
    'not-made': trans.__('It was not made when this version arrived.'),
    'broke-off': trans.__('It was not finished, so nobody knows what it would have found.')
  };
  return labelOf(kind === 'rerun' ? run : made, standing).trim();
}
