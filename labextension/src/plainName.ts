/**
 * A name somebody else chose (title, file, user) made fit for one line: control characters, line breaks and
 * the marks that reverse the direction of text are shown as a replacement character instead of acting.
 */
export function plainName(name: string): string {
  // eslint-disable-next-line no-control-regex
  return name.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/g,
    '\ufffd'
  );
}
