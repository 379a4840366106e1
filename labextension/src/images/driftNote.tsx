/** In the send dialog: what the author's notebook may use that the image does not have. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ImageClient } from './client';
import type { IDrift } from '../contract';
import { driftWords } from './labels';

const SHOWN = 3;

export function DriftNote(props: { trans: TranslationBundle }): React.JSX.Element | null {
  const { trans } = props;
  const [drift, setDrift] = React.useState<IDrift[]>([]);
  React.useEffect(() => {
    let wanted = true;
    new ImageClient().here().then(
      here => wanted && setDrift(here.drift),
      () => undefined // nothing is known then, and sending goes on
    );
    return () => {
      wanted = false;
    };
  }, []);
  if (drift.length === 0) {
    return null;
  }
  const named = drift.slice(0, SHOWN).map(one => driftWords(one, trans));
  const more = drift.length - named.length;
  return (
    <p className="enb-warning" role="note" data-enablement-drift-note={drift.length}>
      {trans.__('Your server is not as its image is, so others may get other results:')} {named.join('; ')}
      {more > 0 ? ` ${trans.__('and %1 more', more)}` : ''}.
    </p>
  );
}
