/**
 * Which markdown may be handed to the lab's typesetter.
 *
 * TeX can make links, attributes, styles (`\bbox` takes any) and new commands (which can hide any of these), so text
 * that uses such a command stays as it was typed.
 */
const UNSAFE =
  /\\(href|url|bbox|label|ref|eqref|hyperref|html\w*|class|style|cssId|data|require|csname|endcsname|[gex]?def|let|futurelet|expandafter|newcommand|renewcommand|providecommand|newenvironment|renewenvironment|DeclareMathOperator|DeclarePairedDelimiter\w*|mmlToken|includegraphics|unicode|tooltip|texttip|toggle|mathtip|begingroup|endgroup|input|write|catcode|char)(?![a-zA-Z])/i;

const MATH = /\$|\\\(|\\\[|\\begin\{/;

/** True when `text` has mathematics at all; asking spares loading the typesetter. */
export function hasMath(text: string): boolean {
  return MATH.test(text);
}

/** True when every TeX command in `text` only draws. */
export function isSafeMath(text: string): boolean {
  return !UNSAFE.test(text) && text.length <= 100_000;
}
