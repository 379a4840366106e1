/** Every conflict with both sides and three ways out; the rest is merged already. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Busy, Button, ErrorNote, Name } from '../components';
import type { ConflictChoice, IConflict, IConflictCell, IConflictedNotebook } from '../contract';
import type { ConflictsModel } from './conflictsModel';
import { GitDocument } from './document';

interface IProps {
  model: ConflictsModel;
  trans: TranslationBundle;
}

function ConflictsView({ model, trans }: IProps): React.JSX.Element {
  const { conflicts } = model;
  return (
    <div className="enb-git-merge" data-enablement-merge={model.folder} data-enablement-open={model.open}>
      <header className="enb-git-head">
        <h2>{trans.__('You and a colleague changed the same cells')}</h2>
        {conflicts !== null && conflicts.notebooks.length > 0 && (
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
      {conflicts === null && model.error === null && <Busy>{trans.__('Comparing both sides…')}</Busy>}
      {conflicts !== null && conflicts.notebooks.length === 0 && <p>{trans.__('There is nothing left to settle.')}</p>}
      {conflicts !== null && conflicts.notebooks.length > 0 && (
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
      {conflicts?.notebooks.map(book => (
        <NotebookMerge key={book.path} book={book} model={model} trans={trans} />
      ))}
    </div>
  );
}

function NotebookMerge({ book, model, trans }: IProps & { book: IConflictedNotebook }): React.JSX.Element {
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
          onChange={event => model.takeTheirs(book.path, event.target.checked)}
          data-enablement-field="aside"
        />
        <span>{trans.__('Take theirs as a whole, and keep my notebook as a copy beside it')}</span>
      </label>
      {!aside &&
        book.items.map((item, index) =>
          'key' in item ? (
            <ConflictView key={item.key} conflict={item} book={book} model={model} trans={trans} />
          ) : (
            <Source key={index} cell={item.cell} trans={trans} />
          )
        )}
    </section>
  );
}

function ConflictView({
  conflict,
  book,
  model,
  trans
}: IProps & { conflict: IConflict; book: IConflictedNotebook }): React.JSX.Element {
  const chosen = model.choices[book.path]?.[conflict.key];
  const words: Record<ConflictChoice, string> = {
    mine: conflict.mine === null ? trans.__('Take it out, as I did') : trans.__('Keep mine'),
    theirs: conflict.theirs === null ? trans.__('Take it out, as they did') : trans.__('Keep theirs'),
    both: trans.__('Keep both, mine first')
  };
  const ways: ConflictChoice[] =
    conflict.mine === null || conflict.theirs === null ? ['mine', 'theirs'] : ['mine', 'theirs', 'both'];
  return (
    <fieldset className="enb-git-clash" data-enablement-clash={conflict.key} data-enablement-choice={chosen ?? ''}>
      <legend>{chosen === undefined ? trans.__('Choose') : trans.__('Chosen')}</legend>
      <div className="enb-git-sides">
        <Side title={trans.__('Mine')} cell={conflict.mine} on={chosen === 'mine' || chosen === 'both'} trans={trans} />
        <Side
          title={trans.__('Theirs')}
          cell={conflict.theirs}
          on={chosen === 'theirs' || chosen === 'both'}
          trans={trans}
        />
      </div>
      <div className="enb-git-choices">
        {ways.map(way => (
          <label key={way} className="enb-check">
            <input
              type="radio"
              name={`${book.path}\n${conflict.key}`}
              checked={chosen === way}
              onChange={() => model.choose(book.path, conflict.key, way)}
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
  cell: IConflictCell | null;
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

function Source({ cell, trans }: { cell: IConflictCell; trans: TranslationBundle }): React.JSX.Element {
  return (
    <details className="enb-git-settled">
      <summary>
        <code>{firstLine(cell.text, trans)}</code>
      </summary>
      <pre>{cell.text}</pre>
    </details>
  );
}

function firstLine(text: string, trans: TranslationBundle): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line === '' ? trans.__('(empty cell)') : line.slice(0, 100);
}

export class ConflictsDocument extends GitDocument<ConflictsModel> {
  constructor(model: ConflictsModel, trans: TranslationBundle) {
    super({
      id: `enablement-merge-${model.folder}`,
      label: trans.__('Settle changes'),
      model,
      view: shown => <ConflictsView model={shown} trans={trans} />
    });
    void model.load();
  }
}
