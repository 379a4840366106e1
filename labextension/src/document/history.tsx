/** The History tab: the events of the submission, oldest first. */
import * as React from 'react';

import type { IEvent } from '../contract';
import { useTask } from '../hooks';
import { Busy, ErrorNote, Name } from '../components';
import { exactTime } from '../formatting';
import { eventLabel } from '../labels';
import { useDocument } from './context';

export function HistoryTab(): React.JSX.Element {
  const { trans, model } = useDocument();
  const [events, setEvents] = React.useState<IEvent[] | null>(null);
  const { busy, error, run } = useTask();
  const { client } = model.enablement;
  const load = React.useCallback(
    () => run(async () => setEvents(await client.events(model.number))),
    [run, client, model.number]
  );
  React.useEffect(load, [load, model.detail?.stamp, model.threads]);
  return (
    <div className="enb-page">
      <ErrorNote error={error} trans={trans} onRetry={load} />
      {events === null && busy && <Busy>{trans.__('Loading…')}</Busy>}
      <ol className="enb-history">
        {(events ?? []).map(event => (
          <li key={event.seq} data-enablement-event={event.kind}>
            <time dateTime={event.at}>{exactTime(event.at)}</time>
            <span>
              <strong>
                <Name>{event.actor}</Name>
              </strong>{' '}
              {eventLabel(event.kind, trans)}
              {event.version !== null && <span className="enb-hint"> · {trans.__('version %1', event.version)}</span>}
              {typeof event.data.accepted_risks === 'string' && (
                <span className="enb-hint" data-enablement-risks="">
                  {' · '}
                  {trans.__('accepted risk of this hub: %1', event.data.accepted_risks)}
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
