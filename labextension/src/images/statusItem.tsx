/** The item in the status bar: image and release of this server; a click shows what is in it. */
import { ReactWidget, UseSignal, VDomRenderer } from '@jupyterlab/apputils';
import { Popup, showPopup } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

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
        onClick={() => this.open()}
        title={this.trans.__('The image this server runs')}
        data-enablement-image={`${here.image.slug}/${here.image.release}`}
        data-enablement-image-status={here.release?.status ?? (here.away ? 'away' : 'unknown')}
        data-enablement-drift={here.drift_total}
      >
        {words === '' ? name : `${name} · ${words}`}
      </button>
    );
  }

  private open(): void {
    void this.model.refresh();
    const { model, trans } = this;
    const actions = { ...this.actions, close: () => popup.dispose() };
    const body = ReactWidget.create(
      <UseSignal signal={model.stateChanged}>
        {() => <ImagePopup model={model} trans={trans} actions={actions} />}
      </UseSignal>
    );
    body.addClass('enb-image-popup');
    const popup: Popup = showPopup({ body, anchor: this, align: 'left' });
  }
}
