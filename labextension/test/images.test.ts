import assert from 'node:assert/strict';
import { test } from 'node:test';

import { spawnUrl, serverName } from '../src/images/spawnUrl';
import type { IDrift, IServerImage, INotebookImage, IRelease, ISolverAnswer, ImageRelation } from '../src/contract';
import { IMetadataHolder, keepsImage, recordImage } from '../src/images/notebookMetadata';
import {
  differenceWords,
  driftWords,
  insteadWords,
  madeInWords,
  noticeWords,
  solverWords,
  standingWords,
  supportWords
} from '../src/images/labels';
import { english } from './english';

const IMAGE = { slug: 'datascience', release: '2026.11.0', digest: 'sha256:d' };

function release(version: string, more: Partial<IRelease> = {}): IRelease {
  return {
    image: 'datascience',
    release: version,
    title: 'Data science',
    status: 'supported',
    digest: '',
    published: '2026-11-01',
    support_end: '2027-06-30',
    redirect: null,
    until: null,
    reason: '',
    pythons: ['3.11'],
    changelog: '',
    ...more
  };
}

class Model implements IMetadataHolder {
  written = 0;
  constructor(
    public metadata: Record<string, unknown> = {},
    readonly readOnly = false
  ) {}
  getMetadata(key: string): unknown {
    return this.metadata[key];
  }
  setMetadata(key: string, value: object): void {
    this.written += 1;
    this.metadata[key] = value;
  }
}

test('the image is written once, and again only when it differs', () => {
  const model = new Model({ enablement: { note: 'kept' } });
  assert.equal(recordImage(model, 'work/churn.ipynb', IMAGE), true);
  assert.deepEqual(model.metadata.enablement, { note: 'kept', image: IMAGE });
  assert.equal(recordImage(model, 'work/churn.ipynb', { ...IMAGE }), false);
  assert.equal(model.written, 1);
  assert.equal(recordImage(model, 'work/churn.ipynb', { ...IMAGE, release: '2026.12.0' }), true);
});

test('nothing is written where nothing should be', () => {
  assert.equal(recordImage(new Model({}, true), 'a.ipynb', IMAGE), false);
  assert.equal(recordImage(new Model(), 'a.ipynb', null), false);
  assert.equal(recordImage(new Model(), 'work/Untitled3.ipynb', IMAGE), false);
  assert.deepEqual(
    ['Untitled.ipynb', 'a/Untitled12.ipynb', 'Untitled report.ipynb', 'my Untitled.ipynb', 'b.ipynb'].map(keepsImage),
    [false, false, true, true, true]
  );
});

test('whatever stands there already, saving goes on', () => {
  for (const odd of [null, 7, 'text', ['list'], { image: 'plain' }, { image: null }]) {
    assert.equal(recordImage(new Model({ enablement: odd }), 'a.ipynb', IMAGE), true);
  }
  const broken: IMetadataHolder = {
    readOnly: false,
    getMetadata: () => undefined,
    setMetadata: () => {
      throw new Error('no');
    }
  };
  assert.equal(recordImage(broken, 'a.ipynb', IMAGE), false);
});

test('the hub is asked for a server of that release with the notebook in it', () => {
  const hub = { hubPrefix: '/base/hub/', hubUser: 'd@na', hubHost: '' };
  const address = spawnUrl(hub, 'datascience', '2026.9.0', 'notes/a b&c.ipynb');
  const url = new URL(address ?? '', 'http://x');
  assert.equal(url.pathname, '/base/hub/spawn/d%40na/datascience-2026-9-0');
  assert.equal(url.searchParams.get('opt-enablement-release'), 'datascience/2026.9.0');
  assert.equal(url.searchParams.get('next'), '/base/user/d%40na/datascience-2026-9-0/lab/tree/notes/a%20b%26c.ipynb');
  assert.equal(spawnUrl({}, 'datascience', '2026.9.0', null), null);
  assert.match(serverName('a'.repeat(40), '2026.11.10'), /^[a-z0-9-]{1,32}$/);
});

function notebook(relation: ImageRelation, changed = 0): INotebookImage {
  const packages = Array.from({ length: changed }, (_, index) => ({
    name: `p${index}`,
    old: '1',
    new: '2',
    kind: 'major' as const,
    direct: true
  }));
  return {
    recorded: { slug: 'datascience', release: '2026.9.0', digest: '' },
    compared: {
      relation,
      here: release('2026.11.0'),
      recorded: relation === 'unknown' ? null : release('2026.9.0'),
      instead: null,
      changes: { old: 'a/1', new: 'a/2', python: '3.11', summary: '', packages },
      all_changes: 9
    },
    packages: []
  };
}

test('one line says where a notebook was made', () => {
  assert.equal(madeInWords(notebook('same'), english), 'Made in the image this server runs, Data science 2026.9.0.');
  assert.equal(
    madeInWords(notebook('newer'), english),
    'Made in Data science 2026.9.0. This server runs a newer release, 2026.11.0.'
  );
  assert.match(madeInWords(notebook('older'), english), /runs an older release/);
  assert.match(madeInWords(notebook('different'), english), /another image, Data science 2026.9.0. This server runs/);
  assert.match(madeInWords(notebook('withdrawn'), english), /which was withdrawn/);
  assert.equal(
    madeInWords(notebook('unknown'), english),
    'Made in datascience 2026.9.0, which this hub’s catalog does not have.'
  );
  assert.equal(madeInWords({ recorded: null, compared: null, packages: [] }, english), '');
  assert.equal(differenceWords(notebook('newer'), english), 'The packages it imports are the same.');
  assert.equal(differenceWords(notebook('newer', 1), english), '1 package it imports differs.');
});

test('a release that is not started any more says what is started instead', () => {
  const found = notebook('newer');
  assert.ok(found.compared);
  assert.equal(insteadWords(found, english), '');
  const compared = { ...found.compared, instead: release('2026.12.0') };
  assert.equal(insteadWords({ ...found, compared }, english), 'Servers start with 2026.12.0 in its place.');
  const ours = { ...found.compared, instead: release('2026.11.0') };
  assert.equal(insteadWords({ ...found, compared: ours }, english), '');
  const recorded = release('2026.9.0', { status: 'withdrawn', reason: 'it loses rows' });
  assert.equal(insteadWords({ ...found, compared: { ...compared, recorded } }, english), 'The reason: it loses rows.');
});

test('drift is named in plain words', () => {
  const pandas: IDrift = { name: 'pandas', kind: 'shadows', version: '2.1.0', locked: '2.3.1', place: 'home' };
  const said = (more: Partial<IDrift>): string => driftWords({ ...pandas, ...more }, english);
  assert.equal(said({}), 'pandas 2.1.0 from your home is used in place of 2.3.1 of the image');
  assert.equal(said({ kind: 'replaced', place: 'image' }), 'pandas 2.1.0 was installed over 2.3.1 of the image');
  assert.equal(said({ kind: 'added', locked: null }), 'pandas 2.1.0 from your home is not in the image');
  assert.equal(said({ kind: 'added', place: 'image' }), 'pandas 2.1.0 was installed in addition to the image');
  assert.equal(said({ kind: 'missing', version: null }), 'pandas 2.3.1 of the image was removed');
});

test('a release that should not be used says why', () => {
  assert.equal(noticeWords(release('1'), english), '');
  const withdrawn = release('1', { status: 'withdrawn', reason: 'it loses rows.' });
  assert.match(noticeWords(withdrawn, english), /was withdrawn.*The reason: it loses rows\.$/);
  const old = release('1', { status: 'deprecated', redirect: '2026.11.0', until: '2026-12-31' });
  assert.match(noticeWords(old, english), /deprecated. It is kept until .*2026.* Take 2026.11.0 instead./);
  const today = new Date('2027-07-01T00:00:00');
  assert.match(supportWords(release('1'), today, english), /^support ended on/);
  assert.match(supportWords(release('1'), new Date('2027-06-30T09:00:00'), english), /^supported until/);
});

test('the status bar is quiet while all is well', () => {
  const detail = { ...release('2026.9.0'), python: '3.11', packages: [], newer: null, changes: null };
  const here: IServerImage = { image: IMAGE, python: '3.11', release: detail, away: false, drift: [], drift_total: 0 };
  assert.equal(standingWords(here, english), '');
  assert.equal(standingWords({ ...here, release: null, away: true }, english), '');
  const newer = { ...here, release: { ...detail, newer: release('2026.11.0') }, drift_total: 2 };
  assert.equal(standingWords(newer, english), '2026.11.0 available · 2 packages are not the image’s');
  const gone: IServerImage = { ...here, release: { ...detail, status: 'withdrawn', newer: release('2026.11.0') } };
  assert.equal(standingWords(gone, english), 'withdrawn');
});

test('what the solver says is one or two sentences', () => {
  const cowsay = { name: 'cowsay', old: null, new: '6.1', kind: 'added' as const, direct: true };
  const answer: ISolverAnswer = {
    solved: 'possible',
    detail: '',
    against: 'datascience/2026.11.0',
    kind: 'minor',
    bytes: 25_560,
    changes: [cowsay]
  };
  const said = (more: Partial<ISolverAnswer>): string => solverWords({ ...answer, ...more }, english);
  assert.equal(
    said({}),
    'Possible in a minor release after datascience/2026.11.0. Nothing else would change. 25.6 kB to download.'
  );
  assert.match(said({ changes: [cowsay, cowsay], bytes: null }), /1 other package would change\.$/);
  assert.equal(said({ kind: null, detail: 'It is there.' }), 'It is there.');
  assert.match(said({ solved: 'impossible', detail: 'why' }), /^It does not fit beside.*: why$/);
  assert.match(said({ solved: 'unknown', detail: 'no network' }), /^It could not be worked out: no network$/);
  assert.match(said({ solved: 'waiting' }), /being worked out/);
});
