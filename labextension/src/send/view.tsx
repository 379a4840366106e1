/** What the dialog shows: loading, the form, the way of the bytes, the receipt. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { isPassing } from '../errors';
import { useSignalled } from '../hooks';
import { DriftNote } from '../images/driftNote';
import { Busy, Button, ErrorNote } from '../parts';
import { Checklist, Questions } from './fields';
import { FilesField } from './files';
import { GitOffer } from './gitOffer';
import { Progress } from './progress';
import { AlreadySent, Receipt } from './receipt';
import type { SendSession } from './session';
import { TargetField } from './target';

export interface ISendViewProps {
  session: SendSession;
  trans: TranslationBundle;
  onClose: () => void;
  onOpen: (number: number) => void;
  onSetUpGit: () => void;
}

export function SendView(props: ISendViewProps): React.JSX.Element {
  const { session } = props;
  const host = React.useRef<HTMLDivElement>(null);
  useSignalled(session.changed);
  // What had the focus goes away with its phase; without a focus inside, Escape would not reach the dialog.
  React.useEffect(() => {
    const title = host.current?.querySelector<HTMLElement>('[data-enablement-field="title"]');
    const alert = session.error === null ? null : host.current;
    (alert ?? title ?? host.current)?.focus();
  }, [session.phase]);
  return (
    <div ref={host} className="enb-send-host" tabIndex={-1}>
      <Phase {...props} />
    </div>
  );
}

function Phase(props: ISendViewProps): React.JSX.Element {
  const { session, trans, onClose, onOpen } = props;
  switch (session.phase) {
    case 'loading':
      return <Busy>{trans.__('Saving the notebook and looking for the files it uses…')}</Busy>;
    case 'failed':
      return <LoadFailed session={session} trans={trans} />;
    case 'keeping':
      return (
        <div data-enablement-phase="keeping">
          <Busy>{session.step || trans.__('Saving the notebook…')}</Busy>
          <p className="enb-hint">{trans.__('Then the notebook is sent.')}</p>
        </div>
      );
    case 'sending':
      return <Progress progress={session.progress} trans={trans} />;
    case 'sent':
      return session.sent === null ? (
        <></>
      ) : (
        <Receipt sent={session.sent} trans={trans} onClose={onClose} onOpen={onOpen} />
      );
    default:
      return <SendForm {...props} />;
  }
}

/** Waits with the person: when the service is back, the form comes by itself. */
function LoadFailed({ session, trans }: Pick<ISendViewProps, 'session' | 'trans'>): React.JSX.Element {
  const load = React.useCallback(() => void session.load(), [session]);
  React.useEffect(() => {
    session.feed.refreshed.connect(load);
    return () => {
      session.feed.refreshed.disconnect(load);
    };
  }, [session, load]);
  return (
    <div data-enablement-phase="failed">
      <ErrorNote error={session.error} trans={trans} onRetry={load} />
      <p className="enb-hint">
        {trans.__('What you have typed for this notebook is kept, and the form opens by itself as soon as it can.')}
      </p>
    </div>
  );
}

function SendForm({ session, trans, onClose, onOpen, onSetUpGit }: ISendViewProps): React.JSX.Element {
  const { error } = session;
  const wrong = error?.code === 'bad-answers' ? String(error.facts['field'] ?? '') : null;
  const ready = session.answers.title.trim() !== '';
  const again = error !== null && isPassing(error);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void session.send();
    }
  };
  return (
    <form
      className="enb-send-form"
      data-enablement-phase="form"
      onSubmit={event => {
        event.preventDefault();
        void session.send();
      }}
      onKeyDown={onKeyDown}
    >
      <div className="enb-send-scroll">
        <Outcome session={session} trans={trans} onOpen={onOpen} />
        <GitOffer session={session} trans={trans} onSetUpGit={onSetUpGit} />
        <DriftNote trans={trans} />
        <TargetField session={session} trans={trans} />
        <Questions session={session} trans={trans} wrong={wrong} />
        <FilesField session={session} trans={trans} />
        <Checklist session={session} trans={trans} wrong={wrong} />
      </div>
      <footer className="enb-send-footer">
        <span className="enb-hint">{trans.__('Everything here is kept when you close the dialog.')}</span>
        <Button onClick={onClose} hook="close">
          {trans.__('Close')}
        </Button>
        <Button
          primary
          onClick={() => void session.send()}
          disabled={!ready}
          hook={again ? 'retry' : 'send'}
          title={trans.__('Send (Ctrl+Enter)')}
        >
          {again ? trans.__('Try again') : trans.__('Send to engineering')}
        </Button>
      </footer>
    </form>
  );
}

/** What came of the last try, if there was one. */
function Outcome({
  session,
  trans,
  onOpen
}: Pick<ISendViewProps, 'session' | 'trans' | 'onOpen'>): React.JSX.Element | null {
  const { error } = session;
  if (error === null) {
    return session.interrupted ? (
      <p className="enb-notice" role="status" data-enablement-interrupted="true">
        {trans.__(
          'The last sending of this notebook ended without a receipt. Nothing is lost: send again, it will not be doubled.'
        )}
      </p>
    ) : null;
  }
  if (error.code === 'already-sent') {
    return <AlreadySent error={error} trans={trans} onOpen={onOpen} />;
  }
  return (
    <div data-enablement-outcome={error.code}>
      <ErrorNote error={error.code === 'not-saved' ? new Error(notSaved(trans)) : error} trans={trans} />
      {isPassing(error) && (
        <p className="enb-hint">{trans.__('Nothing is lost. “Try again” continues the same sending.')}</p>
      )}
      <Findings facts={error.facts} />
    </div>
  );
}

function notSaved(trans: TranslationBundle): string {
  return trans.__('the notebook could not be saved, so it was not sent. Save it, then try again.');
}

/** Secrets and other findings of the service: where they are, never what they are. */
function Findings(props: { facts: Readonly<Record<string, unknown>> }): React.JSX.Element | null {
  const findings = props.facts['findings'];
  if (!Array.isArray(findings)) {
    return null;
  }
  return (
    <ul className="enb-findings">
      {findings.map((finding: unknown, index) => (
        <li key={index}>{findingText(finding)}</li>
      ))}
    </ul>
  );
}

function findingText(finding: unknown): string {
  if (typeof finding !== 'object' || finding === null) {
    return String(finding);
  }
  return Object.values(finding)
    .filter(value => typeof value === 'string' || typeof value === 'number')
    .join(' · ');
}
