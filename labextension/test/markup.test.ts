/** What is parsed from a frame's source is what was built, whatever was sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JSDOM } from 'jsdom';

import { htmlFrame } from '../src/render/frame';
import { isSame, safeMarkup, serialised } from '../src/render/markup';
import { safeFragment } from '../src/render/safeHtml';
import { safeDeclarations, safeSheet } from '../src/render/safeStyle';

const { window } = new JSDOM('<!doctype html><body></body>');
const { document } = window;
const options = { place: 'frame' as const, blockedImage: (alt: string) => `[${alt}]` };
const ELEMENTS = new Set(
  (
    'a abbr b blockquote body br caption center code col colgroup dd details div dl dt em font h1 head hr html i img li meta ol p ' +
    'pre small span strong style summary table tbody td tfoot th thead tr tt u ul wbr'
  ).split(' ')
);

/** Ways out of an element, an attribute or a text that were found in this and other sanitisers. */
const HOSTILE = [
  '<style><<//style><a href="https://e.org">x</a>',
  '<style><<<///style><script>x()</script>',
  '<style></st</styleyle><img src=x onerror=x()>',
  '<style>a{content:"</style><img src=x onerror=x()>"}</style>',
  '<style>a{content:"\\3c /style><a href=//e>"}</style>',
  '<style>.\\3c \\/style\\3e {color:red}</style>',
  '<style>a[b="</style>"]{color:red}@media (x:"</style>"){a{color:red}}</style>',
  '<style><!--</style><a href="https://e.org">--></style>',
  '<style>/*</style>*/<a href="https://e.org">x</a></style>',
  '<p style="color:red;content:\'</p><a href=//e>\'">x</p>',
  '<p title="</p><a href=//e>x</a>">x</p>',
  '<svg></p><style><a title="</style><img src onerror=x()>">',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=x()&gt;">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=x()>',
  '<svg><foreignObject><p><table><p><svg><style><img src onerror=x()></style>',
  '<table><a href="https://e.org"><table><a href="https://e.org">x',
  '<a href="https://e.org"><object><a href="https://e.org">x',
  '<p><object><p>one</object><table><tr><td>x</table>',
  '<b><object><p></b>x</object>',
  '<table><object><tr><td>x</object>',
  '<font color=red><div><form></font>x</form></div>',
  '<pre>\n\n\nx</pre><pre>&#13;x&#13;&#10;</pre>',
  '<h1><object><h1>x',
  '<li><object><li>x</object>',
  '<details open><summary><object><details>x',
  '<noscript><style></noscript><a href="https://e.org">x</style>',
  '<xmp><a href="https://e.org">x</a></xmp><plaintext><a href="https://e.org">x',
  '<textarea><style></textarea><a href="https://e.org">x',
  '<template><style></template><a href="https://e.org">x</style></template>',
  '<select><style></select><a href="https://e.org">x</style>',
  '<frameset><a href="https://e.org">x</frameset><body onload=x()>',
  '<col><tr><td>x<caption>y',
  '\u0000<\u0000a href=https://e.org>x&#0;&#x80;&nbsp;\u00a0'
];

/** A text as a browser reads it into a document. */
function read(html: string): Document {
  return new window.DOMParser().parseFromString(html, 'text/html');
}

function frameOf(html: string): HTMLIFrameElement | null {
  return htmlFrame(html, document, { title: 'Output', blockedImage: options.blockedImage });
}

/** The content as a browser reads it: the document of the frame inside the frame. */
function content(html: string): Document | null {
  const frame = frameOf(html);
  if (frame === null) {
    return null;
  }
  const outer = read(frame.srcdoc);
  assert.deepEqual(
    Array.from(outer.body.children, child => child.outerHTML.slice(0, 18)),
    ['<iframe sandbox=""']
  );
  return read(outer.querySelector('iframe')?.getAttribute('srcdoc') ?? '');
}

function check(html: string): void {
  const shown = content(html);
  if (shown === null) {
    return;
  }
  const markup = safeMarkup(html, document, options) ?? '';
  assert.ok(isSame(read(`<body>${markup}`).body, shown.body), `read as it was built: ${html}`);
  const again = safeFragment(markup, document, options);
  again.normalize();
  assert.equal(serialised(again), serialised(shown.body), `all of it is allowed: ${html}`);
  const [base, ...styles] = Array.from(shown.querySelectorAll('style'));
  assert.ok(base !== undefined);
  assert.ok(styles.every(style => !style.textContent.includes('<')));
  for (const element of Array.from(shown.querySelectorAll('*'))) {
    assert.ok(ELEMENTS.has(element.localName), `${element.localName} from ${html}`);
    assert.ok(
      element.getAttributeNames().every(name => !/^on|^href$|^srcset$|^action$|^target$/.test(name)),
      html
    );
  }
}

test('no way out of an element leads anywhere', () => {
  for (const html of HOSTILE) {
    check(html);
    check(`<div>before</div>${html}<p>after</p>`);
    check(html + html);
  }
});

test('whatever pieces are put together, the frame is read as it was built', () => {
  const pieces = [...HOSTILE.flatMap(html => html.split(/(?=[<>"'/])/)), 'x', '"', "'", ' ', '\n', '-->', '*/', '}'];
  let seed = 20_261_130;
  const below = (most: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((seed / 0x80000000) * most);
  };
  let shown = 0;
  for (let round = 0; round < 600; round++) {
    const html = Array.from({ length: 1 + below(14) }, () => pieces[below(pieces.length)]).join('');
    check(html);
    shown += Number(frameOf(html) !== null);
  }
  assert.ok(shown > 590, `nearly all of them are shown as rich output: ${shown}`);
});

test('a text that has no markup of its own is kept by the letter', () => {
  const holder = document.createElement('div');
  const pre = document.createElement('pre');
  pre.textContent = '\n\na\rb\u00a0<&>"';
  holder.append(pre);
  assert.ok(isSame(holder, read(`<div>${serialised(holder)}</div>`).querySelector('div')));
});

test('styles of tables and of estimator diagrams are kept', () => {
  const css =
    '#T_1 tr:nth-child(2n+1) > td.col0, #T_1 th:not(.x)::before {background: rgba(1, 2, 3, .5); width: calc(100% - 1px); ' +
    'content: "\\25b8"; color: var(--sk-color, var(--jp-x, #fff)) !important; font: 12px/1.5 "A B", serif}' +
    '@media (prefers-color-scheme: dark) and (max-width: 40em) {a[href^="x" i] {color: red}}';
  assert.equal(
    safeSheet(css),
    '#T_1 tr:nth-child(2n+1)>td.col0,#T_1 th:not(.x)::before{background:rgba(1 , 2 , 3 , .5);width:calc(100% - 1px);' +
      'content:"\u25b8";color:var(--sk-color , var(--jp-x , #fff))!important;font:12px / 1.5 "A B" , serif;}' +
      '@media (prefers-color-scheme:dark) and (max-width:40em){a[href^="x" i]{color:red;}}'
  );
});

test('what a style would fetch or import is not understood, however it is spelled', () => {
  for (const value of [
    'url(//e)',
    'url("//e")',
    'u\\72l(//e)',
    'u\\72 l("//e")',
    'image-set("//e" 1x)',
    '-webkit-image-set(url(//e) 1x)',
    'src("//e")',
    'element(#x)',
    'expression(x())',
    'var(--a, url(//e))',
    'linear-gradient(url(//e), red)',
    'url(data:image/svg+xml,<svg>)',
    'url(data:text/css;base64,YQ==)'
  ]) {
    assert.equal(safeDeclarations(`background:${value}`), '', value);
    assert.equal(safeDeclarations(`--a:${value}`), '', value);
    assert.equal(safeSheet(`a{background:${value}}`), 'a{}', value);
  }
  for (const rule of [
    '@import "//e";',
    '@font-face{src:url(//e)}',
    '@namespace url(//e);',
    '@supports (x:y){a{b:c}}'
  ]) {
    assert.equal(safeSheet(rule), '', rule);
  }
});

test('a rebuilt style is a fixed point, and never throws', () => {
  for (const css of [
    'a{color:red',
    '}}}a{color:red}',
    '.\\31 a{b:c}',
    '#-\\31{b:\\000041 c}',
    'a{b:"\\a\\22\\3c /style>"}',
    '.\\3c \\/style{b:c}',
    '[a="</style>"]{b:"<!--&lt;"}',
    'a{b:(((((1)))))}',
    `a{b:${'('.repeat(50_000)}`,
    ':not('.repeat(20_000),
    '@media all{'.repeat(20_000),
    'a{b:1e3;c:-.5EM;d:+2e-1%}'
  ]) {
    const once = safeSheet(css);
    assert.equal(safeSheet(once), once, css.slice(0, 40));
    assert.ok(!/[<&]/.test(once), 'nothing that could end a style element');
  }
});
