/** The dialog "Save a version". */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { BodyDialog } from '../bodyDialog';
import { Busy, Button, ErrorNote, Name } from '../components';
import type { IGitChanges } from '../contract';
import { ApiError, isInterrupted } from '../errors';
import { gitErrorSentence, progressLabel } from './labels';
import type { SaveVersionModel } from './saveVersionModel';
import { HeldFiles } from './setupView';

interface IProps {
  model: SaveVersionModel;
  trans: TranslationBundle;
  onClose: () => void;
  onPull: () => void;
}

export function SaveVersionView(props: IProps): React.JSX.Element {
  const { model, trans } = props;
  if (model.changes === null) {
    return model.error === null ? (
      <Busy>{trans.__('Looking at what changed…')}</Busy>
    ) : (
      <ErrorNote error={model.error} trans={trans} onRetry={() => void model.load()} />
    );
  }
  return <Form {...props} changes={model.changes} />;
}

function Form(props: IProps & { changes: IGitChanges }): React.JSX.Element {
  const { model, changes, trans, onClose, onPull } = props;
  const busy = model.phase === 'saving';
  const due = model.chosen.size > 0 || changes.unpushed > 0;
  const behind = model.error instanceof ApiError && isBehind(model.error);
  return (
    <form
      className="enb-git"
      data-enablement-phase={model.phase}
      onSubmit={event => {
        event.preventDefault();
        if (due && !busy) {
          void model.save();
        }
      }}
    >
      <ErrorNote error={model.error} trans={trans} sentence={gitErrorSentence} />
      {isInterrupted(model.error) && (
        <p className="enb-hint" data-enablement-interrupted="true">
          {trans.__('Nothing is lost. This is what is left to do; press the button again to go on.')}
        </p>
      )}
      <p className="enb-hint">
        {trans.__(
          'A version is kept of these files, with a sentence about it, and copied to the server. You can go back to it later.'
        )}
      </p>
      <Files model={model} changes={changes} disabled={busy} trans={trans} />
      <HeldFiles held={changes.held} trans={trans} />
      <label className="enb-field enb-git-message">
        <span>{trans.__('What changed?')}</span>
        <input
          className="jp-mod-styled"
          type="text"
          maxLength={2000}
          value={model.message}
          disabled={busy}
          onChange={event => model.setMessage(event.target.value)}
          data-enablement-field="message"
        />
      </label>
      <footer className="enb-git-footer">
        <span className="enb-hint enb-git-step" role="status">
          {busy && model.step !== null ? progressLabel(model.step.key, trans) : ''}
        </span>
        {behind && (
          <Button primary onClick={onPull} hook="get-changes">
            {trans.__('Get colleagues’ changes')}
          </Button>
        )}
        <Button onClick={onClose} hook="close">
          {trans.__('Close')}
        </Button>
        <Button primary={!behind} disabled={busy || !due} onClick={() => void model.save()} hook="save-version">
          {busy ? trans.__('Saving…') : model.chosen.size === 0 ? trans.__('Push') : trans.__('Save and push')}
        </Button>
      </footer>
    </form>
  );
}

/** Whether the other side comes first: it is ahead, or a merge with it is not finished. */
function isBehind(error: ApiError): boolean {
  const reasons = error.facts.reasons;
  return error.code === 'forge-ahead' || (Array.isArray(reasons) && reasons.includes('busy'));
}

function Files(props: {
  model: SaveVersionModel;
  changes: IGitChanges;
  disabled: boolean;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { model, changes, disabled, trans } = props;
  const words = { new: trans.__('new'), changed: trans.__('changed'), deleted: trans.__('deleted') };
  if (changes.files.length === 0) {
    return (
      <p data-enablement-empty="changes">
        {changes.unpushed > 0
          ? trans._n(
              'Nothing changed; %1 version is not pushed yet.',
              'Nothing changed; %1 versions are not pushed yet.',
              changes.unpushed
            )
          : trans.__('Nothing changed since the last version.')}
      </p>
    );
  }
  return (
    <ul className="enb-git-files">
      {changes.files.map(file => (
        <li key={file.path}>
          <label className="enb-check" data-enablement-changed-file={file.path}>
            <input
              type="checkbox"
              checked={model.chosen.has(file.path)}
              disabled={disabled}
              onChange={event => model.choose(file.path, event.target.checked)}
            />
            <span>
              <Name>{file.path}</Name> <small className="enb-hint">{words[file.state]}</small>
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}

class SaveVersionBody extends ReactWidget {
  constructor(private readonly props: IProps) {
    super();
    props.model.stateChanged.connect(this.onStateChanged, this);
  }

  protected override render(): React.JSX.Element {
    const { model } = this.props;
    return <UseSignal signal={model.stateChanged}>{() => <SaveVersionView {...this.props} />}</UseSignal>;
  }

  private onStateChanged(): void {
    if (this.props.model.phase === 'saved') {
      this.props.onClose();
    }
  }
}

/** Shows the dialog until it is closed; whether colleagues' changes are wanted first. */
export async function showSaveVersionDialog(model: SaveVersionModel, trans: TranslationBundle): Promise<boolean> {
  let pull = false;
  const dialog: BodyDialog = new BodyDialog({
    title: trans.__('Save a version'),
    body: new SaveVersionBody({
      model,
      trans,
      onClose: () => dialog.reject(),
      onPull: () => {
        pull = true;
        dialog.reject();
      }
    }),
    hook: 'save-version',
    focus: '[data-enablement-action="save-version"]'
  });
  dialog.addClass('enb-git-dialog');
  await dialog.launch();
  return pull;
}
