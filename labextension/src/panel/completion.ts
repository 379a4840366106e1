/** What can stand next in the search box: filters and their values, by what is typed before the caret. Pure. */
import type { ISearchFilter } from '../contract';

export interface ICompletion {
  /** What is offered. */
  label: string;
  /** What it means. */
  hint: string;
  /** The whole text once it is taken, and where the caret is then. */
  text: string;
  caret: number;
}

const MOST = 12;

/** What fits the word that ends at the caret; nothing inside of quotes. */
export function completions(text: string, caret: number, filters: readonly ISearchFilter[]): ICompletion[] {
  const before = text.slice(0, caret);
  if ((before.split('"').length - 1) % 2 === 1) {
    return [];
  }
  const word = /\S*$/.exec(before)?.[0] ?? '';
  const minus = word.startsWith('-') ? '-' : '';
  const typed = word.slice(minus.length).toLowerCase();
  const start = caret - word.length;
  const put = (label: string, hint: string, more: string): ICompletion => {
    const head = text.slice(0, start) + minus + label + more;
    return { label, hint, text: head + text.slice(caret).replace(/^\s+/, ''), caret: head.length };
  };
  const colon = typed.indexOf(':');
  if (colon < 0) {
    return filters.filter(each => each.name.startsWith(typed)).map(each => put(`${each.name}:`, each.meaning, ''));
  }
  const filter = filters.find(each => each.name === typed.slice(0, colon));
  const value = typed.slice(colon + 1);
  return (filter?.values ?? [])
    .filter(each => each.startsWith(value) && each !== value)
    .slice(0, MOST)
    .map(each => put(`${filter?.name ?? ''}:${each}`, '', ' '));
}
