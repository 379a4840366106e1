/** What explains outputs: the environment, the files that were sent along, settings. */
import * as React from 'react';

import type { IFileDifference, IValueDifference } from '../../contract';
import { Name } from '../../components';
import { fileSize } from '../../formatting';
import { ChangeList } from '../../images/components';
import { plainName } from '../../plainName';
import { useDocument } from '../context';
import { useChanges } from './context';
import { fileStandingLabel } from './labels';
import { DifferenceLines } from './lines';

export function Environment(): React.JSX.Element | null {
  const { trans } = useDocument();
  const { shown, releases } = useChanges();
  if (shown === null) {
    return null;
  }
  const { image, kernel, path, settings } = shown.difference;
  const packages = releases?.changes ?? null;
  if (image === null && kernel === null && path === null && settings.length === 0) {
    return null;
  }
  return (
    <section className="enb-beside" data-enablement-environment="" aria-label={trans.__('Environment')}>
      <h3>{trans.__('Environment')}</h3>
      {image !== null && (
        <Became
          what={trans.__('Image')}
          old={`${image.old.slug} ${image.old.release}`}
          now={`${image.new.slug} ${image.new.release}`}
        />
      )}
      {packages !== null && packages.packages.length > 0 && <ChangeList changes={packages} trans={trans} />}
      {kernel !== null && <Became what={trans.__('Kernel')} old={kernel.old} now={kernel.new} />}
      {path !== null && <Became what={trans.__('Notebook')} old={path.old} now={path.new} />}
      <Settings settings={settings} />
    </section>
  );
}

function Became(props: { what: string; old: string; now: string }): React.JSX.Element {
  const { trans } = useDocument();
  return (
    <p>
      {props.what}: <del>{plainName(props.old) || trans.__('none')}</del>{' '}
      <ins>{plainName(props.now) || trans.__('none')}</ins>
    </p>
  );
}

export function Settings(props: { settings: readonly IValueDifference[] }): React.JSX.Element | null {
  const { trans } = useDocument();
  if (props.settings.length === 0) {
    return null;
  }
  return (
    <ul className="enb-settings">
      {props.settings.map(({ name, old, new: now }) => (
        <li key={name}>
          {trans.__('Setting')} <Name>{name}</Name>: {old !== null && <del>{plainName(old)}</del>}{' '}
          {now !== null && <ins>{plainName(now)}</ins>}
        </li>
      ))}
    </ul>
  );
}

export function Files(): React.JSX.Element | null {
  const { trans } = useDocument();
  const { shown } = useChanges();
  const files = shown?.difference.files ?? [];
  if (files.length === 0) {
    return null;
  }
  return (
    <section className="enb-beside" aria-label={trans.__('Files sent along')}>
      <h3>{trans.__('Files sent along')}</h3>
      {files.map(file => (
        <FileChange key={(file.new ?? file.old)?.path} file={file} />
      ))}
    </section>
  );
}

function FileChange(props: { file: IFileDifference }): React.JSX.Element {
  const { trans } = useDocument();
  const { layout } = useChanges();
  const { file } = props;
  const [open, setOpen] = React.useState(false);
  const path = (file.new ?? file.old)?.path ?? '';
  const sizes = [file.old, file.new].flatMap(each => (each === null ? [] : fileSize(each.size)));
  return (
    <div data-enablement-file-change={path} data-enablement-change-standing={file.standing}>
      {file.lines === null ? (
        <Name>{path}</Name>
      ) : (
        <button type="button" className="enb-link" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Name>{path}</Name>
        </button>
      )}{' '}
      <span className="enb-chip">{fileStandingLabel(file.standing, trans)}</span>{' '}
      <span className="enb-hint">{sizes.join(' → ')}</span>
      {file.standing === 'renamed' && file.old !== null && (
        <span className="enb-hint">
          {' '}
          {trans.__('it was')} <Name>{file.old.path}</Name>
        </span>
      )}
      {open && file.lines !== null && <DifferenceLines lines={file.lines} layout={layout} onChoose={null} />}
    </div>
  );
}
