/** A card in the corner that names one button after the other and frames it. It covers nothing that is needed and can be left at any time. */
import { VDomRenderer } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { Button } from '../components';
import { stopWords } from './labels';
import { SELECTORS, STOPS, TourModel } from './model';

const FRAMED = 'enb-tour-target';

export class TourCard extends VDomRenderer<TourModel> {
  constructor(
    model: TourModel,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    this.addClass('enb-tour');
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute('aria-label', trans.__('A short tour of Enablement'));
    this.node.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        model.end();
      }
    });
    model.stateChanged.connect(this.follow, this);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      unframe();
      this.model.stateChanged.disconnect(this.follow, this);
      super.dispose();
    }
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    frame(this.model);
  }

  protected override render(): React.JSX.Element {
    const { model, trans } = this;
    const words = stopWords(model.stop, trans);
    return (
      <div data-enablement-tour={model.stop} aria-live="polite">
        <div className="enb-hint">{trans.__('%1 of %2', model.number, STOPS.length)}</div>
        <h2>{words.title}</h2>
        <p>{words.text}</p>
        <p className="enb-hint">{words.place}</p>
        <div className="enb-tour-buttons">
          {!model.isLast && (
            <Button hook="tour-end" onClick={() => model.end()}>
              {trans.__('Leave the tour')}
            </Button>
          )}
          {model.number > 1 && (
            <Button hook="tour-back" onClick={() => model.back()}>
              {trans.__('Back')}
            </Button>
          )}
          <Button hook="tour-next" primary onClick={() => model.next()}>
            {model.isLast ? trans.__('Done') : trans.__('Next')}
          </Button>
        </div>
      </div>
    );
  }

  private follow(model: TourModel): void {
    if (model.isOver) {
      this.dispose();
    } else {
      frame(model);
    }
  }
}

function frame(model: TourModel): void {
  unframe();
  document.querySelector(SELECTORS[model.stop])?.classList.add(FRAMED);
}

function unframe(): void {
  document.querySelectorAll(`.${FRAMED}`).forEach(element => element.classList.remove(FRAMED));
}
