/** Notifications of the browser, for a lab that nobody looks at. Only where the person switched them on; the browser asks on that click and never before. */
export class BrowserNotifications {
  /** What the person chose; it counts while the browser allows it. */
  wanted = false;

  get supported(): boolean {
    return typeof window.Notification === 'function';
  }

  get on(): boolean {
    return this.wanted && this.supported && window.Notification.permission === 'granted';
  }

  /** Call it on a click. Whether the browser allows it now. */
  async ask(): Promise<boolean> {
    return this.supported && (await window.Notification.requestPermission()) === 'granted';
  }

  /** Shows the text, as text; a second one with the same tag takes its place. Nothing while somebody looks at the lab. */
  show(text: string, tag: string, onClick: () => void): void {
    if (!this.on || document.hasFocus()) {
      return;
    }
    try {
      const shown = new window.Notification('Enablement', { body: text, tag });
      shown.onclick = (): void => {
        window.focus();
        onClick();
        shown.close();
      };
    } catch {
      // Browsers of telephones have the name and refuse to show one: the lab says it itself.
    }
  }
}
