/** The shapes of both HTTP contracts under the names the extension uses; all of them are generated. */
import type { components as Lab } from './generated/lab';
import type { components as Service, operations } from './generated/service';

type LabSchemas = Lab['schemas'];
type ServiceSchemas = Service['schemas'];

// The review service.
export type IProblem = Pick<ServiceSchemas['Problem'], 'code' | 'detail' | 'status' | 'facts'>;
export type IMe = ServiceSchemas['Me'];
export type IHolds = ServiceSchemas['Holds'];
export type ICounters = ServiceSchemas['Counters'];
export type ISubmission = ServiceSchemas['Submission'];
export type ISubmissionDetail = ServiceSchemas['SubmissionDetail'];
export type ISubmissionPage = ServiceSchemas['Page'];
export type IFoundPage = ServiceSchemas['FoundPage'];
export type IFound = IFoundPage['items'][number];
export type IExcerpt = ServiceSchemas['Excerpt'];
export type ISearchFilter = ServiceSchemas['SearchFilter'];
export type ISavedSearch = ServiceSchemas['SavedSearch'];
export type IVersion = ServiceSchemas['Version'];
export type IAnswers = ServiceSchemas['Answers'];
export type IGit = NonNullable<ServiceSchemas['Git']>;
export type IDecision = ServiceSchemas['Decision'];
export type IRequirement = ServiceSchemas['Requirement'];
export type INotebookView = ServiceSchemas['NotebookView'];
export type ICellView = ServiceSchemas['CellView'];
export type IOutputView = ServiceSchemas['OutputView'];
export type IThread = ServiceSchemas['Thread'];
export type IAnchor = IThread['anchor'];
export type IFile = ServiceSchemas['File'];
export type IDifference = ServiceSchemas['Difference'];
export type IComparedVersions = ServiceSchemas['ComparedVersions'];
export type ICellDifference = ServiceSchemas['CellDifference'];
export type IOutputDifference = ServiceSchemas['OutputDifference'];
export type IFileDifference = ServiceSchemas['FileDifference'];
export type IValueDifference = ServiceSchemas['ValueDifference'];
export type ITableComparison = ServiceSchemas['TableComparison'];
export type IDifferenceLine = ServiceSchemas['DifferenceLine'];
export type Standing = ServiceSchemas['Standing'];
export type IOutputFinding = IOutputDifference['findings'][number];
export type ISeen = ServiceSchemas['Seen'];
export type IMarkSeen = ServiceSchemas['MarkSeen'];
export type IWorkingDifference = LabSchemas['WorkingDifference'];
export type IReleaseComparison = ServiceSchemas['ReleaseComparison'];
export type IComment = ServiceSchemas['Comment'];
export type ICommentHistory = ServiceSchemas['CommentHistory'];
export type IDraft = ServiceSchemas['Draft'];
export type IDraftRef = ServiceSchemas['DraftRef'];
export type INewDraft = ServiceSchemas['NewDraft'];
export type IPlacedDraft = ServiceSchemas['PlacedDraft'];
export type ISuggestedSource = ServiceSchemas['SuggestedSource'];
export type ISuggestion = ServiceSchemas['Suggestion'];
export type ISuggestionPlan = LabSchemas['SuggestionPlan'];
export type ISuggestionApplication = ISuggestionPlan['applications'][number];
export type ISuggestionCell = LabSchemas['SuggestionQuestion']['cells'][number];
export type IEvent = ServiceSchemas['Event'];
export type IConfirmed = NonNullable<IEvent['confirmed']>;
export type IChange = ServiceSchemas['Change'];
export type IReceipt = ServiceSchemas['Receipt'];
export type State = ISubmission['state'];
export type Stage = NonNullable<ISubmission['stage']>;
export type HandedOver = NonNullable<ISubmission['handed_over']>;
export type Verdict = IDecision['verdict'];
export type FallReason = NonNullable<IDecision['fallen']>['reason'];
export type Risk = ServiceSchemas['Risk'];
export type RequirementState = IRequirement['state'];
export type ChangeKind = IVersion['changes'][number];
export type PlacedState = IThread['placed']['state'];
export type IListQuery = NonNullable<operations['listSubmissions']['parameters']['query']>;
export type ISearchQuery = NonNullable<operations['searchSubmissions']['parameters']['query']>;
export type ListFilter = NonNullable<IListQuery['filter']>;

// Checks.
export type IFinding = ServiceSchemas['Finding'];
export type ITakenOut = ServiceSchemas['TakenOut'];
export type IVersionChecks = ServiceSchemas['VersionChecks'];
export type ICheckOverride = ServiceSchemas['CheckOverride'];
export type IPreflight = LabSchemas['Preflight'];

// Re-runs.
export type IRerun = ServiceSchemas['Rerun'];
export type IRerunVerdict = ServiceSchemas['RerunVerdict'];
export type IRerunCell = ServiceSchemas['RerunCell'];
export type ITrial = ServiceSchemas['Trial'];
export type ITrialRun = ServiceSchemas['TrialRun'];
export type TryLine = LabSchemas['TryLine'];
export type RunVerdict = IRerunCell['verdict'];

// Images and package requests.
export type IRelease = ServiceSchemas['Release'];
export type IReleaseDetail = ServiceSchemas['ReleaseDetail'];
export type IReleaseChanges = ServiceSchemas['ReleaseChanges'];
export type IPackage = IReleaseDetail['packages'][number];
export type IPackageChange = ServiceSchemas['PackageChange'];
export type IPackageRequest = ServiceSchemas['PackageRequest'];
export type IPackageRequestPage = ServiceSchemas['PackageRequests'];
export type ISolverAnswer = IPackageRequest['solver'];
export type PackageRequestState = IPackageRequest['state'];
export type INewPackageRequest = Required<
  NonNullable<operations['askForPackage']['requestBody']>['content']['application/json']
>;
export type ImageRelation = ServiceSchemas['ReleaseComparison']['relation'];
export type IRecordedImage = LabSchemas['RecordedImage'];
export type IServerImage = LabSchemas['ServerImage'];
export type INotebookImage = LabSchemas['NotebookImage'];
export type IDrift = LabSchemas['Drift'];

// Sending.
export type ILabContext = LabSchemas['Context'];
export type ICandidates = LabSchemas['Candidates'];
export type ICandidate = LabSchemas['Candidate'];
export type IFileUse = LabSchemas['FileUse'];
export type IMissingFile = LabSchemas['MissingFile'];
export type CandidateProblem = LabSchemas['CandidateProblem'];
export type ISendRequest = LabSchemas['SendRequest'];
export type INotSecret = ServiceSchemas['NotSecret'];
export type INotSecrets = NonNullable<ServiceSchemas['NotSecrets']>;
export type IProgress = LabSchemas['Progress'];
export type ISent = LabSchemas['SentLine'];
export type SendLine = LabSchemas['SendLine'];

// Git.
export type IGitPlan = LabSchemas['GitPlan'];
export type IGitRepository = LabSchemas['GitRepositories']['items'][number];
export type IGitCopied = LabSchemas['GitCopied'];
export type GitCopiedLine = LabSchemas['GitCopiedLine'];
export type IGitStatus = LabSchemas['GitStatus'];
export type IGitStep = LabSchemas['GitStep'];
export type IGitReceipt = LabSchemas['GitReceipt'];
export type IGitChanges = LabSchemas['GitChanges'];
export type IHeldFile = LabSchemas['HeldFile'];
export type SecretRule = LabSchemas['SecretRule'];
export type IGitRefusal = LabSchemas['GitRefusal'];
export type IGitUndone = LabSchemas['GitUndone'];
export type IGitHistory = LabSchemas['GitHistory'];
export type IGitVersion = LabSchemas['GitVersion'];
export type IGitVersionContent = LabSchemas['GitVersionContent'];
export type IDiffCell = LabSchemas['DiffCell'];
export type IGitBackup = LabSchemas['GitBackup'];
export type IGitRestored = LabSchemas['GitRestored'];
export type GitGot = LabSchemas['GitGot'];
export type GitReceiptLine = LabSchemas['GitReceiptLine'];
export type GitGotLine = LabSchemas['GitGotLine'];
export type ISaveVersionRequest = LabSchemas['SaveVersionRequest'];
export type IGitConflicts = LabSchemas['GitConflicts'];
export type IConflictedNotebook = LabSchemas['ConflictedNotebook'];
export type IConflict = LabSchemas['Conflict'];
export type IConflictCell = LabSchemas['ConflictCell'];
export type ConflictChoice = LabSchemas['ConflictChoice'];
/** By notebook and conflict; null for a notebook takes theirs and keeps mine as a copy. */
export type ConflictChoices = LabSchemas['ResolveConflictsRequest']['choices'];
