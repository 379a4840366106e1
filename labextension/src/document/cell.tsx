/** One cell of the submitted notebook with the threads that stand at it. */
import { editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { anchorLabel, isOpen } from '../anchors';
import type { IAnchor, ICellView, IThread } from '../contract';
import { useSeen, useTask } from '../hooks';
import { commentIcon } from '../icons';
import { Button, ErrorNote, IconButton } from '../components';
import { plainName } from '../plainName';
import { confirmAddress } from '../render/links';
import { renderMarkdown } from '../render/markdown';
import { SuggestionEditor, whyNot } from '../suggestions/editor';
import { Composer } from '../threads/composer';
import { fileSize } from '../formatting';
import { CodeLines } from './code';
import { Outputs } from './outputs';
import { useDocument } from './context';
import { DraftCard } from './drafts/card';
import { ComparedOutputs } from './rerun/cell';
import { ThreadCard } from './thread';

export interface ICellProps {
  cell: ICellView;
  language: string;
  threads: readonly IThread[];
}

export const CellRow = React.memo((props: ICellProps): React.JSX.Element => {
  const { trans } = useDocument();
  const [ref, seen] = useSeen<HTMLElement>();
  const [suggesting, setSuggesting] = React.useState(false);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const isWriting = event.target instanceof Element && event.target.closest('textarea, select, input');
    if (event.key === 's' && !isWriting && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      setSuggesting(true);
    }
  };
  const { cell } = props;
  return (
    <section
      ref={ref}
      className="enb-cell"
      style={{ '--enb-guess': `${guessHeight(cell)}px` } as React.CSSProperties}
      data-enablement-cell={cell.id}
      data-enablement-index={cell.index}
      data-enablement-rendered={String(seen)}
      aria-label={trans.__('Cell %1', cell.index + 1)}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {seen ? (
        <SeenCell {...props} suggesting={suggesting} onSuggest={setSuggesting} />
      ) : (
        <div className="enb-cell-guess" />
      )}
    </section>
  );
});

/** So that the scrollbar hardly jumps when a cell is drawn: lines of source plus a bit for outputs. */
function guessHeight(cell: ICellView): number {
  const lines = Math.min(cell.source.split('\n').length, 500);
  return 24 + lines * 18 + Math.min(cell.outputs.length, 20) * 60;
}

function SeenCell(
  props: ICellProps & { suggesting: boolean; onSuggest: (suggesting: boolean) => void }
): React.JSX.Element {
  const { trans, model } = useDocument();
  const [more, setMore] = React.useState<ICellView | null>(null);
  const [anchor, setAnchor] = React.useState<IAnchor | null>(null);
  const { suggesting } = props;
  const task = useTask();
  const cell = more ?? props.cell;
  const version = model.version?.number ?? 1;
  const canComment = model.detail?.actions.includes('comment') ?? false;
  const at = (part: Partial<IAnchor>): void => setAnchor({ cell: cell.id, lines: null, output: null, ...part });
  const loadMore = (): void =>
    task.run(async () => setMore(await model.enablement.client.cell(model.number, version, cell.index)));
  return (
    <>
      <CellMargin
        cell={cell}
        canComment={canComment}
        onComment={() => at({})}
        onSuggest={() => props.onSuggest(true)}
      />
      <div className="enb-cell-body">
        <Source {...props} cell={cell} anchor={anchor} canComment={canComment} onChoose={lines => at({ lines })} />
        {cell.source_cut !== undefined && cell.source_cut > 0 && (
          <p className="enb-warning">
            {trans.__('The source is cut for reading: %1 in full.', fileSize(cell.source_cut))}
          </p>
        )}
        <ComparedOutputs cell={cell}>
          <Outputs
            cell={cell}
            canComment={canComment}
            onComment={output => at({ output })}
            onMore={more === null ? loadMore : null}
            downloadUrl={model.enablement.client.fileUrl(model.number, version, 0)}
          />
        </ComparedOutputs>
        <ErrorNote error={task.error} trans={trans} onRetry={loadMore} />
      </div>
      <aside className="enb-threads" aria-label={trans.__('Comments on cell %1', cell.index + 1)}>
        {anchor !== null && <NewThread anchor={anchor} onDone={() => setAnchor(null)} />}
        {suggesting && canComment && <NewSuggestion cell={cell} onDone={() => props.onSuggest(false)} />}
        {model.drafts.atCell(cell.id).map(draft => (
          <DraftCard key={draft.id} draft={draft} />
        ))}
        {props.threads.map(thread => (
          <ThreadCard key={thread.id} thread={thread} />
        ))}
      </aside>
    </>
  );
}

function NewThread(props: { anchor: IAnchor; onDone: () => void }): React.JSX.Element {
  const { trans, model } = useDocument();
  const where = anchorLabel(props.anchor, trans);
  return (
    <article className="enb-thread enb-mod-new" data-enablement-thread="new">
      <header className="enb-thread-head">{where}</header>
      <Composer
        autoFocus
        label={trans.__('Comment on %1', where)}
        submitLabel={trans.__('Comment now')}
        trans={trans}
        onCancel={props.onDone}
        onSubmit={async text => {
          await model.openThread(props.anchor, text);
          props.onDone();
        }}
        onDraft={async text => {
          await model.draftThread(props.anchor, text);
          props.onDone();
        }}
      />
    </article>
  );
}

/** Another source for the cell, written in a copy of it. */
function NewSuggestion(props: { cell: ICellView; onDone: () => void }): React.JSX.Element {
  const { trans, model } = useDocument();
  const { cell, onDone } = props;
  const version = model.version?.number ?? 1;
  const why = whyNot(cell.source, (cell.source_cut ?? 0) > 0, trans);
  return (
    <article className="enb-thread enb-mod-new" data-enablement-thread="new-suggestion">
      <header className="enb-thread-head">{trans.__('Suggest an edit')}</header>
      {why !== '' ? (
        <div className="enb-composer">
          <p className="enb-hint" role="status">
            {why}
          </p>
          <div className="enb-composer-actions">
            <Button onClick={onDone} hook="cancel-suggestion">
              {trans.__('Close')}
            </Button>
          </div>
        </div>
      ) : (
        <SuggestionEditor
          replaces={cell.source}
          source={cell.source}
          text=""
          label={trans.__('The source you suggest for cell %1', cell.index + 1)}
          submitLabel={trans.__('Add to review')}
          trans={trans}
          onCancel={onDone}
          onSubmit={async (source, text) => {
            await model.drafts.suggest(version, cell.id, cell.source, source, text);
            onDone();
          }}
        />
      )}
    </article>
  );
}

function CellMargin(props: {
  cell: ICellView;
  canComment: boolean;
  onComment: () => void;
  onSuggest: () => void;
}): React.JSX.Element {
  const { trans } = useDocument();
  const suggest = trans.__('Suggest an edit of cell %1 (s)', props.cell.index + 1);
  const { cell } = props;
  const label = trans.__('Comment on cell %1', cell.index + 1);
  return (
    <div className="enb-cell-margin">
      <span className="enb-cell-number" title={trans.__('Cell %1', cell.index + 1)}>
        {cell.index + 1}
      </span>
      {cell.cell_type === 'code' && (
        <span className="enb-prompt" title={trans.__('Execution count')}>
          [{cell.execution_count ?? ' '}]
        </span>
      )}
      {cell.language !== undefined && (
        <span
          className="enb-chip"
          title={trans.__('The language this cell names for itself')}
          data-enablement-language=""
        >
          {plainName(cell.language)}
        </span>
      )}
      {props.canComment && (
        <IconButton icon={commentIcon} label={label} hook="comment-cell" onClick={props.onComment} />
      )}
      {props.canComment && <IconButton icon={editIcon} label={suggest} hook="suggest-edit" onClick={props.onSuggest} />}
    </div>
  );
}

function Source(
  props: ICellProps & { anchor: IAnchor | null; canComment: boolean; onChoose: (lines: [number, number]) => void }
): React.JSX.Element {
  const { cell } = props;
  if (cell.cell_type === 'markdown') {
    return <Markdown source={cell.source} attachments={cell.attachments} />;
  }
  const marked = props.threads
    .filter(isOpen)
    .flatMap(thread => (thread.placed.lines === null ? [] : [thread.placed.lines]));
  return (
    <CodeLines
      source={cell.source}
      language={cell.cell_type === 'code' ? (cell.language ?? props.language) : ''}
      marked={marked}
      chosen={props.anchor?.lines ?? null}
      onChoose={props.onChoose}
      canComment={props.canComment}
    />
  );
}

/** A text cell as it is read, rebuilt from the allow-list. */
export function Markdown(props: Pick<ICellView, 'source' | 'attachments'>): React.JSX.Element {
  const { trans, typesetter } = useDocument();
  const host = React.useRef<HTMLDivElement>(null);
  const { source, attachments } = props;
  React.useEffect(() => {
    if (host.current !== null) {
      renderMarkdown(source, host.current, {
        attachments,
        typesetter,
        confirm: confirmAddress(trans),
        blockedImage: alt => (alt ? trans.__('[picture not loaded: %1]', alt) : trans.__('[picture not loaded]'))
      });
    }
  }, [source, attachments, typesetter, trans]);
  return <div ref={host} className="enb-markdown jp-RenderedHTMLCommon" data-enablement-markdown="" />;
}
