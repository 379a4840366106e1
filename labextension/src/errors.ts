/** Every failed request becomes one ApiError; the interface branches on its `code`, never on text. */
import type { IProblem } from './contract';

/** Codes made in the browser, beside those of the service's contract. */
export const UNREACHABLE = 'unreachable';
export const INTERRUPTED = 'interrupted';
export const UNREADABLE = 'unreadable';
/** A proxy answered in the place of the person's own server. */
export const SERVER_AWAY = 'server-away';
/** A web page came where data should: mostly one to sign in at. */
export const FOREIGN_PAGE = 'foreign-page';

export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(problem: IProblem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.code = problem.code;
    this.status = problem.status;
    this.facts = problem.facts ?? {};
  }
}

const CODES: Readonly<Record<number, string>> = {
  401: 'not-signed-in',
  403: 'forbidden',
  404: 'not-found',
  413: 'proxy-too-large', // our own refusals say so in a problem document
  429: 'too-many-requests',
  502: SERVER_AWAY,
  503: SERVER_AWAY,
  504: SERVER_AWAY
};

/**
 * The error of an answer with `status` and body `text`: the problem document when it is one,
 * otherwise (a proxy's page, an empty body) a code derived from the status.
 */
export function errorOfAnswer(status: number, text: string): ApiError {
  const problem = parsed(text);
  if (isProblem(problem)) {
    return new ApiError({ ...problem, status });
  }
  if (isPageOfHub(status, text)) {
    return new ApiError({ code: SERVER_AWAY, detail: `HTTP ${status}`, status, facts: { status } });
  }
  return new ApiError({ code: CODES[status] ?? UNREADABLE, detail: `HTTP ${status}`, status, facts: { status } });
}

/** The error of a request that got no answer at all. */
export function errorOfSilence(reason: unknown): ApiError {
  if (reason instanceof ApiError) {
    return reason;
  }
  const detail = reason instanceof Error ? reason.message : String(reason);
  return new ApiError({ code: UNREACHABLE, detail, status: 0 });
}

/** A fact of the error as text for people or for comparing; "" where it says none, or no plain value. */
export function factText(error: unknown, name: string): string {
  const value = error instanceof ApiError ? error.facts[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** True when trying the same thing again may work: nothing was refused, it only did not arrive. */
export function isTransient(error: unknown): boolean {
  const codes = [UNREACHABLE, INTERRUPTED, FOREIGN_PAGE, SERVER_AWAY, 'too-many-requests'];
  return error instanceof ApiError && (codes.includes(error.code) || error.status >= 500);
}

/** True when the user's own server did not say how it ended: it may have gone on with what it was asked. */
export function isInterrupted(error: unknown): boolean {
  return error instanceof ApiError && [UNREACHABLE, INTERRUPTED, UNREADABLE].includes(error.code);
}

/** A page in the place of the person's server: a proxy that was started again does not know the way yet, and shows what the hub says. */
function isPageOfHub(status: number, text: string): boolean {
  const page = /^\s*<(!doctype|html)\b/i.test(text);
  return page && (status === 404 || (status === 403 && text.includes('JupyterHub')));
}

function isProblem(value: unknown): value is IProblem {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<IProblem>).code === 'string' &&
    typeof (value as Partial<IProblem>).detail === 'string'
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
