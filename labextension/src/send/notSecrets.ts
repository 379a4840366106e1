/** What the author says of findings: that they are no secrets, and why. It counts for the content they were found in. */
import type { IFinding, INotSecret, INotSecrets } from '../contract';
import { factText, type ApiError } from '../errors';

/** Something that looks like a secret, as `secret-found` names it. */
export interface ISecretFinding {
  where: string;
  rule: string;
  line: number;
  /** Whether its author may say that it is none. */
  disputable: boolean;
}

export const NOTHING_SAID: INotSecrets = { content: '', statements: [] };

/** The findings of a refusal; none where it is another. */
export function findingsOf(error: ApiError | null): ISecretFinding[] {
  const found = error?.code === 'secret-found' ? error.facts.findings : null;
  return Array.isArray(found) ? found.filter(isObject).map(readFinding) : [];
}

/** What still counts once this was refused: nothing where the content is another. */
export function kept(said: INotSecrets, error: ApiError): INotSecrets {
  const content = factText(error, 'content');
  return content === said.content ? said : { content, statements: [] };
}

/** With this statement, in the place of an earlier one. */
export function disputed(said: INotSecrets, { where, rule, line }: ISecretFinding, reason: string): INotSecrets {
  const statement: INotSecret = { where, rule, line, reason };
  return said.statements.some(each => samePlace(each, statement))
    ? { ...said, statements: said.statements.map(each => (samePlace(each, statement) ? statement : each)) }
    : { ...said, statements: [...said.statements, statement] };
}

/** Without what was said of this. */
export function conceded(said: INotSecrets, finding: ISecretFinding): INotSecrets {
  return { ...said, statements: said.statements.filter(each => !samePlace(each, finding)) };
}

/** What is sent of it: what has a reason; null where that is nothing. */
export function withReasons(said: INotSecrets): INotSecrets | null {
  const statements = said.statements.filter(each => each.reason.trim() !== '');
  return statements.length === 0 ? null : { ...said, statements };
}

export function samePlace(one: Place, other: Place): boolean {
  return one.where === other.where && one.rule === other.rule && one.line === other.line;
}

/** Whether what checks found before sending was said to be no secret, with a reason. They name one rule a line, and no line of an output. */
export function saidOf(said: INotSecrets, finding: IFinding): boolean {
  const { where, rule } = finding.facts;
  return said.statements.some(
    each =>
      each.where === where &&
      each.rule === rule &&
      (finding.line === null || finding.line === each.line) &&
      each.reason.trim() !== ''
  );
}

type Place = Pick<ISecretFinding, 'where' | 'rule' | 'line'>;

function readFinding(found: Readonly<Record<string, unknown>>): ISecretFinding {
  return {
    where: typeof found.where === 'string' ? found.where : '',
    rule: typeof found.rule === 'string' ? found.rule : '',
    line: typeof found.line === 'number' ? found.line : 0,
    disputable: found.disputable === true
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
