/** What looks like a secret in what was to be sent: where it is, never what it is; and what the author says of it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Name } from '../components';
import { secretLabel } from '../secretLabels';
import { findingsOf, samePlace, type ISecretFinding } from './notSecrets';
import type { SendModel } from './model';

interface ISecretFindingsProps {
  model: SendModel;
  trans: TranslationBundle;
}

export function SecretFindings({ model, trans }: ISecretFindingsProps): React.JSX.Element | null {
  const findings = findingsOf(model.error);
  if (findings.length === 0) {
    return null;
  }
  return (
    <>
      <ul className="enb-findings">
        {findings.map((finding, index) => (
          <SecretFinding key={index} finding={finding} model={model} trans={trans} />
        ))}
      </ul>
      {findings.some(finding => finding.disputable) && (
        <p className="enb-hint">
          {trans.__('What you say is none is sent as it is, and reviewers see that you said so and why.')}
        </p>
      )}
    </>
  );
}

function SecretFinding({
  finding,
  model,
  trans
}: ISecretFindingsProps & { finding: ISecretFinding }): React.JSX.Element {
  const said = model.notSecrets.statements.find(each => samePlace(each, finding));
  return (
    <li data-enablement-finding={finding.rule}>
      <Name>{finding.where}</Name>, {trans.__('line %1', finding.line)}: {secretLabel(finding.rule, trans)}
      {finding.disputable ? (
        <span className="enb-finding-said">
          <label>
            <input
              type="checkbox"
              checked={said !== undefined}
              onChange={event => (event.target.checked ? model.dispute(finding, '') : model.concede(finding))}
            />
            {trans.__('This is not a secret')}
          </label>
          {said !== undefined && (
            <input
              type="text"
              className="jp-mod-styled"
              autoComplete="off"
              maxLength={1000}
              aria-label={trans.__('Why it is not a secret')}
              placeholder={trans.__('Why not? For instance: a public sample key of the documentation')}
              data-enablement-field="not-secret-reason"
              value={said.reason}
              onChange={event => model.dispute(finding, event.target.value)}
            />
          )}
        </span>
      ) : (
        <small className="enb-hint"> {trans.__('It has to be taken out.')}</small>
      )}
    </li>
  );
}
