/**
 * Which markdown may be handed to the lab's typesetter.
 *
 * TeX can make links, attributes, styles (`\bbox`, `\fcolorbox`), requests (`\includegraphics`) and new commands, which can hide any of these
 * or grow without end; and which it knows depends on the typesetter (MathJax, KaTeX) and on what that loads by itself. So only text whose
 * every command is known to draw and nothing else is typeset, and no more of it than takes a moment; all other stays as it was typed.
 */
import { ARRANGING, DRAWING } from './mathCommands';

const MATH = /\$|\\\(|\\\[|\\begin\{/;
/** A command is a run of letters or one other sign; KaTeX takes `@` for a letter. */
const COMMAND = /\\(?:([a-zA-Z@]+)|([^]|$))/g;
const SIGNS = new Set('{}[]()|,;:!> %$&#_\\/-"\'`^~=.*<\n\r\t');
const ENVIRONMENT = /^\s*\{([a-zA-Z]{1,20}\*?)\}/;
/** Of a table: its columns are letters and lines; a repetition (`*{9999}{c}`) is not among them. */
const COLUMNS = /^\s*(?:\[[tbc]\]\s*)?\{[lcr|\s]{0,60}\}/;
const COLOR = /^\s*\{\s*[a-zA-Z]{1,30}\s*\}/;
/** Space behind the end of a line: no more than the eye needs. */
const LINE_SPACE = /^\s*\*?\s*\[(?!\s*-?(?:\d{0,2}(?:\.\d{0,3})?)\s*(?:em|ex|pt|px|mm|cm|in|mu)\s*\])/;
const UNTYPESET = 'pre, code, textarea, script, style, noscript, annotation';

const MOST_CHARACTERS = 100_000;
const MOST_COMMANDS = 3_000;
const MOST_CELLS = 3_000;
const DEEPEST = 60;

/** True when `text` has mathematics at all; asking spares loading the typesetter. */
export function hasMath(text: string): boolean {
  return MATH.test(text);
}

/** True when every TeX command in `text` only draws, and drawing all of it takes a moment. */
export function isSafeMath(text: string): boolean {
  if (text.length > MOST_CHARACTERS || !isBounded(text)) {
    return false;
  }
  let commands = 0;
  for (const found of text.matchAll(COMMAND)) {
    commands += 1;
    const after = text.slice(found.index + found[0].length, found.index + found[0].length + 100);
    if (
      commands > MOST_COMMANDS ||
      !(found[1] === undefined ? isSign(found[2] ?? '', after) : isWord(found[1], after))
    ) {
      return false;
    }
  }
  return true;
}

/** The text that a typesetter looks at: all but what stands there as code. */
export function typesetText(host: HTMLElement): string {
  const copy = host.cloneNode(true) as HTMLElement;
  copy.querySelectorAll(UNTYPESET).forEach(each => each.replaceWith(' '));
  return copy.textContent;
}

function isWord(name: string, after: string): boolean {
  if (name === 'begin' || name === 'end') {
    const environment = ENVIRONMENT.exec(after);
    const known = environment !== null && ARRANGING.has(environment[1] ?? '');
    const columns = name === 'begin' && ['array', 'subarray'].includes(environment?.[1] ?? '');
    return known && (!columns || COLUMNS.test(after.slice(environment[0].length)));
  }
  if (name === 'color' || name === 'textcolor') {
    return COLOR.test(after);
  }
  return DRAWING.has(name);
}

function isSign(sign: string, after: string): boolean {
  return SIGNS.has(sign) && !(sign === '\\' && LINE_SPACE.test(after));
}

/** Whether groups are not too deep and tables not too large to be laid out. */
function isBounded(text: string): boolean {
  let depth = 0;
  let cells = 0;
  for (const sign of text) {
    depth += sign === '{' ? 1 : sign === '}' ? -1 : 0;
    cells += sign === '&' ? 1 : 0;
    if (depth > DEEPEST || cells > MOST_CELLS) {
      return false;
    }
    depth = Math.max(depth, 0);
  }
  return true;
}
