/** The item in the status bar: image and release of this server; a click shows what is in it. */
import { ReactWidget, UseSignal, VDomRenderer } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { KeyboardPopup } from '../keyboardPopup';
import type { ImageModel } from './model';
import { ImagePopup, IImageActions } from './popup';
import { releaseName, standingWords } from './labels';

export class ImageStatusItem extends VDomRenderer<ImageModel> {
  constructor(
    model: ImageModel,
    private readonly trans: TranslationBundle,
    private readonly actions: IImageActions
  ) {
    super(model);
    this.addClass('enb-image-status');
  }

  protected override render(): React.JSX.Element | null {
    const { here } = this.model;
    if (!here?.image) {
      return null;
    }
    const words = standingWords(here, this.trans);
    const name = releaseName(here.release, here.image);
    return (
      <button
        type="button"
        onClick={() => this.toggle()}
        aria-haspopup="dialog"
        title={this.trans.__('The image this server runs')}
        data-enablement-image={`${here.image.slug}/${here.image.release}`}
        data-enablement-image-status={here.release?.status ?? (here.away ? 'away' : 'unknown')}
        data-enablement-drift={here.drift_total}
      >
        {words === '' ? name : `${name} · ${words}`}
      </button>
    );
  }

  private toggle(): void {
    if (this.popup !== null) {
      this.popup.dispose();
      return;
    }
    void this.model.refresh();
    const popup = new KeyboardPopup({
      body: this.body(() => popup.dispose()),
      anchor: this,
      align: 'left',
      hasDynamicSize: true
    });
    popup.disposed.connect(() => (this.popup = null));
    this.popup = popup;
    popup.launch();
  }

  private body(close: () => void): ReactWidget {
    const { model, trans } = this;
    const actions = { ...this.actions, close };
    const body = ReactWidget.create(
      <UseSignal signal={model.stateChanged}>
        {() => <ImagePopup model={model} trans={trans} actions={actions} />}
      </UseSignal>
    );
    body.addClass('enb-image-popup');
    return body;
  }

  private popup: KeyboardPopup | null = null;
}
