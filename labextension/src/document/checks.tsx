/** What the checks found in the version that is read, when it arrived, and what was taken out of its outputs. */
import * as React from 'react';

import { FindingList, TakenOut } from '../checks/findingList';
import { Busy, ErrorNote } from '../components';
import type { IVersionChecks } from '../contract';
import { useDocument, useRetry } from './context';
import { DiscussButton } from './remarks';

export function Checks(props: { version: number }): React.JSX.Element {
  const { trans, model, showCell } = useDocument();
  const { number, enablement } = model;
  const [found, setFound] = React.useState<IVersionChecks | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const load = React.useCallback(() => {
    let current = true;
    setError(null);
    enablement.client.checks(number, props.version).then(
      checks => current && setFound(checks),
      (reason: unknown) => current && setError(reason)
    );
    return () => {
      current = false;
    };
  }, [enablement, number, props.version]);
  React.useEffect(load, [load]);
  useRetry(error !== null, load);
  return (
    <section data-enablement-checks={found === null ? 'loading' : String(found.checked)}>
      <h3>{trans.__('Checks')}</h3>
      <ErrorNote error={error} trans={trans} onRetry={load} />
      {found === null && error === null && <Busy>{trans.__('Loading…')}</Busy>}
      {found !== null && !found.checked && (
        <p className="enb-hint">{trans.__('This version was sent before there were checks.')}</p>
      )}
      {found?.checked && (
        <>
          <FindingList
            findings={found.findings}
            trans={trans}
            onShow={finding => finding.cell_id !== '' && showCell(finding.cell_id)}
            below={({ cell_id: cell, sentence }) => (
              <DiscussButton remark={{ cell: cell === '' ? null : cell, title: trans.__('Checks'), sentence }} />
            )}
          />
          <TakenOut items={found.taken_out} trans={trans} sent />
          {found.policy !== '' && (
            <p className="enb-hint">{trans.__('By the rules %1 of this hub, when it was sent.', found.policy)}</p>
          )}
        </>
      )}
    </section>
  );
}
