/** Opens what the address of the page names: `/lab?enablement-submission=12`, `/lab?enablement-panel=queue`. */
import { IRouter, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { asksForPanel, numberInAddress, withoutLinks } from '../deepLink';
import { CommandIDs } from '../tokens';

const COMMAND = 'enablement:route';

export const deepLinkPlugin: JupyterFrontEndPlugin<void> = {
  id: 'enablement-labextension:deep-link',
  description: 'Opens the submission or the panel that the address names.',
  autoStart: true,
  requires: [IRouter],
  activate: (app: JupyterFrontEnd, router: IRouter): void => {
    const follow = async (open: () => Promise<unknown>): Promise<void> => {
      await app.restored;
      await open();
      // The address is cleaned only now (a `reset` beside it may reload the page in between), so that a later
      // reload restores the layout as the person left it.
      const { path, search, hash } = router.current;
      router.navigate(`${path}${withoutLinks(search ?? '')}${hash}`, { skipRouting: true });
    };
    app.commands.addCommand(COMMAND, {
      execute: args => {
        const search = typeof args.search === 'string' ? args.search : '';
        const number = numberInAddress(search);
        // Not awaited: the router runs its commands one after the other, and the layout waits for the router.
        if (number !== null) {
          void follow(() => app.commands.execute(CommandIDs.open, { number }));
        } else if (asksForPanel(search)) {
          void follow(() => app.commands.execute(CommandIDs.showPanel));
        }
      }
    });
    router.register({ command: COMMAND, pattern: /[?&]enablement-(submission=\d+|panel=queue)/, rank: 30 });
  }
};
