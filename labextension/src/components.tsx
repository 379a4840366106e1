/** Small pieces the panel, the dialog and the document share. */
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { State } from './contract';
import { plainName } from './plainName';
import { exactTime, waitingFor } from './formatting';
import { errorSentence, stateLabel } from './labels';

/** A name somebody else chose: isolated, plain text. */
export function Name(props: { children: string; title?: string }): React.JSX.Element {
  const text = plainName(props.children);
  return <bdi title={props.title ?? text}>{text}</bdi>;
}

export function StateChip(props: { state: State; trans: TranslationBundle }): React.JSX.Element {
  return (
    <span className="enb-chip" data-enablement-state={props.state}>
      {stateLabel(props.state, props.trans)}
    </span>
  );
}

export function Ago(props: { since: string; now: number; trans: TranslationBundle }): React.JSX.Element {
  return (
    <time dateTime={props.since} title={exactTime(props.since)}>
      {waitingFor(props.since, props.now, props.trans)}
    </time>
  );
}

/** The hub's page where servers are stopped and started. */
function hubHome(): string {
  return `${PageConfig.getOption('hubHost')}${URLExt.join(PageConfig.getOption('hubPrefix') || '/hub/', 'home')}`;
}

/** A failure in one sentence, with a way to try again where there is one. */
export function ErrorNote(props: {
  error: unknown;
  trans: TranslationBundle;
  onRetry?: () => void;
  /** The words, where a part of the interface has better ones than all of it. */
  sentence?: (error: unknown, trans: TranslationBundle) => string;
}): React.JSX.Element | null {
  const { error, trans, onRetry, sentence = errorSentence } = props;
  if (error === null || error === undefined) {
    return null;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return (
    <div className="enb-error" role="alert" data-enablement-error={code}>
      <span>{sentence(error, trans)}</span>
      {code === 'server-unknown' && (
        <a
          className="enb-button jp-mod-styled jp-mod-accept"
          href={hubHome()}
          target="_blank"
          rel="noopener noreferrer"
          data-enablement-action="start-server"
        >
          {trans.__('Start the server again')}
        </a>
      )}
      {onRetry !== undefined && (
        <Button onClick={onRetry} hook="retry">
          {trans.__('Try again')}
        </Button>
      )}
    </div>
  );
}

export function Button(props: {
  children: React.ReactNode;
  onClick: () => void;
  /** The name browser tests find the button by. */
  hook: string;
  primary?: boolean;
  disabled?: boolean;
  title?: string;
  label?: string;
  /** The key that does the same, for screen readers. */
  keys?: string;
}): React.JSX.Element {
  const kind = props.primary ? ' jp-mod-accept' : ' jp-mod-reject';
  return (
    <button
      type="button"
      className={`enb-button jp-mod-styled${kind}`}
      onClick={props.onClick}
      disabled={props.disabled}
      title={props.title}
      aria-label={props.label}
      aria-keyshortcuts={props.keys}
      data-enablement-action={props.hook}
    >
      {props.children}
    </button>
  );
}

/** A button that is a small picture; `label` is its name, `side` the version that it is about. */
export function IconButton(props: {
  icon: LabIcon;
  label: string;
  onClick: () => void;
  hook: string;
  className?: string;
  side?: string;
  size?: string;
}): React.JSX.Element {
  const { icon: Icon, size = '14px' } = props;
  return (
    <button
      type="button"
      className={`enb-icon-button ${props.className ?? ''}`.trim()}
      title={props.label}
      aria-label={props.label}
      onClick={props.onClick}
      data-enablement-action={props.hook}
      data-enablement-diff-side={props.side}
    >
      <Icon.react tag="span" width={size} height={size} />
    </button>
  );
}

/** Something is on its way; said to screen readers too. */
export function Busy(props: { children: React.ReactNode }): React.JSX.Element {
  return (
    <div className="enb-busy" role="status" aria-live="polite">
      <span className="enb-spinner" aria-hidden="true" />
      {props.children}
    </div>
  );
}

/** The first twelve digits of a content id; the whole of it in the title and for copying. */
export function ContentId(props: { id: string }): React.JSX.Element {
  const bare = props.id.replace(/^sha256:/, '');
  return (
    <code className="enb-content-id" title={props.id} data-enablement-content-id={props.id}>
      {bare.slice(0, 12)}
    </code>
  );
}
