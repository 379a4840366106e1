/** Suggested edits: what is written into a notebook, once, and when nothing is. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { NotebookModel } from '@jupyterlab/notebook';

import type { ISuggestionPlan } from '../src/contract';
import { ApiError } from '../src/errors';
import { SuggestionApplier, type IWritableDocuments } from '../src/suggestions/applier';
import { replaceSources } from '../src/suggestions/sources';

const CELLS = [
  { id: 'a', cell_type: 'code', metadata: {}, source: 'x = 1', outputs: [], execution_count: 3 },
  { id: 'b', cell_type: 'markdown', metadata: {}, source: '# 🙂 head' }
];

function content(): Record<string, unknown> {
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: structuredClone(CELLS) };
}

function plan(...sources: [number, string][]): ISuggestionPlan {
  return {
    applications: sources.map(([cell, result], thread) => ({
      thread,
      outcome: 'fits',
      cell,
      base: '',
      mine: '',
      theirs: result,
      result
    })),
    sources: sources.map(([cell, source]) => ({ cell, source }))
  };
}

/** A file of the home; `write` is what a kernel does to it. */
class File {
  hash = 'h1';
  content = content();
  saves: unknown[] = [];
  open: DocumentRegistry.Context | undefined;

  write(): void {
    this.hash = `${this.hash}+`;
  }

  get documents(): IWritableDocuments {
    const get = (): Promise<unknown> =>
      Promise.resolve({ content: structuredClone(this.content), hash: this.hash, last_modified: this.hash });
    const save = (_: string, saved: unknown): Promise<unknown> => {
      this.saves.push(saved);
      return Promise.resolve(saved);
    };
    return { contents: { get, save } as never, contextAt: () => this.open };
  }

  /** Opens it; saving counts, and leaves the document clean. */
  show(disableDocumentWideUndoRedo = true): NotebookModel {
    const model = new NotebookModel({ disableDocumentWideUndoRedo });
    model.fromJSON(content() as never);
    model.dirty = false;
    const save = (): Promise<void> => {
      this.saves.push(model.toJSON());
      model.dirty = false;
      return Promise.resolve();
    };
    const context = { model, ready: Promise.resolve(), isDisposed: false, contentsModel: { hash: this.hash }, save };
    this.open = context as unknown as DocumentRegistry.Context;
    return model;
  }
}

function applier(file: File, plans: (() => ISuggestionPlan)[]): SuggestionApplier {
  const client = {
    planSuggestions: () => Promise.resolve((plans.length > 1 ? plans.shift() : plans[0])?.() ?? plan())
  };
  return new SuggestionApplier(client, file.documents);
}

function source(model: NotebookModel, at: number): string | undefined {
  return model.sharedModel.cells[at]?.getSource();
}

void describe('in an open notebook', () => {
  for (const cellwise of [true, false]) {
    test(`one undo takes an application back (${cellwise ? 'cell by cell' : 'the document'})`, () => {
      const model = new File().show(cellwise);
      const cell = model.sharedModel.cells[1];
      cell?.updateSource(0, 0, '');
      replaceSources(model.sharedModel, [{ cell: 1, source: '# 🙃 tail' }]);
      assert.equal(source(model, 1), '# 🙃 tail');
      cell?.updateSource(0, 0, 'typed ');
      cell?.undo();
      assert.equal(source(model, 1), '# 🙃 tail');
      cell?.undo();
      assert.equal(source(model, 1), '# 🙂 head');
    });
  }

  test('all are written in one save, and outputs stay', async () => {
    const file = new File();
    const model = file.show();
    const applied = await applier(file, [() => plan([0, 'x = 2'], [1, '# tail'])]).apply(12, 'a.ipynb', null);
    assert.equal(applied.open, true);
    assert.equal(file.saves.length, 1);
    assert.deepEqual([source(model, 0), source(model, 1)], ['x = 2', '# tail']);
    assert.equal(model.cells.get(0).toJSON().execution_count, 3);
  });

  test('what is typed meanwhile is planned again, not overwritten', async () => {
    const file = new File();
    const model = file.show();
    const typed = (): ISuggestionPlan => {
      model.sharedModel.cells[0]?.setSource('x = 1  # mine');
      return plan([0, 'x = 2']);
    };
    await applier(file, [typed, () => plan([0, 'x = 2  # mine'])]).apply(12, 'a.ipynb', [1]);
    assert.equal(source(model, 0), 'x = 2  # mine');
    assert.equal(file.saves.length, 1);
  });

  test('a file that a kernel wrote is not overwritten, and nothing is applied', async () => {
    const file = new File();
    const model = file.show();
    const written = (): ISuggestionPlan => {
      file.write();
      return plan([0, 'x = 2']);
    };
    await assert.rejects(
      applier(file, [written]).apply(12, 'a.ipynb', null),
      (error: unknown) => error instanceof ApiError && error.code === 'changed-on-disk'
    );
    assert.deepEqual([source(model, 0), file.saves.length], ['x = 1', 0]);
  });

  test('nothing that fits, nothing saved', async () => {
    const file = new File();
    file.show();
    await applier(file, [() => plan()]).apply(12, 'a.ipynb', null);
    assert.equal(file.saves.length, 0);
  });
});

void describe('in a notebook that is closed', () => {
  test('the file is saved once with everything else in it', async () => {
    const file = new File();
    await applier(file, [() => plan([0, 'x = 2'])]).apply(12, 'a.ipynb', null);
    const expected = content();
    (expected.cells as { source: string }[]).slice(0, 1).forEach(cell => (cell.source = 'x = 2'));
    assert.deepEqual(file.saves, [{ type: 'notebook', format: 'json', content: expected }]);
  });

  test('what a kernel wrote meanwhile is read again', async () => {
    const file = new File();
    const written = (): ISuggestionPlan => {
      file.write();
      return plan([0, 'lost']);
    };
    await applier(file, [written, () => plan([0, 'x = 2'])]).apply(12, 'a.ipynb', null);
    assert.equal(file.saves.length, 1);
    assert.match(JSON.stringify(file.saves), /x = 2/);
    await assert.rejects(
      applier(file, [written]).apply(12, 'a.ipynb', null),
      (error: unknown) => error instanceof ApiError && error.code === 'keeps-changing'
    );
    assert.equal(file.saves.length, 1);
  });
});
