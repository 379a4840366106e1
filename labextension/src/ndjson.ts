/** Reads an answer of JSON lines (`application/x-ndjson`), the last of which is the outcome. */
import type { IProblem } from './contract';
import { ApiError, INTERRUPTED, UNREADABLE } from './errors';

interface IProblemLine {
  problem: IProblem;
}

/** The name of any member that a line of this type may have. */
type KeyOf<Line> = Line extends unknown ? keyof Line : never;

/** The lines of this type that have the member. */
type With<Line, Key extends PropertyKey> = Extract<Line, Record<Key, unknown>>;

/** Cuts a stream of text chunks into complete lines. */
export class LineSplitter {
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
 * Follows the lines to the one that has the member `outcome`; `report` gets those before it.
 *
 * Raises ApiError: the problem that a line says; `interrupted` when the connection broke or the answer ended, in a line or
 * after one, before the outcome; `unreadable` when a whole line is no JSON object.
 */
export async function readOutcome<Line extends object, Key extends Exclude<KeyOf<Line>, 'problem'>>(
  chunks: AsyncIterable<string>,
  outcome: Key,
  report: (line: Exclude<Line, IProblemLine | With<Line, Key>>) => void
): Promise<With<Line, Key>> {
  const splitter = new LineSplitter();
  const seen: { outcome: With<Line, Key> | null } = { outcome: null };
  const take = (line: object): void => {
    if ('problem' in line) {
      throw new ApiError((line as IProblemLine).problem);
    }
    if (outcome in line) {
      seen.outcome = line as With<Line, Key>;
    } else {
      report(line as Exclude<Line, IProblemLine | With<Line, Key>>);
    }
  };
  try {
    for await (const chunk of withBreaks(chunks)) {
      splitter.push(chunk).map(wholeLine).forEach(take);
    }
    splitter.end().map(lastLine).forEach(take);
  } catch (reason) {
    // What breaks after the outcome takes nothing back.
    if (seen.outcome === null) {
      throw reason;
    }
  }
  return seen.outcome ?? raise(interrupted('The answer ended early.'));
}

/** The chunks; a connection that breaks raises ApiError `interrupted`. */
async function* withBreaks(chunks: AsyncIterable<string>): AsyncIterable<string> {
  try {
    yield* chunks;
  } catch (reason) {
    throw interrupted(reason);
  }
}

function wholeLine(text: string): object {
  return parsed(text) ?? raise(new ApiError({ code: UNREADABLE, detail: 'A line is not JSON.', status: 200 }));
}

/** Without its line end it may be cut off. */
function lastLine(text: string): object {
  return parsed(text) ?? raise(interrupted('The last line is cut off.'));
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function interrupted(reason: unknown): ApiError {
  return new ApiError({
    code: INTERRUPTED,
    detail: reason instanceof Error ? reason.message : String(reason),
    status: 0
  });
}

function raise(error: ApiError): never {
  throw error;
}
