/** Links of submitted content: the person sees where one really leads before anything opens, and it opens in a tab of its own. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

/** Links of one output that are listed; more than a person reads is no help. */
const MOST_LISTED = 50;

export interface IOutputLink {
  address: string;
  words: string;
}

/** Whether a person, shown the address, wants to go there. */
export type Confirm = (address: string) => Promise<boolean>;

/** Asks in a dialog that shows the whole address. */
export function confirmAddress(trans: TranslationBundle): Confirm {
  return async address => {
    const body = new Widget();
    body.node.append(trans.__('This link of the submitted notebook leads to:'), addressNode(address, document));
    const answer = await showDialog({
      title: trans.__('Open a link?'),
      body,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Open in a new tab') })
      ]
    });
    return answer.button.accept;
  };
}

/** From now on a click on a link in `host` asks first. Doing it again replaces what was asked before. */
export function askBeforeFollowing(host: HTMLElement, confirm: Confirm): void {
  const ask = (event: MouseEvent): void => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]');
    if (link === null || event.button > 1) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    void follow(link.href, confirm);
  };
  host.onclick = ask;
  host.onauxclick = ask;
}

async function follow(address: string, confirm: Confirm): Promise<void> {
  if (await confirm(address)) {
    window.open(address, '_blank', 'noopener,noreferrer');
  }
}

/** The links of a frame, which itself holds no addresses: each is named by the address it leads to. Null where there are none. */
export function linkList(
  links: readonly IOutputLink[],
  doc: Document,
  trans: TranslationBundle
): HTMLDetailsElement | null {
  if (links.length === 0) {
    return null;
  }
  const list = doc.createElement('ul');
  list.append(...links.slice(0, MOST_LISTED).map(link => listed(link, doc)));
  const all = doc.createElement('details');
  all.className = 'enb-frame-links';
  const summary = doc.createElement('summary');
  summary.textContent = trans._n('%1 link in this output', '%1 links in this output', links.length);
  all.append(summary, list);
  if (links.length > MOST_LISTED) {
    all.append(trans.__('The first %1 are listed.', MOST_LISTED));
  }
  return all;
}

function listed(link: IOutputLink, doc: Document): HTMLLIElement {
  const item = doc.createElement('li');
  const anchor = doc.createElement('a');
  anchor.href = link.address;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer nofollow';
  anchor.append(addressNode(link.address, doc));
  const words = link.words.trim().slice(0, 100);
  item.append(anchor, words === '' || words === link.address ? '' : ` (${words})`);
  return item;
}

function addressNode(address: string, doc: Document): HTMLElement {
  const node = doc.createElement('code');
  node.className = 'enb-address';
  node.dir = 'ltr';
  node.textContent = address;
  return node;
}
