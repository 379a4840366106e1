/** A dialog whose buttons are in its body. */
import { Dialog } from '@jupyterlab/apputils';

const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex="0"]';

/**
 * Made with `buttons: []`: Enter must not close it (it presses what has the focus), Escape and a click outside do, and
 * the focus stays inside (JupyterLab's dialog keeps it there by its own buttons, and there are none).
 */
export class BodyDialog extends Dialog<void> {
  constructor(options: { title: string; body: Dialog.IBodyWidget<void>; hook: string; focus?: string }) {
    const { title, body, hook, focus } = options;
    super({ title, body, buttons: [], hasClose: true, focusNodeSelector: focus });
    this.node.dataset.enablementDialog = hook;
    this.node.setAttribute('aria-label', title);
  }

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
