/** Pieces that the status bar's popup and the notebook's line share. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IPackage, IReleaseChanges } from '../contract';
import { kindWords } from './labels';

const FIRST = 8;

/** What changes from one release to another: direct packages first, long lists folded. */
export function ChangeList(props: { changes: IReleaseChanges; trans: TranslationBundle }): React.JSX.Element {
  const { changes, trans } = props;
  const [all, setAll] = React.useState(false);
  const shown = all ? changes.packages : changes.packages.slice(0, FIRST);
  const more = changes.packages.length - shown.length;
  return (
    <div className="enb-image-changes" data-enablement-changes={changes.packages.length}>
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('Package')}</th>
            <th scope="col">{changes.old.split('/')[1]}</th>
            <th scope="col">{changes.new.split('/')[1]}</th>
            <th scope="col">{trans.__('Change')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(change => (
            <tr key={change.name} data-enablement-change={change.name} data-enablement-kind={change.kind}>
              <th scope="row" className={change.direct ? 'enb-mod-direct' : undefined}>
                {change.name}
              </th>
              <td>{change.old ?? '—'}</td>
              <td>{change.new ?? '—'}</td>
              <td>
                <span className="enb-chip" data-enablement-kind={change.kind}>
                  {kindWords(change.kind, trans)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <button type="button" className="enb-link" onClick={() => setAll(true)} data-enablement-action="show-changes">
          {trans._n('Show %1 more', 'Show %1 more', more)}
        </button>
      )}
    </div>
  );
}

/** Everything in a release; the packages somebody asked for by name come first. */
export function PackageList(props: { packages: IPackage[]; trans: TranslationBundle }): React.JSX.Element {
  const { packages, trans } = props;
  const [search, setSearch] = React.useState('');
  const wanted = search
    .trim()
    .toLowerCase()
    .replace(/[-_.]+/g, '-');
  const found = packages.filter(({ name }) => name.includes(wanted));
  return (
    <section className="enb-image-packages" data-enablement-packages={found.length}>
      <h3>{trans.__('What is inside')}</h3>
      <input
        type="search"
        className="jp-mod-styled"
        value={search}
        onChange={event => setSearch(event.target.value)}
        placeholder={trans._n('Search %1 package', 'Search %1 packages', packages.length)}
        aria-label={trans.__('Search packages')}
        data-enablement-package-search
      />
      <ul>
        {found.map(({ name, version, direct }) => (
          <li key={name} className={direct ? 'enb-mod-direct' : undefined} data-enablement-package={name}>
            <span>{name}</span> <span>{version}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="enb-hint">{trans.__('No package of this image has this name.')}</p>}
    </section>
  );
}
