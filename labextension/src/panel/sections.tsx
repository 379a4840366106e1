/** The two parts of the side panel. */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ICounters, IMe, ListFilter } from '../contract';
import { isTransient } from '../errors';
import type { IEnablement } from '../tokens';
import { DisputedDecisions } from './disputedDecisions';
import { HoldsModel } from './holdsModel';
import { Found } from './found';
import { ListModel } from './listModel';
import { SearchBox } from './searchBox';
import { SearchModel } from './searchModel';
import { SubmissionList } from './submissionList';

export interface ISectionOptions {
  enablement: IEnablement;
  trans: TranslationBundle;
  onOpen: (number: number) => void;
}

abstract class ListSection extends ReactWidget {
  readonly model: ListModel;

  constructor(
    protected readonly options: ISectionOptions,
    filter: ListFilter
  ) {
    super();
    this.model = new ListModel(filter, options.enablement);
    this.addClass('enb-section');
  }

  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected override onAfterShow(): void {
    if (!this.model.loaded) {
      void this.model.refresh();
    }
  }
}

export class MySubmissions extends ListSection {
  constructor(options: ISectionOptions) {
    super(options, 'sent');
    this.title.label = options.trans.__('My submissions');
    this.node.dataset.enablementSection = 'mine';
  }

  protected override render(): React.JSX.Element {
    const { trans, onOpen, enablement } = this.options;
    return (
      <UseSignal signal={this.model.stateChanged}>
        {() => <MyList model={this.model} trans={trans} onOpen={onOpen} enablement={enablement} />}
      </UseSignal>
    );
  }
}

export class ReviewQueue extends ListSection {
  readonly holds: HoldsModel;
  readonly search: SearchModel;

  constructor(options: ISectionOptions) {
    super(options, 'waiting');
    this.holds = new HoldsModel(options.enablement);
    this.search = new SearchModel(options.enablement);
    this.title.label = options.trans.__('Review queue');
    this.node.dataset.enablementSection = 'queue';
  }

  override dispose(): void {
    this.holds.dispose();
    this.search.dispose();
    super.dispose();
  }

  /** Put the caret into the search box. */
  focusSearch(): void {
    this.node.querySelector<HTMLInputElement>('[data-enablement-search]')?.focus();
  }

  protected override render(): React.JSX.Element {
    return (
      <>
        <UseSignal signal={this.holds.stateChanged}>
          {() => <DisputedDecisions model={this.holds} trans={this.options.trans} />}
        </UseSignal>
        <UseSignal signal={this.search.stateChanged}>
          {() => (
            <UseSignal signal={this.model.stateChanged}>
              {() => <Queue model={this.model} search={this.search} {...this.options} />}
            </UseSignal>
          )}
        </UseSignal>
      </>
    );
  }
}

function useMe(enablement: IEnablement): IMe | null {
  const [me, setMe] = React.useState<IMe | null>(null);
  React.useEffect(() => {
    const ask = (): void => void enablement.me().then(setMe, () => undefined);
    ask();
    enablement.feed.refreshed.connect(ask);
    return () => {
      enablement.feed.refreshed.disconnect(ask);
    };
  }, [enablement]);
  return me;
}

function MyList(props: ISectionOptions & { model: ListModel }): React.JSX.Element {
  const { trans, model, onOpen } = props;
  const me = useMe(props.enablement);
  return (
    <SubmissionList
      model={model}
      trans={trans}
      me={me?.name ?? null}
      onOpen={onOpen}
      empty={trans.__('You have not sent anything yet. Open a notebook and choose “Send” in its toolbar.')}
    />
  );
}

interface IQueueProps extends ISectionOptions {
  model: ListModel;
  search: SearchModel;
}

function Queue(props: IQueueProps): React.JSX.Element {
  const { trans, model, search, onOpen } = props;
  const me = useMe(props.enablement);
  const isReviewer = me === null || me.scopes.some(scope => /(^|:)(review|admin)$/.test(scope));
  if (!isReviewer) {
    return (
      <p className="enb-empty" data-enablement-no-review="">
        {trans.__(
          'The review queue is for reviewers. What you sent, and what you are asked, stands under “My submissions”.'
        )}
      </p>
    );
  }
  return (
    <>
      <QueueControls {...props} />
      {search.query !== '' ? (
        <Found
          model={search}
          trans={trans}
          me={me?.name ?? null}
          onOpen={onOpen}
          exportUrl={(query, format) => props.enablement.client.exportUrl(query, format)}
        />
      ) : (
        <SubmissionList
          model={model}
          trans={trans}
          me={me?.name ?? null}
          onOpen={onOpen}
          empty={emptyText(model.filter, trans)}
        />
      )}
    </>
  );
}

function QueueControls(props: IQueueProps): React.JSX.Element {
  const { trans, model, search } = props;
  const { feed } = props.enablement;
  return (
    <div className="enb-queue-controls">
      <SearchBox model={search} trans={trans} />
      <UseSignal signal={feed.changed}>
        {() => <Filters model={model} search={search} counters={feed.counters} trans={trans} />}
      </UseSignal>
      <UseSignal signal={feed.connected}>
        {() =>
          !feed.isConnected && (
            <p className="enb-hint" role="status" data-enablement-offline="">
              {offlineText(model.error, trans)}
            </p>
          )
        }
      </UseSignal>
    </div>
  );
}

/** While there is no line to the service it is tried again by itself, and the list is loaded again with it. */
function offlineText(error: unknown, trans: TranslationBundle): string {
  return isTransient(error) ? trans.__('Away; trying again…') : trans.__('Not live right now; connecting…');
}

interface IFiltersProps {
  model: ListModel;
  search: SearchModel;
  counters: ICounters | null;
  trans: TranslationBundle;
}

/** The lists of the queue. While something is searched for none of them is shown; choosing one ends the search. */
function Filters(props: IFiltersProps): React.JSX.Element {
  const { model, search, counters, trans } = props;
  const filters: [ListFilter, string, number | undefined][] = [
    ['waiting', trans.__('Waiting on me'), counters?.waiting],
    ['unclaimed', trans.__('Unclaimed'), counters?.unclaimed],
    ['mine', trans.__('Mine'), counters?.claimed],
    ['all', trans.__('All'), undefined]
  ];
  return (
    <div className="enb-filters" role="group" aria-label={trans.__('Filter')}>
      {filters.map(([filter, label, count]) => (
        <button
          key={filter}
          type="button"
          aria-pressed={search.query === '' && model.filter === filter}
          data-enablement-filter={filter}
          onClick={() => {
            search.setText('');
            model.setFilter(filter);
          }}
        >
          {label}
          {count !== undefined && count > 0 && <span className="enb-count">{count}</span>}
        </button>
      ))}
    </div>
  );
}

function emptyText(filter: ListFilter, trans: TranslationBundle): string {
  switch (filter) {
    case 'waiting':
      return trans.__('Nothing is waiting on you.');
    case 'unclaimed':
      return trans.__('Everything is claimed or decided.');
    case 'mine':
      return trans.__('You have not claimed anything.');
    default:
      return trans.__('The queue is empty.');
  }
}
