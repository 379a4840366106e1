/** The words of the interface for the contract's codes; the only place that maps one to the other. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  ChangeKind,
  FallReason,
  IDecision,
  IGit,
  IRequirement,
  ISubmission,
  IVersion,
  PlacedState,
  RequirementState,
  Risk,
  Stage,
  State
} from './contract';
import { ApiError, factText, FOREIGN_PAGE, INTERRUPTED, SERVER_AWAY, UNREACHABLE, UNREADABLE } from './errors';
import { fileSize } from './formatting';

/** The word for a code, the code itself where a newer service says one that is not known here. */
export function labelOf(labels: Readonly<Partial<Record<string, string>>>, code: string): string {
  return labels[code] ?? code;
}

export function stateLabel(state: State, trans: TranslationBundle): string {
  const labels: Record<State, string> = {
    submitted: trans.__('Submitted'),
    in_review: trans.__('In review'),
    changes_requested: trans.__('Changes requested'),
    approved: trans.__('Approved'),
    handed_off: trans.__('Handed off'),
    in_production: trans.__('In production'),
    retired: trans.__('Retired'),
    withdrawn: trans.__('Withdrawn'),
    rejected: trans.__('Rejected')
  };
  return labelOf(labels, state);
}

export function stageLabel(stage: Stage, trans: TranslationBundle): string {
  const labels: Record<Stage, string> = {
    exploration: trans.__('Exploration'),
    active_research: trans.__('Active research'),
    model_development: trans.__('Model development'),
    production: trans.__('Production'),
    launch_and_maintenance: trans.__('Launch and maintenance')
  };
  return labelOf(labels, stage);
}

/** What stands where a question has no answer: nobody said one, or it was sent when that could not be told. */
export function unansweredLabel(version: Pick<IVersion, 'answers_recorded'>, trans: TranslationBundle): string {
  return version.answers_recorded ? trans.__('Not said') : trans.__('Not recorded');
}

export function handedOverLabel(kind: string, trans: TranslationBundle): string {
  return kind === 'production_ready' ? trans.__('Production-ready') : trans.__('Prototype');
}

/** "3f2a1bc on main"; a commit that is on no branch stands alone. */
export function gitPlace(git: IGit, trans: TranslationBundle): string {
  const commit = git.commit.slice(0, 7);
  return git.branch === '' ? commit : trans.__('%1 on %2', commit, git.branch);
}

/** Whether what was sent is all in that commit. */
export function gitStanding(git: IGit, trans: TranslationBundle): string {
  return git.dirty ? trans.__('with changes that are in no version') : trans.__('everything saved');
}

/** What a version changes; a kind of a newer service by its code. */
export function changeLabel(kind: ChangeKind, trans: TranslationBundle): string {
  const labels: Record<ChangeKind, string> = {
    metadata: trans.__('metadata'),
    outputs: trans.__('outputs'),
    markdown: trans.__('text cells'),
    code: trans.__('code'),
    files: trans.__('files sent along'),
    environment: trans.__('the environment'),
    unknown: trans.__('not known, because the version before is lost')
  };
  return labelOf(labels, kind);
}

/** Why a decision no longer counts; what an earlier or newer service stored, in its words. */
export function fallLabel({ fallen, fallen_because }: IDecision, trans: TranslationBundle): string {
  const said = fallen_because ?? '';
  if (!fallen) {
    return said;
  }
  const kinds = fallen.changes.map(kind => changeLabel(kind, trans)).join(', ');
  const labels: Record<FallReason, string> = {
    changed: trans.__('The new version changes: %1.', kinds),
    answered: trans.__('Version %1 answers it.', fallen.version ?? ''),
    disputed: trans.__('It was disputed by the person in whose name it was made.')
  };
  const known: Partial<Record<string, string>> = labels;
  return known[fallen.reason] ?? said;
}

export function placedLabel(state: PlacedState, trans: TranslationBundle): string {
  const labels: Record<PlacedState, string> = {
    unchanged: trans.__('Unchanged'),
    moved: trans.__('Moved'),
    changed: trans.__('Changed since'),
    deleted: trans.__('Cell deleted'),
    unknown: trans.__('Place not known: the version it was made on is lost')
  };
  return labelOf(labels, state);
}

export function requirementLabel(state: RequirementState, trans: TranslationBundle): string {
  const labels: Record<RequirementState, string> = {
    satisfied: trans.__('Satisfied'),
    unsatisfied: trans.__('Not yet satisfied'),
    overridden: trans.__('Overridden'),
    error: trans.__('Could not be checked'),
    not_applicable: trans.__('Not applicable')
  };
  return labelOf(labels, state);
}

/** What a requirement asks for. */
export function requirementTitle({ kind, facts }: IRequirement, trans: TranslationBundle): string {
  const labels: Record<IRequirement['kind'], string> = {
    track: trans.__('Approved: %1', facts.track ?? ''),
    threads: trans.__('Threads resolved'),
    rerun: trans.__('Comes out as it was sent when it is run again'),
    check: trans.__('Nothing found by the check %1', facts.check ?? '')
  };
  return labelOf(labels, kind);
}

/** How far one about tracks or threads is, e.g. "1 of 2 approvals; by remy"; an empty text where there is nothing to say. */
export function requirementDetail({ kind, facts }: IRequirement, trans: TranslationBundle): string {
  const { needed = 0, approved_by = [], against = [], held = [], open = 0, blocks = true } = facts;
  const ways: Record<IRequirement['kind'], string[]> = {
    track: [
      trans.__('%1 of %2 approvals', approved_by.length, needed),
      approved_by.length > 0 ? trans.__('by %1', approved_by.join(', ')) : '',
      against.length > 0 ? trans.__('changes wanted by %1', against.join(', ')) : '',
      held.length > 0 ? trans.__('on hold: %1', held.join(', ')) : ''
    ],
    rerun: [],
    check: [],
    threads: [
      open > 0 ? trans._n('%1 open', '%1 open', open) : '',
      open > 0 && !blocks ? trans.__('does not stand in the way of an approval') : ''
    ]
  };
  const known: Partial<Record<string, string[]>> = ways;
  return (known[kind] ?? []).filter(part => part !== '').join('; ');
}

/** Whose turn it is: "you", "dana", "technical reviewers", or an empty text when it is nobody's. */
export function whoseTurn(submission: ISubmission, me: string | null, trans: TranslationBundle): string {
  const names = submission.attention.map(({ who }) => {
    const name = who.slice(who.indexOf(':') + 1);
    if (who === 'track:administrators') {
      return trans.__('administrators');
    }
    if (who.startsWith('track:')) {
      return trans.__('%1 reviewers', name);
    }
    return name === me ? trans.__('you') : name;
  });
  return names.join(', ');
}

export function eventLabel(kind: string, trans: TranslationBundle): string {
  const labels: Record<string, string> = {
    sent: trans.__('sent it to engineering'),
    version_sent: trans.__('sent a new version'),
    claimed: trans.__('claimed it'),
    released: trans.__('released it'),
    claim_lapsed: trans.__('lost the claim: it lapsed'),
    claim_withdrawn: trans.__('gave the claim back: its reviewer has left the group'),
    request_withdrawn: trans.__('took back the request to somebody who reviews nothing now'),
    commented: trans.__('commented'),
    review_published: trans.__('published comments'),
    comment_edited: trans.__('changed a comment'),
    comment_deleted: trans.__('deleted a comment'),
    suggestion_rejected: trans.__('rejected a suggested edit'),
    resolved: trans.__('resolved a thread'),
    reopened: trans.__('reopened a thread'),
    approved: trans.__('approved it'),
    changes_requested: trans.__('requested changes'),
    rejected: trans.__('rejected it'),
    withdrawn: trans.__('withdrew it'),
    approval_fell: trans.__('lost the approval of an earlier version'),
    author_changed: trans.__('handed it over to another author'),
    decision_disputed: trans.__('said of a decision “this was not me”: it is on hold'),
    hold_lifted: trans.__('lifted the hold of a decision'),
    decision_fell: trans.__('let a decision fall that was on hold'),
    package_accepted: trans.__('accepted a request for a package'),
    package_declined: trans.__('declined a request for a package'),
    access_shown: trans.__('got a password to read a repository'),
    repository_shared: trans.__('changed who may use a repository'),
    rerun_asked: trans.__('asked for another run'),
    rerun_started: trans.__('began to run it again'),
    rerun_ended: trans.__('ended the run'),
    requirement_overridden: trans.__('approved although a requirement was open')
  };
  return labelOf(labels, kind);
}

/** One plain sentence for a failed request. What the service says in `detail` is for people, and is used where ours would say less. */
export function errorSentence(error: unknown, trans: TranslationBundle): string {
  if (!(error instanceof ApiError)) {
    return trans.__('Something went wrong: %1', error instanceof Error ? error.message : String(error));
  }
  const own: Record<string, string> = {
    ...sentencesOfProxies(error, trans),
    [UNREACHABLE]: trans.__('Your server cannot be reached. Check the network connection.'),
    [INTERRUPTED]: trans.__('The connection broke before the service answered.'),
    [UNREADABLE]: trans.__('The answer of the service could not be read.'),
    'service-away': trans.__('The review service does not answer right now.'),
    'no-service': trans.__(
      'This server was not started by an Enablement hub, so there is no review service to talk to.'
    ),
    'not-signed-in': trans.__('Your session has ended. Reload the page to sign in again.'),
    'server-unknown': trans.__(
      'This server is no longer known to the hub, so nothing can be sent or loaded. Start it again: stop it on the hub’s page that opens, then start it. Your files and what you typed stay.'
    ),
    'not-found': trans.__('There is no such submission, or you may not see it.'),
    'stale-stamp': trans.__(
      'Somebody changed this submission meanwhile. It has been loaded again; please look and repeat.'
    ),
    'too-many-requests': trans.__('The service is busy. Wait a moment and try again.')
  };
  return own[error.code] ?? error.message;
}

/** What has to be set before there are decisions, in a sentence for who looks after the hub. */
export function riskRemedy(risk: Risk, trans: TranslationBundle): string {
  const labels: Record<Risk, string> = {
    'shared-origin': trans.__(
      'Lab pages have the address of the decision page: set c.Enablement.decision_url (chart: review.decisions.url) to a second host name or port, or c.JupyterHub.subdomain_host.'
    ),
    'plain-http': trans.__(
      'Servers run on the machine of the hub and it is not on https: put hub and decision page behind https.'
    ),
    'one-account': trans.__(
      'Servers run under the account of the review service: give people accounts of their own or containers.'
    )
  };
  return labelOf(labels, risk);
}

/** Answers of what stands between the browser, the person's own server and the review service: whose limit or fault it is, and whom to tell. */
function sentencesOfProxies(error: ApiError, trans: TranslationBundle): Record<string, string> {
  const { bytes } = error.facts;
  const [status, host] = [factText(error, 'status'), factText(error, 'host')];
  const size = typeof bytes === 'number' ? fileSize(bytes) : '';
  return {
    'proxy-too-large':
      size === ''
        ? trans.__(
            'Something between your browser, your server and the review service takes no more than a certain size, and this is larger. Send fewer or smaller files, or tell your platform engineers: a proxy refused it (HTTP 413).'
          )
        : trans.__(
            'Something between your server and the review service takes less than the %1 of this sending. It is not a limit of the review service. Send fewer or smaller files, or tell your platform engineers: a proxy refused it (HTTP 413).',
            size
          ),
    'proxy-away': trans.__(
      'A proxy between your server and the review service answers that it cannot reach it (HTTP %1). Nothing is lost. If it stays so, tell your platform engineers.',
      status
    ),
    'foreign-answer':
      host === ''
        ? trans.__(
            'Something else answers where the review service should be, such as a sign-in page of the network (HTTP %1). Nothing is lost. Signing in here again does not help; tell your platform engineers.',
            status
          )
        : trans.__(
            'Something else answers where the review service should be: your server is sent on to %1, such as to a sign-in page. Nothing is lost. Signing in here again does not help; tell your platform engineers.',
            host
          ),
    [SERVER_AWAY]: trans.__(
      'Your own server does not answer: the proxy in front of it says HTTP %1. Nothing is lost. If it stays so, start your server again in the hub, or tell your platform engineers.',
      status
    ),
    [FOREIGN_PAGE]: trans.__(
      'A web page came where your server should have answered, mostly one to sign in at. Reload this page, and sign in where you are asked to.'
    )
  };
}
