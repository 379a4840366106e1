import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Widget } from '@lumino/widgets';

import { TourCard } from '../src/tour/card';
import { stopWords } from '../src/tour/labels';
import { IMemory, isDue, SELECTORS, STOPS, TourModel } from '../src/tour/model';
import { english } from './english';

class Memory implements IMemory {
  kept = false;
  refuses = false;

  seen(): boolean {
    return this.kept;
  }

  remember(): Promise<void> {
    if (this.refuses) {
      return Promise.reject(new Error('read-only'));
    }
    this.kept = true;
    return Promise.resolve();
  }
}

test('the tour comes by itself once, and not where nobody wants it or where that cannot be remembered', async () => {
  const memory = new Memory();
  assert.equal(await isDue(false, memory), false);
  assert.equal(memory.kept, false);
  assert.equal(await isDue(true, memory), true);
  assert.equal(await isDue(true, memory), false);
  const refusing = new Memory();
  refusing.refuses = true;
  assert.equal(await isDue(true, refusing), false);
});

test('there are four stops with words, forward and back', () => {
  const model = new TourModel();
  const seen = [];
  while (!model.isOver) {
    seen.push(model.stop);
    const words = stopWords(model.stop, english);
    assert.ok(words.title !== '' && words.text !== '' && words.place !== '');
    model.next();
  }
  assert.deepEqual(seen, [...STOPS]);
  const again = new TourModel();
  again.back();
  assert.equal(again.number, 1);
  again.next();
  again.back();
  assert.equal(again.stop, 'send');
});

test('the card frames what it talks about, and leaves nothing when it is left', async () => {
  const button = document.createElement('button');
  button.dataset.command = 'enablement:set-up-git';
  document.body.append(button);
  assert.ok(button.matches(SELECTORS.git));
  const model = new TourModel();
  const card = new TourCard(model, english);
  Widget.attach(card, document.body);
  await card.renderPromise;
  assert.equal(document.querySelectorAll('.enb-tour-target').length, 0);
  model.next();
  assert.ok(button.classList.contains('enb-tour-target'));
  card.node.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
  assert.ok(card.isDisposed);
  assert.equal(document.querySelector('.enb-tour, .enb-tour-target'), null);
  button.remove();
});
