/** What applying did: a notification where all went in, a dialog where somebody has to look. */
import { Dialog, Notification, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ISuggestionApplication } from '../contract';
import { plainText } from '../plainName';
import type { IApplied } from './applier';
import { outcomeSentence } from './labels';

const DONE: readonly ISuggestionApplication['outcome'][] = ['fits', 'merged'];

export async function showOutcome(applied: IApplied, trans: TranslationBundle): Promise<void> {
  const { applications } = applied.plan;
  const done = applications.filter(each => DONE.includes(each.outcome)).length;
  const left = applications.filter(each => !DONE.includes(each.outcome));
  if (left.some(each => each.outcome !== 'already_in')) {
    await showDialog({
      title: trans._n('%1 edit was applied', '%1 edits were applied', done),
      body: new Outcomes(applied, trans),
      buttons: [Dialog.okButton({ label: trans.__('Close') })]
    });
    return;
  }
  Notification.success(doneSentence(applied, done, trans), { autoClose: 8000 });
}

/** What was done, what is in already, and what happens to outputs. */
function doneSentence({ plan, open }: IApplied, done: number, trans: TranslationBundle): string {
  if (plan.applications.length === 0) {
    return trans.__('No suggested edit is open.');
  }
  const already = plan.applications.filter(each => each.outcome === 'already_in').length;
  const said = [
    done > 0 ? trans._n('%1 edit applied and saved.', '%1 edits applied and saved.', done) : '',
    already > 0 ? trans._n('%1 was already in.', '%1 were already in.', already) : '',
    done > 0 ? trans.__('Outputs are still those from before: run the cells again.') : '',
    done > 0 && open ? trans.__('Undo in a cell takes its edit back.') : ''
  ];
  return said.filter(each => each !== '').join(' ');
}

class Outcomes extends ReactWidget {
  constructor(
    private readonly applied: IApplied,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('enb-outcomes');
    this.node.dataset.enablementOutcomes = '';
  }

  protected override render(): React.JSX.Element {
    const { trans, applied } = this;
    const done = applied.plan.applications.filter(each => DONE.includes(each.outcome)).length;
    return (
      <>
        {done > 0 && <p>{doneSentence(applied, done, trans)}</p>}
        <ul>
          {applied.plan.applications.map(each => (
            <li key={each.thread} data-enablement-outcome={each.outcome}>
              <p>
                {each.cell !== null && <strong>{trans.__('Cell %1', each.cell + 1)} </strong>}
                {outcomeSentence(each.outcome, trans)}
              </p>
              {!DONE.includes(each.outcome) && each.outcome !== 'already_in' && <Sides one={each} trans={trans} />}
            </li>
          ))}
        </ul>
      </>
    );
  }
}

/** Yours, what is suggested, and what both came from: as text, to be put together by hand. */
function Sides(props: { one: ISuggestionApplication; trans: TranslationBundle }): React.JSX.Element {
  const { one, trans } = props;
  const sides: [string, string | null][] = [
    [trans.__('Yours'), one.mine],
    [trans.__('Suggested'), one.theirs],
    [trans.__('What it was suggested for'), one.base]
  ];
  return (
    <div className="enb-outcome-sides">
      {sides.map(([name, text]) =>
        text === null ? null : (
          <figure key={name}>
            <figcaption>{name}</figcaption>
            <pre className="enb-quote" tabIndex={0} aria-label={name}>
              {plainText(text)}
            </pre>
          </figure>
        )
      )}
    </div>
  );
}
