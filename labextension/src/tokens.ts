/** What the extension's plugins offer each other. */
import { Token } from '@lumino/coreutils';

import type { EnablementClient } from './client';
import type { ILabContext, IMe } from './contract';
import type { PackageRequestsModel } from './images/packageRequestsModel';
import type { ChangeFeed } from './changeFeed';

export namespace CommandIDs {
  export const send = 'enablement:send';
  export const open = 'enablement:open-submission';
  export const openByNumber = 'enablement:open-by-number';
  export const showPanel = 'enablement:show-panel';
  export const refresh = 'enablement:refresh';
  export const whatIAmTold = 'enablement:what-i-am-told';
  export const browserNotifications = 'enablement:browser-notifications';
  export const find = 'enablement:find';
  export const applySuggestions = 'enablement:apply-suggestions';
  export const tour = 'enablement:tour';
  export const askForPackage = 'enablement:ask-for-package';
}

export namespace GitCommandIDs {
  export const setUp = 'enablement:set-up-git';
  export const save = 'enablement:save-version';
  export const colleagues = 'enablement:get-changes';
  export const history = 'enablement:notebook-history';
  export const copy = 'enablement:get-copy';
}

/** The way to the review service: requests, live changes, and who is asking. */
export interface IEnablement {
  readonly client: EnablementClient;
  readonly feed: ChangeFeed;
  /** Asked once and remembered; asked again after a failure. */
  context(): Promise<ILabContext>;
  me(): Promise<IMe>;
}

export const IEnablement = new Token<IEnablement>(
  'enablement-labextension:IEnablement',
  'Requests to the review service and its live changes.'
);

/** The package requests that the person sees. */
export interface IPackageRequests {
  readonly model: PackageRequestsModel;
}

export const IPackageRequests = new Token<IPackageRequests>(
  'enablement-labextension:IPackageRequests',
  'The package requests that the person sees.'
);
