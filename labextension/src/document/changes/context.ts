/** The model of the Changes tab, for its parts. */
import * as React from 'react';

import type { ChangesModel } from './model';

export const ChangesContext = React.createContext<ChangesModel | null>(null);

export function useChanges(): ChangesModel {
  const changes = React.useContext(ChangesContext);
  if (changes === null) {
    throw new Error('A part of the Changes tab stands outside it.');
  }
  return changes;
}
