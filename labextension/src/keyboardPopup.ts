/** What a click on an item of the status bar opens, for people who use the keyboard too. */
import { Popup } from '@jupyterlab/statusbar';

/**
 * JupyterLab's popup hears Escape only while something inside it has the focus, and does not take the focus: opened with
 * the keyboard it could not be closed with it. This one takes the focus, closes on Escape wherever the focus went since
 * (a notebook that has just loaded takes it, say), and gives it back to what opened it.
 */
export class KeyboardPopup extends Popup {
  private opener: Element | null = null;

  constructor(options: Popup.IOptions) {
    super(options);
    this.node.tabIndex = -1;
  }

  override launch(): void {
    this.opener = document.activeElement;
    super.launch();
    this.node.focus();
    document.addEventListener('keydown', this.escape, true);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    document.removeEventListener('keydown', this.escape, true);
    const inside = this.node.contains(document.activeElement);
    super.dispose();
    if (inside && this.opener instanceof HTMLElement) {
      this.opener.focus();
    }
  }

  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      this.dispose();
    }
  };
}
