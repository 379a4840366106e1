/** For whom versions are kept: for the person alone, or for a group of theirs; and what the person may not do. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Name } from '../components';
import type { IGitPlan } from '../contract';
import type { GitSetupModel } from './setupModel';

interface IProps {
  model: GitSetupModel;
  plan: IGitPlan;
  disabled: boolean;
  trans: TranslationBundle;
}

/** Only before there is a repository: then it belongs to somebody. */
export function OwnerChoice({ model, plan, disabled, trans }: IProps): React.JSX.Element | null {
  if (plan.groups.length === 0 || !model.isNew) {
    return null;
  }
  const choice = (group: string): React.JSX.Element => (
    <label className="enb-check" key={group}>
      <input
        type="radio"
        name="enb-git-owner"
        checked={model.group === group}
        disabled={disabled}
        onChange={() => void model.choose(group)}
        data-enablement-owner={group}
      />
      <span>
        {group === '' ? (
          trans.__('For me')
        ) : (
          <>
            {trans.__('For the group')} <Name>{group}</Name>
          </>
        )}
      </span>
    </label>
  );
  return (
    <fieldset className="enb-git-owner">
      <legend>{trans.__('For whom are versions kept?')}</legend>
      {['', ...plan.groups].map(choice)}
      <small className="enb-hint">
        {model.group === ''
          ? trans.__('You alone see them. You can share them later, on the page of the repository.')
          : trans.__('Everybody in this group sees them, gets copies and saves versions.')}
      </small>
    </fieldset>
  );
}

/** Where one may only read, before anything is pressed; where there is a repository, the way to its page. */
export function AccessNote({ model, plan, trans }: Omit<IProps, 'disabled'>): React.JSX.Element {
  const shares = plan.space === 'user' && plan.access === 'write';
  return (
    <p className={plan.access === 'read' ? 'enb-notice' : 'enb-hint'} data-enablement-access={plan.access ?? undefined}>
      {trans.__('On the server:')} <Name>{plan.repository}</Name>.{' '}
      {plan.access === 'read' && (
        <>
          {trans.__('You may read it and get what is new, and not save versions to it.')} {plan.ask}{' '}
        </>
      )}
      {!model.isNew && (
        <a href={plan.page} target="_blank" rel="noopener noreferrer" data-enablement-page>
          {shares ? trans.__('Its page, where you share it') : trans.__('Its page')}
        </a>
      )}
    </p>
  );
}
