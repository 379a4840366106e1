/** Deep links to a submission, and to the panel. Pure. */

const NAME = 'enablement-submission';
const PANEL = 'enablement-panel';

/** The submission a query string names, or null when it names none. */
export function numberInAddress(search: string): number | null {
  const text = new URLSearchParams(search).get(NAME);
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

/** Whether a query string asks for the panel with the queue. */
export function asksForPanel(search: string): boolean {
  return new URLSearchParams(search).get(PANEL) === 'queue';
}

/** The query string without the links, beginning with `?` unless nothing is left. */
export function withoutLinks(search: string): string {
  const params = new URLSearchParams(search);
  params.delete(NAME);
  params.delete(PANEL);
  const rest = params.toString();
  return rest === '' ? '' : `?${rest}`;
}
