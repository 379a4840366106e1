/** The rows of two tables that differ, cell by cell: text only. */
import * as React from 'react';

import type { ITableComparison } from '../../contract';
import { plainName } from '../../plainName';
import { useDocument } from '../context';

export function TableRows(props: { table: ITableComparison }): React.JSX.Element {
  const { trans } = useDocument();
  const { columns, rows, rows_left: left } = props.table;
  return (
    <div className="enb-diff-scroll" tabIndex={0} role="group" aria-label={trans.__('Rows of the table that differ')}>
      <table className="enb-table-diff" data-enablement-table-rows={rows.length + left}>
        <thead>
          <tr>
            <td />
            {columns.map((column, index) => (
              <th key={index} scope="col">
                {plainName(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              <th scope="row">{plainName(row.label)}</th>
              {row.cells.map(([old, now], at) => (
                <Pair key={at} old={old ?? null} now={now ?? null} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p className="enb-hint">{trans._n('%1 more row differs.', '%1 more rows differ.', left)}</p>}
    </div>
  );
}

function Pair(props: { old: string | null; now: string | null }): React.JSX.Element {
  const { old, now } = props;
  if (old === now) {
    return <td>{plainName(now ?? '')}</td>;
  }
  return (
    <td className="enb-mod-changed">
      {old !== null && <del>{plainName(old)}</del>} {now !== null && <ins>{plainName(now)}</ins>}
    </td>
  );
}
