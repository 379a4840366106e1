/** The History tab: the events of the submission, oldest first. */
import * as React from 'react';

import type { IConfirmed, IEvent } from '../contract';
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
              <Suggestions event={event} />
              {event.kind === 'requirement_overridden' && <Overridden data={event.data} />}
              {event.confirmed !== null && <Confirmed told={event.confirmed} />}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** How many edits were suggested with it, and how many of those before it was found to hold. */
function Suggestions({ event }: { event: IEvent }): React.JSX.Element {
  const { trans } = useDocument();
  const { suggested, applied } = event.data;
  const made = Array.isArray(suggested) ? suggested.length : 0;
  const held = Array.isArray(applied) ? applied.length : 0;
  return (
    <>
      {made > 0 && <span className="enb-hint"> · {trans._n('%1 suggested edit', '%1 suggested edits', made)}</span>}
      {held > 0 && (
        <span className="enb-hint">
          {' · '}
          {trans._n('%1 suggested edit is in it', '%1 suggested edits are in it', held)}
        </span>
      )}
    </>
  );
}

/** Which requirement was overridden, why, for what and until when. */
function Overridden({ data }: { data: IEvent['data'] }): React.JSX.Element {
  const { trans } = useDocument();
  const text = (name: string): string => (typeof data[name] === 'string' ? data[name] : '');
  const key = text('requirement');
  return (
    <span className="enb-hint" data-enablement-overridden={key}>
      {' · '}
      {key === 'rerun' ? trans.__('the run') : trans.__('the check %1', key.replace('check:', ''))}
      {', '}
      {text('scope') === 'submission' ? trans.__('for later versions too') : trans.__('for what was known then')}
      {', '}
      {trans.__('until %1', exactTime(text('until')))}
      {': '}
      <q dir="auto">{text('reason')}</q>
    </span>
  );
}

/** Where it came from, to who did it, with the way to the page on which they say that it was not them. */
function Confirmed({ told }: { told: IConfirmed }): React.JSX.Element {
  const { trans } = useDocument();
  const address = told.address === '' ? trans.__('an unknown address') : told.address;
  return (
    <span className="enb-hint" data-enablement-confirmed="">
      {' · '}
      {trans.__('from %1, %2', address, told.browser)}
      {' · '}
      {told.disputed ? (
        trans.__('you said that this was not you')
      ) : (
        <a href={told.url} target="_blank" rel="noopener noreferrer" data-enablement-action="not-me">
          {trans.__('This was not me')}
        </a>
      )}
    </span>
  );
}
