/** The files that a run wrote: what the notebook makes. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Name } from '../../components';
import type { IRerunVerdict } from '../../contract';
import { fileSize } from '../../formatting';

export function WrittenFiles(props: { verdict: IRerunVerdict; trans: TranslationBundle }): React.JSX.Element | null {
  const { trans } = props;
  const run = props.verdict.runs[0];
  if (run === undefined || run.files.length + run.more_files === 0) {
    return null;
  }
  const count = run.files.length + run.more_files;
  return (
    <details className="enb-written" data-enablement-written={count}>
      <summary>{trans._n('%1 file was written', '%1 files were written', count)}</summary>
      <ul>
        {run.files.map(file => (
          <li key={file.path}>
            <Name>{file.path}</Name>
            <span className="enb-hint">{file.sha256 === '' ? trans.__('not read') : fileSize(file.size)}</span>
            {file.sha256 !== '' && <code title={`SHA-256 ${file.sha256}`}>{file.sha256.slice(0, 12)}</code>}
          </li>
        ))}
      </ul>
      {run.more_files > 0 && <p className="enb-hint">{trans._n('and %1 more', 'and %1 more', run.more_files)}</p>}
    </details>
  );
}
