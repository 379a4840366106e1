/** The receipt: only with it the interface says "sent". */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ISent } from '../contract';
import { factText, type ApiError } from '../errors';
import { Button, ContentId, Name } from '../components';
import { exactTime } from '../formatting';

export function Receipt(props: {
  sent: ISent;
  trans: TranslationBundle;
  onClose: () => void;
  onOpen: (number: number) => void;
}): React.JSX.Element {
  const { trans, onClose, onOpen } = props;
  const { receipt } = props.sent;
  return (
    <div
      className="enb-receipt"
      data-enablement-phase="sent"
      data-enablement-submission={receipt.submission}
      data-enablement-version={receipt.version}
      role="status"
    >
      <p className="enb-receipt-head">{trans.__('Sent as #%1, version %2', receipt.submission, receipt.version)}</p>
      <dl className="enb-facts">
        <dt>{trans.__('Title')}</dt>
        <dd>
          <Name>{receipt.title}</Name>
        </dd>
        <dt>{trans.__('Content id')}</dt>
        <dd>
          <ContentId id={receipt.content_id} />
        </dd>
        <dt>{trans.__('Received')}</dt>
        <dd>
          <time dateTime={receipt.received_at}>{exactTime(receipt.received_at)}</time> {trans.__('(server time)')}
        </dd>
      </dl>
      <p className="enb-hint">
        {trans.__('It is stored and in the queue of engineering. You will be told here when somebody answers.')}
      </p>
      <footer className="enb-send-footer">
        <Button onClick={onClose} hook="close">
          {trans.__('Close')}
        </Button>
        <Button primary onClick={() => onOpen(receipt.submission)} hook="open">
          {trans.__('Open #%1', receipt.submission)}
        </Button>
      </footer>
    </div>
  );
}

/** The same content is there already; that is good news, not a failure. */
export function AlreadySent(props: {
  error: ApiError;
  trans: TranslationBundle;
  onOpen: (number: number) => void;
}): React.JSX.Element {
  const { error, trans, onOpen } = props;
  const number = Number(factText(error, 'submission'));
  return (
    <div className="enb-notice" role="status" data-enablement-outcome="already-sent">
      <span>{trans.__('Already sent as #%1 v%2. Nothing has changed since.', number, factText(error, 'version'))}</span>
      <Button onClick={() => onOpen(number)} hook="open">
        {trans.__('Open')}
      </Button>
    </div>
  );
}
