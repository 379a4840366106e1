/** New submission or new version of one that is there. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ISubmission } from '../contract';
import { Name, StateChip } from '../components';
import type { SendModel } from './model';

export function TargetField(props: { model: SendModel; trans: TranslationBundle }): React.JSX.Element | null {
  const { model, trans } = props;
  const open = (model.candidates?.previous ?? []).filter(item => item.actions.includes('send_version'));
  if (open.length === 0) {
    return null;
  }
  return (
    <fieldset className="enb-field" data-enablement-field="target">
      <legend>{trans.__('Send as')}</legend>
      {open.map(item => (
        <Choice key={item.number} item={item} model={model} trans={trans} />
      ))}
      <label className="enb-check">
        <input
          type="radio"
          name="enb-send-target"
          value="new"
          checked={model.target === null}
          onChange={() => model.choose(null)}
        />
        {trans.__('A new submission')}
      </label>
    </fieldset>
  );
}

function Choice(props: { item: ISubmission; model: SendModel; trans: TranslationBundle }): React.JSX.Element {
  const { item, model, trans } = props;
  return (
    <label className="enb-check">
      <input
        type="radio"
        name="enb-send-target"
        value={item.number}
        checked={model.target?.number === item.number}
        onChange={() => model.choose(item)}
      />
      <span>
        {trans.__('Version %1 of #%2', item.latest + 1, item.number)} · <Name>{item.title}</Name>{' '}
        <StateChip state={item.state} trans={trans} />
      </span>
    </label>
  );
}
