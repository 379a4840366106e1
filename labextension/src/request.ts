/** The one way to the user's own Jupyter server, which holds the token for everything behind it. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError, errorOfAnswer, errorOfSilence, FOREIGN_PAGE, UNREADABLE } from './errors';

export interface IRequestOptions {
  /** Members that are undefined, null or empty are left out. */
  query?: Readonly<Record<string, string | number | null | undefined>>;
  /** With a body, or with `method: 'POST'`, it is a POST. */
  body?: object;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  signal?: AbortSignal;
  cache?: RequestCache;
}

/** The address of a route of the lab server, below `<base>/enablement/`. */
export function routeUrl(
  settings: ServerConnection.ISettings,
  path: string,
  query: IRequestOptions['query'] = {}
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') {
      search.set(name, String(value));
    }
  }
  return URLExt.join(settings.baseUrl, 'enablement', path) + (search.size === 0 ? '' : `?${search.toString()}`);
}

/** An answer with success. Raises ApiError for every other, and where there is none. */
export async function request(
  settings: ServerConnection.ISettings,
  path: string,
  options: IRequestOptions = {}
): Promise<Response> {
  const { query, body, method, ...init } = options;
  const sent: RequestInit = { ...init, method: method ?? (body === undefined ? 'GET' : 'POST') };
  if (body !== undefined) {
    sent.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(routeUrl(settings, path, query), sent, settings);
  } catch (reason) {
    throw errorOfSilence(reason);
  }
  if (!response.ok) {
    throw errorOfAnswer(response.status, await response.text().catch(() => ''));
  }
  if (response.headers.get('Content-Type')?.startsWith('text/html')) {
    throw new ApiError({ code: FOREIGN_PAGE, detail: 'The answer is a web page.', status: response.status });
  }
  return response;
}

/** The JSON of an answer with success. Raises ApiError, `unreadable` where it is no JSON. */
export async function requestJson<T>(
  settings: ServerConnection.ISettings,
  path: string,
  options: IRequestOptions = {}
): Promise<T> {
  const response = await request(settings, path, options);
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiError({ code: UNREADABLE, detail: 'The answer is not JSON.', status: response.status });
  }
}

/** The text of an answer, piece by piece as it arrives. */
export async function* textChunks(response: Response): AsyncIterable<string> {
  if (response.body === null) {
    yield await response.text();
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    yield value;
  }
}
