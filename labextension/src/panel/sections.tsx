/** The two parts of the side panel. */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ICounters, IMe, ListFilter } from '../contract';
import { isTransient } from '../errors';
import type { IEnablement } from '../tokens';
import { DisputedDecisions } from './disputedDecisions';
import { HoldsModel } from './holdsModel';
import { SubmissionList } from './submissionList';
import { ListModel } from './listModel';

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

  constructor(options: ISectionOptions) {
    super(options, 'waiting');
    this.holds = new HoldsModel(options.enablement);
    this.title.label = options.trans.__('Review queue');
    this.node.dataset.enablementSection = 'queue';
  }

  override dispose(): void {
    this.holds.dispose();
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    return (
      <>
        <UseSignal signal={this.holds.stateChanged}>
          {() => <DisputedDecisions model={this.holds} trans={this.options.trans} />}
        </UseSignal>
        <UseSignal signal={this.model.stateChanged}>{() => <Queue model={this.model} {...this.options} />}</UseSignal>
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

function Queue(props: ISectionOptions & { model: ListModel }): React.JSX.Element {
  const { trans, model, onOpen } = props;
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
      <SubmissionList
        model={model}
        trans={trans}
        me={me?.name ?? null}
        onOpen={onOpen}
        empty={emptyText(model.filter, trans)}
      />
    </>
  );
}

function QueueControls(props: ISectionOptions & { model: ListModel }): React.JSX.Element {
  const { trans, model } = props;
  const { feed } = props.enablement;
  return (
    <div className="enb-queue-controls">
      <input
        type="search"
        className="jp-mod-styled"
        placeholder={trans.__('Search title, author or #12')}
        aria-label={trans.__('Search the review queue')}
        data-enablement-search=""
        maxLength={200}
        value={model.search}
        onChange={event => model.setSearch(event.target.value)}
      />
      <UseSignal signal={feed.changed}>
        {() => <Filters model={model} counters={feed.counters} trans={trans} />}
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

function Filters(props: { model: ListModel; counters: ICounters | null; trans: TranslationBundle }): React.JSX.Element {
  const { model, counters, trans } = props;
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
          aria-pressed={model.filter === filter}
          data-enablement-filter={filter}
          onClick={() => model.setFilter(filter)}
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
