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
    app.commands.addCommand(COMMAND, {
      execute: async args => {
        const number = numberInAddress(String(args['search'] ?? ''));
        if (number === null) {
          return;
        }
        const { path, search, hash } = router.current;
        // The address is cleaned, so that a reload restores the layout as the person left it.
        router.navigate(`${path}${withoutNumber(search ?? '')}${hash ?? ''}`, { skipRouting: true });
        await app.restored;
        await app.commands.execute(CommandIDs.open, { number });
      }
    });
    router.register({ command: COMMAND, pattern: /[?&]enablement-submission=\d+/, rank: 30 });
  }
};
