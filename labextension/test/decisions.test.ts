import assert from 'node:assert/strict';
import { test } from 'node:test';

import { standingAgainst } from '../src/authoring/decisions';
import type { IDecision } from '../src/contract';

function decision(changes: Partial<IDecision>): IDecision {
  return {
    version: 1,
    content_id: 'sha256:0',
    track: 'technical',
    verdict: 'request_changes',
    by: 'remy',
    reason: 'Name the columns.',
    at: '2026-11-24T12:00:00Z',
    fallen_because: null,
    fallen: null,
    held_since: null,
    ...changes
  };
}

test('only decisions that stand ask for something, the newest first', () => {
  const early = decision({ by: 'rosa' });
  const late = decision({ at: '2026-11-24T13:00:00Z', verdict: 'reject' });
  const answered = decision({ by: 'ruth', fallen_because: 'Version 2 answers it.' });
  const approval = decision({ by: 'rita', verdict: 'approve' });
  const held = decision({ by: 'kim', held_since: '2026-11-24T14:00:00Z' });
  assert.deepEqual(standingAgainst({ decisions: [early, answered, approval, held, late] }), [late, early]);
});

test('a later decision of the same reviewer takes the place of the earlier one on its track only', () => {
  const asked = decision({});
  const approved = decision({ verdict: 'approve', at: '2026-11-24T13:00:00Z' });
  const elsewhere = decision({ track: 'functional' });
  assert.deepEqual(standingAgainst({ decisions: [asked, elsewhere, approved] }), [elsewhere]);
});
