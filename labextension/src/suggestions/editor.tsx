/** Where another source for a cell is written. Kept as a draft: it goes out with the review. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Button, ErrorNote } from '../components';
import { useTask } from '../hooks';

/** Characters of a source that can be suggested, and of one that it replaces. */
export const MOST_SOURCE = 20_000;
const MOST_ROWS = 24;

export function SuggestionEditor(props: {
  /** The cell's own source. */
  replaces: string;
  source: string;
  text: string;
  label: string;
  submitLabel: string;
  trans: TranslationBundle;
  /** Rejects when it could not be kept; what was written then stays. */
  onSubmit: (source: string, text: string) => Promise<void>;
  onCancel: () => void;
}): React.JSX.Element {
  const { trans, replaces } = props;
  const [source, setSource] = React.useState(props.source);
  const [text, setText] = React.useState(props.text);
  const field = React.useRef<HTMLTextAreaElement>(null);
  const task = useTask();
  React.useEffect(() => field.current?.focus(), []);
  const idle = source === replaces || task.busy;
  const submit = (): void => {
    if (!idle) {
      task.run(() => props.onSubmit(source, text.trim()));
    }
  };
  const written = source !== props.source || text !== props.text;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (!written) {
        props.onCancel();
      }
    }
  };
  return (
    <div className="enb-composer enb-suggestion-editor" data-enablement-suggestion-editor="" onKeyDown={onKeyDown}>
      <textarea
        ref={field}
        className="jp-mod-styled enb-mod-code"
        dir="ltr"
        spellCheck={false}
        wrap="off"
        rows={Math.min(MOST_ROWS, Math.max(3, source.split('\n').length + 1))}
        maxLength={MOST_SOURCE}
        value={source}
        aria-label={props.label}
        data-enablement-field="source"
        onChange={event => setSource(event.target.value)}
      />
      <textarea
        className="jp-mod-styled"
        rows={2}
        maxLength={MOST_SOURCE}
        value={text}
        placeholder={trans.__('Why (optional)')}
        aria-label={trans.__('Why (optional)')}
        data-enablement-field="why"
        onChange={event => setText(event.target.value)}
      />
      <ErrorNote error={task.error} trans={trans} />
      <div className="enb-composer-actions">
        <Button onClick={props.onCancel} hook="cancel-suggestion">
          {trans.__('Cancel')}
        </Button>
        <Button
          primary
          onClick={submit}
          disabled={idle}
          hook="add-suggestion"
          title={trans.__('Ctrl+Enter. Only you see it until you publish your review.')}
        >
          {props.submitLabel}
        </Button>
      </div>
    </div>
  );
}

/** Why no edit of this source can be suggested here; empty where one can. */
export function whyNot(source: string, cut: boolean, trans: TranslationBundle): string {
  if (cut || source.length > MOST_SOURCE) {
    return trans.__('This cell is too long for a suggested edit. Comment on its lines instead.');
  }
  // A text field knows one kind of line end; another one would be changed by it unseen.
  return source.includes('\r')
    ? trans.__('This cell has line ends that an edit would change. Comment on it instead.')
    : '';
}
