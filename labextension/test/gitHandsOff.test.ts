/** What is offered in a repository that the buttons leave alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandRegistry } from '@lumino/commands';

import { GitActions } from '../src/git/actions';
import { GitClient } from '../src/git/client';
import { GitTools } from '../src/git/gitTools';
import { OpenDocuments } from '../src/git/openDocuments';
import { english } from './english';
import { until } from './fakeServer';
import { TestLab } from './lab';

class ToolsWithPanel extends GitTools {
  override get hasPanel(): boolean {
    return true;
  }
}

const OFFERED = [
  { tools: GitTools, buttons: ['Close', '*Open a terminal'] },
  { tools: ToolsWithPanel, buttons: ['Close', 'Open a terminal', '*Open the Git panel'] }
];

for (const { tools, buttons } of OFFERED) {
  test(`one way on, which Enter takes: ${buttons.join(', ')}`, async t => {
    const lab = new TestLab();
    t.after(() => lab.dispose());
    const open = new OpenDocuments(lab.shell, lab.documents);
    const made = new tools({ commands: new CommandRegistry(), shell: lab.shell });
    const actions = new GitActions(lab.shell, new GitClient(lab.server.settings), open, made, english, () => undefined);
    const explaining = actions.explain({ code: 'odd', facts: { shape: 'detached' } }, 'work');
    await until(() => document.querySelector('.jp-Dialog-button') !== null);
    const offered = [...document.querySelectorAll<HTMLElement>('.jp-Dialog-button')];
    const named = offered.map(each => (each.classList.contains('jp-mod-accept') ? '*' : '') + each.textContent);
    assert.deepEqual(named, buttons);
    offered[0]?.click();
    await explaining;
  });
}
