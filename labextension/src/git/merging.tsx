/** Notebooks that both sides changed in the same place: every clash with both sides and three ways out; the rest is merged already. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';

import { useSignalled } from '../hooks';
import { Busy, Button, ErrorNote, Name } from '../parts';
import type { GitClient } from './client';
import type { Choice, Choices, IClashCell, IClashes, IGot, MergeItem } from './contract';
import { GitDocument } from './document';

type Notebook = IClashes['notebooks'][number];
type Clash = Extract<MergeItem, { key: string }>;

export class MergeModel {
  found: IClashes | null = null;
  choices: Choices = {};
  busy = false;
  error: unknown = null;

  constructor(
    readonly folder: string,
    private readonly client: GitClient,
    private readonly done: (got: IGot) => Promise<void>,
    private readonly before: () => Promise<void>
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get open(): number {
    return (this.found?.notebooks ?? []).reduce((sum, book) => sum + this.openIn(book), 0);
  }

  openIn(book: Notebook): number {
    const chosen = this.choices[book.path];
    return chosen === null ? 0 : book.clashes - Object.keys(chosen ?? {}).length;
  }

  load(): Promise<void> {
    return this.attempt(async () => {
      this.found = await this.client.clashes(this.folder);
      this.choices = {};
    });
  }

  choose(path: string, key: string, choice: Choice): void {
    this.choices = { ...this.choices, [path]: { ...this.choices[path], [key]: choice } };
    this._changed.emit();
  }

  /** Theirs comes in, mine stays as a copy; pressed again, cell by cell it is. */
  aside(path: string, on: boolean): void {
    this.choices = { ...this.choices, [path]: on ? null : {} };
    this._changed.emit();
  }

  finish(): Promise<void> {
    return this.attempt(async () => {
      const { found } = this;
      if (found !== null) {
        await this.before();
        await this.done(await this.client.settle(this.folder, found, this.choices));
      }
    });
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
  model: MergeModel;
  trans: TranslationBundle;
}

function MergeView({ model, trans }: IProps): React.JSX.Element {
  useSignalled(model.changed);
  const { found } = model;
  return (
    <div className="enb-git-merge" data-enablement-merge={model.folder} data-enablement-open={model.open}>
      <header className="enb-git-head">
        <h2>{trans.__('You and a colleague changed the same cells')}</h2>
        {found !== null && found.notebooks.length > 0 && (
          <Button
            primary
            disabled={model.busy || model.open > 0}
            onClick={() => void model.finish()}
            hook="finish-merge"
          >
            {model.busy ? trans.__('Working…') : trans.__('Finish')}
          </Button>
        )}
      </header>
      <ErrorNote error={model.error} trans={trans} onRetry={() => void model.load()} />
      {found === null && model.error === null && <Busy>{trans.__('Comparing both sides…')}</Busy>}
      {found !== null && found.notebooks.length === 0 && <p>{trans.__('There is nothing left to settle.')}</p>}
      {found !== null && found.notebooks.length > 0 && (
        <p className="enb-hint" role="status">
          {model.open > 0
            ? trans._n(
                'Choose for %1 more cell. Nothing is changed before you press Finish, and both sides stay in the history.',
                'Choose for %1 more cells. Nothing is changed before you press Finish, and both sides stay in the history.',
                model.open
              )
            : trans.__('Everything is chosen. Press Finish.')}
        </p>
      )}
      {found?.notebooks.map(book => (
        <NotebookMerge key={book.path} book={book} model={model} trans={trans} />
      ))}
    </div>
  );
}

function NotebookMerge({ book, model, trans }: IProps & { book: Notebook }): React.JSX.Element {
  const aside = model.choices[book.path] === null;
  return (
    <section data-enablement-notebook={book.path}>
      <h3>
        <Name>{book.path}</Name>
      </h3>
      <label className="enb-check">
        <input
          type="checkbox"
          checked={aside}
          onChange={event => model.aside(book.path, event.target.checked)}
          data-enablement-field="aside"
        />
        <span>{trans.__('Take theirs as a whole, and keep my notebook as a copy beside it')}</span>
      </label>
      {!aside &&
        book.items.map((item, index) =>
          'key' in item ? (
            <ClashView key={item.key} clash={item} book={book} model={model} trans={trans} />
          ) : (
            <Source key={index} cell={item.cell} trans={trans} />
          )
        )}
    </section>
  );
}

function ClashView({ clash, book, model, trans }: IProps & { clash: Clash; book: Notebook }): React.JSX.Element {
  const chosen = model.choices[book.path]?.[clash.key];
  const words: Record<Choice, string> = {
    mine: clash.mine === null ? trans.__('Take it out, as I did') : trans.__('Keep mine'),
    theirs: clash.theirs === null ? trans.__('Take it out, as they did') : trans.__('Keep theirs'),
    both: trans.__('Keep both, mine first')
  };
  const ways: Choice[] = clash.mine === null || clash.theirs === null ? ['mine', 'theirs'] : ['mine', 'theirs', 'both'];
  return (
    <fieldset className="enb-git-clash" data-enablement-clash={clash.key} data-enablement-choice={chosen ?? ''}>
      <legend>{chosen === undefined ? trans.__('Choose') : trans.__('Chosen')}</legend>
      <div className="enb-git-sides">
        <Side title={trans.__('Mine')} cell={clash.mine} on={chosen === 'mine' || chosen === 'both'} trans={trans} />
        <Side
          title={trans.__('Theirs')}
          cell={clash.theirs}
          on={chosen === 'theirs' || chosen === 'both'}
          trans={trans}
        />
      </div>
      <div className="enb-git-choices">
        {ways.map(way => (
          <label key={way} className="enb-check">
            <input
              type="radio"
              name={`${book.path}\n${clash.key}`}
              checked={chosen === way}
              onChange={() => model.choose(book.path, clash.key, way)}
              data-enablement-action={`keep-${way}`}
            />
            <span>{words[way]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Side(props: {
  title: string;
  cell: IClashCell | null;
  on: boolean;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { title, cell, on, trans } = props;
  return (
    <div className={on ? 'enb-git-side enb-mod-chosen' : 'enb-git-side'}>
      <strong>{title}</strong>
      {cell === null ? <p className="enb-hint">{trans.__('This side took the cell out.')}</p> : <pre>{cell.text}</pre>}
    </div>
  );
}

function Source({ cell, trans }: { cell: IClashCell; trans: TranslationBundle }): React.JSX.Element {
  return (
    <details className="enb-git-settled">
      <summary>
        <code>{cell.text.split('\n')[0]?.slice(0, 100) || trans.__('(empty cell)')}</code>
      </summary>
      <pre>{cell.text}</pre>
    </details>
  );
}

export class MergeDocument extends GitDocument {
  constructor(
    readonly model: MergeModel,
    trans: TranslationBundle
  ) {
    super({
      id: `enablement-merge-${model.folder}`,
      label: trans.__('Settle changes'),
      view: () => <MergeView model={model} trans={trans} />
    });
    void model.load();
  }
}
