/** One line above the review queue, for platform engineers: what is on hold, with the way to the page that settles it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Ago } from '../components';
import { useNow } from '../hooks';
import type { HoldsModel } from './holdsModel';

export function DisputedDecisions(props: { model: HoldsModel; trans: TranslationBundle }): React.JSX.Element | null {
  const { model, trans } = props;
  const now = useNow();
  const { holds } = model;
  if (holds?.platform !== true) {
    return null;
  }
  if (holds.count === 0) {
    return (
      <p className="enb-holds enb-hint" data-enablement-holds="0">
        {trans.__('No decision is disputed.')}
      </p>
    );
  }
  const words = trans._n('%1 decision is disputed', '%1 decisions are disputed', holds.count);
  return (
    <p className="enb-holds enb-mod-disputed" role="status" data-enablement-holds={holds.count}>
      <a
        className="enb-link"
        href={holds.url}
        target="_blank"
        rel="noopener noreferrer"
        aria-label={trans.__('%1: settle it on the decision page, which opens in a new tab', words)}
        title={trans.__('Somebody says: “This was not me.” Settle it on the decision page.')}
        data-enablement-action="settle-holds"
      >
        {words}
      </a>
      {holds.since !== null && (
        <span className="enb-hint">
          {' · '}
          <Ago since={holds.since} now={now} trans={trans} />
        </span>
      )}
    </p>
  );
}
