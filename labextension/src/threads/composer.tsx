/** Where a comment is written. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useTask } from '../hooks';
import { Button, ErrorNote } from '../components';

export function Composer(props: {
  label: string;
  submitLabel: string;
  /** What is there to begin with, of something that is edited. */
  initial?: string;
  trans: TranslationBundle;
  /** Rejects when it could not be stored; the text then stays. */
  onSubmit: (text: string) => Promise<void>;
  /** Keeps it as a draft instead, where there can be one; rejects as `onSubmit`. */
  onDraft?: (text: string) => Promise<void>;
  onCancel?: () => void;
  autoFocus?: boolean;
}): React.JSX.Element {
  const { trans, onDraft } = props;
  const [text, setText] = React.useState(props.initial ?? '');
  const task = useTask();
  const field = React.useRef<HTMLTextAreaElement>(null);
  React.useEffect(() => {
    if (props.autoFocus) {
      field.current?.focus();
    }
  }, [props.autoFocus, props.label]);
  const idle = text.trim() === '' || task.busy;
  const submit = (send: (text: string) => Promise<void>): void => {
    if (idle) {
      return;
    }
    task.run(async () => {
      await send(text.trim());
      setText('');
    });
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit(event.shiftKey && props.onDraft !== undefined ? props.onDraft : props.onSubmit);
    } else if (event.key === 'Escape' && props.onCancel !== undefined) {
      event.stopPropagation();
      props.onCancel();
    }
  };
  return (
    <div className="enb-composer" data-enablement-composer="">
      <textarea
        ref={field}
        className="jp-mod-styled"
        rows={3}
        maxLength={20_000}
        value={text}
        placeholder={props.label}
        aria-label={props.label}
        onChange={event => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <ErrorNote error={task.error} trans={trans} />
      <div className="enb-composer-actions">
        {props.onCancel !== undefined && (
          <Button onClick={props.onCancel} hook="cancel-comment">
            {trans.__('Cancel')}
          </Button>
        )}
        {onDraft !== undefined && (
          <Button
            onClick={() => submit(onDraft)}
            disabled={idle}
            hook="add-draft"
            title={trans.__('Ctrl+Shift+Enter. Only you see it until you publish your review.')}
          >
            {trans.__('Add to review')}
          </Button>
        )}
        <Button
          primary
          onClick={() => submit(props.onSubmit)}
          disabled={idle}
          hook="submit-comment"
          title={trans.__('Ctrl+Enter')}
        >
          {props.submitLabel}
        </Button>
      </div>
    </div>
  );
}
