/** What the status bar's item opens: the release, what is newer, what was installed beside it, what is in it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Busy, ErrorNote } from '../components';
import type { IDrift, IServerImage, IRelease } from '../contract';
import type { ImageModel } from './model';
import { ChangeList, PackageList } from './components';
import { driftWords, madeInWords, noticeWords, releaseName, supportWords } from './labels';

export interface IImageActions {
  /** Address of a server of one's own with this release, null where there is no hub. */
  address: (release: IRelease) => string | null;
  /** Ask for a package that the image does not have; null where nobody can be asked. */
  ask: ((drift: IDrift) => void) | null;
}

interface IProps {
  model: ImageModel;
  trans: TranslationBundle;
  actions: IImageActions & { close: () => void };
}

export function ImagePopup(props: IProps): React.JSX.Element {
  const { model, trans } = props;
  const { here, error, current } = model;
  if (!here?.image) {
    return error === null ? <Busy>{trans.__('Looking…')}</Busy> : <ErrorNote error={error} trans={trans} />;
  }
  const made = current === null ? '' : madeInWords(current, trans);
  return (
    <div className="enb-image" role="dialog" aria-label={trans.__('Image')} data-enablement-image-popup>
      <h2>{releaseName(here.release, here.image)}</h2>
      <Facts here={here} trans={trans} />
      {made !== '' && (
        <p className="enb-hint" data-enablement-made-in={current?.compared?.relation}>
          {trans.__('The notebook:')} {made}
        </p>
      )}
      <ErrorNote error={error} trans={trans} onRetry={() => void model.refresh()} />
      {here.release !== null && <Notice release={here.release} trans={trans} />}
      <Newer {...props} here={here} />
      <DriftList {...props} here={here} />
      {here.release !== null && <PackageList packages={here.release.packages} trans={trans} />}
    </div>
  );
}

function Facts(props: { here: IServerImage; trans: TranslationBundle }): React.JSX.Element {
  const { here, trans } = props;
  const facts = [trans.__('Python %1', here.python)];
  if (here.release !== null) {
    facts.push(supportWords(here.release, new Date(), trans));
  }
  let unknown = '';
  if (here.release === null) {
    unknown = here.away
      ? trans.__('The catalog cannot be asked now, so what is in it and what is newer is not known.')
      : trans.__('This hub’s catalog does not have this release.');
  }
  return (
    <>
      <p className="enb-hint">{facts.join(' · ')}</p>
      {unknown !== '' && (
        <p className="enb-warning" data-enablement-image-unknown>
          {unknown}
        </p>
      )}
    </>
  );
}

export function Notice(props: { release: IRelease; trans: TranslationBundle }): React.JSX.Element | null {
  const words = noticeWords(props.release, props.trans);
  return words === '' ? null : (
    <p className="enb-warning" role="note" data-enablement-image-notice={props.release.status}>
      {words}
    </p>
  );
}

function Newer(props: IProps & { here: IServerImage }): React.JSX.Element | null {
  const { here, trans, actions } = props;
  const newer = here.release?.newer ?? null;
  if (newer === null) {
    return null;
  }
  const address = actions.address(newer);
  const changes = here.release?.changes ?? null;
  return (
    <section className="enb-image-newer" data-enablement-newer={newer.release}>
      <h3>{trans.__('%1 is available', newer.release)}</h3>
      {newer.changelog !== '' && <p>{newer.changelog}</p>}
      {changes !== null && <ChangeList changes={changes} trans={trans} />}
      <p className="enb-hint">
        {trans.__('Choose it the next time you start your server, or try it beside this one first.')}{' '}
        {address !== null && (
          <a
            className="enb-link"
            href={address}
            target="_blank"
            rel="noopener"
            onClick={actions.close}
            data-enablement-action="try-newer"
          >
            {trans.__('Try it in a server of its own')}
          </a>
        )}
      </p>
    </section>
  );
}

function DriftList(props: IProps & { here: IServerImage }): React.JSX.Element | null {
  const { here, trans, actions } = props;
  if (here.drift.length === 0) {
    return null;
  }
  const { ask } = actions;
  return (
    <section className="enb-image-drift">
      <h3>{trans.__('Not as the image has it')}</h3>
      <p className="enb-hint">
        {trans.__('A notebook that needs these does not run the same for others, nor when it is run again in review.')}
      </p>
      <ul>
        {here.drift.map(drift => (
          <li key={drift.name} data-enablement-drift-kind={drift.kind} data-enablement-drift-package={drift.name}>
            <span>{driftWords(drift, trans)}</span>
            {ask !== null && drift.kind !== 'missing' && (
              <button
                type="button"
                className="enb-link"
                onClick={() => {
                  actions.close();
                  ask(drift);
                }}
                data-enablement-action="ask-for-package"
              >
                {trans.__('Ask for this package')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {here.drift_total > here.drift.length && (
        <p className="enb-hint">{trans.__('and %1 more', here.drift_total - here.drift.length)}</p>
      )}
    </section>
  );
}
