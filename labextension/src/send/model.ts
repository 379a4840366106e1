/** One sending, from the first look at the files to the receipt. Lives on when its dialog is closed. */
import { VDomModel } from '@jupyterlab/apputils';
import { UUID } from '@lumino/coreutils';

import type { IAnswers, ICandidates, ICheckOverride, IFinding, ILabContext, IPreflight, IProgress } from '../contract';
import type { ISent, ISubmission, ITrialRun } from '../contract';
import { ApiError, errorOfSilence, isTransient } from '../errors';
import type { GitClient } from '../git/client';
import type { IGitStatus, IGitStep } from '../contract';
import type { IEnablement } from '../tokens';
import { saveAndHash, saveIfOpen, type IOpenDocuments } from './saveDocument';
import { clearOutputs, codeCellOf } from './outputs';
import { defaultTarget, DraftStore, firstAnswers, IDraft, withKey } from './draft';
import { conceded, disputed, kept, NOTHING_SAID, saidOf, withReasons, type ISecretFinding } from './notSecrets';
import { TrialModel } from './trialModel';

export type SendPhase = 'loading' | 'failed' | 'form' | 'keeping' | 'sending' | 'sent';

export class SendModel extends VDomModel {
  phase: SendPhase = 'loading';
  error: ApiError | null = null;
  context: ILabContext | null = null;
  candidates: ICandidates | null = null;
  answers: IAnswers = { title: '' };
  target: ISubmission | null = null;
  files = new Set<string>();
  notSecrets = NOTHING_SAID;
  progress: IProgress | null = null;
  sent: ISent | null = null;
  /** How the notebook's folder stands in Git; null where nothing can be said. */
  git: IGitStatus | null = null;
  /** What the checks found; null before they have said, and where they cannot. */
  preflight: IPreflight | null = null;
  checking = false;
  /** What is being done before sending. */
  step: IGitStep | null = null;
  /** True when an earlier try of this notebook ended without a receipt. */
  interrupted = false;

  /** What became of trying it before it is sent. */
  readonly trial: TrialModel;

  private readonly reasons = new Map<string, string>();
  private checks = 0;
  private pending: IDraft['pending'] = null;
  private filesTouched = false;
  private readonly drafts: DraftStore;

  /** `path` is the notebook's in the home, without a drive. */
  constructor(
    readonly path: string,
    private readonly options: SendModel.IOptions
  ) {
    super();
    this.drafts = options.drafts;
    this.trial = new TrialModel(path, options.enablement.client);
    this.trial.stateChanged.connect(() => this.stateChanged.emit());
  }

  override dispose(): void {
    this.trial.dispose();
    super.dispose();
  }

  /** Whether something is under way that goes on when its dialog is closed. */
  get isSending(): boolean {
    return this.phase === 'sending' || this.phase === 'keeping';
  }

  /** Tells when the service is back. */
  get feed(): IEnablement['feed'] {
    return this.options.enablement.feed;
  }

  /** Saves the notebook and asks what could go with it. */
  async load(): Promise<void> {
    this.update({ phase: 'loading', error: null });
    try {
      await saveIfOpen(this.path, this.options.open);
      const [context, candidates, draft, git] = await Promise.all([
        this.options.enablement.context(),
        this.options.enablement.client.candidates(this.path),
        this.drafts.load(this.path),
        this.options.git.status(this.path).catch(() => null)
      ]);
      this.git = git;
      this.begin(context, candidates, draft);
    } catch (reason) {
      this.update({ phase: 'failed', error: errorOfSilence(reason) });
    }
  }

  answer(part: Partial<IAnswers>): void {
    this.answers = { ...this.answers, ...part };
    this.keep();
  }

  choose(target: ISubmission | null): void {
    this.target = target;
    this.stateChanged.emit();
  }

  tick(path: string, on: boolean): void {
    this.files = new Set(this.files);
    this.filesTouched = true;
    if (on) {
      this.files.add(path);
    } else {
      this.files.delete(path);
    }
    this.keep();
    void this.check();
  }

  /** Whether a file is among those that can be sent. */
  canAdd(path: string): boolean {
    return this.candidates?.files.some(file => file.path === path && file.problem === null) ?? false;
  }

  /** Whether the outputs of the finding's cell can be cleared here: the notebook is open. */
  canClear(finding: IFinding): boolean {
    return codeCellOf(finding, this.options.open.contextAt(this.path)) !== null;
  }

  /** Clears them, saves, and checks again. */
  async clearOutput(finding: IFinding): Promise<void> {
    const cell = codeCellOf(finding, this.options.open.contextAt(this.path));
    if (cell !== null) {
      clearOutputs(cell);
      await saveIfOpen(this.path, this.options.open).catch((error: unknown) =>
        this.update({ error: errorOfSilence(error) })
      );
      await this.check();
    }
  }

  /** The reason that was given for sending all the same. */
  reasonFor(finding: IFinding): string {
    return this.reasons.get(placeOf(finding)) ?? '';
  }

  override(finding: IFinding, reason: string): void {
    this.reasons.set(placeOf(finding), reason);
    this.stateChanged.emit();
  }

  /** What is in the way of sending, as far as it is known here. */
  get stopping(): IFinding[] {
    const blocks = this.preflight?.findings.filter(finding => finding.level === 'block') ?? [];
    return blocks.filter(finding => !this.isAnswered(finding));
  }

  /** Whether the author gave a reason that lets it go on: for sending all the same, or why it is no secret. */
  isAnswered(finding: IFinding): boolean {
    return (finding.overridable && this.reasonFor(finding).trim() !== '') || saidOf(this.notSecrets, finding);
  }

  /** Asks the checks; the last answer wins. What they cannot say is no reason not to send: the service asks them again. */
  async check(): Promise<void> {
    const check = ++this.checks;
    this.update({ checking: true });
    const preflight = await this.options.enablement.client
      .preflight(this.path, [...this.files].sort())
      .catch(() => this.preflight);
    if (check === this.checks && !this.isDisposed) {
      this.update({ preflight, checking: false });
    }
  }

  /** Says of a finding that it is no secret; without a reason it is not sent. */
  dispute(finding: ISecretFinding, reason: string): void {
    this.notSecrets = disputed(this.notSecrets, finding, reason);
    this.keep();
  }

  /** Takes that back. */
  concede(finding: ISecretFinding): void {
    this.notSecrets = conceded(this.notSecrets, finding);
    this.keep();
  }

  /** Sends; on failure everything stays, and the next call is the same intent with the same key. */
  async send(): Promise<void> {
    if (this.phase === 'sending' || this.answers.title.trim() === '') {
      return;
    }
    this.update({ phase: 'sending', error: null, progress: null });
    try {
      const sha256 = await saveAndHash(this.path, this.options.open);
      this.pending = withKey(this.intent(sha256), this.pending, () => UUID.uuid4());
      await this.store();
      const sent = await this.options.enablement.client.send(this.pending, progress => this.update({ progress }));
      await this.drafts.remove(this.path);
      this.pending = null;
      this.update({ phase: 'sent', sent });
    } catch (reason) {
      await this.failed(errorOfSilence(reason));
    }
  }

  /** Has exactly what would be sent run before it is. */
  async tryClean(): Promise<void> {
    if (this.phase !== 'form' || this.trial.isOpen) {
      return;
    }
    await this.trial.start(async () => {
      const sha256 = await saveAndHash(this.path, this.options.open);
      return { key: UUID.uuid4(), ...this.intent(sha256) };
    });
    void this.check();
  }

  /** Whether what would be sent now is known to be another than what was tried. */
  changedSince(run: ITrialRun): boolean {
    const content = this.preflight?.content ?? null;
    return !this.checking && content !== null && content !== run.content;
  }

  /** Keeps and pushes a version of the folder, then sends. A failure of the first ends it, and the form says why. */
  async keepAndSend(): Promise<void> {
    if (this.phase !== 'form' || this.git === null || this.answers.title.trim() === '') {
      return;
    }
    this.update({ phase: 'keeping', error: null, step: null });
    try {
      await saveIfOpen(this.path, this.options.open);
      const { folder } = this.git;
      const receipt = await this.options.git.save(folder, '', step => this.update({ step }));
      this.git = await this.options.git.status(this.path).catch(() => null);
      if (receipt.problem !== null) {
        throw new ApiError({ code: 'not-pushed', detail: receipt.problem.detail, status: 0 });
      }
    } catch (reason) {
      this.update({ phase: 'form', error: errorOfSilence(reason) });
      return;
    }
    await this.send();
  }

  private begin(context: ILabContext, candidates: ICandidates, draft: IDraft | null): void {
    const known = new Set(candidates.files.filter(file => file.problem === null).map(file => file.path));
    const offered = candidates.files.filter(file => file.selected).map(file => file.path);
    this.filesTouched = draft !== null && draft.files !== null;
    this.pending = draft?.pending ?? null;
    this.update({
      phase: 'form',
      context,
      candidates,
      answers: firstAnswers(draft, candidates),
      target: defaultTarget(candidates),
      files: new Set((draft?.files ?? offered).filter(path => known.has(path))),
      notSecrets: draft?.notSecrets ?? NOTHING_SAID,
      interrupted: this.pending !== null
    });
    void this.check();
    void this.trial.load();
  }

  private intent(sha256: string): Omit<NonNullable<IDraft['pending']>, 'key'> {
    const overrides = this.overrides();
    const said = withReasons(this.notSecrets);
    return {
      path: this.path,
      sha256,
      answers: { ...this.answers, title: this.answers.title.trim() },
      files: [...this.files].sort(),
      submission: this.target?.number ?? null,
      stamp: this.target?.stamp ?? null,
      ...(overrides.length > 0 ? { overrides } : {}),
      ...(said === null ? {} : { not_secrets: said })
    };
  }

  private overrides(): ICheckOverride[] {
    const given = new Map<string, ICheckOverride>();
    for (const finding of this.preflight?.findings ?? []) {
      const reason = this.reasonFor(finding).trim();
      if (finding.overridable && reason !== '') {
        given.set(placeOf(finding), { check: finding.code, cell: finding.cell, reason });
      }
    }
    return [...given.values()];
  }

  private async failed(error: ApiError): Promise<void> {
    // A refusal is an answer: nothing of that request is under way, and the next one is another intent.
    if (!isTransient(error) && error.code !== 'not-saved') {
      this.pending = null;
    }
    const notSecrets = error.code === 'secret-found' ? kept(this.notSecrets, error) : this.notSecrets;
    this.update({ phase: 'form', error, notSecrets });
    await this.store();
    if (error.code === 'stale-stamp' && this.target !== null) {
      const number = this.target.number;
      const fresh = await this.options.enablement.client.submission(number).catch(() => null);
      if (fresh !== null) {
        this.update({ target: fresh });
      }
    }
  }

  private keep(): void {
    this.stateChanged.emit();
    void this.store();
  }

  private async store(): Promise<void> {
    const files = this.filesTouched ? [...this.files] : null;
    await this.drafts.save(this.path, {
      answers: this.answers,
      files,
      pending: this.pending,
      notSecrets: this.notSecrets
    });
  }

  private update(part: Partial<SendModel>): void {
    Object.assign(this, part);
    this.stateChanged.emit();
  }
}

/** Overrides are about a check and a cell, as the service reads them. */
function placeOf(finding: IFinding): string {
  return `${finding.code} ${finding.cell ?? ''}`;
}

export namespace SendModel {
  export interface IOptions {
    enablement: IEnablement;
    open: IOpenDocuments;
    drafts: DraftStore;
    git: GitClient;
  }
}
