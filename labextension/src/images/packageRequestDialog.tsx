/** The dialog "Ask for a package". */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { BodyDialog } from '../bodyDialog';
import { factText } from '../errors';
import { useTask } from '../hooks';
import { Button, ErrorNote } from '../components';
import type { IPackageRequest, INewPackageRequest } from '../contract';
import { ChangeList } from './components';
import type { PackageRequestsModel } from './packageRequestsModel';
import { solverWords } from './labels';

interface IProps {
  model: PackageRequestsModel;
  trans: TranslationBundle;
  start: Partial<INewPackageRequest>;
  onClose: () => void;
}

class AskBody extends ReactWidget {
  constructor(private readonly options: IProps) {
    super();
  }

  protected override render(): React.JSX.Element {
    return <UseSignal signal={this.options.model.stateChanged}>{() => <Ask {...this.options} />}</UseSignal>;
  }
}

/** Shows it until the person closes it. */
export async function showPackageRequestDialog(
  model: PackageRequestsModel,
  trans: TranslationBundle,
  start: Partial<INewPackageRequest>
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
  const [wanted, setWanted] = React.useState<INewPackageRequest>({ package: '', wanted: '', why: '', ...props.start });
  const [number, setNumber] = React.useState<number | null>(null);
  const task = useTask();
  if (number !== null) {
    return <Asked {...props} number={number} />;
  }
  const wrong = factText(task.error, 'field');
  const ready = wanted.package.trim() !== '' && wanted.why.trim() !== '';
  const change =
    (name: keyof INewPackageRequest) => (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      setWanted({ ...wanted, [name]: event.target.value });
  const send = (): void =>
    task.run(async () => {
      setNumber((await model.create(wanted)).number);
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
          value={wanted.package}
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
          value={wanted.wanted}
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
          value={wanted.why}
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
