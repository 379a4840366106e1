/** The main-area widget of one submission. */
import { MainAreaWidget, ReactWidget, UseSignal } from '@jupyterlab/apputils';
import * as React from 'react';

import { reviewIcon } from '../icons';
import { plainName } from '../plainName';
import type { ChangesModel } from './changes/model';
import type { SubmissionModel } from './model';
import type { IDocumentContext } from './context';
import { DocumentView } from './view';

class SubmissionContent extends ReactWidget {
  constructor(private readonly reading: Omit<IDocumentContext, 'showCell'>) {
    super();
    this.addClass('enb-document');
    this.node.setAttribute('role', 'region');
  }

  protected override render(): React.JSX.Element {
    const { model, changes, themes } = this.reading;
    const view = (): React.JSX.Element => <DocumentView reading={this.reading} />;
    return (
      <UseSignal signal={model.stateChanged}>
        {() => (
          <UseSignal signal={changes.stateChanged}>
            {() => (themes === null ? view() : <UseSignal signal={themes.themeChanged}>{view}</UseSignal>)}
          </UseSignal>
        )}
      </UseSignal>
    );
  }
}

export class SubmissionDocument extends MainAreaWidget<SubmissionContent> {
  readonly model: SubmissionModel;
  private readonly changes: ChangesModel;

  constructor(reading: Omit<IDocumentContext, 'showCell'>) {
    super({ content: new SubmissionContent(reading) });
    const { model, trans } = reading;
    this.model = model;
    this.changes = reading.changes;
    this.toolbar.hide();
    this.id = `enablement-submission-${model.number}`;
    this.title.closable = true;
    this.title.icon = reviewIcon;
    this.node.dataset.enablementDocument = String(model.number);
    const name = (): void => {
      this.title.label = `#${model.number}${model.detail === null ? '' : ` ${plainName(model.detail.title)}`}`;
      this.title.caption = trans.__('Submission #%1', model.number);
      this.content.node.setAttribute('aria-label', this.title.caption);
    };
    name();
    model.stateChanged.connect(name, this);
  }

  override dispose(): void {
    this.changes.dispose();
    this.model.dispose();
    super.dispose();
  }
}
