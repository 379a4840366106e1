/** Notes below the cells of a real notebook. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { CodeMirrorEditorFactory, CodeMirrorMimeTypeService, EditorLanguageRegistry } from '@jupyterlab/codemirror';
import { Notebook, NotebookModel, StaticNotebook, type NotebookPanel } from '@jupyterlab/notebook';
import { RenderMimeRegistry } from '@jupyterlab/rendermime';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { CellNotesManager } from '../src/authoring/cellWidgets';
import { NotebookCommentsModel } from '../src/authoring/commentsModel';
import type { IThread } from '../src/contract';
import { english } from './english';
import { FakeServer, json, problem, settled, until } from './fakeServer';
import { press } from './lab';
import { detail, enablement, submission, thread } from './modelFixtures';

function cell(id: string): object {
  return { cell_type: 'code', id, source: 'x', metadata: {}, outputs: [], execution_count: null };
}

function notebook(...ids: string[]): Notebook {
  const languages = new EditorLanguageRegistry();
  const factory = new CodeMirrorEditorFactory({ languages });
  const made = new Notebook({
    rendermime: new RenderMimeRegistry(),
    contentFactory: new Notebook.ContentFactory({ editorFactory: options => factory.newInlineEditor(options) }),
    mimeTypeService: new CodeMirrorMimeTypeService(languages),
    notebookConfig: { ...StaticNotebook.defaultNotebookConfig, windowingMode: 'none' }
  });
  const model = new NotebookModel();
  model.fromString(JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: ids.map(cell) }));
  made.model = model;
  Widget.attach(made, document.body);
  return made;
}

interface IMade {
  book: Notebook;
  server: FakeServer;
  comments: NotebookCommentsModel;
  manager: CellNotesManager;
  opened: number[];
  /** From now on these are the threads, and the model knows. */
  asked: (...threads: IThread[]) => Promise<void>;
}

/** Cells a, b and c; number 12 is the notebook's submission. */
async function made(t: TestContext): Promise<IMade> {
  const server = new FakeServer()
    .on('GET api/v1/submissions', { items: [submission(12)], next: null })
    .on('GET api/v1/submissions/12', detail(12))
    .on('GET api/v1/submissions/12/threads', { threads: [] });
  const lab = await enablement(server);
  const file = { path: 'work/a.ipynb', pathChanged: new Signal<object, string>({}) };
  const comments = new NotebookCommentsModel(file, lab);
  const book = notebook('a', 'b', 'c');
  const opened: number[] = [];
  const panel = { content: book } as unknown as NotebookPanel;
  const onOpen = (number: number): void => void opened.push(number);
  const onApply = (): Promise<void> => Promise.resolve();
  const manager = new CellNotesManager({ panel, comments, enablement: lab, trans: english, onOpen, onApply });
  await until(() => server.count('GET api/v1/submissions/12') === 1); // what it asks for by itself
  t.after(() => {
    manager.dispose();
    comments.dispose();
    book.dispose();
    lab.feed.dispose();
  });
  const asked = async (...threads: IThread[]): Promise<void> => {
    server.on('GET api/v1/submissions/12/threads', () => json({ threads }));
    await comments.load();
    await settled();
    MessageLoop.flush();
  };
  return { book, server, comments, manager, opened, asked };
}

function about(id: number, cellId: string | null, more: Partial<IThread> = {}): IThread {
  const anchor = { cell: cellId, lines: null, output: null };
  return thread(id, { anchor, placed: { ...anchor, state: 'unchanged' }, ...more });
}

/** Threads by the cell whose widget shows them. */
function shown(book: Notebook): Record<string, string> {
  MessageLoop.flush();
  const notes = book.widgets.map(each => {
    const ids = [...each.node.querySelectorAll<HTMLElement>('[data-enablement-thread]')];
    return [each.model.id, ids.map(one => one.dataset.enablementThread).join(' ')];
  });
  return Object.fromEntries(notes.filter(([, ids]) => ids !== '')) as Record<string, string>;
}

function isShown(book: Notebook, wanted: Record<string, string>): boolean {
  return JSON.stringify(shown(book)) === JSON.stringify(wanted);
}

test('a note stands below the cell that it is about, one for all its threads', async t => {
  const { book, asked } = await made(t);
  await asked(about(1, 'a'), about(2, 'c'), about(3, 'a'), about(4, null), about(5, 'not there'));
  await until(() => isShown(book, { a: '1 3', c: '2' }));
  assert.equal(book.node.querySelectorAll('.enb-cell-notes').length, 2);
});

test('threads that are new, resolved or placed elsewhere: the notes follow', async t => {
  const { book, asked } = await made(t);
  await asked(about(1, 'a'), about(2, 'b'));
  await until(() => isShown(book, { a: '1', b: '2' }));
  const first = book.node.querySelector('.enb-cell-notes');
  await asked(about(1, 'a'), about(3, 'a'), about(2, 'c'));
  await until(() => isShown(book, { a: '1 3', c: '2' }));
  assert.equal(book.node.querySelector('.enb-cell-notes'), first, 'one that stays is not made anew');
  await asked(about(1, 'a', { resolved_at: '2026-11-24T13:00:00Z' }));
  await until(() => isShown(book, {}));
  assert.equal(book.node.querySelector('.enb-cell-notes'), null);
});

test('a cell that goes and comes back by undo has its note again', async t => {
  const { book, asked } = await made(t);
  await asked(about(1, 'b'));
  await until(() => isShown(book, { b: '1' }));
  const model = book.model as NotebookModel;
  model.sharedModel.deleteCell(1);
  assert.deepEqual(shown(book), {});
  await settled();
  model.sharedModel.insertCell(0, { ...cell('b'), cell_type: 'code', source: 'x' });
  await until(() => isShown(book, { b: '1' }));
  assert.equal(book.widgets[0]?.model.id, 'b');
});

test('an edit that moves no noted cell makes no note anew', async t => {
  const { book, asked } = await made(t);
  await asked(about(1, 'b'));
  await until(() => isShown(book, { b: '1' }));
  const before = book.node.querySelector('.enb-cell-notes');
  const model = book.model as NotebookModel;
  model.sharedModel.insertCell(0, { ...cell('d'), cell_type: 'code', source: 'x' });
  await settled();
  assert.ok(isShown(book, { b: '1' }));
  assert.equal(book.node.querySelector('.enb-cell-notes'), before);
});

test('the buttons of a note: open, answer, resolve; then it shows what is there now', async t => {
  const { book, server, opened, asked } = await made(t);
  await asked(about(1, 'a'));
  await until(() => isShown(book, { a: '1' }));
  const note = book.node.querySelector<HTMLElement>('.enb-cell-notes') ?? assert.fail('no note');
  await press(note, '[data-enablement-action="open"]');
  assert.deepEqual(opened, [12]);

  server
    .on('POST api/v1/threads/1/comments', about(1, 'a'))
    .on('POST api/v1/threads/1/resolve', about(1, 'a', { resolved_at: '2026-11-24T13:00:00Z' }));
  await press(note, '[data-enablement-action="reply"]');
  await until(() => note.querySelector('textarea') !== null);
  const field = note.querySelector('textarea');
  const setter = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set;
  setter?.call(field, 'Because');
  field?.dispatchEvent(new Event('input', { bubbles: true }));
  const loads = server.count('GET api/v1/submissions/12/threads');
  await press(note, '[data-enablement-action="submit-comment"]');
  await until(() => server.count('GET api/v1/submissions/12/threads') > loads);
  assert.deepEqual(server.bodies('POST api/v1/threads/1/comments'), [{ text: 'Because' }]);

  server.on('GET api/v1/submissions/12/threads', { threads: [] });
  await press(note, '[data-enablement-action="resolve"]');
  await until(() => isShown(book, {}));
  assert.equal(server.count('POST api/v1/threads/1/resolve'), 1);
});

test('an answer that was refused is said at the note, and nothing is taken away', async t => {
  const { book, server, asked } = await made(t);
  server.on('POST api/v1/threads/1/resolve', () => problem('forbidden', 403));
  await asked(about(1, 'a'));
  await until(() => isShown(book, { a: '1' }));
  await press(book.node, '[data-enablement-action="resolve"]');
  await until(() => book.node.querySelector('[data-enablement-error="forbidden"]') !== null);
  assert.deepEqual(shown(book), { a: '1' });
});

test('typing in a note is no shortcut of the notebook', async t => {
  const { book, asked } = await made(t);
  await asked(about(1, 'a'));
  await until(() => isShown(book, { a: '1' }));
  assert.equal(book.node.querySelector<HTMLElement>('.enb-cell-notes')?.dataset.lmSuppressShortcuts, 'true');
});

test('ended, it takes its notes away and places none any more', async t => {
  const { book, manager, asked } = await made(t);
  await asked(about(1, 'a'));
  await until(() => isShown(book, { a: '1' }));
  manager.dispose();
  assert.ok(manager.isDisposed);
  assert.deepEqual(shown(book), {});
  await asked(about(2, 'b'));
  assert.deepEqual(shown(book), {});
});
