/** The plan in plain words, live progress, the receipt. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Busy, Button, ErrorNote, Name } from '../components';
import type { IGitReceipt, IHeldFile, IGitPlan } from '../contract';
import { isInterrupted } from '../errors';
import { gitErrorSentence, heldSentence, isRepairable, planStepIdea, planStepLabel, refusalSentence } from './labels';
import { AccessNote, OwnerChoice } from './ownerChoice';
import type { GitSetupModel } from './setupModel';

interface IProps {
  model: GitSetupModel;
  trans: TranslationBundle;
  onClose: () => void;
}

export function SetupView(props: IProps): React.JSX.Element {
  const { model, trans, onClose } = props;
  return (
    <div className="enb-git" data-enablement-phase={model.phase}>
      <ErrorNote
        error={model.error}
        trans={trans}
        sentence={gitErrorSentence}
        onRetry={model.plan === null ? () => void model.load() : undefined}
      />
      {isInterrupted(model.error) && model.plan !== null && (
        <p className="enb-hint" data-enablement-interrupted="true">
          {trans.__('Nothing is lost. Press the button again to go on where it broke off.')}
        </p>
      )}
      {model.phase === 'loading' && model.error === null && <Busy>{trans.__('Looking at the folder…')}</Busy>}
      {(model.phase === 'plan' || model.phase === 'running') && model.plan !== null && (
        <Plan plan={model.plan} {...props} />
      )}
      {model.phase === 'done' && model.receipt !== null && <Done receipt={model.receipt} {...props} />}
      {model.phase === 'undone' && (
        <>
          <p role="status" data-enablement-outcome="undone">
            {trans.__('Everything that was set up has been taken back. Your files are as they were.')}
          </p>
          {model.kept !== null && (
            <p data-enablement-kept-versions={model.kept}>
              {trans.__('Versions that the server does not have are kept in this file:')} <Name>{model.kept}</Name>
            </p>
          )}
          <footer className="enb-git-footer">
            <Button primary onClick={onClose} hook="close">
              {trans.__('Close')}
            </Button>
          </footer>
        </>
      )}
    </div>
  );
}

function Plan(props: IProps & { plan: IGitPlan }): React.JSX.Element {
  const { plan, model, trans, onClose } = props;
  const running = model.phase === 'running';
  const settled = plan.steps.some(step => step.key === 'prepare' && step.done);
  const words = running ? trans.__('Setting up…') : settled ? trans.__('Repair') : trans.__('Set up Git');
  if (!plan.possible) {
    return (
      <>
        {model.group !== '' && <OwnerChoice model={model} plan={plan} disabled={running} trans={trans} />}
        <ul className="enb-git-refusals" role="status">
          {plan.refusals.map(refusal => (
            <li key={refusal.code} data-enablement-refusal={refusal.code}>
              {refusalSentence(refusal, trans)}
            </li>
          ))}
        </ul>
        <p className="enb-hint">{trans.__('Nothing was changed.')}</p>
        <footer className="enb-git-footer">
          {isRepairable(plan.refusals) && (
            <Button disabled={running} onClick={() => void model.repair()} hook="repair-git">
              {trans.__('Repair')}
            </Button>
          )}
          <Button onClick={onClose} hook="close">
            {trans.__('Close')}
          </Button>
        </footer>
      </>
    );
  }
  return (
    <>
      <p>
        {trans.__('Versions of your work will be kept for this folder:')} <Name>{plan.folder}</Name>
      </p>
      <OwnerChoice model={model} plan={plan} disabled={running} trans={trans} />
      <AccessNote model={model} plan={plan} trans={trans} />
      <ol className="enb-git-steps" aria-live="polite">
        {plan.steps.map(step => (
          <li key={step.key} data-enablement-step={step.key} data-enablement-step-state={stateOf(model, step.key)}>
            <span>{planStepLabel(step, trans)}</span> <small className="enb-hint">{planStepIdea(step, trans)}</small>
          </li>
        ))}
      </ol>
      <Files kept={plan.kept} held={plan.held} trans={trans} />
      <Results model={model} disabled={running} trans={trans} />
      <footer className="enb-git-footer">
        <Button onClick={onClose} hook="close">
          {trans.__('Close')}
        </Button>
        {settled && (
          <Button disabled={running} onClick={() => void model.undo()} hook="undo-git">
            {trans.__('Undo')}
          </Button>
        )}
        <Button primary disabled={running} onClick={() => void model.apply()} hook="apply-git">
          {words}
        </Button>
      </footer>
    </>
  );
}

function stateOf(model: GitSetupModel, key: string): string {
  return model.states.get(key) ?? 'open';
}

function Done(props: IProps & { receipt: IGitReceipt }): React.JSX.Element {
  const { receipt, model, trans, onClose } = props;
  return (
    <>
      <div
        role="status"
        data-enablement-outcome={receipt.published ? 'published' : 'kept'}
        data-enablement-commit={receipt.commit}
        data-enablement-url={receipt.url}
      >
        <p className="enb-receipt-head">
          {receipt.published
            ? trans.__('Your versions are kept, here and on the server.')
            : trans.__('Your version is kept here. It will be copied to the server later.')}
        </p>
        {receipt.problem !== null && <p>{receipt.problem.detail}</p>}
        <dl className="enb-facts">
          <dt>{trans.__('Version')}</dt>
          <dd>
            <code title={receipt.commit}>{receipt.commit.slice(0, 10)}</code>
          </dd>
          <dt>{trans.__('Branch')}</dt>
          <dd>
            <Name>{receipt.branch}</Name>
          </dd>
          <dt>{trans.__('On the server')}</dt>
          <dd>
            <a href={receipt.page} target="_blank" rel="noopener noreferrer">
              {trans.__('Look at it')}
            </a>
          </dd>
        </dl>
      </div>
      <Files kept={receipt.kept} held={receipt.held} trans={trans} />
      <Results model={model} disabled={false} trans={trans} />
      <p className="enb-hint">
        {trans.__(
          'From now on, press “Save a version” at the bottom of the window whenever something is worth keeping.'
        )}
      </p>
      <footer className="enb-git-footer">
        <Button onClick={() => void model.undo()} hook="undo-git">
          {trans.__('Undo')}
        </Button>
        <Button onClick={() => void model.repair()} hook="repair-git">
          {trans.__('Repair')}
        </Button>
        <Button primary onClick={onClose} hook="close">
          {trans.__('Close')}
        </Button>
      </footer>
    </>
  );
}

/** Offered, never imposed: it makes one version in which every notebook differs. */
function Results(props: {
  model: GitSetupModel;
  disabled: boolean;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { model, disabled, trans } = props;
  if (model.results.length === 0) {
    return model.keptOut ? (
      <p className="enb-notice" role="status" data-enablement-results="0">
        {trans.__(
          'One version without results was made, and they stay out from now on. The files in this folder still have theirs. Your team gets it when you save a version.'
        )}
      </p>
    ) : null;
  }
  return (
    <div className="enb-notice" data-enablement-results={model.results.length}>
      <span>
        {trans._n(
          'The versions of %1 notebook here have results of cells in them. They can be kept out from now on: one version is made in which that notebook differs. Files in this folder keep their results. Without it everything stays as your team has it.',
          'The versions of %1 notebooks here have results of cells in them. They can be kept out from now on: one version is made in which all of these notebooks differ. Files in this folder keep their results. Without it everything stays as your team has it.',
          model.results.length
        )}
      </span>
      <Button disabled={disabled} onClick={() => void model.keepResultsOut()} hook="keep-results-out">
        {trans.__('Keep results out')}
      </Button>
    </div>
  );
}

function Files(props: { kept: string[]; held: IHeldFile[]; trans: TranslationBundle }): React.JSX.Element {
  const { kept, held, trans } = props;
  return (
    <>
      <details data-enablement-kept={kept.length}>
        <summary>{trans._n('%1 file goes in', '%1 files go in', kept.length)}</summary>
        <ul>
          {kept.map(path => (
            <li key={path}>
              <Name>{path}</Name>
            </li>
          ))}
        </ul>
      </details>
      <HeldFiles held={held} trans={trans} />
    </>
  );
}

/** Files that stay out, each with its reason. */
export function HeldFiles(props: { held: IHeldFile[]; trans: TranslationBundle }): React.JSX.Element | null {
  const { held, trans } = props;
  if (held.length === 0) {
    return null;
  }
  return (
    <details data-enablement-held={held.length}>
      <summary>{trans._n('%1 file stays out', '%1 files stay out', held.length)}</summary>
      <ul>
        {held.map(file => (
          <li key={file.path}>
            <Name>{file.path}</Name> <small className="enb-hint">{heldSentence(file, trans)}</small>
          </li>
        ))}
      </ul>
    </details>
  );
}
