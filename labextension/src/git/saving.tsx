/** "Save a version": which files go in, which stay out and why, a sentence, one button. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';

import { BodyDialog } from '../bodyDialog';
import { ApiError } from '../errors';
import { useSignalled } from '../hooks';
import { Busy, Button, ErrorNote, Name } from '../parts';
import type { GitClient } from './client';
import type { IChanges, IGitReceipt, IStepLine } from './contract';
import { Held } from './view';

export type SavingPhase = 'loading' | 'form' | 'saving' | 'saved';

/** One visit to the dialog. */
export class Saving {
  phase: SavingPhase = 'loading';
  changes: IChanges | null = null;
  chosen = new Set<string>();
  message = '';
  step: IStepLine | null = null;
  receipt: IGitReceipt | null = null;
  error: unknown = null;
  private touched = false;

  constructor(
    private readonly folder: string,
    private readonly client: GitClient
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async load(): Promise<void> {
    try {
      this.changes = await this.client.changes(this.folder);
      this.chosen = new Set(this.changes.files.map(file => file.path));
      this.message = this.changes.message;
      this.phase = 'form';
      this.error = null;
    } catch (reason) {
      this.error = reason;
    }
    this._changed.emit();
  }

  say(message: string): void {
    this.touched = true;
    this.message = message;
    this._changed.emit();
  }

  tick(path: string, on: boolean): void {
    this.chosen = new Set(this.chosen);
    if (on) {
      this.chosen.add(path);
    } else {
      this.chosen.delete(path);
    }
    this._changed.emit();
  }

  /** Nothing is lost by a failure: what was kept here stays, and the next press goes on. */
  async save(): Promise<void> {
    this.phase = 'saving';
    this.error = null;
    this._changed.emit();
    try {
      // Words that nobody changed are made anew from the files that were chosen.
      const words = this.touched ? this.message : '';
      const files = this.changes?.files.map(file => file.path).filter(path => this.chosen.has(path));
      this.receipt = await this.client.save(this.folder, words, this.follow, files);
      this.phase = 'saved';
    } catch (reason) {
      this.error = reason;
      this.phase = 'form';
    }
    this._changed.emit();
  }

  private readonly follow = (step: IStepLine): void => {
    this.step = step;
    this._changed.emit();
  };

  private readonly _changed = new Signal<this, void>(this);
}

interface IProps {
  saving: Saving;
  trans: TranslationBundle;
  onClose: () => void;
  onGet: () => void;
}

function SavingView(props: IProps): React.JSX.Element {
  const { saving, trans, onClose } = props;
  useSignalled(saving.changed);
  React.useEffect(() => {
    if (saving.phase === 'saved') {
      onClose();
    }
  }, [saving.phase]);
  if (saving.changes === null) {
    return saving.error === null ? (
      <Busy>{trans.__('Looking at what changed…')}</Busy>
    ) : (
      <ErrorNote error={saving.error} trans={trans} onRetry={() => void saving.load()} />
    );
  }
  return <Form {...props} changes={saving.changes} />;
}

function Form(props: IProps & { changes: IChanges }): React.JSX.Element {
  const { saving, changes, trans, onClose, onGet } = props;
  const busy = saving.phase === 'saving';
  const due = saving.chosen.size > 0 || changes.unpushed > 0;
  const behind = saving.error instanceof ApiError && isBehind(saving.error);
  return (
    <form
      className="enb-git"
      data-enablement-phase={saving.phase}
      onSubmit={event => {
        event.preventDefault();
        if (due && !busy) {
          void saving.save();
        }
      }}
    >
      <ErrorNote error={saving.error} trans={trans} />
      <p className="enb-hint">
        {trans.__(
          'A version is kept of these files, with a sentence about it, and copied to the server. You can go back to it later.'
        )}
      </p>
      <Files saving={saving} changes={changes} disabled={busy} trans={trans} />
      <Held held={changes.held} trans={trans} />
      <label className="enb-field enb-git-message">
        <span>{trans.__('What changed?')}</span>
        <input
          className="jp-mod-styled"
          type="text"
          maxLength={2000}
          value={saving.message}
          disabled={busy}
          onChange={event => saving.say(event.target.value)}
          data-enablement-field="message"
        />
      </label>
      <footer className="enb-git-footer">
        <span className="enb-hint enb-git-step" role="status">
          {busy && saving.step !== null ? saving.step.sentence : ''}
        </span>
        {behind && (
          <Button primary onClick={onGet} hook="get-changes">
            {trans.__('Get colleagues’ changes')}
          </Button>
        )}
        <Button onClick={onClose} hook="close">
          {trans.__('Close')}
        </Button>
        <Button primary={!behind} disabled={busy || !due} onClick={() => void saving.save()} hook="save-version">
          {busy ? trans.__('Saving…') : saving.chosen.size === 0 ? trans.__('Push') : trans.__('Save and push')}
        </Button>
      </footer>
    </form>
  );
}

/** Whether the other side comes first: it is ahead, or a merge with it is not finished. */
function isBehind(error: ApiError): boolean {
  const reasons = error.facts['reasons'];
  return error.code === 'forge-ahead' || (Array.isArray(reasons) && reasons.includes('busy'));
}

function Files(props: {
  saving: Saving;
  changes: IChanges;
  disabled: boolean;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { saving, changes, disabled, trans } = props;
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
              checked={saving.chosen.has(file.path)}
              disabled={disabled}
              onChange={event => saving.tick(file.path, event.target.checked)}
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

class SavingBody extends ReactWidget {
  constructor(private readonly props: IProps) {
    super();
  }

  protected override render(): React.JSX.Element {
    return <SavingView {...this.props} />;
  }
}

/** Shows the dialog until it is closed; whether colleagues' changes are wanted first. */
export async function showSavingDialog(saving: Saving, trans: TranslationBundle): Promise<boolean> {
  let get = false;
  const dialog: BodyDialog = new BodyDialog({
    title: trans.__('Save a version'),
    body: new SavingBody({
      saving,
      trans,
      onClose: () => dialog.reject(),
      onGet: () => {
        get = true;
        dialog.reject();
      }
    }),
    hook: 'save-version',
    focus: '[data-enablement-action="save-version"]'
  });
  dialog.addClass('enb-git-dialog');
  await dialog.launch();
  return get;
}
