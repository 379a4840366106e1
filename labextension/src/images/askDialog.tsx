/** The dialog "Ask for a package". */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { BodyDialog } from '../bodyDialog';
import { ApiError } from '../errors';
import { useSignalled, useTask } from '../hooks';
import { Button, ErrorNote } from '../parts';
import type { IPackageRequest, IWish } from './contract';
import { ChangeList } from './parts';
import type { RequestsModel } from './requests';
import { solverWords } from './words';

interface IProps {
  model: RequestsModel;
  trans: TranslationBundle;
  start: Partial<IWish>;
  onClose: () => void;
}

class AskBody extends ReactWidget {
  constructor(private readonly options: IProps) {
    super();
  }

  protected override render(): React.JSX.Element {
    return <Ask {...this.options} />;
  }
}

/** Shows it until the person closes it. */
export async function showAskDialog(
  model: RequestsModel,
  trans: TranslationBundle,
  start: Partial<IWish>
): Promise<void> {
  const dialog: BodyDialog = new BodyDialog({
    title: trans.__('Ask for a package'),
    body: new AskBody({ model, trans, start, onClose: () => dialog.reject() }),
    hook: 'ask-for-package',
    focus: start.package === undefined ? 'input' : 'textarea'
  });
  dialog.addClass('enb-ask-dialog');
  await dialog.launch();
}

function Ask(props: IProps): React.JSX.Element {
  const { model, trans, onClose } = props;
  const [wish, setWish] = React.useState<IWish>({ package: '', wanted: '', why: '', ...props.start });
  const [number, setNumber] = React.useState<number | null>(null);
  const task = useTask();
  if (number !== null) {
    return <Asked {...props} number={number} />;
  }
  const wrong = task.error instanceof ApiError ? String(task.error.facts['field'] ?? '') : '';
  const ready = wish.package.trim() !== '' && wish.why.trim() !== '';
  const change = (name: keyof IWish) => (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
    setWish({ ...wish, [name]: event.target.value });
  const send = (): void =>
    task.run(async () => {
      setNumber((await model.client.askFor(wish)).number);
      await model.refresh();
    });
  return (
    <form
      className="enb-ask"
      data-enablement-phase="form"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      <p className="enb-hint">
        {trans.__(
          'Platform engineers decide what is in an image. They see what adding it would change, and answer you here.'
        )}
      </p>
      <label>
        <span>{trans.__('Package')}</span>
        <input
          className="jp-mod-styled"
          value={wish.package}
          onChange={change('package')}
          placeholder="polars"
          aria-invalid={wrong === 'package'}
          maxLength={100}
          data-enablement-field="package"
        />
      </label>
      <label>
        <span>{trans.__('Versions, if it matters')}</span>
        <input
          className="jp-mod-styled"
          value={wish.wanted}
          onChange={change('wanted')}
          placeholder=">=1.30,<2"
          aria-invalid={wrong === 'wanted'}
          maxLength={200}
          data-enablement-field="wanted"
        />
      </label>
      <label>
        <span>{trans.__('What do you need it for?')}</span>
        <textarea
          className="jp-mod-styled"
          rows={4}
          value={wish.why}
          onChange={change('why')}
          aria-invalid={wrong === 'why'}
          maxLength={4000}
          data-enablement-field="why"
        />
      </label>
      <ErrorNote error={task.error} trans={trans} />
      <footer className="enb-git-footer">
        <Button onClick={onClose} hook="close">
          {trans.__('Close')}
        </Button>
        <Button onClick={send} hook="submit-package" primary disabled={task.busy || !ready}>
          {trans.__('Ask')}
        </Button>
      </footer>
    </form>
  );
}

/** It was asked; what the solver says comes in a moment. */
function Asked(props: IProps & { number: number }): React.JSX.Element {
  const { model, trans, number } = props;
  useSignalled(model.changed);
  const found: IPackageRequest | undefined = model.items.find(item => item.number === number);
  const solver = found?.solver;
  const others = solver === undefined || solver.kind === null ? [] : solver.changes;
  return (
    <div className="enb-ask" data-enablement-phase="asked" data-enablement-solved={solver?.solved ?? 'waiting'}>
      <p>{trans.__('You have asked for %1.', `${found?.package ?? ''}${found?.wanted ?? ''}`)}</p>
      {solver !== undefined && <p role="status">{solverWords(solver, trans)}</p>}
      {others.length > 1 && solver !== undefined && (
        <ChangeList
          changes={{ old: solver.against, new: '/', python: '', summary: '', packages: others }}
          trans={trans}
        />
      )}
      <p className="enb-hint">
        {trans.__('The answer appears in the side panel under “Package requests”. You can close this.')}
      </p>
      <footer className="enb-git-footer">
        <Button onClick={props.onClose} hook="close" primary>
          {trans.__('Close')}
        </Button>
      </footer>
    </div>
  );
}
