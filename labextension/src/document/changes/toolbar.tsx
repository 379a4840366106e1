/** Which sides are compared, how they are laid out, and how much is left to see. */
import * as React from 'react';

import { Button, ErrorNote } from '../../components';
import { useDocument } from '../context';
import { useChanges } from './context';
import type { Layout } from './model';

const SINCE = 'since';
const FILE = 'file';

export function Toolbar(props: { onNext: () => void; onPrevious: () => void }): React.JSX.Element {
  const { trans } = useDocument();
  const changes = useChanges();
  const total = changes.changed.length;
  return (
    <div className="enb-changes-bar" role="toolbar" aria-label={trans.__('Changes')}>
      <From />
      <To />
      <span className="enb-layouts" role="group" aria-label={trans.__('Layout')}>
        <LayoutButton layout="side">{trans.__('Side by side')}</LayoutButton>
        <LayoutButton layout="unified">{trans.__('One column')}</LayoutButton>
      </span>
      {total > 0 && (
        <>
          <Button onClick={props.onPrevious} hook="previous-change" title={trans.__('Previous change (p)')}>
            {trans.__('Previous')}
          </Button>
          <Button onClick={props.onNext} hook="next-change" title={trans.__('Next change (n)')}>
            {trans.__('Next')}
          </Button>
          {!changes.working && <Progress total={total} left={changes.left} />}
        </>
      )}
      <ErrorNote error={changes.markError} trans={trans} />
    </div>
  );
}

function From(): React.JSX.Element {
  const { trans } = useDocument();
  const changes = useChanges();
  const since =
    changes.readVersion === null || changes.working
      ? trans.__('the version before')
      : trans.__('what I read last (version %1)', changes.readVersion);
  return (
    <label className="enb-changes-side">
      {trans.__('Changes since')}
      <select
        className="jp-mod-styled"
        data-enablement-action="compare-from"
        value={changes.from === null ? SINCE : String(changes.from)}
        onChange={event => changes.choose(event.target.value === SINCE ? null : Number(event.target.value))}
      >
        {!changes.working && <option value={SINCE}>{since}</option>}
        {changes.working && changes.from === null && (
          <option value={SINCE}>{trans.__('version %1', changes.version?.number ?? 1)}</option>
        )}
        {changes.others.map(({ number }) => (
          <option key={number} value={number}>
            {trans.__('version %1', number)}
          </option>
        ))}
      </select>
    </label>
  );
}

function To(): React.JSX.Element {
  const { trans, model } = useDocument();
  const changes = useChanges();
  const { versions = [], latest = 1 } = model.detail ?? {};
  const choose = (value: string): void => {
    changes.compareFile(value === FILE);
    if (value !== FILE) {
      model.select(Number(value));
    }
  };
  return (
    <label className="enb-changes-side">
      {trans.__('in')}
      <select
        className="jp-mod-styled"
        data-enablement-action="compare-to"
        value={changes.working ? FILE : String(changes.version?.number ?? 1)}
        onChange={event => choose(event.target.value)}
      >
        {changes.canCompareFile && <option value={FILE}>{trans.__('my notebook as it is now')}</option>}
        {[...versions].reverse().map(({ number }) => (
          <option key={number} value={number}>
            {number === latest ? trans.__('version %1 (latest)', number) : trans.__('version %1', number)}
          </option>
        ))}
      </select>
    </label>
  );
}

function LayoutButton(props: { layout: Layout; children: React.ReactNode }): React.JSX.Element {
  const changes = useChanges();
  return (
    <button
      type="button"
      className="enb-toggle"
      aria-pressed={changes.layout === props.layout}
      data-enablement-action={`layout-${props.layout}`}
      onClick={() => changes.setLayout(props.layout)}
    >
      {props.children}
    </button>
  );
}

function Progress(props: { total: number; left: number }): React.JSX.Element {
  const { trans } = useDocument();
  const changes = useChanges();
  const { total, left } = props;
  const words =
    left === 0
      ? trans._n('The one changed cell is seen', 'All %1 changed cells are seen', total)
      : trans.__('%1 of %2 changed cells left', left, total);
  return (
    <span className="enb-changes-progress" role="status" data-enablement-left={left} data-enablement-changed={total}>
      <progress max={total} value={total - left} aria-label={words} />
      {words}
      {left > 0 && (
        <button
          type="button"
          className="enb-link"
          data-enablement-action="mark-all-seen"
          onClick={() => void changes.markAll()}
        >
          {trans.__('Mark all as seen')}
        </button>
      )}
    </span>
  );
}
