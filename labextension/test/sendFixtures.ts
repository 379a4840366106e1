/** A sending with the real documents, drafts and requests around it, for tests. */
import { type TestContext } from 'node:test';

import { StateDB } from '@jupyterlab/statedb';

import type { ICandidate, ICandidates, ISendRequest } from '../src/contract';
import { GitClient } from '../src/git/client';
import { OpenDocuments } from '../src/git/openDocuments';
import { DraftStore } from '../src/send/draft';
import { SendModel } from '../src/send/model';
import { lines } from './fakeServer';
import { status } from './gitFixtures';
import { TestLab } from './lab';
import { enablement } from './modelFixtures';

export const PATH = 'work/a.ipynb';
export const RECEIPT = {
  submission: 12,
  version: 1,
  content_id: 'c',
  notebook_sha256: 'n',
  received_at: 't',
  title: 'x'
};

export function file(path: string, change: Partial<ICandidate> = {}): ICandidate {
  const use: ICandidate['use'] = { code: 'named', facts: { cell: 1 } };
  return { path, size: 1, role: 'data', selected: true, use, problem: null, ...change };
}

export function candidates(change: Partial<ICandidates> = {}): ICandidates {
  return {
    notebook: { path: PATH, size: 1, sha256: 'h' },
    title: 'Heading',
    files: [],
    missing: [],
    git: null,
    previous: [],
    answers: null,
    ...change
  };
}

export interface IMade {
  lab: TestLab;
  drafts: DraftStore;
  /** A sending of the same notebook in the same browser. */
  begin: () => SendModel;
  sent: () => ISendRequest[];
}

export async function made(t: TestContext, offered: Partial<ICandidates> = {}): Promise<IMade> {
  const lab = new TestLab();
  lab.files.put(PATH, 'before');
  lab.server
    .on('GET candidates', candidates(offered))
    .on('POST preflight', { policy: '', findings: [], taken_out: [], content: null })
    .on('GET api/v1/trials', { on: false, off_because: 'switched-off', state: 'none', run: null, verdict: null })
    .on('GET git/status', status())
    .on('POST send', () => lines({ receipt: RECEIPT, replayed: false }));
  const service = await enablement(lab.server);
  t.after(async () => {
    service.feed.dispose();
    await lab.dispose();
  });
  const drafts = new DraftStore(new StateDB());
  const git = new GitClient(lab.server.settings);
  const options = { enablement: service, open: new OpenDocuments(lab.shell, lab.documents), drafts, git };
  return {
    lab,
    drafts,
    begin: () => new SendModel(PATH, options),
    sent: () => lab.server.bodies('POST send') as ISendRequest[]
  };
}
