/** Words about re-runs. Each stands beside a sign, so that nothing is told by colour alone. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRerun, IRerunCell, IRerunVerdict, RunVerdict } from '../../contract';
import { fileSize } from '../../formatting';
import { labelOf } from '../../labels';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

const TONES: Record<RunVerdict, Tone> = {
  identical: 'good',
  equivalent: 'good',
  differs: 'warn',
  'not-as-sent': 'warn',
  'differs-each-time': 'warn',
  error: 'bad',
  truncated: 'warn',
  'not-run': 'quiet',
  'needs-resource': 'bad',
  'not-compared': 'quiet'
};

export const SIGNS: Record<Tone, string> = { good: '✓', warn: '≠', bad: '✗', quiet: '–' };

export const toneOf = (cell: IRerunCell): Tone => TONES[cell.verdict];

/** Whether what the run showed is worth a look beside what was sent. */
export const isAnother = (cell: IRerunCell): boolean => !['good', 'quiet'].includes(toneOf(cell)) && !cell.withheld;

/** Of a whole run, by how it ended. */
export function toneOfOutcome(outcome: string | null): Tone {
  const tones: Record<string, Tone> = { same: 'good', differs: 'warn', died: 'bad' };
  return tones[outcome ?? ''] ?? 'quiet';
}

export function verdictLabel(verdict: RunVerdict, trans: TranslationBundle): string {
  const labels: Record<RunVerdict, string> = {
    identical: trans.__('Re-run: the same'),
    equivalent: trans.__('Re-run: the same, but for what does not count'),
    differs: trans.__('Re-run: differs'),
    'not-as-sent': trans.__('Re-run: the same twice, not as sent'),
    'differs-each-time': trans.__('Re-run: differs each time'),
    error: trans.__('Re-run: error'),
    truncated: trans.__('Re-run: output was lost'),
    'not-run': trans.__('Re-run: not run'),
    'needs-resource': trans.__('Re-run: needs what was not sent'),
    'not-compared': trans.__('Re-run: not compared')
  };
  return labelOf(labels, verdict);
}

/** "14 of 16 cells the same, 1 differs each time, 1 with an error". */
export function countsLabel(verdict: IRerunVerdict, trans: TranslationBundle): string {
  const of = (...kinds: RunVerdict[]): number => verdict.cells.filter(cell => kinds.includes(cell.verdict)).length;
  const others: [number, string][] = [
    [of('differs'), trans.__('%1 differ', of('differs'))],
    [of('not-as-sent'), trans.__('%1 not as sent', of('not-as-sent'))],
    [of('differs-each-time'), trans.__('%1 different each time', of('differs-each-time'))],
    [of('error'), trans.__('%1 with an error', of('error'))],
    [of('needs-resource'), trans.__('%1 without what it needs', of('needs-resource'))],
    [of('truncated'), trans.__('%1 with lost output', of('truncated'))],
    [of('not-run'), trans.__('%1 not run', of('not-run'))],
    [of('not-compared'), trans.__('%1 not compared', of('not-compared'))]
  ];
  const same = trans.__('%1 of %2 cells the same', of('identical', 'equivalent'), verdict.cells.length);
  return [same, ...others.filter(([count]) => count > 0).map(([, words]) => words)].join(', ');
}

/** "41 s, 310 MB": of all runs, and the most of one. */
export function costLabel(verdict: IRerunVerdict, trans: TranslationBundle): string {
  const seconds = verdict.runs.reduce((sum, run) => sum + run.seconds, 0);
  const peak = Math.max(0, ...verdict.runs.map(run => run.peak_bytes));
  const time = seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0);
  const took = verdict.runs.length > 1 ? trans.__('%1 s for two runs', time) : trans.__('%1 s', time);
  return peak > 0 ? `${took}, ${fileSize(peak)}` : took;
}

/** How it ended, where that was not at its end; empty where it was. */
export function endLabel(
  rerun: { run: Pick<NonNullable<IRerun['run']>, 'reason'> | null },
  trans: TranslationBundle
): string {
  const reason = rerun.run?.reason ?? '';
  return reason === '' ? '' : reasonLabel(reason, trans);
}

/** Why a run ended before its end, or is not made. */
export function reasonLabel(reason: string, trans: TranslationBundle): string {
  const labels: Record<string, string> = {
    'out-of-memory': trans.__('it took more memory than it may'),
    'wall-time': trans.__('it took longer than it may'),
    'output-cap': trans.__('it showed more than it may'),
    'pids-cap': trans.__('it started more processes than it may'),
    'kernel-never-answered': trans.__('the kernel never answered'),
    'kernel-died': trans.__('the kernel died'),
    'connection-lost': trans.__('the kernel closed its connection'),
    'node-gone': trans.__('the sandbox was taken away'),
    'worker-died': trans.__('what ran it died, several times'),
    'no-space': trans.__('its result could not be stored: the disk is full'),
    asked: trans.__('somebody stopped it'),
    superseded: trans.__('there is a newer version'),
    withdrawn: trans.__('it was withdrawn'),
    off: trans.__('nothing is run again on this hub'),
    'service-stopped': trans.__('the review service was restarted. Try it again.'),
    sent: trans.__('it was sent, and is run for its reviewers'),
    tried: ''
  };
  return labelOf(labels, reason);
}
