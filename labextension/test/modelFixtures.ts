/** Submissions, threads and what models need of the rest of the lab, for tests. */
import { ChangeFeed } from '../src/changeFeed';
import { EnablementClient } from '../src/client';
import type {
  IChange,
  ICounters,
  IDecision,
  ILabContext,
  IMe,
  IPlacedDraft,
  ISubmission,
  ISubmissionDetail,
  IThread,
  IVersion
} from '../src/contract';
import type { IEnablement } from '../src/tokens';
import { until, type FakeServer } from './fakeServer';

export const AT = '2026-11-24T12:00:00Z';
export const COUNTERS: ICounters = { waiting: 1, unclaimed: 2, claimed: 0 };
const DECISIONS: IMe['decisions'] = {
  on: true,
  url: 'https://decide.example/services/enablement/',
  off_because: [],
  accepted_risks: []
};
export const ME: IMe = {
  name: 'dana',
  account: 'dana',
  scopes: ['read', 'submit'],
  tracks: [],
  counters: COUNTERS,
  decisions: DECISIONS
};

export const CONTEXT: ILabContext = {
  user: 'dana',
  service: true,
  public_url: '/services/enablement/',
  image: null,
  stages: ['exploration'],
  checklist: [],
  limits: { files: 10, bytes: 1000 },
  tour: false
};

export function submission(number: number, change: Partial<ISubmission> = {}): ISubmission {
  return {
    number,
    author: 'dana',
    title: `Work ${String(number)}`,
    state: 'submitted',
    stage: 'exploration',
    handed_over: 'prototype',
    notebook_path: 'work/a.ipynb',
    image: { slug: 'datascience', release: '2026.11.0', digest: '', python: '3.11' },
    latest: 1,
    content_id: 'sha256:0',
    created_at: AT,
    updated_at: AT,
    stamp: 1,
    claim: null,
    attention: [],
    waiting_on_me: false,
    waiting_since: null,
    open_threads: 0,
    actions: ['send_version', 'comment'],
    ...change
  };
}

export function sentVersion(number: number): IVersion {
  return {
    number,
    content_id: `sha256:${String(number)}`,
    notebook: { path: 'work/a.ipynb', sha256: 'h', size: 1, role: 'notebook' },
    files: [],
    image: { slug: 'datascience', release: '2026.11.0', digest: '', python: '3.11' },
    answers: { title: 'Work' },
    answers_recorded: true,
    not_secrets: [],
    git: null,
    changes: [],
    sent_at: AT,
    sent_by: 'dana'
  };
}

export function detail(number: number, change: Partial<ISubmissionDetail> = {}): ISubmissionDetail {
  return { ...submission(number), versions: [sentVersion(1)], decisions: [], requirements: [], ...change };
}

export function decision(change: Partial<IDecision> = {}): IDecision {
  return {
    version: 1,
    content_id: 'sha256:0',
    track: 'technical',
    verdict: 'request_changes',
    by: 'remy',
    reason: 'Name the columns.',
    at: AT,
    fallen_because: null,
    fallen: null,
    held_since: null,
    ...change
  };
}

export function thread(id: number, change: Partial<IThread> = {}): IThread {
  const anchor = { cell: 'a', lines: null, output: null };
  return {
    id,
    submission: 12,
    version: 1,
    anchor,
    placed: { ...anchor, state: 'unchanged' },
    resolved_by: null,
    resolved_at: null,
    comments: [],
    suggestion: null,
    ...change
  };
}

export function change(number: number | null, more: Partial<IChange> = {}): IChange {
  return { seq: 1, kind: 'claimed', submission: number, actor: 'remy', attention: false, counters: COUNTERS, ...more };
}

/** The service's event stream, which says what the test tells it to say. */
export class EventStream {
  /** How often it was opened, with which `Last-Event-ID`. */
  readonly opened: (string | null)[] = [];
  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;

  constructor(server: FakeServer) {
    server.on('GET api/v1/events', seen => {
      this.opened.push(seen.headers.get('Last-Event-ID'));
      seen.signal.addEventListener('abort', () => this.breakOff());
      return new Response(new ReadableStream<Uint8Array>({ start: controller => void (this.controller = controller) }));
    });
  }

  say(event: string, data: object, id = 1): void {
    const text = `id: ${String(id)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    this.controller?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.controller?.close();
  }

  breakOff(): void {
    this.controller?.error(new TypeError('network error'));
  }
}

export interface ITestEnablement extends IEnablement {
  events: EventStream;
}

/** The real client and the real feed before a server of the test; the feed is connected when it returns. */
export async function enablement(server: FakeServer): Promise<ITestEnablement> {
  const events = new EventStream(server);
  const client = new EnablementClient({ serverSettings: server.settings });
  const feed = new ChangeFeed(client, Promise.resolve());
  await until(() => events.opened.length === 1);
  events.say('hello', { seq: 0, counters: COUNTERS });
  await until(() => feed.isConnected);
  return { client, feed, events, context: () => Promise.resolve(CONTEXT), me: () => Promise.resolve(ME) };
}

export function draft(id: number, change: Partial<IPlacedDraft> = {}): IPlacedDraft {
  const anchor = { cell: 'a', lines: null, output: null };
  return {
    id,
    stamp: 1,
    version: 1,
    kind: 'comment',
    anchor,
    quote: '',
    thread: null,
    text: `Draft ${String(id)}`,
    changed_at: AT,
    suggestion: null,
    standing: 'ready',
    placed: { ...anchor, state: 'unchanged' },
    ...change
  };
}
