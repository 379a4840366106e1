/** Above the author's own notebook: who asks for changes and why, with the way to answer. */
import { VDomRenderer } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { isLoose } from '../anchors';
import type { IDecision } from '../contract';
import { useNow, useTask } from '../hooks';
import { Ago, Button, ErrorNote, Name } from '../components';
import { applyErrorSentence } from '../suggestions/labels';
import type { NotebookCommentsModel } from './commentsModel';

/** The most of the window's height that a long reason takes before it scrolls. */
const TALLEST = 0.3;

export class ChangesRequestedBanner extends VDomRenderer<NotebookCommentsModel> {
  private readonly watch = new ResizeObserver(() => this.fitText());
  private readonly onSection = (section: HTMLElement): void => this.watch.observe(section);

  constructor(private readonly options: ChangesRequestedBanner.IOptions) {
    super(options.comments);
    this.addClass('enb-request');
    this.hide();
    options.comments.stateChanged.connect(this.onChanged, this);
  }

  override dispose(): void {
    this.watch.disconnect();
    super.dispose();
  }

  /** Nothing asked: no strip above the notebook, not even an empty one. */
  private onChanged(): void {
    this.setHidden(this.model.decisions.length === 0 && this.model.suggestions === 0);
  }

  /** A box layout knows minimal heights only, not what the text needs. */
  private fitText(): void {
    const section = this.node.firstElementChild;
    const height = Math.min(section?.scrollHeight ?? 0, Math.round(window.innerHeight * TALLEST));
    if (this.node.style.minHeight !== `${height}px`) {
      this.node.style.minHeight = `${height}px`;
      this.parent?.fit();
    }
  }

  protected override render(): React.JSX.Element {
    return <Requests {...this.options} onSection={this.onSection} />;
  }
}

export namespace ChangesRequestedBanner {
  export interface IOptions {
    comments: NotebookCommentsModel;
    trans: TranslationBundle;
    onOpen: (number: number) => void;
    onSend: () => void;
    onApply: (number: number, threads: number[] | null) => Promise<void>;
  }
}

function Requests(
  props: ChangesRequestedBanner.IOptions & { onSection: (section: HTMLElement) => void }
): React.JSX.Element | null {
  const { comments, trans, onSection } = props;
  const ref = React.useCallback((section: HTMLElement | null) => section !== null && onSection(section), [onSection]);
  const now = useNow();
  const task = useTask();
  const { submission, decisions, suggestions } = comments;
  if (submission === null || (decisions.length === 0 && suggestions === 0)) {
    return null;
  }
  const loose = comments.threads.filter(isLoose).length;
  return (
    <section ref={ref} aria-label={trans.__('What reviewers ask')} data-enablement-requests={submission.number}>
      {decisions.map(decision => (
        <Request key={`${decision.track} ${decision.by}`} decision={decision} now={now} trans={trans} />
      ))}
      {loose > 0 && (
        <p className="enb-hint">
          {trans._n(
            '%1 comment belongs to no cell of this notebook.',
            '%1 comments belong to no cell of this notebook.',
            loose
          )}
        </p>
      )}
      {suggestions > 0 && (
        <p data-enablement-suggestions={suggestions}>
          {trans._n('%1 edit is suggested.', '%1 edits are suggested.', suggestions)}
        </p>
      )}
      <ErrorNote error={task.error} trans={trans} sentence={applyErrorSentence} />
      <p className="enb-request-actions">
        {suggestions > 0 && (
          <Button
            hook="apply-suggestions"
            primary={decisions.length === 0}
            disabled={task.busy}
            onClick={() => task.run(() => props.onApply(submission.number, null))}
          >
            {suggestions > 1 ? trans.__('Apply all') : trans.__('Apply')}
          </Button>
        )}
        {submission.actions.includes('send_version') && (
          <Button hook="send-version" primary onClick={props.onSend}>
            {trans.__('Send new version…')}
          </Button>
        )}
        <Button hook="open-request" onClick={() => props.onOpen(submission.number)}>
          {trans.__('Open #%1', submission.number)}
        </Button>
      </p>
    </section>
  );
}

function Request(props: { decision: IDecision; now: number; trans: TranslationBundle }): React.JSX.Element {
  const { decision, trans } = props;
  const said =
    decision.verdict === 'reject'
      ? trans.__('rejected version %1', decision.version)
      : trans.__('asks for changes to version %1', decision.version);
  return (
    <div className="enb-request-reason" data-enablement-verdict={decision.verdict}>
      <p className="enb-comment-head">
        <strong>
          <Name>{decision.by}</Name>
        </strong>{' '}
        {said} <Ago since={decision.at} now={props.now} trans={trans} />
      </p>
      <p className="enb-comment-text" dir="auto">
        {decision.reason}
      </p>
    </div>
  );
}
