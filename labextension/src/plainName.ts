/** The same list as `DIRECTION_MARKS` in `enablement_ext/core/text/direction_marks.py`; a test compares them. */
const DIRECTION_MARKS = '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff';

const ACTING = new RegExp(`[\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029${DIRECTION_MARKS}]`, 'g');

/**
 * A name somebody else chose (title, file, user) made fit for one line: control characters, line breaks and
 * the marks that reverse the direction of text are shown as a replacement character instead of acting.
 */
export function plainName(name: string): string {
  return name.replace(ACTING, '\ufffd');
}

const REVERSING = new RegExp(`[${DIRECTION_MARKS}]`, 'g');

/** A source text whose direction marks are shown as a replacement character: a line must read as it runs. */
export function plainText(text: string): string {
  return text.replace(REVERSING, '\ufffd');
}
