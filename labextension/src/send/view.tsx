/** What the dialog shows: loading, the form, the way of the bytes, the receipt. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { factText, isTransient } from '../errors';
import { gitErrorSentence, progressLabel } from '../git/labels';
import { DriftNote } from '../images/driftNote';
import { Busy, Button, ErrorNote } from '../components';
import { Checklist, Questions } from './fields';
import { FilesField } from './files';
import { GitOffer } from './gitOffer';
import { BlockingFindings, PreflightSection } from './preflight';
import { Progress } from './progress';
import { AlreadySent, Receipt } from './receipt';
import { SecretFindings } from './secretFindings';
import type { SendModel } from './model';
import { TargetField } from './target';
import { TrialSection, type IPlace } from './trial';

export interface ISendViewProps {
  model: SendModel;
  trans: TranslationBundle;
  onClose: () => void;
  onOpen: (number: number) => void;
  onSetUpGit: () => void;
  /** Leaves the dialog for a cell of the notebook; what was typed is kept. */
  onShow: (place: IPlace) => void;
}

export function SendView(props: ISendViewProps): React.JSX.Element {
  const { model } = props;
  const host = React.useRef<HTMLDivElement>(null);
  // What had the focus goes away with its phase; without a focus inside, Escape would not reach the dialog.
  const { phase, error } = model;
  React.useEffect(() => {
    const title = host.current?.querySelector<HTMLElement>('[data-enablement-field="title"]');
    const alert = error === null ? null : host.current;
    (alert ?? title ?? host.current)?.focus();
  }, [phase, error]);
  const { trial, busy } = model.trial;
  React.useEffect(() => {
    if (document.activeElement === document.body) {
      host.current?.focus(); // a button that was pressed has gone
    }
  }, [trial?.state, busy]);
  return (
    <div ref={host} className="enb-send-host" tabIndex={-1}>
      <Phase {...props} />
    </div>
  );
}

function Phase(props: ISendViewProps): React.JSX.Element {
  const { model, trans, onClose, onOpen } = props;
  switch (model.phase) {
    case 'loading':
      return <Busy>{trans.__('Saving the notebook and looking for the files it uses…')}</Busy>;
    case 'failed':
      return <LoadFailed model={model} trans={trans} />;
    case 'keeping':
      return (
        <div data-enablement-phase="keeping">
          <Busy>{model.step === null ? trans.__('Saving the notebook…') : progressLabel(model.step.key, trans)}</Busy>
          <p className="enb-hint">{trans.__('Then the notebook is sent.')}</p>
        </div>
      );
    case 'sending':
      return <Progress progress={model.progress} trans={trans} />;
    case 'sent':
      return model.sent === null ? (
        <></>
      ) : (
        <Receipt sent={model.sent} trans={trans} onClose={onClose} onOpen={onOpen} />
      );
    default:
      return <SendForm {...props} />;
  }
}

/** Waits with the person: when the service is back, the form comes by itself. */
function LoadFailed({ model, trans }: Pick<ISendViewProps, 'model' | 'trans'>): React.JSX.Element {
  const load = React.useCallback(() => void model.load(), [model]);
  React.useEffect(() => {
    model.feed.refreshed.connect(load);
    return () => {
      model.feed.refreshed.disconnect(load);
    };
  }, [model, load]);
  return (
    <div data-enablement-phase="failed">
      <ErrorNote error={model.error} trans={trans} onRetry={load} />
      <p className="enb-hint">
        {trans.__('What you have typed for this notebook is kept, and the form opens by itself as soon as it can.')}
      </p>
    </div>
  );
}

function SendForm({ model, trans, onClose, onOpen, onSetUpGit, onShow }: ISendViewProps): React.JSX.Element {
  const { error } = model;
  const wrong = error?.code === 'bad-answers' ? factText(error, 'field') : null;
  const ready = model.answers.title.trim() !== '';
  const again = error !== null && isTransient(error);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void model.send();
    }
  };
  return (
    <form
      className="enb-send-form"
      data-enablement-phase="form"
      onSubmit={event => {
        event.preventDefault();
        void model.send();
      }}
      onKeyDown={onKeyDown}
    >
      <div className="enb-send-scroll">
        <Outcome model={model} trans={trans} onOpen={onOpen} />
        <PreflightSection model={model} trans={trans} onShow={onShow} />
        <GitOffer model={model} trans={trans} onSetUpGit={onSetUpGit} />
        <TrialSection model={model} trans={trans} onShow={onShow} />
        <DriftNote trans={trans} />
        <TargetField model={model} trans={trans} />
        <Questions model={model} trans={trans} wrong={wrong} />
        <FilesField model={model} trans={trans} />
        <Checklist model={model} trans={trans} wrong={wrong} />
      </div>
      <footer className="enb-send-footer">
        <span className="enb-hint">{trans.__('Everything here is kept when you close the dialog.')}</span>
        <Button onClick={onClose} hook="close">
          {trans.__('Close')}
        </Button>
        <Button
          primary
          onClick={() => void model.send()}
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
  model,
  trans,
  onOpen
}: Pick<ISendViewProps, 'model' | 'trans' | 'onOpen'>): React.JSX.Element | null {
  const { error } = model;
  if (error === null) {
    return model.interrupted ? (
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
      <ErrorNote
        error={error.code === 'not-saved' ? new Error(notSaved(trans)) : error}
        trans={trans}
        sentence={gitErrorSentence}
      />
      {isTransient(error) && (
        <p className="enb-hint">{trans.__('Nothing is lost. “Try again” continues the same sending.')}</p>
      )}
      <SecretFindings model={model} trans={trans} />
      <BlockingFindings error={error} />
    </div>
  );
}

function notSaved(trans: TranslationBundle): string {
  return trans.__('the notebook could not be saved, so it was not sent. Save it, then try again.');
}
