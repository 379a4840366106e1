/** The panel's part about package requests: one's own; everybody's for who looks after images. */
import { VDomRenderer } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useNow, useTask } from '../hooks';
import { Ago, Button, ErrorNote, Name } from '../components';
import type { IPackageRequest } from '../contract';
import type { PackageRequestsModel } from './packageRequestsModel';
import { requestStateWords, solverWords } from './labels';

export class PackageRequestsSection extends VDomRenderer<PackageRequestsModel> {
  constructor(
    model: PackageRequestsModel,
    private readonly trans: TranslationBundle,
    private readonly page: (number: number) => string
  ) {
    super(model);
    this.title.label = trans.__('Package requests');
    this.node.dataset.enablementSection = 'packages';
    this.addClass('enb-section');
  }

  protected override onAfterShow(): void {
    void this.model.refresh();
  }

  protected override render(): React.JSX.Element {
    return <Requests model={this.model} trans={this.trans} page={this.page} />;
  }
}

interface IProps {
  model: PackageRequestsModel;
  trans: TranslationBundle;
  /** The address of the page on which a request is answered. */
  page: (number: number) => string;
}

function Requests(props: IProps): React.JSX.Element {
  const { model, trans } = props;
  const more = useTask();
  if (model.items.length === 0) {
    return model.error === null ? (
      <p className="enb-empty" data-enablement-empty="">
        {trans.__('Nobody has asked for a package.')}
      </p>
    ) : (
      <ErrorNote error={model.error} trans={trans} onRetry={() => void model.refresh()} />
    );
  }
  return (
    <>
      <ul className="enb-image-requests">
        {model.items.map(request => (
          <Row key={request.number} request={request} {...props} />
        ))}
      </ul>
      <ErrorNote error={more.error} trans={trans} />
      {model.next !== null && (
        <Button onClick={() => more.run(() => model.more())} hook="load-more" disabled={more.busy}>
          {trans.__('Show more')}
        </Button>
      )}
    </>
  );
}

function Row(props: IProps & { request: IPackageRequest }): React.JSX.Element {
  const { request, model, trans } = props;
  const now = useNow();
  const task = useTask();
  return (
    <li
      data-enablement-package-request={request.number}
      data-enablement-request-state={request.state}
      data-enablement-solved={request.solver.solved}
    >
      <div>
        <strong>
          <Name>{`${request.package}${request.wanted}`}</Name>
        </strong>{' '}
        <span className="enb-hint">
          {trans.__('for %1', request.image)}
          {model.everybodys && (
            <>
              {' · '}
              <Name>{request.author}</Name>
            </>
          )}
          {' · '}
          <Ago since={request.at} now={now} trans={trans} />
        </span>{' '}
        <span className="enb-chip" data-enablement-request-state={request.state}>
          {requestStateWords(request.state, trans)}
        </span>
      </div>
      {model.everybodys && <p className="enb-image-why">{request.why}</p>}
      {request.state === 'requested' && <p className="enb-hint">{solverWords(request.solver, trans)}</p>}
      {request.answer !== '' && (
        <p className="enb-image-why">
          <Name>{request.answered_by ?? ''}</Name>: {request.answer}
        </p>
      )}
      <ErrorNote error={task.error} trans={trans} onRetry={() => void model.refresh()} />
      <p className="enb-image-actions">
        {request.actions.includes('answer') && (
          <a
            className="enb-link"
            href={props.page(request.number)}
            target="_blank"
            rel="noopener"
            data-enablement-action="answer-package"
          >
            {trans.__('Answer…')}
          </a>
        )}
        {request.actions.includes('withdraw') && (
          <button
            type="button"
            className="enb-link"
            disabled={task.busy}
            onClick={() => task.run(() => model.withdraw(request))}
            data-enablement-action="withdraw-package"
          >
            {trans.__('Take back')}
          </button>
        )}
      </p>
    </li>
  );
}
