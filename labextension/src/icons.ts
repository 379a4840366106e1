/** The icons of the extension; their fills follow the theme. */
import { LabIcon } from '@jupyterlab/ui-components';

const plane =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M3.4 20.4 20.85 12.92a1 1 0 0 0 0-1.84L3.4 3.6a1 1 0 0 0-1.39.91L2 9.12c0 .5.37.93.87.99L17 12 2.87 13.88c-.5.07-.87.5-.87 1l.01 4.61c0 .71.73 1.2 1.39.91z"/></svg>';
const tray =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M19 3H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V5a2 2 0 0 0-2-2zm0 12h-4a3 3 0 0 1-6 0H5V5h14v10zm-8.6-1.5L7.2 10.3l1.1-1.1 2.1 2.1 4.8-4.8 1.1 1.1-5.9 5.9z"/></svg>';
const comment =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M20 2H4a2 2 0 0 0-2 2v18l4-4h14a2 2 0 0 0 2-2V4a2 2 0 0 0-2-2zm0 14H5.2L4 17.2V4h16v12zM6 12h9v1.6H6V12zm0-3h12v1.6H6V9zm0-3h12v1.6H6V6z"/></svg>';
const branch =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M18 5a3 3 0 0 0-1 5.83V11a3 3 0 0 1-3 3h-4a5 5 0 0 0-2 .42V7.83a3 3 0 1 0-2 0v8.34a3 3 0 1 0 2.15.05A3 3 0 0 1 10 16h4a5 5 0 0 0 5-5v-.17A3 3 0 0 0 18 5zM7 4a1 1 0 1 1 0 2 1 1 0 0 1 0-2zm0 16a1 1 0 1 1 0-2 1 1 0 0 1 0 2zM18 9a1 1 0 1 1 0-2 1 1 0 0 1 0 2z"/></svg>';

export const sendIcon = new LabIcon({ name: 'enablement-labextension:send', svgstr: plane });
export const reviewIcon = new LabIcon({ name: 'enablement-labextension:review', svgstr: tray });
export const commentIcon = new LabIcon({ name: 'enablement-labextension:comment', svgstr: comment });
export const gitIcon = new LabIcon({ name: 'enablement-labextension:git', svgstr: branch });
