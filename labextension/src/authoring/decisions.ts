/** Which decisions ask something of the author now. */
import type { IDecision, ISubmissionDetail } from '../contract';

/**
 * The standing decisions that ask for changes or reject, the newest first. One that fell, because a newer version answers
 * it, one that is on hold, and an older one of the same reviewer on the same track ask nothing.
 */
export function standingAgainst(submission: Pick<ISubmissionDetail, 'decisions'>): IDecision[] {
  const latest = new Map<string, IDecision>();
  for (const decision of submission.decisions) {
    latest.set(`${decision.track}\n${decision.by}`, decision);
  }
  return [...latest.values()]
    .filter(decision => decision.fallen_because === null && !decision.held_since && decision.verdict !== 'approve')
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
