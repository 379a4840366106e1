/** What the documents about versions share: a region in the main area, named by its title, without a toolbar. */
import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import * as React from 'react';

import { gitIcon } from '../icons';

class Region extends ReactWidget {
  constructor(private readonly view: () => React.JSX.Element) {
    super();
    this.addClass('enb-git-document');
    this.node.setAttribute('role', 'region');
  }

  protected override render(): React.JSX.Element {
    return this.view();
  }
}

export class GitDocument extends MainAreaWidget<ReactWidget> {
  constructor(options: GitDocument.IOptions) {
    super({ content: new Region(options.view) });
    this.toolbar.hide();
    this.id = options.id;
    this.title.closable = true;
    this.title.icon = gitIcon;
    this.title.label = options.label;
    this.content.node.setAttribute('aria-label', options.label);
  }
}

export namespace GitDocument {
  export interface IOptions {
    id: string;
    label: string;
    view: () => React.JSX.Element;
  }
}
