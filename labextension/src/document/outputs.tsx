/** Outputs of a cell, through the registry of safe renderers, never trusted. */
import { IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { IconButton } from '../components';
import type { ICellView, IOutputView } from '../contract';
import { commentIcon } from '../icons';
import { joined } from '../render/registry';
import { isEmptyRich } from '../render/emptyRich';
import { fileSize } from '../formatting';
import { useDocument } from './context';

/** Shown at first; the rest on demand, so that a cell with thousands of pictures stays usable. */
const SHOWN_AT_FIRST = 20;

export function Outputs(props: {
  cell: ICellView;
  canComment: boolean;
  onComment: (output: number) => void;
  onMore: (() => void) | null;
  /** Where the whole of it can be had; null where it cannot. */
  downloadUrl: string | null;
}): React.JSX.Element | null {
  const { trans } = useDocument();
  const { cell } = props;
  const [shown, setShown] = React.useState(SHOWN_AT_FIRST);
  const hidden = cell.outputs.length - shown;
  const cutBytes = cell.outputs.flatMap(output => output.cut).reduce((sum, cut) => sum + cut.bytes, 0);
  const left = cell.outputs_total - cell.outputs.length;
  if (cell.outputs_total === 0) {
    return null;
  }
  return (
    <div className="enb-outputs">
      {cell.outputs.slice(0, shown).map((output, index) => (
        <Output key={index} output={output} index={index} canComment={props.canComment} onComment={props.onComment} />
      ))}
      {hidden > 0 && (
        <button
          type="button"
          className="enb-link"
          data-enablement-action="more-outputs"
          onClick={() => setShown(shown + 100)}
        >
          {trans._n('Show %1 more output', 'Show %1 more outputs', Math.min(hidden, 100))}
        </button>
      )}
      {(cutBytes > 0 || left > 0) && (
        <p className="enb-hint" data-enablement-cut={cutBytes}>
          {left > 0 ? trans._n('%1 more output is not shown here.', '%1 more outputs are not shown here.', left) : ''}{' '}
          {cutBytes > 0 ? trans.__('Cut for reading: %1 in full.', fileSize(cutBytes)) : ''}{' '}
          {props.onMore !== null && (
            <button type="button" className="enb-link" data-enablement-action="show-more" onClick={props.onMore}>
              {trans.__('Show more')}
            </button>
          )}{' '}
          {props.downloadUrl !== null && (
            <a className="enb-link" href={props.downloadUrl} download="" rel="noopener">
              {trans.__('Download the notebook')}
            </a>
          )}
        </p>
      )}
    </div>
  );
}

function Output(props: {
  output: IOutputView;
  index: number;
  canComment: boolean;
  onComment: (output: number) => void;
}): React.JSX.Element {
  const { trans } = useDocument();
  const label = trans.__('Comment on output %1', props.index + 1);
  return (
    <div className="enb-output" data-enablement-output={props.index}>
      {props.canComment && (
        <IconButton
          icon={commentIcon}
          label={label}
          hook="comment-output"
          className="enb-output-comment"
          onClick={() => props.onComment(props.index)}
        />
      )}
      <Rendered output={props.output} />
    </div>
  );
}

/** One output, drawn by a renderer that cannot act. */
export function Rendered(props: { output: IOutputView }): React.JSX.Element {
  const { rendermime, trans } = useDocument();
  const host = React.useRef<HTMLDivElement>(null);
  const bundle = React.useMemo(() => bundleOf(props.output), [props.output]);
  const mimeType = chooseMime(bundle, rendermime);
  // A frame inherits no colours, so it is drawn again when the theme changes.
  const theme = document.body.dataset.jpThemeName;
  React.useEffect(() => {
    if (host.current === null || mimeType === undefined) {
      return;
    }
    const renderer = rendermime.createRenderer(mimeType);
    Widget.attach(renderer, host.current);
    void renderer.renderModel(new MimeModel({ data: bundle, trusted: false }));
    return () => {
      MessageLoop.sendMessage(renderer, Widget.Msg.BeforeDetach);
      renderer.node.remove();
      MessageLoop.sendMessage(renderer, Widget.Msg.AfterDetach);
      renderer.dispose();
    };
  }, [bundle, mimeType, rendermime, theme]);
  if (mimeType === undefined) {
    const kinds = [...Object.keys(bundle), ...props.output.cut.map(cut => cut.mime)].join(', ');
    return <p className="enb-hint">{trans.__('An output of kind %1 is not shown in a review.', kinds || '?')}</p>;
  }
  return <div ref={host} className="enb-rendered-host" data-enablement-mime={mimeType} />;
}

/** The richest safe kind; text where the rich one shows nothing without scripts. */
function chooseMime(bundle: ReadonlyPartialJSONObject, rendermime: IRenderMimeRegistry): string | undefined {
  const { 'text/html': html, ...others } = bundle;
  const plainer = rendermime.preferredMimeType(others, 'ensure');
  if (html !== undefined && plainer !== undefined && isEmptyRich(joined(html))) {
    return plainer;
  }
  return rendermime.preferredMimeType(bundle, 'ensure');
}

function bundleOf(output: IOutputView): ReadonlyPartialJSONObject {
  if (output.output_type === 'stream') {
    const kind = output.name === 'stderr' ? 'stderr' : 'stdout';
    return output.text === undefined ? {} : { [`application/vnd.jupyter.${kind}`]: joined(output.text) };
  }
  if (output.output_type === 'error') {
    const trace = joined(output.traceback?.join('\n')) || `${output.ename ?? ''}: ${output.evalue ?? ''}`;
    return { 'application/vnd.jupyter.stderr': trace };
  }
  return (output.data ?? {}) as ReadonlyPartialJSONObject;
}
