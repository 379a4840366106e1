import { authoringPlugin } from './plugins/authoring';
import { deepLinkPlugin } from './plugins/deepLink';
import { documentsPlugin } from './plugins/documents';
import { gitPlugin } from './plugins/git';
import { imagesPlugin } from './plugins/images';
import { panelPlugin } from './plugins/panel';
import { sendPlugin } from './plugins/send';
import { servicePlugin } from './plugins/service';
import { tourPlugin } from './plugins/tour';

export default [
  servicePlugin,
  documentsPlugin,
  panelPlugin,
  sendPlugin,
  authoringPlugin,
  deepLinkPlugin,
  gitPlugin,
  imagesPlugin,
  tourPlugin
];
