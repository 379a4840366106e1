/** Where a repository is worked with that the buttons leave alone: jupyterlab-git's panel, and a terminal. */
import type { JupyterFrontEnd } from '@jupyterlab/application';

const PANEL = 'jp-git-sessions';
const TERMINAL = 'terminal:create-new';

export class GitTools {
  constructor(private readonly app: Pick<JupyterFrontEnd, 'commands' | 'shell'>) {}

  /** Whether jupyterlab-git is here. */
  get hasPanel(): boolean {
    return Array.from(this.app.shell.widgets('left')).some(widget => widget.id === PANEL);
  }

  openPanel(): void {
    const shell: { activateById?: (id: string) => void } = this.app.shell;
    shell.activateById?.(PANEL);
  }

  async openTerminal(folder: string): Promise<void> {
    await this.app.commands.execute(TERMINAL, { cwd: folder });
  }
}
