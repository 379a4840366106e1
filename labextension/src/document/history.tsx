/** The History tab: the events of the submission, oldest first. */
import * as React from 'react';

import type { IEvent } from '../contract';
import { useTask } from '../hooks';
import { Busy, ErrorNote, Name } from '../parts';
import { exactTime } from '../waiting';
import { eventLabel } from '../wording';
import { useReading } from './reading';

export function HistoryTab(): React.JSX.Element {
  const { trans, model } = useReading();
  const [events, setEvents] = React.useState<IEvent[] | null>(null);
  const task = useTask();
  const load = (): void => task.run(async () => setEvents(await model.enablement.client.events(model.number)));
  React.useEffect(load, [model.detail?.stamp, model.threads]);
  return (
    <div className="enb-page">
      <ErrorNote error={task.error} trans={trans} onRetry={load} />
      {events === null && task.busy && <Busy>{trans.__('Loading…')}</Busy>}
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
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
