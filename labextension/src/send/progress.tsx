/** The way of the bytes. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IProgress } from '../contract';
import { fileSize } from '../formatting';

export function Progress(props: { progress: IProgress | null; trans: TranslationBundle }): React.JSX.Element {
  const { progress, trans } = props;
  return (
    <div className="enb-progress" data-enablement-phase="sending" role="status" aria-live="polite">
      <p>{phaseText(progress, trans)}</p>
      <progress
        aria-label={trans.__('Sending')}
        {...(progress === null || progress.phase === 'waiting' || progress.total === 0
          ? {}
          : { value: progress.bytes, max: progress.total })}
      />
      <p className="enb-hint">
        {progress !== null && progress.total > 0
          ? trans.__('%1 of %2', fileSize(progress.bytes), fileSize(progress.total))
          : '\u00a0'}
      </p>
    </div>
  );
}

function phaseText(progress: IProgress | null, trans: TranslationBundle): string {
  switch (progress?.phase) {
    case 'reading':
      return trans.__('Reading the files…');
    case 'sending':
      return trans.__('Sending…');
    case 'waiting':
      return trans.__('Sent; waiting for the service to store it safely…');
    default:
      return trans.__('Saving the notebook…');
  }
}
