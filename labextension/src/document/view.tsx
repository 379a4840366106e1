/** The whole document: head, tabs, and what the chosen tab shows. */
import * as React from 'react';

import { isOpen } from '../anchors';
import { Busy, ErrorNote } from '../components';
import { ChangesTab } from './changes/tab';
import { DiscussionTab } from './discussion';
import { DraftsBar } from './drafts/bar';
import { FilesTab } from './files';
import { Header } from './header';
import { HistoryTab } from './history';
import { NotebookTab } from './notebook';
import { OverviewTab } from './overview';
import type { Tab } from './model';
import { IDocumentContext, DocumentContext } from './context';
import { discussFocused, WantedCard } from './remarks';
import { RerunLine } from './rerun/line';
import { SuggestionsBar } from '../suggestions/bar';
import { RerunContext, useRerunState } from './rerun/state';

export function DocumentView(props: { reading: Omit<IDocumentContext, 'showCell'> }): React.JSX.Element {
  const { model, trans } = props.reading;
  const [tab, setTab] = React.useState<Tab>(model.tab);
  const [target, setTarget] = React.useState<string | null>(null);
  React.useEffect(() => {
    const follow = (_: unknown, asked: Tab): void => setTab(asked);
    model.tabAsked.connect(follow);
    return () => {
      model.tabAsked.disconnect(follow);
    };
  }, [model]);
  const rerun = useRerunState(model);
  const [wanted, want] = React.useState<string | null>(null);
  // A cell that is being looked for takes the focus first.
  const card = React.useMemo(() => ({ wanted: target === null ? wanted : null, want }), [wanted, target]);
  const onReached = React.useCallback(() => setTarget(null), []);
  const reading = React.useMemo<IDocumentContext>(
    () => ({
      ...props.reading,
      showCell: cell => {
        setTarget(cell);
        model.show('notebook');
      }
    }),
    [props.reading, model]
  );
  if (model.detail === null) {
    return model.error === null ? (
      <Busy>{trans.__('Loading #%1…', model.number)}</Busy>
    ) : (
      <div className="enb-page">
        <ErrorNote error={model.error} trans={trans} onRetry={model.isGone ? undefined : () => void model.load()} />
      </div>
    );
  }
  return (
    <DocumentContext.Provider value={{ ...reading }}>
      <Header />
      <DraftsBar />
      <SuggestionsBar />
      <ErrorNote error={model.error} trans={trans} onRetry={() => void model.load()} />
      <RerunContext.Provider value={rerun}>
        <WantedCard.Provider value={card}>
          <RerunLine />
          <Tabs
            number={model.number}
            chosen={tab}
            onChoose={chosen => model.show(chosen)}
            labels={labels(props.reading)}
          />
          <TabPanel number={model.number} tab="overview" chosen={tab}>
            <OverviewTab />
          </TabPanel>
          <TabPanel number={model.number} tab="changes" chosen={tab}>
            <ChangesTab />
          </TabPanel>
          <TabPanel number={model.number} tab="notebook" chosen={tab}>
            <NotebookTab key={model.version?.number} target={target} onReached={onReached} />
          </TabPanel>
          <TabPanel number={model.number} tab="files" chosen={tab}>
            <FilesTab key={model.version?.number} />
          </TabPanel>
          <TabPanel number={model.number} tab="discussion" chosen={tab}>
            <DiscussionTab />
          </TabPanel>
          <TabPanel number={model.number} tab="history" chosen={tab}>
            <HistoryTab />
          </TabPanel>
        </WantedCard.Provider>
      </RerunContext.Provider>
    </DocumentContext.Provider>
  );
}

/** Made when first looked at and then kept: a comment being written and the place in the notebook survive a look elsewhere. */
function TabPanel(props: {
  number: number;
  tab: Tab;
  chosen: Tab;
  children: React.ReactNode;
}): React.JSX.Element | null {
  const { number, tab, chosen } = props;
  const [visited, setVisited] = React.useState(tab === chosen);
  if (!visited && tab === chosen) {
    setVisited(true);
  }
  if (!visited && tab !== chosen) {
    return null;
  }
  return (
    <div
      className="enb-tabpanel"
      role="tabpanel"
      onKeyDown={discussFocused}
      hidden={tab !== chosen}
      id={`enb-panel-${number}-${tab}`}
      aria-labelledby={`enb-tab-${number}-${tab}`}
      data-enablement-panel={tab}
    >
      {props.children}
    </div>
  );
}

function labels({ model, changes, trans }: Omit<IDocumentContext, 'showCell'>): [Tab, string][] {
  const open = model.threads.filter(isOpen).length;
  const files = (model.version?.files.length ?? 0) + 1;
  return [
    ['overview', trans.__('Overview')],
    ['changes', changes.left > 0 && !changes.working ? trans.__('Changes (%1)', changes.left) : trans.__('Changes')],
    ['notebook', trans.__('Notebook')],
    ['files', trans.__('Files (%1)', files)],
    ['discussion', open > 0 ? trans.__('Discussion (%1)', open) : trans.__('Discussion')],
    ['history', trans.__('History')]
  ];
}

/** The tab pattern of ARIA: one tab stop, arrow keys move. */
function Tabs(props: {
  number: number;
  chosen: Tab;
  labels: [Tab, string][];
  onChoose: (tab: Tab) => void;
}): React.JSX.Element {
  const list = React.useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) {
      return;
    }
    event.preventDefault();
    const count = props.labels.length;
    const at = props.labels.findIndex(([tab]) => tab === props.chosen);
    const next = props.labels[(at + step + count) % count]?.[0];
    if (next !== undefined) {
      props.onChoose(next);
      list.current?.querySelector<HTMLElement>(`[data-enablement-tab="${next}"]`)?.focus();
    }
  };
  return (
    <div ref={list} className="enb-tabs" role="tablist" onKeyDown={onKeyDown}>
      {props.labels.map(([tab, label]) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`enb-tab-${props.number}-${tab}`}
          aria-selected={tab === props.chosen}
          aria-controls={`enb-panel-${props.number}-${tab}`}
          tabIndex={tab === props.chosen ? 0 : -1}
          data-enablement-tab={tab}
          onClick={() => props.onChoose(tab)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
