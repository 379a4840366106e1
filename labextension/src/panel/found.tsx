/** What a search found. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Busy, Button, ErrorNote, Name } from '../components';
import type { IExcerpt, IFound } from '../contract';
import { plainName } from '../plainName';
import type { SearchModel } from './searchModel';
import { SubmissionRow } from './submissionList';

export interface IFoundProps {
  model: SearchModel;
  trans: TranslationBundle;
  me: string | null;
  onOpen: (number: number) => void;
  /** Address of what is found as a file. */
  exportUrl: (query: string, format: 'csv' | 'json') => string;
}

export function Found(props: IFoundProps): React.JSX.Element {
  const { model, trans } = props;
  return (
    <div className="enb-list" aria-busy={model.loading} data-enablement-found="">
      {model.problem !== null && (
        <p className="enb-empty" role="status" data-enablement-search-problem="">
          {model.problem}
        </p>
      )}
      {model.problem === null && <ErrorNote error={model.error} trans={trans} onRetry={() => void model.refresh()} />}
      {!model.loaded && model.error === null && <Busy>{trans.__('Searching…')}</Busy>}
      {model.indexing !== null && (
        <p className="enb-hint" role="status" data-enablement-indexing="">
          {trans.__(
            'Still indexing: %1 of %2 submissions can be found so far.',
            model.indexing.done.toLocaleString(),
            model.indexing.total.toLocaleString()
          )}
        </p>
      )}
      {model.loaded && model.items.length === 0 && <Nothing {...props} />}
      <ul>
        {model.items.map(found => (
          <SubmissionRow key={found.submission.number} {...props} item={found.submission}>
            <Excerpt found={found} trans={trans} />
          </SubmissionRow>
        ))}
      </ul>
      {model.next !== null && (
        <Button onClick={() => void model.more()} disabled={model.loading} hook="load-more">
          {trans.__('Load more')}
        </Button>
      )}
      {model.items.length > 0 && <Export {...props} />}
    </div>
  );
}

function Nothing({ model, trans }: IFoundProps): React.JSX.Element {
  const examples = model.filters.filter(each => ['author', 'package', 'state', 'sent'].includes(each.name));
  return (
    <div className="enb-empty" data-enablement-empty="">
      <p>{trans.__('Nothing matches “%1”.', model.query)}</p>
      <p>
        {trans.__(
          'All words must be there: try fewer, or the beginning of one with a * (pand*). Outputs and what was withdrawn are not found.'
        )}
      </p>
      {examples.length > 0 && (
        <ul>
          {examples.map(each => (
            <li key={each.name}>
              <code>{each.example.split(' ')[0]}</code> {each.meaning}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Excerpt({ found, trans }: { found: IFound; trans: TranslationBundle }): React.JSX.Element | null {
  const { excerpt } = found;
  if (excerpt === null || excerpt.kind === 'title') {
    return null;
  }
  return (
    <span className="enb-row-excerpt" data-enablement-excerpt={excerpt.kind}>
      <span>{place(excerpt, trans)}</span>{' '}
      <bdi>
        {excerpt.pieces.map((piece, index) =>
          piece.found ? (
            <mark key={index}>{plainName(piece.text)}</mark>
          ) : (
            <span key={index}>{plainName(piece.text)}</span>
          )
        )}
      </bdi>
    </span>
  );
}

function place(excerpt: IExcerpt, trans: TranslationBundle): React.ReactNode {
  switch (excerpt.kind) {
    case 'code':
    case 'markdown':
      return trans.__('Cell %1:', excerpt.where);
    case 'file':
      return (
        <>
          <Name>{excerpt.where}</Name>:
        </>
      );
    case 'comment':
      return trans.__('Comment:');
    case 'name':
      return trans.__('File:');
    default:
      return trans.__('Answer:');
  }
}

function Export({ model, trans, exportUrl }: IFoundProps): React.JSX.Element {
  return (
    <p className="enb-hint">
      {trans.__('All that is found as a file:')}{' '}
      {(['csv', 'json'] as const).map(format => (
        <React.Fragment key={format}>
          <a href={exportUrl(model.query, format)} download={`submissions.${format}`} data-enablement-export={format}>
            {format.toUpperCase()}
          </a>{' '}
        </React.Fragment>
      ))}
    </p>
  );
}
