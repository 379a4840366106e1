/** The search box: completion of filters by keyboard and pointer, and the searches that are kept. */
import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ErrorNote, Name } from '../components';
import { useTask } from '../hooks';
import { completions, type ICompletion } from './completion';
import type { SearchModel } from './searchModel';

const LIST = 'enb-search-list';
const MOST_NAME = 60;

export function SearchBox(props: { model: SearchModel; trans: TranslationBundle }): React.JSX.Element {
  const { model, trans } = props;
  const input = React.useRef<HTMLInputElement>(null);
  const [open, setOpen] = React.useState(false);
  const [chosen, setChosen] = React.useState(-1);
  const [caret, setCaret] = React.useState(0);
  const place = React.useRef<number | null>(null); // where the caret belongs after a completion
  const offered = open ? completions(model.text, caret, model.filters) : [];
  React.useEffect(() => {
    if (place.current !== null) {
      input.current?.setSelectionRange(place.current, place.current); // React put it to the end of the text
      place.current = null;
    }
  });

  const take = (completion: ICompletion): void => {
    model.setText(completion.text);
    setCaret(completion.caret);
    place.current = completion.caret;
    setChosen(-1);
    setOpen(completion.label.endsWith(':'));
    input.current?.focus();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const at = offered[chosen];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setOpen(true);
      setChosen(
        offered.length === 0 ? -1 : (chosen + step + offered.length + (chosen < 0 && step < 0 ? 1 : 0)) % offered.length
      );
    } else if ((event.key === 'Enter' || event.key === 'Tab') && at !== undefined) {
      take(at);
    } else if (event.key === 'Enter') {
      setOpen(false);
      void model.refresh();
      return;
    } else if (event.key === 'Escape' && (offered.length > 0 || model.text !== '')) {
      if (offered.length > 0) {
        setOpen(false);
      } else {
        model.setText('');
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const note = (): void => setCaret(input.current?.selectionStart ?? model.text.length);

  return (
    <div className="enb-search">
      <input
        ref={input}
        type="search"
        role="combobox"
        className="jp-mod-styled"
        placeholder={trans.__('Find: words, author:, package:, #12 …')}
        aria-label={trans.__('Find submissions')}
        aria-expanded={offered.length > 0}
        aria-controls={LIST}
        aria-autocomplete="list"
        aria-activedescendant={offered[chosen] === undefined ? undefined : `${LIST}-${String(chosen)}`}
        autoComplete="off"
        spellCheck={false}
        data-enablement-search=""
        maxLength={500}
        value={model.text}
        onFocus={() => void model.prepare()}
        onBlur={() => setOpen(false)}
        onSelect={note}
        onKeyDown={onKeyDown}
        onChange={event => {
          model.setText(event.target.value);
          setCaret(event.target.selectionStart ?? event.target.value.length);
          setChosen(-1);
          setOpen(true);
        }}
      />
      <ul
        className="enb-search-list"
        id={LIST}
        role="listbox"
        aria-label={trans.__('Filters')}
        hidden={offered.length === 0}
      >
        {offered.map((each, index) => (
          <li
            key={each.label}
            id={`${LIST}-${String(index)}`}
            role="option"
            aria-selected={index === chosen}
            data-enablement-completion={each.label}
            onMouseDown={event => {
              event.preventDefault(); // the box keeps the focus
              take(each);
            }}
          >
            <strong>{each.label}</strong> <span>{each.hint}</span>
          </li>
        ))}
      </ul>
      <SavedSearches {...props} />
    </div>
  );
}

function SavedSearches(props: { model: SearchModel; trans: TranslationBundle }): React.JSX.Element | null {
  const { model, trans } = props;
  const task = useTask();
  const isKept = model.saved.some(each => each.query === model.query);
  const save = async (): Promise<void> => {
    const title = trans.__('Keep this search');
    const asked = await InputDialog.getText({ title, label: trans.__('Name'), okLabel: trans.__('Keep') });
    const name = asked.button.accept ? (asked.value ?? '').trim().slice(0, MOST_NAME) : '';
    if (name !== '') {
      await model.save(name);
    }
  };
  const canSave = model.query !== '' && model.problem === null && !isKept;
  if (model.saved.length === 0 && !canSave) {
    return null;
  }
  return (
    <div className="enb-saved" role="group" aria-label={trans.__('Searches that you keep')}>
      {model.saved.map(each => (
        <span className="enb-saved-one" key={each.name} data-enablement-saved-search={each.name}>
          <button
            type="button"
            aria-pressed={each.query === model.query}
            title={each.query}
            onClick={() => model.setText(each.query === model.query ? '' : each.query)}
          >
            <Name title={each.query}>{each.name}</Name>
          </button>
          <button
            type="button"
            aria-label={trans.__('Delete the search “%1”', each.name)}
            title={trans.__('Delete this search')}
            data-enablement-action="forget-search"
            onClick={() => task.run(() => model.forget(each.name))}
          >
            ×
          </button>
        </span>
      ))}
      {canSave && (
        <button type="button" className="enb-link" data-enablement-action="save-search" onClick={() => task.run(save)}>
          {trans.__('Keep this search…')}
        </button>
      )}
      <ErrorNote error={task.error} trans={trans} />
    </div>
  );
}
