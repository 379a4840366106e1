import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JSDOM } from 'jsdom';

import { english } from './english';
import { htmlFrame, svgFrame, svgHeight } from '../src/render/frame';
import { hasMath, isSafeMath, typesetText } from '../src/render/math';
import { isInlineImage, svgImage } from '../src/render/inlineImage';
import { askBeforeFollowing, linkList } from '../src/render/links';
import { safeFragment, safeLink, SafePlace } from '../src/render/safeHtml';

const { document } = new JSDOM('<!doctype html><body></body>').window;
const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';

function clean(html: string, place: SafePlace = 'page', attachment?: (name: string) => string | null): string {
  const holder = document.createElement('div');
  holder.append(safeFragment(html, document, { place, attachment, blockedImage: alt => `[${alt}]` }));
  return holder.innerHTML;
}

test('scripts, handlers, forms and embedded documents are gone in both places', () => {
  const hostile =
    '<script>x()</script><b onclick="x()">b</b><form action="//e"><input name=a><button>Trust</button>t</form>' +
    '<iframe srcdoc="<script>x()</script>"></iframe><object data=x></object><embed src=x><base href="//e">' +
    '<meta http-equiv=refresh content="0;url=//e"><link rel=stylesheet href="//e"><math><mi href="//e">m</mi></math>' +
    '<template><img src=x onerror=x()></template><noscript><img src=x></noscript>';
  for (const place of ['page', 'frame'] as const) {
    assert.equal(clean(hostile, place), '<b>b</b>t');
  }
});

test('links are followed only to http, https and mail, in a new tab without opener', () => {
  assert.equal(
    clean('<a href="https://e.org/x" onclick=x()>a</a>'),
    '<a href="https://e.org/x" target="_blank" rel="noopener noreferrer nofollow">a</a>'
  );
  for (const bad of [
    'javascript:x()',
    'JaVa\nScript:x()',
    ' data:text/html,x',
    'vbscript:x',
    '//e.org',
    '/lab',
    '#x',
    'blob:x'
  ]) {
    assert.equal(safeLink(bad), null);
    assert.equal(clean(`<a href="${bad}">a</a>`), '<a>a</a>');
  }
});

test('the address of a link is the one a browser would go to', () => {
  assert.equal(safeLink('https:\\\\e.org\\x'), 'https://e.org/x');
  assert.equal(safeLink('https://b\u00fccher.example/\u202e'), 'https://xn--bcher-kva.example/%E2%80%AE');
  assert.equal(safeLink('https://good.example@e.org'), 'https://good.example@e.org/');
});

test('a link in a frame has no address there and is listed beside it by its address', () => {
  const links: { address: string; words: string }[] = [];
  const onLink = (address: string, words: string): void => void links.push({ address, words });
  const options = { place: 'frame' as const, blockedImage: () => '', onLink };
  const holder = document.createElement('div');
  holder.append(safeFragment('<a href="https://e.org/x">https://good.example</a>', document, options));
  assert.equal(holder.innerHTML, '<a>https://good.example</a>');
  const list = linkList(links, document, english);
  const anchor = list?.querySelector('a');
  assert.equal(anchor?.textContent, 'https://e.org/x');
  assert.equal(anchor.getAttribute('rel'), 'noopener noreferrer nofollow');
  assert.equal(anchor.target, '_blank');
  assert.equal(linkList([], document, english), null);
});

test('a link opens only after its address was shown and agreed to, and without an opener', async () => {
  const { window } = new JSDOM('<div><a href="https://e.org/x"><b>https://good.example</b></a></div>');
  const host = window.document.querySelector('div');
  const [word, link] = [window.document.querySelector('b'), window.document.querySelector('a')];
  assert.ok(host !== null && word !== null && link !== null);
  const opened: unknown[] = [];
  const asked: string[] = [];
  let answer = false;
  const original = globalThis.window.open;
  globalThis.window.open = (...what) => (opened.push(what), null);
  askBeforeFollowing(host, address => {
    asked.push(address);
    return Promise.resolve(answer);
  });
  for (const [agreed, kind, button] of [
    [false, 'click', 0],
    [true, 'click', 0],
    [true, 'auxclick', 1]
  ] as const) {
    answer = agreed;
    const click = new window.MouseEvent(kind, { bubbles: true, cancelable: true, button });
    assert.equal(word.dispatchEvent(click), false, 'the browser itself follows nothing');
    await Promise.resolve();
    await Promise.resolve();
  }
  globalThis.window.open = original;
  assert.deepEqual(asked, Array(3).fill('https://e.org/x'));
  assert.deepEqual(opened, Array(2).fill(['https://e.org/x', '_blank', 'noopener,noreferrer']));
});

test('pictures that would have to be fetched are named instead', () => {
  assert.equal(clean('<img src="https://e.org/x.png" alt="plot">'), '<em data-enablement-blocked="image">[plot]</em>');
  assert.equal(clean('<img srcset="https://e.org/x.png 2x">'), '<em data-enablement-blocked="image">[]</em>');
  assert.equal(
    clean(`<img src="${PIXEL}" srcset="//e" onerror=x() width=10>`),
    `<img src="${PIXEL}" alt="" width="10">`
  );
  assert.ok(!isInlineImage('data:image/svg+xml;base64,PHN2Zz4='));
  assert.ok(!isInlineImage('data:image/png;base64,x" onerror="y'));
});

test('attachments are shown when they are there', () => {
  assert.equal(
    clean('<img src="attachment:a%20b.png">', 'page', name => (name === 'a b.png' ? PIXEL : null)),
    `<img src="${PIXEL}" alt="">`
  );
  assert.equal(
    clean('<img src="attachment:no.png">', 'page', () => null),
    '<em data-enablement-blocked="image">[]</em>'
  );
});

test('nothing can dress up as the lab or clobber it: no id, name, style or class but terminal colours', () => {
  assert.equal(
    clean(
      '<div id="main" name="x" style="position:fixed" class="jp-Dialog ansi-red-fg" data-commandlinker-command="a">t</div>'
    ),
    '<div class="ansi-red-fg">t</div>'
  );
});

test('a frame keeps styles, but not what they would fetch', () => {
  const html = clean(
    '<style>@import "//e"; a{background:url(//e)}</style><p style="color:red;background:url( \'//e\')">t</p>',
    'frame'
  );
  for (const css of [
    'u\\72l(//e)',
    'image-set("//e" 1x)',
    '-webkit-image-set(url(//e) 1x)',
    'u/**/rl(//e)',
    'src("//e")'
  ]) {
    assert.ok(
      !clean(`<style>a{background:${css}}</style><p style='background:${css}'>t</p>`, 'frame').includes('//e'),
      css
    );
  }
  assert.ok(clean(`<p style="background:url(${PIXEL})">t</p>`, 'frame').includes(PIXEL));
  assert.ok(!clean('<p style="background:u\\5c 72l(x)">t</p>', 'frame').includes('\\'));
  assert.ok(!html.includes('//e'));
  assert.ok(html.includes('color:red'));
  assert.ok(!clean('<style>a</style>').includes('style'));
});

test('parser tricks do not bring anything back', () => {
  for (const trick of [
    '<svg><style><img src=x onerror=x()></style></svg>',
    '<math><mtext><table><mglyph><style><img src=x onerror=x()></style></mglyph></table></mtext></math>',
    '<noscript><p title="</noscript><img src=x onerror=x()>"></noscript>',
    '<style></style><img src=x onerror=x()></style>'
  ]) {
    for (const place of ['page', 'frame'] as const) {
      // Parsed once more, as a frame's srcdoc is.
      const again = new JSDOM(clean(trick, place)).window.document;
      const acting = Array.from(again.querySelectorAll('*')).filter(
        element => element.localName === 'script' || element.getAttributeNames().some(name => name.startsWith('on'))
      );
      assert.deepEqual(acting, [], trick);
    }
  }
});

test('bottomless nesting is cut, not fatal', () => {
  assert.ok(clean('<div>'.repeat(1000) + 'x').length < 10_000);
});

test('a frame has an empty sandbox and a policy that forbids every request', () => {
  const words = { title: 'Output', blockedImage: () => '' };
  for (const frame of [htmlFrame('<p>x</p>', document, words), svgFrame(svgImage('<svg/>'), document, words)]) {
    assert.ok(frame !== null);
    assert.equal(frame.getAttribute('sandbox'), '');
    assert.match(frame.srcdoc, /default-src 'none'; img-src data:; style-src 'unsafe-inline'/);
  }
  assert.equal(htmlFrame('</body></html><script>x</script>', document, words)?.srcdoc.includes('script'), false);
});

test('an SVG is a picture with its own height, and cannot leave its attribute', () => {
  assert.equal(svgHeight('<svg width="300" height="120">', 600), 136);
  assert.equal(svgHeight('<svg width="600pt" height="300pt">', 400), 216);
  assert.equal(svgHeight('<svg viewBox="0 0 1 1">', 600), 240);
  const frame = svgFrame(svgImage('<svg>"><script>x()</script>'), document, { title: 'o"', blockedImage: () => '' });
  assert.ok(!frame.srcdoc.includes('<script'));
});

test('mathematics is typeset only when every command just draws', () => {
  assert.ok(hasMath('a $x$ b') && !hasMath('plain'));
  for (const good of [
    '\\frac{a}{b} \\sigma \\text{if}',
    '\\operatorname*{arg\\,max}_{\\theta} \\mathbb{E}\\left[\\log p(x \\mid \\theta)\\right] \\alpha*2',
    '\\begin{array}[t]{l|cr} a & b \\\\[2pt] c & d \\end{array}',
    '\\begin{align*} x &= 1 \\\\ y &= \\sqrt[3]{2} \\tag{1} \\end{align*}',
    '\\color{red}{x} \\textcolor{blue}{y} 5\\% \\{a\\} \\$'
  ]) {
    assert.ok(isSafeMath(`$${good}$`), good);
  }
  for (const bad of [
    '\\url{x}',
    '\\includegraphics[width=1cm]{//e/x}',
    '\\htmlData{a=b}{x}',
    '\\fcolorbox{red;background:url(//e)}{white}{x}',
    '\\color{red;background:url(//e)}{x}',
    '\\colorbox{x}{y}',
    '\\definecolor{a}{rgb}{1,1,1}',
    '\\label{x}',
    '\\unicode{x41}',
    '\\let\\a\\b',
    '\\@ifnextchar x',
    '\\alpha@x',
    '\\mathchoice{}{}{}{}',
    '\\rule{9999em}{9999em}',
    '\\hspace{-9999em}',
    '\\raise9999em{x}',
    'a \\\\[9999em] b',
    'a \\\\* [-999em] b',
    '\\begin{array}{*{99999}{c}} a \\end{array}',
    '\\begin{empheq}[box=\\x]{align} a \\end{empheq}',
    '\\begin x',
    '\\unheard{x}',
    'x\\',
    '\\\u0001',
    '{'.repeat(1000),
    '&'.repeat(10_000),
    '\\frac'.repeat(4_000),
    '\\href{javascript:x}{y}',
    '\\HREF {x}{y}',
    '\\bbox[background:url(//e)]{x}',
    '\\ref{x}',
    '\\class{jp-x}{y}',
    '\\style{color:red}{x}',
    '\\newcommand{\\a}{b}',
    '\\csname href\\endcsname',
    '\\require{html}',
    '\\def\\a{b}'
  ]) {
    assert.ok(!isSafeMath(bad.endsWith('\\') ? bad : `$${bad}$`), bad.slice(0, 60));
  }
});

test('what stands there as code is no mathematics, and does not keep other mathematics from being drawn', () => {
  const host = document.createElement('div');
  host.innerHTML = '<p>$x$</p><pre>\\href{a}</pre><p>a <code>\\newcommand</code> b\\hr<b>ef</b></p>';
  assert.equal(typesetText(host).replace(/\s+/g, ' '), '$x$ a b\\href');
  assert.ok(host.querySelector('pre') !== null);
});
