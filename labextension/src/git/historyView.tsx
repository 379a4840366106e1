/** What the history of a notebook looks like. */
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Ago, Busy, Button, ErrorNote, Name } from '../components';
import type { IGitHistory } from '../contract';
import { useNow } from '../hooks';
import { plainName } from '../plainName';
import { DiffCell } from './diff';
import { GitDocument } from './document';
import { summaryLabel } from './labels';
import type { HistoryMode, HistoryModel } from './historyModel';

interface IProps {
  model: HistoryModel;
  trans: TranslationBundle;
}

function HistoryView({ model, trans }: IProps): React.JSX.Element {
  const { history } = model;
  return (
    <div className="enb-git-history" data-enablement-history={model.path}>
      <header className="enb-git-head">
        <h2>
          {trans.__('Versions of')} <Name>{PathExt.basename(model.path)}</Name>
        </h2>
        <Button onClick={() => void model.load()} hook="refresh" disabled={model.busy}>
          {trans.__('Refresh')}
        </Button>
      </header>
      <ErrorNote error={model.error} trans={trans} onRetry={() => void model.load()} />
      {history === null && model.error === null && <Busy>{trans.__('Looking for versions…')}</Busy>}
      {history !== null && history.versions.length === 0 && (
        <p data-enablement-empty="versions">
          {trans.__(
            'There is no version of this notebook yet. Press “Save a version” at the bottom of the window to keep one.'
          )}
        </p>
      )}
      {history !== null && history.versions.length > 0 && (
        <div className="enb-git-columns">
          <Versions model={model} history={history} trans={trans} />
          <Content model={model} trans={trans} />
        </div>
      )}
    </div>
  );
}

function Versions({ model, history, trans }: IProps & { history: IGitHistory }): React.JSX.Element {
  const now = useNow();
  return (
    <ol className="enb-git-versions" aria-label={trans.__('Versions, the newest first')}>
      {history.versions.map(version => (
        <li key={version.commit}>
          <button
            type="button"
            className="enb-git-version"
            aria-pressed={model.chosen?.commit === version.commit}
            onClick={() => void model.choose(version)}
            data-enablement-commit={version.commit}
          >
            <span className="enb-git-words">
              <Name>{version.message.split('\n')[0] ?? ''}</Name>
            </span>
            <small className="enb-hint">
              <Name>{version.who}</Name> · <Ago since={version.at} now={now} trans={trans} /> ·{' '}
              {summaryLabel(version.summary, trans)}
              {!version.pushed && ` · ${trans.__('not pushed')}`}
            </small>
          </button>
        </li>
      ))}
      {history.more && <li className="enb-hint">{trans.__('There are older versions, too.')}</li>}
    </ol>
  );
}

function Content({ model, trans }: IProps): React.JSX.Element {
  const { chosen, content, mode } = model;
  if (chosen === null || content?.commit !== chosen.commit) {
    return (
      <div className="enb-git-content">{model.error === null && <Busy>{trans.__('Reading the version…')}</Busy>}</div>
    );
  }
  const differs = content.compared.some(row => row.state !== 'same');
  const rows = mode === 'read' ? content.cells : content.compared.filter(row => row.state !== 'same');
  return (
    <div className="enb-git-content" data-enablement-way={mode}>
      <div className="enb-git-ways">
        <div role="group" aria-label={trans.__('What is shown')}>
          <ModeButton model={model} mode="compare" label={trans.__('What changed since')} />
          <ModeButton model={model} mode="read" label={trans.__('The version as it was')} />
        </div>
        <Button
          primary
          onClick={() => void model.restore(chosen)}
          disabled={model.busy || !differs}
          hook="restore"
          title={
            differs
              ? trans.__('The present state is kept first; you can undo this')
              : trans.__('It is as in this version')
          }
        >
          {trans.__('Go back to this version')}
        </Button>
      </div>
      {content.results && differs && (
        <p className="enb-hint">
          {trans.__(
            'Versions have no results of cells. Going back keeps the notebook with its results as a copy beside it.'
          )}
        </p>
      )}
      {mode === 'compare' && !differs && (
        <p data-enablement-same="true">{trans.__('The notebook is as in this version.')}</p>
      )}
      {rows.map((row, index) => (
        <DiffCell key={index} cell={row} whole={mode === 'read'} trans={trans} />
      ))}
    </div>
  );
}

function ModeButton(props: { model: HistoryModel; mode: HistoryMode; label: string }): React.JSX.Element {
  const { model, mode, label } = props;
  return (
    <button
      type="button"
      className="enb-git-way"
      aria-pressed={model.mode === mode}
      onClick={() => model.setMode(mode)}
      data-enablement-action={`way-${mode}`}
    >
      {label}
    </button>
  );
}

export class HistoryDocument extends GitDocument<HistoryModel> {
  constructor(model: HistoryModel, trans: TranslationBundle) {
    super({
      id: `enablement-history-${model.path}`,
      label: trans.__('Versions: %1', plainName(PathExt.basename(model.path))),
      model,
      view: shown => <HistoryView model={shown} trans={trans} />
    });
    this.title.caption = plainName(model.path);
    void model.load();
  }
}
