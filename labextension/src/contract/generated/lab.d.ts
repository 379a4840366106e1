// Generated from enablement_ext/lab/openapi.yaml by `jlpm contract`; not edited by hand.
export interface paths {
    "/enablement/context": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who and where; answers without a hub, too */
        get: operations["context"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be sent with a notebook */
        get: operations["candidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/preflight": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What checks find in a notebook before it is sent, and what of its outputs would not be kept; answers without a hub, too */
        post: operations["preflight"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a notebook; progress, then exactly one receipt or problem */
        post: operations["send"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have what would be sent run before it is; progress, then exactly one trial or problem
         * @description Answers, submission and stamp do not go along. While a trial of the notebook is queued or running, that one is answered
         */
        post: operations["try"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/difference": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What differs between a version that was sent and the notebook as it is on disk now */
        get: operations["workingDifference"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/suggestions/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What applying suggested edits to a notebook would do; nothing is written */
        post: operations["planSuggestions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/api/v1/{rest}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description a path of the review service's contract below `/api/v1/`, with its query */
                rest: string;
            };
            cookie?: never;
        };
        /** Pass a question on to the review service; files and `events` in pieces */
        get: operations["serviceGet"];
        put?: never;
        /** Pass an action on to the review service, except bundles */
        post: operations["servicePost"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/images/here": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The image this server runs, and packages that are not as the image has them; answers without a hub, too */
        get: operations["imageHere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/images/notebook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The image a notebook recorded at its last save, and how it compares with this server's */
        get: operations["imageOfNotebook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What setting up Git would do in a folder; nothing is written */
        get: operations["gitPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The state of a folder, or of the repository it lies in */
        get: operations["gitStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do what the plan says; steps, then exactly one receipt or problem */
        post: operations["gitApply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/repair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do again what is missing; lines as with `apply` */
        post: operations["gitRepair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/repositories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Repositories that I may use, with the folder where a copy is or would be put */
        get: operations["gitRepositories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/copy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get a copy of a repository, set up; steps, then exactly one `copied` or problem */
        post: operations["gitCopy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/save-version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Commit what changed and push it; lines as with `apply` */
        post: operations["gitSaveVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the set-up back */
        post: operations["gitUndo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Files that would go into the next version, and those that stay out */
        get: operations["gitChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Versions of a file, newest first */
        get: operations["gitHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file in a version, and what differs from it now */
        get: operations["gitVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a file back as it was in a version; what it is now is kept first */
        post: operations["gitRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/colleagues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Fetch and merge what others pushed; steps, then exactly one `got` or problem */
        post: operations["gitColleagues"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/clashes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Notebooks that both sides changed in the same place, cell by cell */
        get: operations["gitConflicts"];
        put?: never;
        /** Finish the merge with these choices */
        post: operations["gitResolveConflicts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enablement/git/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Notebooks whose versions have results of cells */
        get: operations["gitResults"];
        put?: never;
        /** Take the results out in one version; the files keep theirs */
        post: operations["gitKeepResultsOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description what identifies the release of an image, as a notebook's metadata records it */
        RecordedImage: {
            slug: string;
            release: string;
            /** @description "" where it is not known */
            digest: string;
        };
        Context: {
            user: string;
            /** @description whether there is a review service */
            service: boolean;
            /** @description path or address of the review service as a browser reaches it */
            public_url: string;
            image: components["schemas"]["RecordedImage"] | null;
            stages: ("exploration" | "active_research" | "model_development" | "production" | "launch_and_maintenance")[];
            checklist: {
                key: string;
                label: string;
            }[];
            limits: {
                files: number;
                bytes: number;
            };
            /** @description whether the tour is shown to who has not seen it */
            tour: boolean;
        };
        Candidate: {
            path: string;
            size: number;
            /** @enum {string} */
            role: "module" | "data" | "other";
            use: components["schemas"]["FileUse"];
            /** @description whether it goes in unless the author says otherwise */
            selected: boolean;
            problem: components["schemas"]["CandidateProblem"] | null;
        };
        /** @description where the code uses a file, a cell of the notebook or another file */
        UsePlace: {
            /** @description its number */
            cell?: number;
            file?: string;
            /** @description of `imported`: with its leading dots */
            module?: string;
            /** @description of `read`: a function */
            by?: string;
        };
        /** @description why a file is offered */
        FileUse: {
            /** @enum {string} */
            code: "imported" | "read" | "run" | "named" | "written";
            facts: components["schemas"]["UsePlace"];
        };
        /** @description a path that will not be there for others */
        MissingFile: {
            /** @description as it stands in the code */
            path: string;
            /** @enum {string} */
            code: "absolute" | "outside" | "gone";
            facts: components["schemas"]["UsePlace"];
        };
        /** @description why a file cannot be sent */
        CandidateProblem: {
            /** @enum {string} */
            code: "not-relative" | "control-characters" | "backslash" | "not-normal" | "not-on-windows" | "odd-part" | "in-git" | "too-long" | "too-large";
            facts: {
                /** @description made printable; of all but `too-large` */
                path?: string;
                /** @description of `too-large`: the limit */
                bytes?: number;
            };
        };
        Candidates: {
            notebook: {
                path: string;
                size: number;
                sha256: string;
            };
            /** @description to begin with */
            title: string;
            files: components["schemas"]["Candidate"][];
            missing: components["schemas"]["MissingFile"][];
            git: components["schemas"]["Git"];
            /** @description earlier submissions of this notebook, living ones first */
            previous: components["schemas"]["Submission"][];
            /** @description what the author wrote the last time */
            answers: components["schemas"]["Answers"] | null;
        };
        SendRequest: {
            /** @description one intent, one key */
            key: string;
            /** @description of a notebook */
            path: string;
            /** @description of the file as the browser saw it saved */
            sha256: string;
            answers: components["schemas"]["Answers"];
            files: string[];
            /** @description the submission that gets a new version */
            submission: number | null;
            /** @description the stamp of it that was seen */
            stamp: number | null;
            overrides?: components["schemas"]["CheckOverride"][];
            not_secrets?: components["schemas"]["NotSecrets"];
        };
        PreflightRequest: {
            /** @description of a notebook */
            path: string;
            /** @description that the author has chosen to send with it */
            files: string[];
        };
        Preflight: {
            /** @description a name for notebook and chosen files as they are on disk, as of a trial; null where one cannot be read */
            content: string | null;
            /** @description the version of the hub's rules, empty where it has none of its own; null where they cannot be asked for now */
            policy: string | null;
            /** @description what blocks first */
            findings: components["schemas"]["Finding"][];
            /** @description what would not be kept of the outputs */
            taken_out: components["schemas"]["TakenOut"][];
        };
        Progress: {
            /** @enum {string} */
            phase: "reading" | "sending" | "waiting";
            bytes: number;
            total: number;
        };
        ProgressLine: {
            progress: components["schemas"]["Progress"];
        };
        ProblemLine: {
            problem: components["schemas"]["Problem"];
        };
        /** @description the old side is the version, the new side what is on disk */
        WorkingDifference: {
            submission: number;
            version: number;
            path: string;
            difference: components["schemas"]["Difference"];
            /** @description those cells of the file that differ, big outputs cut */
            cells: components["schemas"]["CellView"][];
        };
        SuggestionQuestion: {
            submission: number;
            /** @description whose suggestions, one after another; null: all that are open */
            threads: number[] | null;
            /** @description the cells of the notebook as it is edited, in order */
            cells: {
                id: string;
                cell_type: string;
                source: string;
            }[];
        };
        SuggestionPlan: {
            applications: {
                thread: number;
                /**
                 * @description `merged`: the cell was changed elsewhere. Nothing is written for a `conflict` (both changed the same place), `gone` (no such cell, or of another type) and `ambiguous` (several cells hold the same, and nothing says which was meant)
                 * @enum {string}
                 */
                outcome: "fits" | "merged" | "already_in" | "conflict" | "gone" | "ambiguous";
                /** @description place of the cell */
                cell: number | null;
                /** @description the source that it was made on */
                base: string;
                /** @description the source before this one is applied, after those before it */
                mine: string | null;
                /** @description the source that is suggested */
                theirs: string;
                /** @description the source after it */
                result: string | null;
            }[];
            /** @description the cells that change, with the source after all that fit */
            sources: {
                cell: number;
                source: string;
            }[];
        };
        SentLine: {
            receipt: components["schemas"]["Receipt"];
            /** @description whether an earlier request with this key had it already */
            replayed: boolean;
        };
        TriedLine: {
            trial: components["schemas"]["Trial"];
        };
        TryLine: components["schemas"]["ProgressLine"] | components["schemas"]["TriedLine"] | components["schemas"]["ProblemLine"];
        SendLine: components["schemas"]["ProgressLine"] | components["schemas"]["SentLine"] | components["schemas"]["ProblemLine"];
        Drift: {
            name: string;
            /** @enum {string} */
            kind: "shadows" | "replaced" | "added" | "missing";
            version: string | null;
            locked: string | null;
            /** @enum {string} */
            place: "image" | "home" | "path";
        };
        ServerImage: {
            image: components["schemas"]["RecordedImage"] | null;
            python: string;
            /** @description as the catalog has it */
            release: components["schemas"]["ReleaseDetail"] | null;
            /** @description whether the catalog cannot be asked now */
            away: boolean;
            drift: components["schemas"]["Drift"][];
            drift_total: number;
        };
        NotebookImage: {
            recorded: components["schemas"]["RecordedImage"] | null;
            compared: components["schemas"]["ReleaseComparison"] | null;
            /** @description that the notebook imports */
            packages: string[];
        };
        /**
         * @description the rule that found a secret
         * @enum {string}
         */
        SecretRule: "aws-access-key" | "github-token" | "gitlab-token" | "slack-token" | "slack-webhook" | "google-api-key" | "google-oauth" | "stripe-key" | "pypi-token" | "npm-token" | "huggingface-token" | "anthropic-key" | "openai-key" | "databricks-token" | "sendgrid-key" | "digitalocean-token" | "azure-storage-key" | "azure-sas" | "json-web-token" | "private-key" | "url-password" | "password" | "key" | "bearer-token";
        HeldFile: {
            path: string;
            /**
             * @description why it stays out
             * @enum {string}
             */
            code: "name" | "keys" | "data" | "kind" | "size" | "credential" | "link" | "unreadable" | "results" | "count";
            facts: {
                /** @description of `size`: the limit */
                megabytes?: number;
                /**
                 * @description of `results`: why they cannot be taken out of this notebook
                 * @enum {string}
                 */
                why?: "not-utf8" | "conflict-marks" | "not-json" | "not-a-notebook" | "old-format" | "doubled-name" | "number" | "too-deep";
                /** @description of `count`: how many files are looked at */
                limit?: number;
                /** @description of `count`: how many more there are */
                others?: number;
                rule?: components["schemas"]["SecretRule"];
            };
        };
        /** @description why nothing is set up, or why a button does not act in this repository */
        GitRefusal: {
            /** @enum {string} */
            code: "no-git" | "no-folder" | "home" | "name" | "inside" | "nested" | "odd" | "busy" | "other-remote" | "unwritable" | "no-space" | "permission" | "git-config";
            facts: {
                /** @description of `nested`: the first one, relative to the folder; null where its name is odd */
                repository?: string | null;
                /**
                 * @description of `odd`: what about the repository is not understood
                 * @enum {string}
                 */
                shape?: "elsewhere" | "borrows" | "unreadable" | "operation" | "detached" | "submodules" | "worktrees" | "converted" | "sparse" | "shallow" | "partial" | "signed" | "branch" | "other-remote" | "setting" | "locked";
                /** @description of `setting`: the first key of its configuration that is not known */
                setting?: string;
                /** @description of `converted`: the filter, or the attribute that converts files */
                filter?: string;
                /** @description of `converted`: the first file it is about */
                path?: string;
                /** @description of `branch`: its name */
                branch?: string;
                /** @description of `locked`: the file in `.git` */
                lock?: string;
                /** @description of `permission`: a sentence that says whom to ask */
                ask?: string;
                /**
                 * @description of `locked`: whether a Git runs that holds it
                 * @enum {string}
                 */
                held?: "nobody" | "running" | "unknown";
                /** @description of `git-config`: the file, as people write its name */
                file?: string;
                /**
                 * @description of `git-config`: why the line that the set-up needs cannot go into the author's own configuration of Git
                 * @enum {string}
                 */
                problem?: "broken" | "unreadable" | "unwritable" | "ignored";
                /** @description of `git-config`: the line that Git does not understand, where it is known */
                line?: number;
                /** @description of `busy`: `merge`, `rebase`, … that is not finished */
                operation?: string;
            };
        };
        GitPlan: {
            folder: string;
            url: string;
            /**
             * @description whose the repository is
             * @enum {string}
             */
            space: "user" | "group";
            /** @description its name as people read it, `dana / churn` */
            repository: string;
            /**
             * @description what I may do with it; null where the service does not say
             * @enum {string|null}
             */
            access: "none" | "read" | "write" | null;
            /** @description a sentence that says who can give more, "" where that is not known */
            ask: string;
            /** @description my groups that may have repositories */
            groups: string[];
            /** @description where its owner says who may use it */
            page: string;
            possible: boolean;
            steps: {
                /** @enum {string} */
                key: "configure" | "forge" | "prepare" | "commit" | "push" | "verify";
                facts: {
                    /** @description of `forge`: whether the group has a repository of this name already */
                    shared?: boolean;
                    /** @description of `prepare`: whether the author's own repository is connected */
                    existing?: boolean;
                    /** @description of `commit`: how many go in */
                    files?: number;
                    /** @description of `commit`: whether there is none before */
                    first?: boolean;
                };
                /** @description whether nothing is left to do */
                done: boolean;
            }[];
            kept: string[];
            held: components["schemas"]["HeldFile"][];
            refusals: components["schemas"]["GitRefusal"][];
        };
        GitStatus: {
            folder: string;
            /**
             * @description `ours` and `adopted` are set up, `theirs` is somebody else's repository, `inside` lies in one
             * @enum {string}
             */
            standing: "none" | "ours" | "adopted" | "theirs" | "inside";
            branch: string;
            changed: string[];
            /** @description what a version would not take though somebody would think so: what is in the last one, and notebooks */
            held: components["schemas"]["HeldFile"][];
            /** @description commits that are not on the server */
            unpushed: number;
            /** @description to begin with */
            message: string;
            page: string | null;
            /** @description why the buttons do not act in this repository; null where it is understood */
            shape: components["schemas"]["GitRefusal"] | null;
            /** @description its name as people read it, where the folder is set up */
            repository: string | null;
            /**
             * @description what I may do with the repository, as the service said within the last minute; null where it did not say
             * @enum {string|null}
             */
            access: "none" | "read" | "write" | null;
            /** @description who can give more, as a sentence; empty where nobody said */
            ask: string;
        };
        GitRepositories: {
            items: {
                path: string;
                /** @enum {string} */
                space: "user" | "group";
                owner: string;
                name: string;
                /** @enum {string} */
                access: "none" | "read" | "write";
                /** @description it is there since something that was sent from it waits for reviewers, of whom I am one */
                for_review: boolean;
                /** @description a folder of mine that is a copy already */
                here: string | null;
                /** @description where a copy would be put */
                folder: string;
            }[];
        };
        GitCopied: {
            folder: string;
            /** @description its name as people read it */
            repository: string;
            /** @description "" where there is no version yet */
            commit: string;
            branch: string;
            /** @enum {string|null} */
            access: "none" | "read" | "write" | null;
        };
        /** @description a line of what the server answers while it gets a copy */
        GitCopiedLine: components["schemas"]["GitStepLine"] | {
            copied: components["schemas"]["GitCopied"];
        } | components["schemas"]["ProblemLine"];
        GitStep: {
            /** @enum {string} */
            key: "configure" | "forge" | "prepare" | "commit" | "push" | "verify" | "fetch" | "join";
            /** @enum {string} */
            state: "running" | "done" | "waiting";
        };
        GitStepLine: {
            step: components["schemas"]["GitStep"];
        };
        GitReceipt: {
            folder: string;
            commit: string;
            /** @description the branch that it is on, here and on the server */
            branch: string;
            url: string;
            page: string;
            /** @description whether the server has it */
            published: boolean;
            /** @description why it is not published */
            problem: components["schemas"]["Problem"] | null;
            kept: string[];
            held: components["schemas"]["HeldFile"][];
        };
        GitReceiptLine: components["schemas"]["GitStepLine"] | {
            receipt: components["schemas"]["GitReceipt"];
        } | components["schemas"]["ProblemLine"];
        GitUndone: {
            folder: string;
            /** @constant */
            undone: true;
            /** @description a Git bundle beside the folder with the versions that the server does not have; left out where it has all */
            kept?: string;
        };
        GitChangedFile: {
            path: string;
            /** @enum {string} */
            state: "new" | "changed" | "deleted";
        };
        GitChanges: {
            folder: string;
            branch: string;
            unpushed: number;
            files: components["schemas"]["GitChangedFile"][];
            held: components["schemas"]["HeldFile"][];
            /** @description to begin with */
            message: string;
        };
        SaveVersionRequest: {
            /** @description a folder */
            path: string;
            /** @description made from the files where it is empty */
            message?: string;
            /** @description those of the changed ones that go in; left out, all do */
            files?: string[] | null;
        };
        GitVersion: {
            commit: string;
            /** Format: date-time */
            at: string;
            who: string;
            message: string;
            pushed: boolean;
            summary: components["schemas"]["GitVersionSummary"];
        };
        /** @description what a version changed */
        GitVersionSummary: {
            /** @enum {string} */
            code: "new" | "removed" | "changed" | "unchanged" | "cells" | "settings";
            /** @description of `cells`, how many */
            facts: {
                changed?: number;
                added?: number;
                removed?: number;
            };
        };
        GitHistory: {
            folder: string;
            path: string;
            versions: components["schemas"]["GitVersion"][];
            /** @description whether there are older ones */
            more: boolean;
        };
        DiffCell: {
            /** @enum {string} */
            state: "same" | "changed" | "added" | "removed";
            /** @description the type of the cell */
            kind: string;
            lines: [
                " " | "-" | "+",
                string
            ][];
            /** @description whether there are more lines */
            cut: boolean;
        };
        GitVersionContent: {
            commit: string;
            path: string;
            /** @description the file in that version */
            cells: components["schemas"]["DiffCell"][];
            /** @description from that version to the file as it is */
            compared: components["schemas"]["DiffCell"][];
            /** @description whether going back drops results that no version has */
            results: boolean;
        };
        RestoreRequest: {
            path: string;
            commit: string;
        };
        GitBackup: {
            path: string;
            /** @description the path of the copy */
            copy: string;
        };
        GitRestored: {
            path: string;
            /** @description the version that has what it was before, "" where a copy has it */
            kept: string;
            aside: components["schemas"]["GitBackup"][];
        };
        /** @description nothing was changed; these notebooks are to be settled */
        GitConflicted: {
            /** @constant */
            state: "clash";
            folder: string;
            notebooks: string[];
        };
        GitMerged: {
            /** @enum {string} */
            state: "got" | "nothing";
            folder: string;
            commit: string;
            /** @description that are new or different */
            files: string[];
            aside: components["schemas"]["GitBackup"][];
            /** @description why the merge is not pushed */
            problem: components["schemas"]["Problem"] | null;
        };
        GitGot: components["schemas"]["GitConflicted"] | components["schemas"]["GitMerged"];
        GitGotLine: components["schemas"]["GitStepLine"] | {
            got: components["schemas"]["GitGot"];
        } | components["schemas"]["ProblemLine"];
        ConflictCell: {
            kind: string;
            text: string;
        };
        Conflict: {
            key: string;
            mine: components["schemas"]["ConflictCell"] | null;
            theirs: components["schemas"]["ConflictCell"] | null;
        };
        MergedCell: {
            cell: components["schemas"]["ConflictCell"];
        };
        ConflictedNotebook: {
            path: string;
            /** @description how many */
            clashes: number;
            /** @description the cells in their order */
            items: (components["schemas"]["MergedCell"] | components["schemas"]["Conflict"])[];
        };
        GitConflicts: {
            folder: string;
            /** @description the commit that is here */
            here: string;
            /** @description the commit that the server has */
            there: string;
            notebooks: components["schemas"]["ConflictedNotebook"][];
        };
        /** @enum {string} */
        ConflictChoice: "mine" | "theirs" | "both";
        ResolveConflictsRequest: {
            /** @description a folder */
            path: string;
            here: string;
            there: string;
            /** @description by notebook and conflict; null for a notebook takes theirs and keeps mine as a copy */
            choices: {
                [key: string]: {
                    [key: string]: components["schemas"]["ConflictChoice"];
                } | null;
            };
        };
        GitResolved: {
            got: components["schemas"]["GitGot"];
        };
        GitResults: {
            folder: string;
            notebooks: string[];
        };
        GitResultsKeptOut: {
            folder: string;
            commit: string;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            /** @description a sentence for people */
            detail: string;
            facts?: {
                [key: string]: unknown;
            };
        };
        Git: {
            commit: string;
            branch: string;
            remote: string;
            dirty: boolean;
        } | null;
        Image: {
            slug: string;
            release: string;
            digest: string;
            python: string;
        };
        Attention: {
            /** @description `user:NAME` or `track:NAME`; `track:administrators`: whoever settles decisions that are on hold */
            who: string;
            /** Format: date-time */
            since: string;
        };
        Submission: {
            number: number;
            author: string;
            title: string;
            /** @enum {string} */
            state: "submitted" | "in_review" | "changes_requested" | "approved" | "handed_off" | "in_production" | "retired" | "withdrawn" | "rejected";
            /**
             * @description null where its author did not say
             * @enum {string|null}
             */
            stage: "exploration" | "active_research" | "model_development" | "production" | "launch_and_maintenance" | null;
            /** @enum {string|null} */
            handed_over: "prototype" | "production_ready" | null;
            notebook_path: string;
            image: components["schemas"]["Image"];
            latest: number;
            content_id: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            stamp: number;
            claim: {
                by: string;
                since: string;
                expires_at: string;
            } | null;
            attention: components["schemas"]["Attention"][];
            waiting_on_me: boolean;
            /** Format: date-time */
            waiting_since: string | null;
            open_threads: number;
            /** @description what the viewer can do now */
            actions: ("claim" | "release" | "send_version" | "withdraw" | "approve" | "request_changes" | "reject" | "comment" | "resolve")[];
        };
        /** @description What its author wrote. Null, or left out when sent, is a question that was not answered; nothing is put in its place. */
        Answers: {
            title: string;
            problem?: string;
            value?: string;
            expected?: string;
            /** @enum {string|null} */
            stage?: "exploration" | "active_research" | "model_development" | "production" | "launch_and_maintenance" | null;
            /** @enum {string|null} */
            handed_over?: "prototype" | "production_ready" | null;
            data_used?: string;
            reviewers?: string[];
            /** @description The keys of the items that were ticked */
            checklist?: string[] | null;
        };
        Finding: {
            /** @description the check, a dot, and what it found; permanent */
            code: string;
            /** @enum {string} */
            level: "block" | "warn" | "allow";
            /** @description counts from 1; null: the notebook as a whole */
            cell: number | null;
            cell_id: string;
            /** @description of the cell's source, from 1 */
            line: number | null;
            facts: {
                [key: string]: unknown;
            };
            /** @description what was found, in English; never the value of a secret */
            sentence: string;
            /** @description what to do */
            remedy: string;
            /**
             * @description what can be done about it without losing anything
             * @enum {string|null}
             */
            fix: "clear-output" | "add-file" | null;
            /** @description it blocks, and whoever sends may go on with a reason */
            overridable: boolean;
            /** @description that reason, empty where none was given */
            override: string;
        };
        TakenOut: {
            /** @description from 1 */
            cell: number;
            /** @description from 1, as it was sent */
            output: number;
            /** @description `stream` for what was printed, `error` for an exception */
            mime: string;
            bytes: number;
            /** @description how many of them are kept */
            kept: number;
        };
        /** @description why something that blocks is sent all the same; it counts where the rules let it be overridden */
        CheckOverride: {
            /** @description the code of the finding */
            check: string;
            /** @description of the finding; null: the notebook as a whole */
            cell: number | null;
            reason: string;
        };
        /** @description What the author says of a finding of `secret-found`; it is meant for everything on that line that looks like it. */
        NotSecret: {
            where: string;
            rule: string;
            line: number;
            reason: string;
        };
        /** @description Statements about findings that are disputable. They count for the content they were made on; for any other they are not looked at. */
        NotSecrets: {
            /** @description The fact `content` of `secret-found`: SHA-256 of the JSON array of the notebook's SHA-256 and the sorted [path, SHA-256] of the files */
            content: string;
            statements: components["schemas"]["NotSecret"][];
        } | null;
        Receipt: {
            submission: number;
            version: number;
            content_id: string;
            /** @description of the stored canonical notebook */
            notebook_sha256: string;
            /** Format: date-time */
            received_at: string;
            title: string;
        };
        TrialRun: {
            id: string;
            path: string;
            /** @description a name for notebook and files as they came: `content` of what `/enablement/preflight` answers, while nothing has changed */
            content: string;
            /** @description its slug and release */
            image: string;
            /** Format: date-time */
            asked_at: string;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            ended_at: string | null;
            cells_done: number;
            /** @description code cells, 0 until that is known */
            cells_total: number;
            /** @enum {string|null} */
            outcome: "same" | "differs" | "died" | "cancelled" | "not-run" | null;
            /** @description as of a DueRun; also service-stopped for `died`, and sent for `cancelled`: the run of the version takes its place */
            reason: string;
            /** @description one line for a person, English */
            line: string;
        };
        RerunCell: {
            /** @description index of the cell */
            cell: number;
            id: string;
            /** @enum {string} */
            verdict: "identical" | "equivalent" | "differs" | "not-as-sent" | "differs-each-time" | "error" | "truncated" | "not-run" | "needs-resource" | "not-compared";
            /**
             * @description the comparison that decided it
             * @enum {string}
             */
            step: "bytes" | "json" | "text" | "numbers" | "sets" | "table" | "picture" | "data";
            /** @description English */
            sentence: string;
            differences: {
                kind: string;
                where: number;
                form: string;
                facts: {
                    [key: string]: unknown;
                };
            }[];
            /** @description those that are not told */
            more_differences: number;
            /** @description what it showed looks like a secret and is not kept */
            withheld: boolean;
        };
        RerunRun: {
            end: string;
            facts: {
                [key: string]: unknown;
            };
            seconds: number;
            /** @description 0 where nothing measured it */
            peak_bytes: number;
            messages: number;
            lost: number;
            stray: number;
            files: {
                path: string;
                size: number;
                sha256: string;
            }[];
            more_files: number;
        };
        RerunVerdict: {
            same: boolean;
            line: string;
            /** @description the code cells in order */
            cells: components["schemas"]["RerunCell"][];
            /** @description one, or two where a cell differed */
            runs: components["schemas"]["RerunRun"][];
            sandbox: {
                /** @enum {string} */
                grade: "full" | "reduced" | "off";
                sentence: string;
                layers: {
                    layer: string;
                    /** @enum {string} */
                    strength: "holds" | "weaker" | "missing";
                    detail: string;
                }[];
            };
        };
        Trial: {
            /** @description whether notebooks are run here */
            on: boolean;
            /** @enum {string} */
            off_because: "" | "switched-off" | "no-bubblewrap" | "no-driver";
            /**
             * @description of the newest trial
             * @enum {string}
             */
            state: "none" | "queued" | "running" | "ended";
            run: null | components["schemas"]["TrialRun"];
            /** @description null until it ended, and where nothing was run */
            verdict: null | components["schemas"]["RerunVerdict"];
        };
        TwoTexts: {
            old: string;
            new: string;
        };
        /**
         * @description how one thing stands to the other side; `equivalent` (of an output): only what changes with every run differs; `renamed` (of a file): the same bytes under another path
         * @enum {string}
         */
        Standing: "same" | "equivalent" | "changed" | "added" | "removed" | "renamed";
        File: {
            path: string;
            sha256: string;
            size: number;
            /** @enum {string} */
            role: "notebook" | "module" | "data" | "other";
        };
        /** @description a line that is equal as its text; else both sides in pieces, alternately as on the other side and changed (the first may be empty), null on the side that has no such line */
        DifferenceLine: string | {
            old: string[] | null;
            new: string[] | null;
        };
        FileDifference: {
            standing: components["schemas"]["Standing"];
            old: components["schemas"]["File"] | null;
            new: components["schemas"]["File"] | null;
            /** @description null where the texts were not compared */
            lines: components["schemas"]["DifferenceLine"][] | null;
        };
        /** @description a setting by its name, each side as JSON text that may be cut; null on the side that has none */
        ValueDifference: {
            name: string;
            old: string | null;
            new: string | null;
        };
        /** @description the rows of two tables that differ; each cell is [before, now], null on the side that has no such row or column */
        TableComparison: {
            columns: string[];
            rows: {
                label: string;
                cells: (string | null)[][];
            }[];
            /** @description rows that differ and are not listed */
            rows_left: number;
        };
        OutputDifference: {
            standing: components["schemas"]["Standing"];
            /** @description place in the old cell */
            old: number | null;
            /** @description place in the new cell */
            new: number | null;
            findings: {
                kind: string;
                /** @description mime type, stdout, stderr or error */
                form: string;
                facts: {
                    [key: string]: unknown;
                };
            }[];
            table: components["schemas"]["TableComparison"] | null;
        };
        /** @description a cell that differs, or (`same`) a run of `count` cells from `old` and `new` on that do not, which has none of the members after `count` but `equivalent` */
        CellDifference: {
            standing: components["schemas"]["Standing"];
            /** @description index of the cell */
            old: number | null;
            /** @description index of the cell */
            new: number | null;
            count: number;
            /** @description how many of a run have outputs in which only what changes with every run differs */
            equivalent?: number;
            /** @description it stands in another order to the others */
            moved?: boolean;
            /** @enum {string} */
            cell_type?: "code" | "markdown" | "raw";
            old_id?: string;
            new_id?: string;
            /** @description names what there is to see: the same content in a later version has the same key */
            seen_key?: string;
            /** @description all lines of both sources; null where they are too long to be compared */
            lines?: components["schemas"]["DifferenceLine"][] | null;
            /** @description empty where both show exactly the same */
            outputs?: components["schemas"]["OutputDifference"][];
            settings?: components["schemas"]["ValueDifference"][];
            /** @description whether attached files differ */
            attachments?: boolean;
        };
        /** @description environment and files first, because they explain outputs; members that are null do not differ */
        Difference: {
            image: {
                old: components["schemas"]["Image"];
                new: components["schemas"]["Image"];
            } | null;
            /** @description of the notebook */
            path: components["schemas"]["TwoTexts"] | null;
            kernel: components["schemas"]["TwoTexts"] | null;
            files: components["schemas"]["FileDifference"][];
            /** @description of the notebook */
            settings: components["schemas"]["ValueDifference"][];
            language: string;
            /** @description how many cells differ */
            changed: number;
            /** @description in the order of the new side; those that are gone behind what stood before them */
            cells: components["schemas"]["CellDifference"][];
        };
        /** @description a mime value, text or output list that was shortened for reading */
        Cut: {
            mime: string;
            /** @description full size */
            bytes: number;
        };
        /** @description an nbformat output whose too-large values are left out and listed in `cut` */
        OutputView: {
            /** @enum {string} */
            output_type: "stream" | "display_data" | "execute_result" | "error";
            cut: components["schemas"]["Cut"][];
            /** @description of a stream */
            name?: string;
            /** @description of a stream */
            text?: string;
            /** @description a mime bundle; texts are joined */
            data?: {
                [key: string]: unknown;
            };
            metadata?: {
                [key: string]: unknown;
            };
            execution_count?: number | null;
            ename?: string;
            evalue?: string;
            traceback?: string[];
        };
        CellView: {
            index: number;
            id: string;
            /** @enum {string} */
            cell_type: "code" | "markdown" | "raw";
            source: string;
            /** @description full size in bytes where the source was cut */
            source_cut?: number;
            source_sha256: string;
            /** @description of a code cell that names its own, as SoS, polyglot notebooks and VS Code write it; without it the cell runs in the notebook's */
            language?: string;
            execution_count?: number | null;
            outputs: components["schemas"]["OutputView"][];
            outputs_total: number;
            /** @description name -> mime bundle, images only, small ones */
            attachments?: {
                [key: string]: {
                    [key: string]: string | string[];
                };
            };
        };
        Release: {
            image: string;
            release: string;
            title: string;
            /** @enum {string} */
            status: "preview" | "recommended" | "supported" | "deprecated" | "withdrawn";
            digest: string;
            /** Format: date */
            published: string;
            /** Format: date */
            support_end: string | null;
            /** @description the release of the same image to take instead */
            redirect: string | null;
            /**
             * Format: date
             * @description until when a deprecated one is kept
             */
            until: string | null;
            /** @description why it was withdrawn */
            reason: string;
            pythons: string[];
            changelog: string;
        };
        PackageChange: {
            name: string;
            old: string | null;
            new: string | null;
            /** @enum {string} */
            kind: "added" | "removed" | "major" | "minor" | "patch";
            direct: boolean;
        };
        ReleaseChanges: {
            old: string;
            new: string;
            python: string;
            summary: string;
            packages: components["schemas"]["PackageChange"][];
        };
        ReleaseDetail: components["schemas"]["Release"] & {
            python: string;
            packages: {
                name: string;
                version: string;
                direct: boolean;
            }[];
            newer: components["schemas"]["Release"] | null;
            changes: components["schemas"]["ReleaseChanges"] | null;
        };
        ReleaseComparison: {
            /**
             * @description `newer`: this release is newer than the recorded one
             * @enum {string}
             */
            relation: "same" | "newer" | "older" | "different" | "withdrawn" | "unknown";
            here: components["schemas"]["Release"] | null;
            recorded: components["schemas"]["Release"] | null;
            /** @description what starts in place of the recorded one */
            instead: components["schemas"]["Release"] | null;
            changes: components["schemas"]["ReleaseChanges"] | null;
            /** @description how many packages differ when none is left out */
            all_changes: number;
        };
    };
    responses: {
        /** @description what went wrong */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description relative to the root of the file browser */
        Path: string;
    };
    requestBodies: {
        Folder: {
            content: {
                "application/json": {
                    /** @description a folder */
                    path: string;
                };
            };
        };
        SetUpFolder: {
            content: {
                "application/json": {
                    /** @description a folder */
                    path: string;
                    /** @description for which of my groups; else for me */
                    group?: string | null;
                };
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    context: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description what the front end needs to know first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Context"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    candidates: {
        parameters: {
            query: {
                /** @description relative to the root of the file browser */
                path: components["parameters"]["Path"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description files and earlier submissions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Candidates"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    preflight: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreflightRequest"];
            };
        };
        responses: {
            /** @description findings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preflight"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    send: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendRequest"];
            };
        };
        responses: {
            /** @description lines */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["SendLine"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    try: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendRequest"];
            };
        };
        responses: {
            /** @description lines */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["TryLine"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    workingDifference: {
        parameters: {
            query: {
                /** @description relative to the root of the file browser */
                path: components["parameters"]["Path"];
                submission: number;
                version: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the difference */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkingDifference"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    planSuggestions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SuggestionQuestion"];
            };
        };
        responses: {
            /** @description the plan */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuggestionPlan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    serviceGet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description a path of the review service's contract below `/api/v1/`, with its query */
                rest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description what the service's contract says */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    servicePost: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description a path of the review service's contract below `/api/v1/`, with its query */
                rest: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description what the service's contract says */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description what the service's contract says */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    imageHere: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the image */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerImage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    imageOfNotebook: {
        parameters: {
            query: {
                /** @description relative to the root of the file browser */
                path: components["parameters"]["Path"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the comparison */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotebookImage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitPlan: {
        parameters: {
            query: {
                /** @description relative to the root of the file browser */
                path: components["parameters"]["Path"];
                /** @description for which of my groups, where the folder has no repository yet; else for me */
                group?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the plan */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitPlan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitStatus: {
        parameters: {
            query: {
                /** @description relative to the root of the file browser */
                path: components["parameters"]["Path"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitApply: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["SetUpFolder"];
        responses: {
            /** @description lines */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["GitReceiptLine"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitRepair: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["SetUpFolder"];
        responses: {
            /** @description lines */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["GitReceiptLine"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitRepositories: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description repositories */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitRepositories"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitCopy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description its path */
                    repository: string;
                };
            };
        };
        responses: {
            /** @description lines */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["GitCopiedLine"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitSaveVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SaveVersionRequest"];
            };
        };
        responses: {
            /** @description lines */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["GitReceiptLine"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitUndo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Folder"];
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitUndone"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitChanges: {
        parameters: {
            query: {
                /** @description relative to the root of the file browser */
                path: components["parameters"]["Path"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the changes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitChanges"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitHistory: {
        parameters: {
            query: {
                /** @description relative to the root of the file browser */
                path: components["parameters"]["Path"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description versions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitHistory"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitVersion: {
        parameters: {
            query: {
                /** @description relative to the root of the file browser */
                path: components["parameters"]["Path"];
                commit: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description cells */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitVersionContent"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitRestore: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestoreRequest"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitRestored"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitColleagues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Folder"];
        responses: {
            /** @description lines */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["GitGotLine"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitConflicts: {
        parameters: {
            query: {
                /** @description relative to the root of the file browser */
                path: components["parameters"]["Path"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description conflicts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitConflicts"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitResolveConflicts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResolveConflictsRequest"];
            };
        };
        responses: {
            /** @description merged */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitResolved"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitResults: {
        parameters: {
            query: {
                /** @description relative to the root of the file browser */
                path: components["parameters"]["Path"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description notebooks */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitResults"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    gitKeepResultsOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Folder"];
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitResultsKeptOut"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
