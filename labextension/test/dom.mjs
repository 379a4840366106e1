// Loaded before each test file: the browser's names, which JupyterLab's modules use as soon as they are imported.
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html><body></body>', {
  url: 'http://lab.example/user/dana/lab',
  pretendToBeVisual: true
});

for (const name of Object.getOwnPropertyNames(window)) {
  if (!(name in globalThis)) {
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value: window[name] });
  }
}
// Node's own are another realm's: what JSDOM's nodes dispatch and await has to be JSDOM's.
for (const name of ['Event', 'CustomEvent', 'EventTarget', 'MessageChannel']) {
  globalThis[name] = window[name] ?? globalThis[name];
}

// Those that the window has from its prototype.
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
  globalThis[name] = window[name].bind(window);
}

class ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

class DragEvent extends window.MouseEvent {}

Object.assign(globalThis, {
  window: globalThis,
  DragEvent,
  ResizeObserver,
  IntersectionObserver: ResizeObserver,
  requestIdleCallback: callback => setTimeout(callback, 0),
  cancelIdleCallback: clearTimeout,
  IS_REACT_ACT_ENVIRONMENT: true
});
globalThis.matchMedia ??= () => ({
  matches: false,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {}
});
