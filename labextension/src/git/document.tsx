/** What the documents about versions share: a region in the main area, named by its title, without a toolbar. */
import { MainAreaWidget, ReactWidget, UseSignal, type VDomModel } from '@jupyterlab/apputils';
import * as React from 'react';

import { gitIcon } from '../icons';

class Region<M extends VDomModel> extends ReactWidget {
  constructor(
    private readonly model: M,
    private readonly view: (model: M) => React.JSX.Element
  ) {
    super();
    this.addClass('enb-git-document');
    this.node.setAttribute('role', 'region');
  }

  protected override render(): React.JSX.Element {
    return <UseSignal signal={this.model.stateChanged}>{() => this.view(this.model)}</UseSignal>;
  }
}

/** Owns its model. */
export class GitDocument<M extends VDomModel> extends MainAreaWidget<ReactWidget> {
  readonly model: M;

  constructor(options: GitDocument.IOptions<M>) {
    super({ content: new Region(options.model, options.view) });
    this.model = options.model;
    this.toolbar.hide();
    this.id = options.id;
    this.title.closable = true;
    this.title.icon = gitIcon;
    this.title.label = options.label;
    this.content.node.setAttribute('aria-label', options.label);
  }

  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }
}

export namespace GitDocument {
  export interface IOptions<M extends VDomModel> {
    id: string;
    label: string;
    model: M;
    view: (model: M) => React.JSX.Element;
  }
}
