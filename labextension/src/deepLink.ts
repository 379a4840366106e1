/** Deep links to a submission. Pure. */

const NAME = 'enablement-submission';

/** The submission a query string names, or null when it names none. */
export function numberInAddress(search: string): number | null {
  const text = new URLSearchParams(search).get(NAME);
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

/** The query string without the link, beginning with `?` unless nothing is left. */
export function withoutNumber(search: string): string {
  const params = new URLSearchParams(search);
  params.delete(NAME);
  const rest = params.toString();
  return rest === '' ? '' : `?${rest}`;
}
