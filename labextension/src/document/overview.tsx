/** The Overview tab: what the author says, what it was made in, where it stands. */
import * as React from 'react';

import type { IDecision, IGit, INotSecret, IVersion } from '../contract';
import { ContentId, Name } from '../components';
import { exactTime, fileSize } from '../formatting';
import {
  changeLabel,
  fallLabel,
  gitPlace,
  gitStanding,
  handedOverLabel,
  labelOf,
  stageLabel,
  unansweredLabel
} from '../labels';
import { secretLabel } from '../secretLabels';
import { Checks } from './checks';
import { useDocument } from './context';
import { Requirements } from './requirements';

export function OverviewTab(): React.JSX.Element {
  const { trans, model } = useDocument();
  const { detail, version } = model;
  if (detail === null || version === null) {
    return <></>;
  }
  return (
    <div className="enb-page enb-overview">
      <div className="enb-overview-main">
        <Answer title={trans.__('Problem')} text={version.answers.problem} />
        <Answer title={trans.__('Business value')} text={version.answers.value} />
        <Answer title={trans.__('Expected result')} text={version.answers.expected} />
        <Answer title={trans.__('Data used')} text={version.answers.data_used} />
        <Checklist version={version} />
        <NotSecrets items={version.not_secrets} />
        <Checks key={version.number} version={version.number} />
      </div>
      <div className="enb-overview-side">
        <Requirements items={detail.requirements} />
        <Decisions items={detail.decisions} />
        <Facts version={version} />
      </div>
    </div>
  );
}

function Answer(props: { title: string; text: string | undefined }): React.JSX.Element {
  const { trans } = useDocument();
  return (
    <section>
      <h3>{props.title}</h3>
      {props.text?.trim() ? (
        <p className="enb-answer" dir="auto">
          {props.text}
        </p>
      ) : (
        <p className="enb-hint">{trans.__('Not said.')}</p>
      )}
    </section>
  );
}

function Checklist(props: { version: IVersion }): React.JSX.Element {
  const { trans, model } = useDocument();
  const checklist = props.version.answers.checklist ?? null;
  const ticked = new Set(checklist ?? []);
  const known = model.context?.checklist ?? [];
  const others = [...ticked].filter(key => !known.some(item => item.key === key));
  return (
    <section>
      <h3>{trans.__('Hand-off checklist')}</h3>
      {checklist === null && <p className="enb-hint">{unansweredLabel(props.version, trans)}.</p>}
      <ul className="enb-ticks">
        {[...known, ...others.map(key => ({ key, label: key }))].map(item => (
          <li key={item.key} data-enablement-ticked={String(ticked.has(item.key))}>
            <span aria-hidden="true">{ticked.has(item.key) ? '✓' : '–'}</span>
            {ticked.has(item.key) && <span className="enb-unseen">{trans.__('Ticked:')}</span>}
            {item.label}
            {!ticked.has(item.key) && <small className="enb-hint">{trans.__('not ticked')}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function NotSecrets(props: { items: INotSecret[] }): React.JSX.Element | null {
  const { trans } = useDocument();
  if (props.items.length === 0) {
    return null;
  }
  return (
    <section data-enablement-not-secrets={props.items.length}>
      <h3>{trans.__('Not a secret, says the author')}</h3>
      <ul className="enb-not-secrets">
        {props.items.map((item, index) => (
          <li key={index} data-enablement-finding={item.rule}>
            <Name>{item.where}</Name>, {trans.__('line %1', item.line)}:{' '}
            {trans.__('what looks like %1', secretLabel(item.rule, trans))}
            <p className="enb-answer" dir="auto">
              {item.reason}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Decisions(props: { items: IDecision[] }): React.JSX.Element | null {
  const { trans } = useDocument();
  if (props.items.length === 0) {
    return null;
  }
  const words: Record<IDecision['verdict'], string> = {
    approve: trans.__('Approved'),
    request_changes: trans.__('Changes requested'),
    reject: trans.__('Rejected')
  };
  return (
    <section>
      <h3>{trans.__('Decisions')}</h3>
      <ul className="enb-decisions">
        {props.items.map((item, index) => (
          <li key={index} data-enablement-verdict={item.verdict}>
            <span className="enb-chip" data-enablement-state={item.verdict}>
              {labelOf(words, item.verdict)}
            </span>{' '}
            <Name>{item.by}</Name> · {item.track} · {trans.__('version %1', item.version)} ·{' '}
            <ContentId id={item.content_id} /> · <time dateTime={item.at}>{exactTime(item.at)}</time>
            {item.reason !== '' && (
              <p className="enb-answer" dir="auto">
                {item.reason}
              </p>
            )}
            {item.held_since !== null && (
              <p className="enb-warning" data-enablement-held="">
                {trans.__(
                  'On hold: %1 says that this was not them. It does not count until an administrator has looked at it.',
                  item.by
                )}
              </p>
            )}
            {item.fallen_because !== null && (
              <p className="enb-warning">{trans.__('No longer counts: %1', fallLabel(item, trans))}</p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Facts(props: { version: IVersion }): React.JSX.Element {
  const { trans, model } = useDocument();
  const { version } = props;
  const { answers, image, git } = version;
  const [stage, handedOver] = [answers.stage ?? null, answers.handed_over ?? null];
  const files = [version.notebook, ...version.files];
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const rows: [string, React.ReactNode][] = [
    [trans.__('Author'), <Name key="a">{model.detail?.author ?? version.sent_by}</Name>],
    [trans.__('Stage'), stage === null ? unansweredLabel(version, trans) : stageLabel(stage, trans)],
    [
      trans.__('Handed over as'),
      handedOver === null ? unansweredLabel(version, trans) : handedOverLabel(handedOver, trans)
    ],
    [
      trans.__('Image release'),
      <span key="i" title={image.digest}>
        {image.slug} {image.release} · Python {image.python}
      </span>
    ],
    [trans.__('Notebook'), <Name key="n">{version.notebook.path}</Name>],
    [trans.__('Files'), trans._n('%1 file, %2', '%1 files, %2', files.length, fileSize(total))],
    [
      trans.__('Reviewers asked'),
      answers.reviewers?.length ? <Name key="r">{answers.reviewers.join(', ')}</Name> : trans.__('anyone')
    ],
    [trans.__('Content id'), <ContentId key="c" id={version.content_id} />],
    [
      trans.__('Received'),
      <time key="t" dateTime={version.sent_at}>
        {exactTime(version.sent_at)}
      </time>
    ]
  ];
  rows.push([trans.__('Git'), <GitFacts key="g" git={git} />]);
  if (version.changes.length > 0) {
    rows.push([trans.__('Changed'), version.changes.map(kind => changeLabel(kind, trans)).join(', ')]);
  }
  return (
    <section>
      <h3>{trans.__('Version %1', version.number)}</h3>
      <dl className="enb-facts">
        {rows.map(([label, value]) => (
          <React.Fragment key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
    </section>
  );
}

/** To the repository's page, where the service keeps it: reviewers may read it. */
function RepositoryLink({ remote }: { remote: string }): React.JSX.Element {
  const { model } = useDocument();
  const path = /\/(git\/(?:user|group)\/[a-z0-9_.-]+\/[a-z0-9_-]+?)(?:\.git)?$/.exec(remote)?.[1];
  const page = path === undefined ? null : model.pageAt(path);
  return page === null ? (
    <Name>{remote}</Name>
  ) : (
    <a href={page} target="_blank" rel="noopener noreferrer">
      <Name>{remote}</Name>
    </a>
  );
}

/** Which version in Git this is, and whether it is all of it. Said by the author's server, and checked by nobody. */
function GitFacts(props: { git: IGit | null }): React.JSX.Element {
  const { trans } = useDocument();
  const { git } = props;
  if (git === null) {
    return <span data-enablement-git-facts="none">{trans.__('Not kept in Git')}</span>;
  }
  return (
    <span data-enablement-git-facts={git.dirty ? 'changed' : 'kept'}>
      <Name title={git.commit}>{gitPlace(git, trans)}</Name>
      {', '}
      {git.dirty ? <strong>{gitStanding(git, trans)}</strong> : gitStanding(git, trans)}
      <small className="enb-hint enb-git-source">
        {git.remote === '' ? (
          trans.__('On the author’s server only: the folder belongs to no repository elsewhere.')
        ) : (
          <RepositoryLink remote={git.remote} />
        )}
      </small>
      <small className="enb-hint enb-git-source">{trans.__('As the author’s server said when it was sent.')}</small>
    </span>
  );
}
