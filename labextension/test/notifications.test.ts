/** Who is told what, and how often, when something happens to a submission. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { Notification } from '@jupyterlab/apputils';

import type { IChange } from '../src/contract';
import { BrowserNotifications } from '../src/panel/browserNotifications';
import { AttentionNotifications } from '../src/panel/notifications';
import { english } from './english';
import { FakeServer, settled, silence, until } from './fakeServer';
import { answer, told } from './lab';
import { AT, change, detail, enablement, type ITestEnablement } from './modelFixtures';

interface IMade {
  server: FakeServer;
  lab: ITestEnablement;
  notifications: AttentionNotifications;
  browser: BrowserNotifications;
  opened: number[];
  say: (number: number | null, more: Partial<IChange>) => Promise<void>;
}

/** The viewer is dana, who wrote number 12; number 13 is remy's. */
async function made(t: TestContext): Promise<IMade> {
  const server = new FakeServer()
    .on('GET api/v1/submissions/12', detail(12, { title: 'Churn' }))
    .on('GET api/v1/submissions/13', detail(13, { title: 'Costs', author: 'remy' }));
  const lab = await enablement(server);
  const opened: number[] = [];
  const onOpen = (number: number): void => void opened.push(number);
  const browser = new BrowserNotifications();
  const notifications = new AttentionNotifications({ enablement: lab, trans: english, onOpen, browser });
  let seq = 1;
  t.after(() => {
    Notification.dismiss();
    lab.feed.dispose();
  });
  const say = async (number: number | null, more: Partial<IChange>): Promise<void> => {
    seq += 1;
    const arrived = new Promise(resolve => lab.feed.changed.connect(resolve));
    lab.events.say('change', change(number, { seq, ...more }), seq);
    await arrived;
    await settled();
  };
  return { server, lab, notifications, browser, opened, say };
}

function messages(): string[] {
  return told().map(({ message }) => message);
}

test('what begins to wait for the viewer is said once, with the way to it', async t => {
  const { say, opened } = await made(t);
  await say(13, { kind: 'rerun_ended', actor: 'service:enablement', attention: true });
  assert.deepEqual(told(), []);
  await say(13, { kind: 'sent', attention: true });
  assert.deepEqual(told(), [
    { type: 'info', message: '#13 Costs is waiting for you: remy sent it to engineering', actions: ['Open'] }
  ]);
  answer('Open');
  assert.deepEqual(opened, [13]);
  await say(13, { kind: 'commented', attention: true });
  assert.equal(messages().length, 1);
});

test('what waited, was taken away and waits again is said again', async t => {
  const { say } = await made(t);
  await say(13, { kind: 'sent', attention: true });
  await say(13, { kind: 'claimed', attention: false });
  await say(13, { kind: 'released', attention: true });
  assert.deepEqual(messages(), [
    '#13 Costs is waiting for you: remy released it',
    '#13 Costs is waiting for you: remy sent it to engineering'
  ]);
});

test('a decision is said to its author and to nobody else', async t => {
  const { say } = await made(t);
  for (const kind of ['approved', 'changes_requested', 'rejected']) {
    await say(13, { kind });
  }
  assert.deepEqual(messages(), []);
  await say(12, { kind: 'approved' });
  await say(12, { kind: 'rejected' });
  await say(12, { kind: 'commented' });
  assert.deepEqual(messages(), ['#12 Churn: remy rejected it', '#12 Churn: remy approved it']);
});

test('a decision that makes it wait for the author is said each time, as waiting', async t => {
  const { say } = await made(t);
  await say(12, { kind: 'changes_requested', attention: true });
  await say(12, { kind: 'changes_requested', attention: true });
  assert.deepEqual(messages(), Array(2).fill('#12 Churn is waiting for you: remy requested changes'));
});

test('what the viewer does is not said to the viewer', async t => {
  const { say } = await made(t);
  await say(12, { kind: 'version_sent', actor: 'dana', attention: true });
  await say(13, { kind: 'commented', actor: 'dana' });
  assert.deepEqual(messages(), []);
});

test('what was done in the viewer’s name on the decision pages is told with address and browser, whatever is switched off', async t => {
  const { say, server, notifications } = await made(t);
  const confirmed = {
    address: '192.0.2.4',
    browser: 'Firefox 128 on Linux',
    url: 'https://decide.example.org/services/enablement/confirmations/7',
    disputed: false
  };
  const event = { seq: 2, at: AT, actor: 'dana', kind: 'approved', submission: 13, version: 1, data: {}, confirmed };
  server.on('GET api/v1/submissions/13/events', { events: [event] });
  notifications.enabled = false;
  await say(13, { kind: 'approved', actor: 'dana' });
  await until(() => messages().length === 1);
  assert.deepEqual(told()[0], {
    type: 'info',
    message: 'You approved it: #13. From 192.0.2.4, Firefox 128 on Linux.',
    actions: ['This was not me']
  });
  const opened: unknown[][] = [];
  t.mock.method(window, 'open', (...asked: unknown[]) => void opened.push(asked));
  answer('This was not me');
  assert.deepEqual(opened, [[confirmed.url, '_blank', 'noopener,noreferrer']]);
});

test('what belongs to no submission is told with the way to everything that was done', async t => {
  const { say, server } = await made(t);
  await say(null, { kind: 'package_accepted', actor: 'remy' });
  await say(null, { kind: 'access_shown', actor: 'dana' });
  await until(() => messages().length === 1);
  assert.deepEqual(messages(), ['You got a password to read a repository on the decision page.']);
  server.on('GET api/v1/submissions/12/events', silence);
  await say(12, { kind: 'approved', actor: 'dana' });
  await until(() => messages().length === 2);
});

test('that a decision is on hold, and what became of it, is said to the author', async t => {
  const { say } = await made(t);
  await say(12, { kind: 'decision_disputed' });
  await say(12, { kind: 'hold_lifted', actor: 'petra' });
  assert.deepEqual(messages(), [
    '#12 Churn: petra lifted the hold of a decision',
    '#12 Churn: remy said of a decision “this was not me”: it is on hold'
  ]);
});

test('switched off, nothing is said, and what waited by then is not said later', async t => {
  const { say, notifications } = await made(t);
  notifications.enabled = false;
  await say(13, { kind: 'sent', attention: true });
  notifications.enabled = true;
  await say(13, { kind: 'commented', attention: true });
  assert.deepEqual(messages(), []);
});

test('a change that is about no submission is not said', async t => {
  const { say, server } = await made(t);
  await say(null, { kind: 'approved', attention: true });
  assert.deepEqual([messages(), server.seen.length], [[], 1]);
});

test('where the title cannot be asked for, it is said without; where it is unknown who is asking, it is not said', async t => {
  const { say, server, lab } = await made(t);
  server.on('GET api/v1/submissions/13', silence);
  await say(13, { kind: 'sent', attention: true });
  assert.deepEqual(messages(), ['#13 is waiting for you: remy sent it to engineering']);
  lab.me = () => Promise.reject(new Error('away'));
  await say(12, { kind: 'sent', attention: true });
  assert.equal(messages().length, 1);
});

test('names that could deceive are shown in the open', async t => {
  const { say, server } = await made(t);
  server.on('GET api/v1/submissions/13', detail(13, { title: 'a\u202eb' }));
  await say(13, { kind: 'sent', attention: true });
  await until(() => messages().length === 1);
  assert.ok(!messages()[0]?.includes('\u202e'));
});

interface IBrowser {
  shown: string[];
  asked: () => number;
  click: () => void;
}

/** A browser that answers as told, and keeps what it showed. */
function browserThat(t: TestContext, answers: NotificationPermission): IBrowser {
  const shown: string[] = [];
  const clicks: (() => void)[] = [];
  let asked = 0;
  class Shown {
    static permission: NotificationPermission = 'default';
    static requestPermission(): Promise<NotificationPermission> {
      asked += 1;
      Shown.permission = answers;
      return Promise.resolve(answers);
    }
    isOpen = true;
    onclick: (() => void) | null = null;
    constructor(title: string, options: NotificationOptions) {
      shown.push(`${title} ${options.tag ?? ''} ${options.body ?? ''}`);
      clicks.push(() => this.onclick?.());
    }
    close(): void {
      this.isOpen = false;
    }
  }
  const focused = t.mock.method(document, 'hasFocus', () => false);
  Object.defineProperty(window, 'Notification', { configurable: true, value: Shown });
  window.focus = (): void => undefined;
  t.after(() => {
    focused.mock.restore();
    Reflect.deleteProperty(window, 'Notification');
  });
  return { shown, asked: () => asked, click: () => clicks.at(-1)?.() };
}

test('the browser says it only where it was asked on a click, allows it, and nobody looks', async t => {
  const { say, browser, opened } = await made(t);
  assert.equal(browser.supported, false);
  assert.equal(await browser.ask(), false);
  const page = browserThat(t, 'granted');
  browser.wanted = true;
  await say(13, { kind: 'sent', attention: true });
  assert.deepEqual([page.shown, page.asked()], [[], 0]);
  assert.equal(await browser.ask(), true);
  await say(13, { kind: 'claimed', attention: false });
  await say(13, { kind: 'released', attention: true });
  assert.deepEqual(page.shown, ['Enablement enablement-13 #13 Costs is waiting for you: remy released it']);
  page.click();
  assert.deepEqual(opened, [13]);
  t.mock.method(document, 'hasFocus', () => true);
  await say(13, { kind: 'claimed', attention: false });
  await say(13, { kind: 'released', attention: true });
  assert.equal(page.shown.length, 1);
});

test('a browser that does not allow it shows nothing', async t => {
  const { say, browser } = await made(t);
  const page = browserThat(t, 'denied');
  assert.equal(await browser.ask(), false);
  browser.wanted = true;
  await say(13, { kind: 'sent', attention: true });
  assert.deepEqual(page.shown, []);
});
