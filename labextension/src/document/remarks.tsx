/** What a check or a run found, made a thread: a draft at its cell that begins with what was found; pressed again, the same one is shown. */
import * as React from 'react';

import type { IPlacedDraft, IThread } from '../contract';
import { Button, ErrorNote } from '../components';
import { useTask } from '../hooks';
import { plainName } from '../plainName';
import { useDocument } from './context';
import type { SubmissionModel } from './model';

export interface IRemark {
  /** The cell's id; null for what is about the notebook as a whole. */
  cell: string | null;
  /** What the text begins with. */
  title: string;
  /** What was found, in the words of the service: by them the thread is recognised, whoever began it. */
  sentence: string;
}

export interface IWantedCard {
  /** The card to be shown, as `cardOf` names it. */
  wanted: string | null;
  want: (card: string | null) => void;
}

export const WantedCard = React.createContext<IWantedCard>({ wanted: null, want: () => undefined });

/** The name of a draft's or a thread's card. */
export const cardOf = (kind: 'draft' | 'thread', id: number): string => `${kind} ${id}`;

/** For a card: it comes into view and takes the focus when it is wanted. */
export function useWanted(card: string): React.RefObject<HTMLElement> {
  const { wanted, want } = React.useContext(WantedCard);
  const ref = React.useRef<HTMLElement>(null);
  React.useEffect(() => {
    // Another one of the same may stand in a tab that is hidden.
    if (wanted === card && ref.current !== null && ref.current.offsetParent !== null) {
      ref.current.scrollIntoView({ block: 'nearest' });
      ref.current.focus({ preventScroll: true });
      want(null);
    }
  }, [wanted, want, card]);
  return ref;
}

/** Presses the button of the cell or finding that has the focus. */
export function discussFocused(event: React.KeyboardEvent): void {
  const { target } = event;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.repeat;
  if (event.key !== 't' || !plain || !(target instanceof Element)) {
    return;
  }
  if (target.closest('textarea, select, input, [contenteditable="true"]') !== null) {
    return;
  }
  const place = target.closest('[data-enablement-cell], [data-enablement-finding]');
  const button = place?.querySelector<HTMLButtonElement>('[data-enablement-action="discuss"]');
  if (button) {
    event.preventDefault();
    button.click();
  }
}

export function DiscussButton(props: { remark: IRemark }): React.JSX.Element | null {
  const { trans, model, showCell } = useDocument();
  const { want } = React.useContext(WantedCard);
  const { busy, error, run } = useTask();
  const working = React.useRef(false);
  const { remark } = props;
  if (!(model.detail?.actions.includes('comment') ?? false)) {
    return null;
  }
  const show = (card: string | null): void => {
    want(card);
    if (remark.cell === null) {
      model.show('discussion');
    } else {
      showCell(remark.cell);
    }
  };
  const press = async (): Promise<void> => {
    if (working.current) {
      return;
    }
    working.current = true;
    try {
      show(await discuss(model, remark));
    } finally {
      working.current = false;
    }
  };
  const there = cardAbout(model, remark) !== null;
  const said = plainName(remark.sentence === '' ? remark.title : remark.sentence);
  const label = there ? trans.__('Show the thread: %1', said) : trans.__('Make a thread: %1', said);
  return (
    <>
      <Button onClick={() => run(press)} disabled={busy} hook="discuss" label={label} keys="t">
        {there ? trans.__('Show the thread') : trans.__('Make a thread')}
      </Button>
      <ErrorNote error={error} trans={trans} />
    </>
  );
}

/** Writes the draft, where nobody has begun a thread about it; the name of the card. */
export async function discuss(model: SubmissionModel, remark: IRemark): Promise<string | null> {
  if (cardAbout(model, remark) === null) {
    await model.draftThread({ cell: remark.cell, lines: null, output: null }, textOf(remark));
  }
  return cardAbout(model, remark);
}

const textOf = ({ title, sentence }: IRemark): string =>
  [title, plainName(sentence)].filter(part => part !== '').join(': ');

/** The card of the draft or thread about it, null where there is none; an open thread rather than a resolved one. */
export function cardAbout(model: SubmissionModel, remark: IRemark): string | null {
  const said = squeezed(plainName(remark.sentence === '' ? remark.title : remark.sentence));
  const about = (text: string): boolean => squeezed(text).includes(said);
  const draft = model.drafts.items.find(each => each.kind === 'comment' && isAt(each, remark.cell) && about(each.text));
  if (draft !== undefined) {
    return cardOf('draft', draft.id);
  }
  const threads = model.threads.filter(each => isAt(each, remark.cell) && about(each.comments[0]?.text ?? ''));
  const thread = threads.find(each => each.resolved_at === null) ?? threads[0];
  return thread === undefined ? null : cardOf('thread', thread.id);
}

function isAt(each: IPlacedDraft | IThread, cell: string | null): boolean {
  return cell === null ? each.anchor?.cell === null : (each.placed?.cell ?? each.anchor?.cell) === cell;
}

/** As the service keeps a text, but for its spaces. */
const squeezed = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ').trim();
