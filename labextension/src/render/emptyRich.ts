/** Tells interactive outputs (a script and an empty box) from markup that shows something by itself. */
import { safeFragment } from './safeHtml';

/** True when nothing readable is left of `html` once scripts are gone. */
export function isEmptyRich(html: string): boolean {
  if (!/<script|<iframe|<canvas/i.test(html)) {
    return false;
  }
  const fragment = safeFragment(html, document, { place: 'frame', blockedImage: () => '' });
  for (const style of Array.from(fragment.querySelectorAll('style'))) {
    style.remove();
  }
  return fragment.textContent.trim() === '' && fragment.querySelector('img') === null;
}
