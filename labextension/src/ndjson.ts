/** Reads the lab server's answer to a sending: lines of JSON, the last one a receipt or a problem. */
import { ApiError, INTERRUPTED } from './errors';
import type { IProblem, IProgress, ISent } from './contract';

type Line = { progress: IProgress } | ({ receipt: ISent['receipt'] } & Partial<ISent>) | { problem: IProblem };

/** Cuts a stream of text chunks into complete lines. */
export class LineCutter {
  private rest = '';

  push(chunk: string): string[] {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.filter(line => line.trim() !== '');
  }

  end(): string[] {
    const last = this.rest.trim();
    this.rest = '';
    return last === '' ? [] : [last];
  }
}

/**
 * Follows the chunks to the receipt, calling `report` on the way.
 *
 * Raises ApiError: the problem of the last line, or `interrupted` when the stream ended without one.
 */
export async function followSending(
  chunks: AsyncIterable<string>,
  report: (progress: IProgress) => void
): Promise<ISent> {
  const cutter = new LineCutter();
  let last: ISent | null = null;
  const take = (line: string): void => {
    last = taken(line, report) ?? last;
  };
  for await (const chunk of chunks) {
    cutter.push(chunk).forEach(take);
  }
  cutter.end().forEach(take);
  if (last === null) {
    throw new ApiError({ code: INTERRUPTED, detail: 'The answer ended early.', status: 0 });
  }
  return last;
}

function taken(text: string, report: (progress: IProgress) => void): ISent | null {
  const line = JSON.parse(text) as Line;
  if ('problem' in line) {
    throw new ApiError(line.problem);
  }
  if ('progress' in line) {
    report(line.progress);
    return null;
  }
  return { receipt: line.receipt, replayed: line.replayed ?? false };
}
