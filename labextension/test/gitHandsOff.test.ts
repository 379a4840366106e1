/** What is offered in a repository that the buttons leave alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandRegistry } from '@lumino/commands';

import { GitActions } from '../src/git/actions';
import { GitClient } from '../src/git/client';
import { GitTools } from '../src/git/gitTools';
import { OpenDocuments } from '../src/git/openDocuments';
import { english } from './english';
import { json, lines, until } from './fakeServer';
import { status } from './gitFixtures';
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
    const explaining = actions.explain(status({ shape: { code: 'odd', facts: { shape: 'detached' } } }));
    await until(() => document.querySelector('.jp-Dialog-button') !== null);
    const offered = [...document.querySelectorAll<HTMLElement>('.jp-Dialog-button')];
    const named = offered.map(each => (each.classList.contains('jp-mod-accept') ? '*' : '') + each.textContent);
    assert.deepEqual(named, buttons);
    offered[0]?.click();
    await explaining;
  });
}

const READING = { access: 'read', repository: 'dana / churn', ask: 'Ask dana.' } as const;
const MERGE = { shape: { code: 'busy', facts: { operation: 'merge' } } } as const;
const INSTEAD = [
  { shown: status(READING), button: 'Get what is new', says: 'You may read dana / churn' },
  { shown: status({ ...READING, access: 'none' }), button: null, says: 'You may not use dana / churn any more.' },
  { shown: status(MERGE), button: 'Finish it', says: 'Git calls it a merge' }
];

for (const { shown, button, says } of INSTEAD) {
  test(`in place of saving, where that is not what can be done: ${button ?? 'nothing'}`, async t => {
    const lab = new TestLab();
    t.after(() => lab.dispose());
    lab.server.on('GET git/status', () => json(shown));
    lab.server.on('POST git/colleagues', () =>
      lines({ got: { state: 'nothing', folder: 'work', commit: 'c', files: [], aside: [], problem: null } })
    );
    const open = new OpenDocuments(lab.shell, lab.documents);
    const tools = new GitTools({ commands: new CommandRegistry(), shell: lab.shell });
    const actions = new GitActions(
      lab.shell,
      new GitClient(lab.server.settings),
      open,
      tools,
      english,
      () => undefined
    );
    const saving = actions.save('work');
    await until(() => document.querySelector('.jp-Dialog-button') !== null);
    const offered = [...document.querySelectorAll<HTMLElement>('.jp-Dialog-button')];
    assert.deepEqual(
      offered.map(each => each.textContent),
      ['Close', ...(button === null ? [] : [button])]
    );
    assert.match(document.querySelector('.jp-Dialog-body')?.textContent ?? '', new RegExp(says));
    offered.at(-1)?.click();
    await saving;
    const asked = lab.server.bodies('POST git/colleagues').length;
    assert.equal(asked, button === null ? 0 : 1);
  });
}
