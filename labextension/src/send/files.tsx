/** Which files go with the notebook. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ICandidate } from '../contract';
import { Name } from '../components';
import { fileSize } from '../formatting';
import { candidateProblem, missingLabel, fileUseLabel } from './labels';
import type { SendModel } from './model';

export function FilesField(props: { model: SendModel; trans: TranslationBundle }): React.JSX.Element | null {
  const { model, trans } = props;
  const { candidates } = model;
  if (candidates === null) {
    return null;
  }
  const chosen = candidates.files.filter(file => model.files.has(file.path));
  const total = chosen.reduce((sum, file) => sum + file.size, candidates.notebook.size);
  const limit = model.context?.limits;
  return (
    <fieldset className="enb-field" data-enablement-field="files">
      <legend>{trans.__('Files to include')}</legend>
      <ul className="enb-files">
        <li className="enb-file">
          <label>
            <input type="checkbox" checked disabled />
            <span className="enb-file-name">
              <Name>{candidates.notebook.path}</Name>
            </span>
          </label>
          <span className="enb-file-why">{trans.__('the notebook')}</span>
          <span className="enb-file-size">{fileSize(candidates.notebook.size)}</span>
        </li>
        {candidates.files.map(file => (
          <FileRow key={file.path} file={file} model={model} trans={trans} />
        ))}
      </ul>
      {candidates.missing.map(item => (
        <p key={item.path} className="enb-warning" data-enablement-missing={item.path}>
          {trans.__('Not found:')} <Name>{item.path}</Name> ({missingLabel(item, trans)})
        </p>
      ))}
      <p className="enb-hint" data-enablement-total={total}>
        {trans._n('%1 file, %2', '%1 files, %2', chosen.length + 1, fileSize(total))}
        {limit !== undefined && total > limit.bytes && (
          <span className="enb-warning">
            {' '}
            {trans.__('More than the %1 one sending may have.', fileSize(limit.bytes))}
          </span>
        )}
      </p>
    </fieldset>
  );
}

function FileRow(props: { file: ICandidate; model: SendModel; trans: TranslationBundle }): React.JSX.Element {
  const { file, model, trans } = props;
  return (
    <li className="enb-file" data-enablement-candidate={file.path}>
      <label>
        <input
          type="checkbox"
          checked={model.files.has(file.path)}
          disabled={file.problem !== null}
          onChange={event => model.tick(file.path, event.target.checked)}
        />
        <span className="enb-file-name">
          <Name>{file.path}</Name>
        </span>
      </label>
      <span className={file.problem === null ? 'enb-file-why' : 'enb-file-why enb-warning'}>
        {file.problem === null ? fileUseLabel(file.use, trans) : candidateProblem(file.problem, trans)}
      </span>
      <span className="enb-file-size">{fileSize(file.size)}</span>
    </li>
  );
}
