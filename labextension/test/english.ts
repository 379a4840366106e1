/** The source language as a translation bundle, with the placeholders of gettext. */
import type { TranslationBundle } from '@jupyterlab/translation';

function filled(text: string, values: unknown[]): string {
  return text.replace(/%(\d)/g, (_, index: string) => String(values[Number(index) - 1]));
}

export const english = {
  __: (text: string, ...values: unknown[]) => filled(text, values),
  _n: (one: string, many: string, n: number, ...values: unknown[]) => filled(n === 1 ? one : many, [n, ...values])
} as unknown as TranslationBundle;
