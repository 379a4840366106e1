/** Where a comment is written. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useTask } from '../hooks';
import { Button, ErrorNote } from '../components';

export function Composer(props: {
  label: string;
  submitLabel: string;
  trans: TranslationBundle;
  /** Rejects when it could not be stored; the text then stays. */
  onSubmit: (text: string) => Promise<void>;
  onCancel?: () => void;
  autoFocus?: boolean;
}): React.JSX.Element {
  const { trans } = props;
  const [text, setText] = React.useState('');
  const task = useTask();
  const field = React.useRef<HTMLTextAreaElement>(null);
  React.useEffect(() => {
    if (props.autoFocus) {
      field.current?.focus();
    }
  }, [props.autoFocus, props.label]);
  const submit = (): void => {
    if (text.trim() === '' || task.busy) {
      return;
    }
    task.run(async () => {
      await props.onSubmit(text.trim());
      setText('');
    });
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
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
        <Button
          primary
          onClick={submit}
          disabled={text.trim() === '' || task.busy}
          hook="submit-comment"
          title={trans.__('Ctrl+Enter')}
        >
          {props.submitLabel}
        </Button>
      </div>
    </div>
  );
}
