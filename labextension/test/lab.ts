/** The parts of JupyterLab that our code stands on, real ones, before a server of the test that keeps files in memory. */
import { Notification } from '@jupyterlab/apputils';
import { DocumentManager } from '@jupyterlab/docmanager';
import { ABCWidgetFactory, DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import {
  ContentsManager,
  Drive,
  KernelManager,
  KernelSpecManager,
  SessionManager,
  type ServiceManager
} from '@jupyterlab/services';
import { MessageLoop } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import type { JupyterFrontEnd } from '@jupyterlab/application';

import { FakeServer, json, problem, until } from './fakeServer';

// React draws by itself here, as in the browser.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false });

/** What Jupyter Server answers about the files of a home. */
export class Files {
  /** What each file has now, as text. */
  readonly texts = new Map<string, string>();
  /** Paths that were saved, in order. */
  readonly saved: string[] = [];
  /** Paths whose next saving is refused. */
  readonly locked = new Set<string>();

  constructor(private readonly server: FakeServer) {
    server
      .on('GET /user/dana/api/sessions', [])
      .on('GET /user/dana/api/kernels', [])
      .on('GET /user/dana/api/kernelspecs', { default: 'python3', kernelspecs: {} });
  }

  put(path: string, text: string): void {
    this.texts.set(path, text);
    const route = `/user/dana/api/contents/${path}`;
    this.server
      .on(`GET ${route}`, seen => this.read(path, seen.query.content !== '0'))
      .on(`PUT ${route}`, seen => this.write(path, (seen.body as { content: string }).content))
      .on(`GET ${route}/checkpoints`, [])
      .on(`POST ${route}/checkpoints`, () => json({ id: 'c', last_modified: '2026-11-24T12:00:00Z' }, 201));
  }

  private read(path: string, whole: boolean): Response {
    const text = this.texts.get(path);
    return text === undefined ? problem('not-found', 404) : json(model(path, whole ? text : null, hashOf(text)));
  }

  private write(path: string, text: string): Response {
    if (this.locked.has(path)) {
      return problem('forbidden', 403);
    }
    this.texts.set(path, text);
    this.saved.push(path);
    return json(model(path, null, hashOf(text)));
  }
}

function hashOf(text: string): string {
  return `hash of ${text}`;
}

function model(path: string, content: string | null, hash: string): object {
  const at = '2026-11-24T12:00:00Z';
  const name = path.split('/').at(-1);
  const format = content === null ? null : 'text';
  const times = { created: at, last_modified: at };
  return { name, path, type: 'file', mimetype: 'text/plain', writable: true, format, content, hash, ...times };
}

class TextFactory extends ABCWidgetFactory<DocumentWidget> {
  protected createNewWidget(context: DocumentRegistry.Context): DocumentWidget {
    return new DocumentWidget({ context, content: new Widget() });
  }
}

/** A main area that shows one widget at a time. */
class MainArea {
  readonly panel = new Panel();
  active: string | null = null;

  constructor() {
    Widget.attach(this.panel, document.body);
  }

  add(widget: Widget): void {
    this.panel.addWidget(widget);
  }

  widgets(area: string): IterableIterator<Widget> {
    return (area === 'main' ? this.panel.widgets : [])[Symbol.iterator]();
  }

  activateById(id: string): void {
    this.active = id;
  }

  get last(): Widget {
    const last = this.panel.widgets.at(-1);
    if (last === undefined) {
      throw new Error('Nothing was opened');
    }
    return last;
  }

  get ids(): string[] {
    return this.panel.widgets.map(widget => widget.id);
  }
}

/**
 * A lab with a main area and documents; `dispose` takes away what a person saw of it. Its lists of kernels and sessions go on
 * to be asked for until the process ends: one that is disposed while it asks rejects a promise that nobody holds.
 */
export class TestLab {
  readonly server = new FakeServer();
  readonly files = new Files(this.server);
  readonly main = new MainArea();
  readonly documents: DocumentManager;
  private readonly services: ServiceManager.IManager;
  private readonly edited: DocumentRegistry.Context[] = [];

  constructor() {
    const options = { serverSettings: this.server.settings, standby: 'never' as const };
    const kernels = new KernelManager(options);
    const contents = new ContentsManager(options);
    contents.addDrive(new Drive({ ...options, name: 'RTC' }));
    this.services = {
      contents,
      kernels,
      kernelspecs: new KernelSpecManager(options),
      sessions: new SessionManager({ ...options, kernelManager: kernels }),
      serverSettings: this.server.settings,
      isReady: true,
      ready: Promise.resolve()
    } as unknown as ServiceManager.IManager;
    const registry = new DocumentRegistry();
    registry.addWidgetFactory(new TextFactory({ name: 'Editor', fileTypes: ['*'], defaultFor: ['*'] }));
    const opener = { open: (widget: Widget) => this.main.add(widget), opened: undefined as never };
    this.documents = new DocumentManager({ registry, manager: this.services, opener });
  }

  get shell(): JupyterFrontEnd.IShell {
    return this.main as unknown as JupyterFrontEnd.IShell;
  }

  /** Opens a file as a person does; it may be named through a drive. */
  async edit(path: string): Promise<DocumentRegistry.Context> {
    const widget = this.documents.open(path);
    const context = widget === undefined ? undefined : this.documents.contextForWidget(widget);
    if (context === undefined) {
      throw new Error(`${path} was not opened`);
    }
    await context.ready;
    this.edited.push(context);
    return context;
  }

  async dispose(): Promise<void> {
    this.edited.forEach(context => (context.model.dirty = false)); // else each would ask what to do with its edits
    await this.documents.closeAll();
    this.main.panel.dispose();
    document.body.replaceChildren();
    Notification.dismiss();
  }
}

/** Replaces the text of a document, as typing does. */
export function typed(context: DocumentRegistry.Context, text: string): void {
  const { sharedModel } = context.model as DocumentRegistry.ICodeModel;
  sharedModel.updateSource(0, sharedModel.getSource().length, text);
}

/** Shows the widget and lets it draw. */
export async function drawn(widget: Widget): Promise<HTMLElement> {
  if (!widget.isAttached) {
    Widget.attach(widget, document.body);
  }
  MessageLoop.flush();
  await until(() => widget.node.querySelector('*') !== null);
  return widget.node;
}

/** Presses the element as soon as it is there and not disabled. */
export async function press(root: ParentNode, selector: string): Promise<void> {
  await until(() => root.querySelector(`${selector}:not([disabled])`) !== null);
  root.querySelector<HTMLElement>(selector)?.click();
}

/** What is said to the person now, the newest first. */
export function told(): { type: string; message: string; actions: string[] }[] {
  return Notification.manager.notifications.map(({ type, message, options }) => ({
    type,
    message,
    actions: (options.actions ?? []).map(action => action.label)
  }));
}

/** Presses a button of a notification. */
export function answer(label: string): void {
  for (const { options } of Notification.manager.notifications) {
    const action = options.actions?.find(each => each.label === label);
    if (action !== undefined) {
      action.callback(new MouseEvent('click'));
      return;
    }
  }
  throw new Error(`No notification offers: ${label}`);
}
