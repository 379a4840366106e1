/** What the checks found, at the top of the form: with a way to each cell, what can be put right at once, and reasons for what may go on. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { FindingList, TakenOut } from '../checks/findingList';
import { Busy, Button } from '../components';
import type { IFinding } from '../contract';
import type { ApiError } from '../errors';
import type { SendModel } from './model';

export function PreflightSection(props: {
  model: SendModel;
  trans: TranslationBundle;
  onShow: (finding: IFinding) => void;
}): React.JSX.Element | null {
  const { model, trans, onShow } = props;
  const { preflight, checking } = model;
  if (preflight === null) {
    return checking ? <Busy>{trans.__('Checking the notebook…')}</Busy> : null;
  }
  const stopping = model.stopping.length;
  return (
    <section
      className="enb-preflight"
      data-enablement-preflight={checking ? 'checking' : 'ready'}
      aria-label={trans.__('What the checks found')}
    >
      <h3>{trans.__('What the checks found')}</h3>
      {stopping > 0 && (
        <p className="enb-warning" role="status">
          {trans._n('%1 finding stops the sending.', '%1 findings stop the sending.', stopping)}
        </p>
      )}
      {preflight.policy === null && (
        <p className="enb-hint">
          {trans.__('The rules of this hub cannot be asked for now; they count when it is sent.')}
        </p>
      )}
      <FindingList
        findings={preflight.findings}
        trans={trans}
        onShow={onShow}
        isAnswered={finding => model.isAnswered(finding)}
        below={finding => <Remedies finding={finding} model={model} trans={trans} />}
      />
      <TakenOut items={preflight.taken_out} trans={trans} sent={false} />
    </section>
  );
}

function Remedies(props: { finding: IFinding; model: SendModel; trans: TranslationBundle }): React.JSX.Element | null {
  const { finding, model, trans } = props;
  const { file } = finding.facts;
  if (finding.fix === 'add-file' && typeof file === 'string' && model.canAdd(file)) {
    return (
      <Button onClick={() => model.tick(file, true)} hook="fix-add-file">
        {trans.__('Add this file')}
      </Button>
    );
  }
  return (
    <>
      {finding.fix === 'clear-output' && model.canClear(finding) && (
        <Button onClick={() => void model.clearOutput(finding)} hook="fix-clear-output">
          {trans.__('Clear this output')}
        </Button>
      )}
      {finding.overridable && (
        <label className="enb-override">
          <span className="enb-hint">
            {trans.__('Or say why it is to be sent all the same; the reviewer reads it:')}
          </span>
          <input
            className="jp-mod-styled"
            maxLength={2000}
            value={model.reasonFor(finding)}
            onChange={event => model.override(finding, event.target.value)}
            data-enablement-reason={finding.code}
          />
        </label>
      )}
    </>
  );
}

/** What the service's checks did not let through, in its sentences; other refusals have none. */
export function BlockingFindings({ error }: { error: ApiError }): React.JSX.Element | null {
  const sentences = error.code === 'check-blocks' ? sentencesOf(error.facts.findings) : [];
  if (sentences.length === 0) {
    return null;
  }
  return (
    <ul className="enb-findings">
      {sentences.map((sentence, index) => (
        <li key={index} dir="auto">
          {sentence}
        </li>
      ))}
    </ul>
  );
}

function sentencesOf(findings: unknown): string[] {
  const listed: unknown[] = Array.isArray(findings) ? findings : [];
  return listed.flatMap(finding =>
    typeof finding === 'object' && finding !== null && 'sentence' in finding ? [String(finding.sentence)] : []
  );
}
