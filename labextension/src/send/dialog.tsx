/** The dialog window around a sending. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { SendSession } from './session';
import { SendView } from './view';

class SendBody extends ReactWidget {
  constructor(
    private readonly session: SendSession,
    private readonly trans: TranslationBundle,
    private readonly actions: { close: () => void; open: (number: number) => void }
  ) {
    super();
    this.addClass('enb-send');
  }

  protected override render(): React.JSX.Element {
    return (
      <SendView session={this.session} trans={this.trans} onClose={this.actions.close} onOpen={this.actions.open} />
    );
  }
}

const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex="0"]';

/**
 * A dialog whose own buttons are in its body: Enter must not close it, Escape and a click outside do, and the focus
 * stays inside (JupyterLab's dialog keeps it by its own buttons, and there are none).
 */
class SendWindow extends Dialog<void> {
  override handleEvent(event: Event): void {
    if (event instanceof KeyboardEvent && event.key === 'Enter') {
      return;
    }
    if (event instanceof KeyboardEvent && event.key === 'Tab') {
      this.keepInside(event);
      return;
    }
    super.handleEvent(event);
  }

  private keepInside(event: KeyboardEvent): void {
    const stops = Array.from(this.node.querySelectorAll<HTMLElement>(FOCUSABLE)).filter(
      element => element.offsetParent !== null
    );
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    const next = event.shiftKey ? stops[stops.length - 1] : stops[0];
    if (next !== undefined && (document.activeElement === edge || !this.node.contains(document.activeElement))) {
      event.preventDefault();
      next.focus();
    }
  }
}

/** Shows the sending until the person closes it; gives the number to open next, if one was chosen. */
export async function showSendDialog(session: SendSession, trans: TranslationBundle): Promise<number | null> {
  let chosen: number | null = null;
  const body = new SendBody(session, trans, {
    close: () => dialog.reject(),
    open: number => {
      chosen = number;
      dialog.reject();
    }
  });
  const dialog: SendWindow = new SendWindow({
    title: trans.__('Send to engineering'),
    body,
    buttons: [],
    hasClose: true,
    focusNodeSelector: '[data-enablement-field="title"]'
  });
  dialog.addClass('enb-send-dialog');
  dialog.node.dataset.enablementDialog = 'send';
  dialog.node.setAttribute('aria-label', trans.__('Send to engineering'));
  await dialog.launch();
  return chosen;
}
