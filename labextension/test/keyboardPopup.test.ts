import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Widget } from '@lumino/widgets';

import { KeyboardPopup } from '../src/keyboardPopup';

const left: Widget[] = [];

function opened(): { popup: KeyboardPopup; opener: HTMLButtonElement; elsewhere: HTMLInputElement } {
  const anchor = new Widget();
  const opener = document.createElement('button');
  const elsewhere = document.createElement('input');
  anchor.node.append(opener);
  document.body.append(elsewhere);
  Widget.attach(anchor, document.body);
  opener.focus();
  const popup = new KeyboardPopup({ body: new Widget(), anchor });
  popup.launch();
  left.push(anchor, popup);
  return { popup, opener, elsewhere };
}

function press(key: string): void {
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
}

afterEach(() => {
  left.splice(0).forEach(widget => widget.dispose());
});

test('what is opened with the keyboard has the focus, and Escape gives it back', () => {
  const { popup, opener } = opened();
  assert.equal(document.activeElement, popup.node);
  press('Escape');
  assert.equal(popup.isDisposed, true);
  assert.equal(document.activeElement, opener);
});

test('Escape closes it wherever the focus went, and leaves the focus there', () => {
  const { popup, elsewhere } = opened();
  elsewhere.focus();
  press('a');
  assert.equal(popup.isDisposed, false);
  press('Escape');
  assert.equal(popup.isDisposed, true);
  assert.equal(document.activeElement, elsewhere);
});

test('closed, it hears no key any more', () => {
  const { popup, elsewhere } = opened();
  popup.dispose();
  elsewhere.focus();
  let heard = '';
  elsewhere.addEventListener('keydown', event => (heard = event.key));
  press('Escape');
  assert.equal(heard, 'Escape');
});
