/** The head of a submission: what it is, whose turn it is, what can be done now. */
import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ISubmissionDetail, Verdict } from '../contract';
import { useNow, useTask } from '../hooks';
import { Ago, Button, ContentId, ErrorNote, Name, StateChip } from '../components';
import { riskRemedy, whoseTurn } from '../labels';
import { StampedAction } from './model';
import { useDocument } from './context';

export function Header(): React.JSX.Element {
  const { trans, model } = useDocument();
  const { detail, version } = model;
  const now = useNow();
  if (detail === null || version === null) {
    return <></>;
  }
  const turn = whoseTurn(detail, model.me?.name ?? null, trans);
  return (
    <header
      className="enb-header"
      data-enablement-submission={detail.number}
      data-enablement-state={detail.state}
      data-enablement-stamp={detail.stamp}
    >
      <div className="enb-header-line">
        <h2>
          <span className="enb-number">#{detail.number}</span> <Name>{detail.title}</Name>
        </h2>
        <StateChip state={detail.state} trans={trans} />
        {detail.decisions.some(decision => decision.held_since !== null) && (
          <span className="enb-chip enb-warning" data-enablement-held="">
            {trans.__('A decision is on hold')}
          </span>
        )}
        <VersionSelector detail={detail} chosen={version.number} />
        <ContentId id={version.content_id} />
        {version.number !== detail.latest && (
          <span className="enb-chip" data-enablement-older="">
            {trans.__('An older version; decisions are about version %1', detail.latest)}
          </span>
        )}
      </div>
      <p
        className="enb-header-turn"
        data-enablement-turn={detail.waiting_on_me ? 'me' : turn === '' ? 'nobody' : 'others'}
      >
        <Name>{detail.author}</Name>
        {turn !== '' && (
          <>
            {' · '}
            {trans.__('Waiting for')} <strong>{turn}</strong>
            {detail.waiting_since !== null && (
              <>
                {' · '}
                <Ago since={detail.waiting_since} now={now} trans={trans} />
              </>
            )}
          </>
        )}
        {detail.claim !== null && (
          <>
            {' · '}
            {trans.__('claimed by')} <Name>{detail.claim.by}</Name>
          </>
        )}
      </p>
      <Actions detail={detail} />
    </header>
  );
}

function VersionSelector(props: { detail: ISubmissionDetail; chosen: number }): React.JSX.Element {
  const { trans, model } = useDocument();
  const { versions, latest } = props.detail;
  return (
    <div className="jp-select-wrapper enb-version">
      <select
        className="jp-mod-styled"
        aria-label={trans.__('Version')}
        data-enablement-action="select-version"
        value={props.chosen}
        onChange={event => model.select(Number(event.target.value))}
      >
        {[...versions].reverse().map(version => (
          <option key={version.number} value={version.number}>
            {version.number === latest
              ? trans.__('Version %1 (latest)', version.number)
              : trans.__('Version %1', version.number)}
          </option>
        ))}
      </select>
    </div>
  );
}

function Actions(props: { detail: ISubmissionDetail }): React.JSX.Element {
  const { trans, model, sendVersion } = useDocument();
  const task = useTask();
  const { actions, notebook_path: path } = props.detail;
  const can = (action: string): boolean => (actions as string[]).includes(action);
  const act = (action: StampedAction, reason?: string): void => task.run(() => model.act(action, reason));
  return (
    <div className="enb-actions" role="group" aria-label={trans.__('Actions')}>
      {can('claim') && (
        <Button primary onClick={() => act('claim')} disabled={task.busy} hook="claim">
          {trans.__('Claim')}
        </Button>
      )}
      {can('release') && (
        <Button onClick={() => act('release')} disabled={task.busy} hook="release">
          {trans.__('Release')}
        </Button>
      )}
      {can('request_changes') && <Decide verdict="request_changes" label={trans.__('Request changes…')} />}
      {can('approve') && <Decide verdict="approve" label={trans.__('Approve…')} primary={!can('claim')} />}
      {can('reject') && <Decide verdict="reject" label={trans.__('Reject…')} />}
      {can('send_version') && (
        <Button primary onClick={() => sendVersion(path)} hook="send-version">
          {trans.__('Send new version…')}
        </Button>
      )}
      {can('withdraw') && (
        <Button onClick={() => void askWithdraw(trans, act)} disabled={task.busy} hook="withdraw">
          {trans.__('Withdraw…')}
        </Button>
      )}
      <ErrorNote error={task.error} trans={trans} />
      {can('approve') && model.decisionsOff.length > 0 && (
        <p className="enb-hint" role="note" id="enb-decisions-off" data-enablement-decisions="off">
          {trans.__('Decisions are off on this hub. For your platform engineers:')}{' '}
          {model.decisionsOff.map(risk => riskRemedy(risk, trans)).join(' ')}
        </p>
      )}
    </div>
  );
}

/** Decisions are made on the service's own page, with the reviewer's own session, never with this server's token. */
function Decide(props: { verdict: Verdict; label: string; primary?: boolean }): React.JSX.Element | null {
  const { trans, model } = useDocument();
  const url = model.decisionUrl;
  if (url === null) {
    return model.decisionsOff.length === 0 ? null : (
      <Button onClick={() => undefined} disabled hook={props.verdict}>
        {props.label}
      </Button>
    );
  }
  const tone = props.primary ? 'jp-mod-accept' : 'jp-mod-reject';
  return (
    <a
      className={`enb-button jp-mod-styled ${tone}`}
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      title={trans.__('Opens the decision page in a new tab')}
      data-enablement-action={props.verdict}
    >
      {props.label}
    </a>
  );
}

async function askWithdraw(
  trans: TranslationBundle,
  act: (action: StampedAction, reason?: string) => void
): Promise<void> {
  const answer = await InputDialog.getText({
    title: trans.__('Withdraw this submission?'),
    label: trans.__('It leaves the queue for good and is kept. You may say why:'),
    okLabel: trans.__('Withdraw')
  });
  if (answer.button.accept) {
    act('withdraw', answer.value ?? '');
  }
}
