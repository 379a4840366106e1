/** The history of a notebook: its versions, what each was like, what differs now, and the way back. */
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';

import { useNow, useSignalled } from '../hooks';
import { Ago, Busy, Button, ErrorNote, Name } from '../parts';
import { plainName } from '../plainName';
import type { GitClient } from './client';
import type { IHistory, IRestored, IVersion, IVersionContent } from './contract';
import { GitDocument } from './document';
import { Row } from './lines';

type Way = 'compare' | 'read';

export class HistoryModel {
  history: IHistory | null = null;
  content: IVersionContent | null = null;
  chosen: IVersion | null = null;
  way: Way = 'compare';
  busy = false;
  error: unknown = null;

  constructor(
    readonly path: string,
    private readonly client: GitClient,
    private readonly goBack: (path: string, commit: string) => Promise<IRestored>
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  load(): Promise<void> {
    return this.attempt(async () => {
      this.history = await this.client.history(this.path);
      const chosen = this.history.versions.find(version => version.commit === this.chosen?.commit);
      const first = chosen ?? this.history.versions[0];
      if (first !== undefined) {
        await this.show(first);
      }
    });
  }

  choose(version: IVersion): Promise<void> {
    return this.attempt(() => this.show(version));
  }

  look(way: Way): void {
    this.way = way;
    this._changed.emit();
  }

  restore(version: IVersion): Promise<void> {
    return this.attempt(async () => {
      await this.goBack(this.path, version.commit);
      this.history = await this.client.history(this.path);
      await this.show(version);
    });
  }

  private async show(version: IVersion): Promise<void> {
    this.chosen = version;
    this._changed.emit();
    const content = await this.client.version(this.path, version.commit);
    if (this.chosen?.commit === version.commit) {
      this.content = content;
    }
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.error = null;
    this._changed.emit();
    try {
      await work();
    } catch (reason) {
      this.error = reason;
    }
    this.busy = false;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
}

interface IProps {
  model: HistoryModel;
  trans: TranslationBundle;
}

function HistoryView({ model, trans }: IProps): React.JSX.Element {
  useSignalled(model.changed);
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

function Versions({ model, history, trans }: IProps & { history: IHistory }): React.JSX.Element {
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
              <Name>{version.who}</Name> · <Ago since={version.at} now={now} trans={trans} /> · {version.summary}
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
  const { chosen, content, way } = model;
  if (chosen === null || content === null || content.commit !== chosen.commit) {
    return (
      <div className="enb-git-content">{model.error === null && <Busy>{trans.__('Reading the version…')}</Busy>}</div>
    );
  }
  const differs = content.compared.some(row => row.state !== 'same');
  const rows = way === 'read' ? content.cells : content.compared.filter(row => row.state !== 'same');
  return (
    <div className="enb-git-content" data-enablement-way={way}>
      <div className="enb-git-ways">
        <div role="group" aria-label={trans.__('What is shown')}>
          <Way model={model} way="compare" label={trans.__('What changed since')} />
          <Way model={model} way="read" label={trans.__('The version as it was')} />
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
      {way === 'compare' && !differs && (
        <p data-enablement-same="true">{trans.__('The notebook is as in this version.')}</p>
      )}
      {rows.map((row, index) => (
        <Row key={index} row={row} whole={way === 'read'} trans={trans} />
      ))}
    </div>
  );
}

function Way(props: { model: HistoryModel; way: Way; label: string }): React.JSX.Element {
  const { model, way, label } = props;
  return (
    <button
      type="button"
      className="enb-git-way"
      aria-pressed={model.way === way}
      onClick={() => model.look(way)}
      data-enablement-action={`way-${way}`}
    >
      {label}
    </button>
  );
}

export class HistoryDocument extends GitDocument {
  constructor(
    readonly model: HistoryModel,
    trans: TranslationBundle
  ) {
    super({
      id: `enablement-history-${model.path}`,
      label: trans.__('Versions: %1', plainName(PathExt.basename(model.path))),
      view: () => <HistoryView model={model} trans={trans} />
    });
    this.title.caption = plainName(model.path);
    void model.load();
  }
}
