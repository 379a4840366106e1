/** Opens the submission that the address of the page names: `/lab?enablement-submission=12`. */
import { IRouter, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { numberInAddress, withoutNumber } from '../deepLink';
import { CommandIDs } from '../tokens';

const COMMAND = 'enablement:route';

export const deepLinkPlugin: JupyterFrontEndPlugin<void> = {
  id: 'enablement-labextension:deep-link',
  description: 'Opens the submission that the address names.',
  autoStart: true,
  requires: [IRouter],
  activate: (app: JupyterFrontEnd, router: IRouter): void => {
    const follow = async (number: number): Promise<void> => {
      await app.restored;
      await app.commands.execute(CommandIDs.open, { number });
      // The address is cleaned only now (a `reset` beside it may reload the page in between), so that a later
      // reload restores the layout as the person left it.
      const { path, search, hash } = router.current;
      router.navigate(`${path}${withoutNumber(search ?? '')}${hash}`, { skipRouting: true });
    };
    app.commands.addCommand(COMMAND, {
      execute: args => {
        const number = numberInAddress(typeof args.search === 'string' ? args.search : '');
        if (number !== null) {
          // Not awaited: the router runs its commands one after the other, and the layout waits for the router.
          void follow(number);
        }
      }
    });
    router.register({ command: COMMAND, pattern: /[?&]enablement-submission=\d+/, rank: 30 });
  }
};
