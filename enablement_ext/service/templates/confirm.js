// The button works only after this page has been visible, in front and left alone for a second: a click that was meant for
// another window, or the second half of a double click, finds it off.
(() => {
  const WAIT = 1000;
  const button = document.querySelector('button[data-confirm]');
  const form = button.form;
  let covered = false;
  let timer = 0;
  const inFront = () => !document.hidden && document.hasFocus() && !covered;
  const wait = () => {
    clearTimeout(timer);
    button.disabled = true;
    timer = setTimeout(() => { button.disabled = !inFront(); }, WAIT);
  };
  for (const event of ['focus', 'blur', 'resize', 'pageshow', 'pagehide']) {
    window.addEventListener(event, wait);
  }
  document.addEventListener('visibilitychange', wait);
  form.addEventListener('submit', event => {
    if (!event.isTrusted || button.disabled || !inFront()) {
      event.preventDefault();
      wait();
    }
  });
  // Where the browser can tell whether something lies over the button (v2 of the observer), it must not. (It also says so of what is see-through.)
  if ('IntersectionObserverEntry' in window && 'isVisible' in IntersectionObserverEntry.prototype) {
    new IntersectionObserver(entries => {
      const hidden = entries.some(entry => entry.isIntersecting && !entry.isVisible);
      if (hidden !== covered) {
        covered = hidden;
        wait();
      }
    }, { trackVisibility: true, delay: 100 }).observe(button);
  }
  wait();
})();
