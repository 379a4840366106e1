/** A list of submissions in the side panel. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ISubmission } from '../contract';
import { useNow } from '../hooks';
import { commentIcon } from '../icons';
import { Ago, Busy, Button, ErrorNote, Name, StateChip } from '../components';
import { whoseTurn } from '../labels';
import type { ListModel } from './listModel';

export interface IListProps {
  model: ListModel;
  trans: TranslationBundle;
  me: string | null;
  empty: string;
  onOpen: (number: number) => void;
}

export function SubmissionList(props: IListProps): React.JSX.Element {
  const { model, trans } = props;
  return (
    <div className="enb-list" aria-busy={model.loading} data-enablement-list={model.filter}>
      <ErrorNote error={model.error} trans={trans} onRetry={() => void model.refresh()} />
      {!model.loaded && model.error === null && <Busy>{trans.__('Loading…')}</Busy>}
      {model.loaded && model.items.length === 0 && (
        <p className="enb-empty" data-enablement-empty="">
          {props.empty}
        </p>
      )}
      <ul>
        {model.items.map(item => (
          <SubmissionRow key={item.number} item={item} {...props} />
        ))}
      </ul>
      {model.next !== null && (
        <Button onClick={() => void model.more()} disabled={model.loading} hook="load-more">
          {trans.__('Load more')}
        </Button>
      )}
    </div>
  );
}

export interface IRowProps {
  item: ISubmission;
  trans: TranslationBundle;
  me: string | null;
  onOpen: (number: number) => void;
  children?: React.ReactNode;
}

export function SubmissionRow(props: IRowProps): React.JSX.Element {
  const { item, trans } = props;
  const now = useNow();
  return (
    <li data-enablement-item={item.number} data-enablement-waiting-on-me={String(item.waiting_on_me)}>
      <button type="button" className="enb-row" onClick={() => props.onOpen(item.number)}>
        <span className="enb-row-title">
          <span className="enb-number">#{item.number}</span> <Name>{item.title}</Name>
        </span>
        <span className="enb-row-facts">
          <StateChip state={item.state} trans={trans} />
          <Name>{item.author}</Name>
          <span>v{item.latest}</span>
          {item.open_threads > 0 && (
            <span title={trans._n('%1 open thread', '%1 open threads', item.open_threads)}>
              <commentIcon.react tag="span" width="12px" height="12px" /> {item.open_threads}
            </span>
          )}
        </span>
        {props.children}
        <Waiting {...props} now={now} />
      </button>
    </li>
  );
}

function Waiting(props: IRowProps & { now: number }): React.JSX.Element | null {
  const { item, trans } = props;
  const turn = whoseTurn(item, props.me, trans);
  if (item.waiting_since === null || turn === '') {
    return null;
  }
  return (
    <span className="enb-row-waiting">
      {trans.__('Waiting for')} <strong>{turn}</strong> ·{' '}
      <Ago since={item.waiting_since} now={props.now} trans={trans} />
    </span>
  );
}
