/** The Files tab: what was sent, byte for byte. */
import * as React from 'react';

import type { IFile } from '../contract';
import { ApiError, UNREADABLE } from '../errors';
import { useTask } from '../hooks';
import { Busy, Button, ErrorNote, Name } from '../components';
import { fileSize } from '../formatting';
import { useDocument } from './context';

/** Larger files are only offered for download. */
const LONGEST_PREVIEW = 512_000;

export function FilesTab(): React.JSX.Element {
  const { trans, model } = useDocument();
  const [preview, setPreview] = React.useState<number | null>(null);
  const version = model.version;
  if (version === null) {
    return <></>;
  }
  const files = [version.notebook, ...version.files];
  const shown = preview === null ? undefined : files[preview];
  return (
    <div className="enb-page">
      <table className="enb-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('File')}</th>
            <th scope="col">{trans.__('Size')}</th>
            <th scope="col">SHA-256</th>
            <th scope="col">
              <span className="enb-unseen">{trans.__('Actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file, index) => (
            <FileRow
              key={file.path}
              file={file}
              url={model.enablement.client.fileUrl(model.number, version.number, index)}
              isShown={preview === index}
              onPreview={() => setPreview(preview === index ? null : index)}
            />
          ))}
        </tbody>
      </table>
      {preview !== null && shown !== undefined && (
        <Preview key={`${version.number}/${preview}`} file={shown} index={preview} />
      )}
    </div>
  );
}

function FileRow(props: { file: IFile; url: string; isShown: boolean; onPreview: () => void }): React.JSX.Element {
  const { trans } = useDocument();
  const { file } = props;
  return (
    <tr data-enablement-file={file.path}>
      <td>
        <Name>{file.path}</Name> <span className="enb-hint">{file.role}</span>
      </td>
      <td>{fileSize(file.size)}</td>
      <td>
        <code title={file.sha256}>{file.sha256.slice(0, 12)}</code>
      </td>
      <td className="enb-row-actions">
        {file.role !== 'notebook' && file.size <= LONGEST_PREVIEW && (
          <Button onClick={props.onPreview} hook="preview">
            {props.isShown ? trans.__('Hide') : trans.__('Preview')}
          </Button>
        )}
        <a className="enb-link" href={props.url} download="" rel="noopener" data-enablement-action="download">
          {trans.__('Download')}
        </a>
      </td>
    </tr>
  );
}

function Preview(props: { file: IFile; index: number }): React.JSX.Element {
  const { trans, model } = useDocument();
  const [text, setText] = React.useState<string | null>(null);
  const { busy, error, run } = useTask();
  const { index } = props;
  const { client } = model.enablement;
  const version = model.version?.number ?? 1;
  const load = React.useCallback(
    () => run(async () => setText(await client.fileText(model.number, version, index))),
    [run, client, model.number, version, index]
  );
  React.useEffect(load, [load]);
  const binary = error instanceof ApiError && error.code === UNREADABLE;
  return (
    <section className="enb-preview" aria-label={trans.__('Preview')} data-enablement-preview={props.file.path}>
      <h3>
        <Name>{props.file.path}</Name>
      </h3>
      {busy && <Busy>{trans.__('Loading…')}</Busy>}
      {binary ? (
        <p className="enb-hint">{trans.__('This file is not text; download it to look at it.')}</p>
      ) : (
        <ErrorNote error={error} trans={trans} onRetry={load} />
      )}
      {text !== null && <pre tabIndex={0}>{text}</pre>}
    </section>
  );
}
