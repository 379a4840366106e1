/** Provides the way to the review service. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { EnablementClient } from '../client';
import { ChangeFeed } from '../changeFeed';
import { IEnablement } from '../tokens';

export const servicePlugin: JupyterFrontEndPlugin<IEnablement> = {
  id: 'enablement-labextension:service',
  description: 'Requests to the review service and its live changes.',
  autoStart: true,
  provides: IEnablement,
  activate: (app: JupyterFrontEnd): IEnablement => {
    const client = new EnablementClient({ serverSettings: app.serviceManager.serverSettings });
    return {
      client,
      feed: new ChangeFeed(client, app.restored),
      context: remembered(() => client.context()),
      me: remembered(() => client.me())
    };
  }
};

/** Asks once; a failure is not remembered, so that the next call asks again. */
function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  return () => {
    answer ??= ask().catch((reason: unknown) => {
      answer = null;
      throw reason;
    });
    return answer;
  };
}
