/** What is not in Git yet, and the offer to do it first: one click, then sending goes on. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IGitStatus } from '../contract';
import { Button } from '../components';
import { refusalSentence } from '../git/labels';
import type { SendModel } from './model';

export function GitOffer(props: {
  model: SendModel;
  trans: TranslationBundle;
  onSetUpGit: () => void;
}): React.JSX.Element | null {
  const { model, trans, onSetUpGit } = props;
  const { git } = model;
  if (git === null) {
    return null;
  }
  if (git.standing === 'none') {
    // A repository made by hand is left alone, and the home itself cannot be one.
    if (model.candidates?.git || !model.path.includes('/')) {
      return null;
    }
    return (
      <div className="enb-notice enb-git-offer" data-enablement-git-offer="none">
        <span>{trans.__('This folder is not under Git yet, so engineering sees no history of your work.')}</span>
        <Button onClick={onSetUpGit} hook="set-up-git">
          {trans.__('Set up Git…')}
        </Button>
      </div>
    );
  }
  const due = git.changed.length + git.unpushed;
  if (due === 0 || (git.standing !== 'ours' && git.standing !== 'adopted')) {
    return null;
  }
  if (git.shape !== null) {
    return (
      <div className="enb-notice enb-git-offer" data-enablement-git-offer="left-alone">
        <span>
          {dueWords(git, trans)} {refusalSentence(git.shape, trans)}
        </span>
      </div>
    );
  }
  const titled = model.answers.title.trim() !== '';
  return (
    <div className="enb-notice enb-git-offer" data-enablement-git-offer="due">
      <span>{dueWords(git, trans)}</span>
      <Button
        onClick={() => void model.keepAndSend()}
        disabled={!titled}
        hook="keep-and-send"
        title={titled ? trans.__('Keep a version, push it, then send') : trans.__('Give it a title first')}
      >
        {trans.__('Save a version, push, and send')}
      </Button>
    </div>
  );
}

function dueWords(git: IGitStatus, trans: TranslationBundle): string {
  const parts: string[] = [];
  if (git.unpushed > 0) {
    parts.push(trans._n('%1 version is not pushed yet', '%1 versions are not pushed yet', git.unpushed));
  }
  if (git.changed.length > 0) {
    parts.push(
      trans._n('%1 change is not saved as a version', '%1 changes are not saved as a version', git.changed.length)
    );
  }
  return `${parts.join(', ')}.`;
}
