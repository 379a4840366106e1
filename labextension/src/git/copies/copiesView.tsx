/** A list of repositories, each with one button: get a copy, or open the one that is here. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Busy, Button, ErrorNote, Name } from '../../components';
import type { IGitRepository } from '../../contract';
import { gitErrorSentence, progressLabel } from '../labels';
import type { CopiesModel } from './copiesModel';

interface IProps {
  model: CopiesModel;
  trans: TranslationBundle;
  onClose: () => void;
}

export function CopiesView({ model, trans, onClose }: IProps): React.JSX.Element {
  const { repositories, error } = model;
  const teams = repositories?.filter(item => item.space === 'group' && !item.for_review) ?? [];
  const people = repositories?.filter(item => item.space === 'user' && !item.for_review) ?? [];
  const reviewed = repositories?.filter(item => item.for_review) ?? [];
  return (
    <div className="enb-git" data-enablement-copies={repositories?.length}>
      <ErrorNote
        error={error}
        trans={trans}
        sentence={gitErrorSentence}
        onRetry={repositories === null ? () => void model.load() : undefined}
      />
      {repositories === null && error === null && <Busy>{trans.__('Asking the server which there are…')}</Busy>}
      {repositories?.length === 0 && (
        <p role="status">
          {trans.__(
            'There is none yet. Press “Set up Git” in a folder to make one, or ask a colleague to share theirs on its page.'
          )}
        </p>
      )}
      <Rows title={trans.__('Of your groups')} items={teams} model={model} trans={trans} />
      <Rows title={trans.__('Yours, and shared with you')} items={people} model={model} trans={trans} />
      <Rows title={trans.__('Of what waits for reviewers, to read')} items={reviewed} model={model} trans={trans} />
      <div aria-live="polite">{model.step !== null && <Busy>{progressLabel(model.step, trans)}</Busy>}</div>
      <footer className="enb-git-footer">
        <Button onClick={onClose} hook="close">
          {trans.__('Close')}
        </Button>
      </footer>
    </div>
  );
}

function Rows(props: {
  title: string;
  items: readonly IGitRepository[];
  model: CopiesModel;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { title, items, model, trans } = props;
  if (items.length === 0) {
    return null;
  }
  return (
    <section className="enb-git-copies">
      <h3>{title}</h3>
      <ul>
        {items.map(item => (
          <Row key={item.path} item={item} model={model} trans={trans} />
        ))}
      </ul>
    </section>
  );
}

function Row(props: { item: IGitRepository; model: CopiesModel; trans: TranslationBundle }): React.JSX.Element {
  const { item, model, trans } = props;
  const busy = model.copying !== null;
  return (
    <li data-enablement-repository={item.path} data-enablement-here={item.here ?? undefined}>
      <span>
        <span>
          <Name>{item.owner}</Name> / <Name>{item.name}</Name>
        </span>{' '}
        <small className="enb-hint">
          {item.here === null ? trans.__('goes to the folder') : trans.__('is here, in the folder')}{' '}
          <Name>{item.here ?? item.folder}</Name>
          {item.access === 'read' && <> · {trans.__('you may read it')}</>}
        </small>
      </span>
      <Button
        primary={item.here === null}
        disabled={busy}
        onClick={() => void model.copy(item)}
        hook={item.here === null ? 'get-copy' : 'open-copy'}
        label={`${item.here === null ? trans.__('Get a copy') : trans.__('Open')}: ${item.owner} / ${item.name}`}
      >
        {item.here === null ? trans.__('Get a copy') : trans.__('Open')}
      </Button>
    </li>
  );
}
