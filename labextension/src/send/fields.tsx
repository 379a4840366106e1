/** The questions of the dialog. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { HandedOver, Stage } from '../contract';
import { handedOverLabel, stageLabel } from '../labels';
import type { SendModel } from './model';

export interface IFieldsProps {
  model: SendModel;
  trans: TranslationBundle;
  /** The field the service objected to. */
  wrong: string | null;
}

const STAGES: Stage[] = ['exploration', 'active_research', 'model_development', 'production', 'launch_and_maintenance'];
const KINDS: HandedOver[] = ['prototype', 'production_ready'];

export function Questions(props: IFieldsProps): React.JSX.Element {
  const { trans } = props;
  return (
    <>
      <TextField {...props} name="title" label={trans.__('Title')} required />
      <TextField
        {...props}
        name="problem"
        label={trans.__('Problem')}
        hint={trans.__('What question does this notebook answer?')}
        rows={2}
      />
      <div className="enb-pair">
        <TextField
          {...props}
          name="value"
          label={trans.__('Business value')}
          hint={trans.__('Who gains what when it is in production?')}
          rows={2}
        />
        <TextField
          {...props}
          name="expected"
          label={trans.__('Expected result')}
          hint={trans.__('What should engineering deliver?')}
          rows={2}
        />
      </div>
      <div className="enb-pair">
        <StageField {...props} />
        <HandedOverField {...props} />
      </div>
      <TextField
        {...props}
        name="data_used"
        label={trans.__('Data used')}
        hint={trans.__('Sources, dates, owners, anything personal in it')}
        rows={2}
      />
      <ReviewersField {...props} />
    </>
  );
}

type TextName = 'title' | 'problem' | 'value' | 'expected' | 'data_used';

function TextField(
  props: IFieldsProps & { name: TextName; label: string; hint?: string; rows?: number; required?: boolean }
): React.JSX.Element {
  const { name, model, wrong } = props;
  const id = `enb-send-${name}`;
  const shared = {
    id,
    value: model.answers[name] ?? '',
    placeholder: props.hint,
    required: props.required,
    maxLength: name === 'title' ? 200 : 10_000,
    'aria-invalid': wrong === name || undefined,
    'data-enablement-field': name,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      model.answer({ [name]: event.target.value })
  };
  return (
    <div className="enb-field">
      <label htmlFor={id}>
        {props.label}
        {props.required && <span aria-hidden="true"> *</span>}
      </label>
      {props.rows === undefined ? (
        <input type="text" className="jp-mod-styled" autoComplete="off" {...shared} />
      ) : (
        <textarea className="jp-mod-styled" rows={props.rows} {...shared} />
      )}
    </div>
  );
}

function StageField({ model, trans }: IFieldsProps): React.JSX.Element {
  const stages = model.context?.stages.length ? model.context.stages : STAGES;
  return (
    <div className="enb-field">
      <label htmlFor="enb-send-stage">{trans.__('Project stage')}</label>
      <div className="jp-select-wrapper">
        <select
          id="enb-send-stage"
          className="jp-mod-styled"
          data-enablement-field="stage"
          value={model.answers.stage ?? ''}
          onChange={event => model.answer({ stage: (event.target.value || null) as Stage | null })}
        >
          <option value="">{trans.__('Choose…')}</option>
          {stages.map(stage => (
            <option key={stage} value={stage}>
              {stageLabel(stage, trans)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

function HandedOverField({ model, trans }: IFieldsProps): React.JSX.Element {
  return (
    <fieldset className="enb-field" data-enablement-field="handed_over">
      <legend>{trans.__('Handed over as')}</legend>
      <div className="enb-choices">
        {KINDS.map(kind => (
          <label key={kind}>
            <input
              type="radio"
              name="enb-send-handed-over"
              value={kind}
              checked={model.answers.handed_over === kind}
              onChange={() => model.answer({ handed_over: kind })}
            />
            {handedOverLabel(kind, trans)}
          </label>
        ))}
        <label>
          <input
            type="radio"
            name="enb-send-handed-over"
            value=""
            checked={(model.answers.handed_over ?? null) === null}
            onChange={() => model.answer({ handed_over: null })}
          />
          {trans.__('Not said')}
        </label>
      </div>
    </fieldset>
  );
}

function ReviewersField({ model, trans }: IFieldsProps): React.JSX.Element {
  const [text, setText] = React.useState((model.answers.reviewers ?? []).join(', '));
  const change = (value: string): void => {
    setText(value);
    const names = value.split(/[,;\s]+/).filter(name => name !== '');
    model.answer({ reviewers: [...new Set(names)].slice(0, 20) });
  };
  return (
    <div className="enb-field">
      <label htmlFor="enb-send-reviewers">{trans.__('Reviewers (optional)')}</label>
      <input
        id="enb-send-reviewers"
        type="text"
        className="jp-mod-styled"
        autoComplete="off"
        placeholder={trans.__('User names, separated by commas; without one any reviewer may take it')}
        data-enablement-field="reviewers"
        value={text}
        onChange={event => change(event.target.value)}
      />
    </div>
  );
}

export function Checklist({ model, trans }: IFieldsProps): React.JSX.Element | null {
  const items = model.context?.checklist ?? [];
  if (items.length === 0) {
    return null;
  }
  const ticked = new Set(model.answers.checklist ?? []);
  const change = (key: string, on: boolean): void => {
    const left = items.map(item => item.key).filter(known => (known === key ? on : ticked.has(known)));
    model.answer({ checklist: left });
  };
  return (
    <fieldset className="enb-field" data-enablement-field="checklist">
      <legend>{trans.__('Hand-off checklist')}</legend>
      {items.map(item => (
        <label key={item.key} className="enb-check">
          <input
            type="checkbox"
            value={item.key}
            checked={ticked.has(item.key)}
            onChange={event => change(item.key, event.target.checked)}
          />
          {item.label}
        </label>
      ))}
    </fieldset>
  );
}
