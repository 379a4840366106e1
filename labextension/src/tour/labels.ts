/** The words of the tour. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Stop } from './model';

export interface IStopWords {
  title: string;
  text: string;
  /** Where to look, for when the button is not on the page now. */
  place: string;
}

export function stopWords(stop: Stop, trans: TranslationBundle): IStopWords {
  const words: Record<Stop, IStopWords> = {
    send: {
      title: trans.__('Send to engineering'),
      text: trans.__('Sends the notebook as you see it to people who read it and answer at its cells.'),
      place: trans.__('In the toolbar above every notebook.')
    },
    git: {
      title: trans.__('Set up Git'),
      text: trans.__('Keeps versions of a folder and copies them to the server. One click, nothing to know.'),
      place: trans.__('Above the list of files.')
    },
    queue: {
      title: trans.__('My submissions and the review queue'),
      text: trans.__('What became of what you sent, and, for reviewers, what waits to be read.'),
      place: trans.__('At the left edge.')
    },
    image: {
      title: trans.__('The image of this server'),
      text: trans.__('Which packages you have here, what was added, and how to ask for more.'),
      place: trans.__('At the bottom, in the status bar.')
    }
  };
  return words[stop];
}
