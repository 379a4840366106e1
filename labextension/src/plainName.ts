/**
 * A name somebody else chose (title, file, user) made fit for one line: control characters, line breaks and
 * the marks that reverse the direction of text are shown as a replacement character instead of acting.
 */
export function plainName(name: string): string {
  return name.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu, '\ufffd');
}
