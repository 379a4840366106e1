// Generated from enablement_ext/web/openapi.yaml by `jlpm contract`; not edited by hand.
export interface paths {
    "/api/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who I am and what I may do */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/send-limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much can be sent at once; to be asked before a large bundle is sent, with the token it will be sent with */
        get: operations["sendLimits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/check-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** By which rules findings are judged and outputs kept when something is sent */
        get: operations["checkRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One page of a list, waiting longest first (`sent`, newest change first) */
        get: operations["listSubmissions"];
        put?: never;
        /** Send a notebook to engineering; the answer is a receipt for a durable version 1 */
        post: operations["sendSubmission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One page of what is found, the newest submission first; who reviews nothing finds what they sent */
        get: operations["searchSubmissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Up to 10,000 of what is found as a file; the last line of CSV, or `complete` in JSON, says where there is more */
        get: operations["exportSearch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search/filters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The filters of the query language */
        get: operations["searchFilters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/saved-searches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The searches that I keep, by name; nobody else can ask for them */
        get: operations["listSavedSearches"];
        put?: never;
        /** Keep a search, in the place of mine with the same name */
        post: operations["saveSearch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/saved-searches/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delete a search of mine; what is not there stays so */
        post: operations["deleteSavedSearch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** A submission with its versions, decisions and requirements */
        get: operations["getSubmission"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a new version of one's own submission; `submission.json` names the `stamp` that was seen */
        post: operations["sendVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/versions/{version}/notebook": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
            cookie?: never;
        };
        /** The stored notebook for reading, cells paged, big outputs cut */
        get: operations["viewNotebook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/versions/{version}/cells/{cell}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
                /** @description index of the cell */
                cell: number;
            };
            cookie?: never;
        };
        /** One cell with its outputs less strictly cut ("show more") */
        get: operations["viewCell"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/versions/{version}/checks": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
            cookie?: never;
        };
        /** What checks found in a version when it arrived, which of it was overridden and why, and what was taken out of its outputs */
        get: operations["versionChecks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/versions/{version}/rerun": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
            cookie?: never;
        };
        /**
         * How a version came out when it was run again, or how far that is
         * @description While one is queued or running, ask again after a few seconds; its start and its end are messages of the event stream (`rerun_started`, `rerun_ended`)
         */
        get: operations["viewRerun"];
        put?: never;
        /**
         * Have a version run again, as its author or a reviewer
         * @description 409 `conflict` where a run of it is queued or running, 409 `reruns-off` where this hub runs none
         */
        post: operations["askRerun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/versions/{version}/rerun/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop the run of a version, as its author or a reviewer
         * @description 409 `conflict` where none is queued or running
         */
        post: operations["cancelRerun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/versions/{version}/rerun/cells/{cell}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
                /** @description index of the cell */
                cell: number;
            };
            cookie?: never;
        };
        /**
         * One cell with what the newest run showed, by the rules for outputs of this hub
         * @description 404 `not-found` also where nothing was run
         */
        get: operations["viewRerunCell"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How one's own newest trial of a notebook came out, or how far it is; nobody else sees it
         * @description Kept for 24 hours. While one is queued or running, ask again after a few seconds
         */
        get: operations["viewTrial"];
        put?: never;
        /**
         * Have what would be sent run before it is sent; nothing of it is stored as a submission
         * @description The bundle goes through the same door as what is sent, and is kept in memory until its run has ended. Of the answers only the title is needed
         */
        post: operations["sendTrial"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trials/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop one's own trial
         * @description 409 `conflict` where it has ended
         */
        post: operations["cancelTrial"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/versions/{version}/files/{index}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
                /** @description 0 is the notebook, 1… the files in the order of the version */
                index: number;
            };
            cookie?: never;
        };
        /** The exact stored bytes, always as an attachment */
        get: operations["downloadFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/versions/{version}/difference": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
            cookie?: never;
        };
        /**
         * What differs between two versions, cell by cell, worked out in a checking process and kept by the two content ids
         * @description A cell's outputs are not in it: both sides are read with viewCell. 404 `not-found` also where there is no version before the first
         */
        get: operations["viewDifference"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/seen": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** What you have seen of a submission */
        get: operations["viewSeen"];
        put?: never;
        /** Note what you have seen. Your own marks, which nobody else sees; no event tells of them */
        post: operations["markSeen"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/claim": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say: I am on it (a lease). A reviewer only */
        post: operations["claim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give the claim back */
        post: operations["release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The author takes it out of the queue; it is kept */
        post: operations["withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/threads": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** All threads, each placed in the asked version */
        get: operations["listThreads"];
        put?: never;
        /** Open a thread with a first comment (author or reviewer) */
        post: operations["openThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** My drafts on a submission, in the order they were written; nobody else can ask for them */
        get: operations["listDrafts"];
        put?: never;
        /** Keep a comment, a reply or a resolution as a draft (author or reviewer); a resolution that is drafted already is answered as it is */
        post: operations["addDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/drafts/discard": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Throw drafts away, all or none; what is gone already is passed over */
        post: operations["discardDrafts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/drafts/publish": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publish drafts together, as one event; the same drafts again are answered with that event */
        post: operations["publishDrafts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts/{draft}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                draft: components["parameters"]["DraftId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write a draft anew */
        post: operations["editDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/comments/{comment}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comment: components["parameters"]["CommentId"];
            };
            cookie?: never;
        };
        /** All that a comment ever said, also after it was deleted */
        get: operations["commentHistory"];
        put?: never;
        /** Change a comment of mine; what it said stays in its history */
        post: operations["editComment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/comments/{comment}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comment: components["parameters"]["CommentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a comment of mine out of its thread, which says so; what it said stays in its history */
        post: operations["deleteComment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/threads/{thread}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                thread: components["parameters"]["ThreadId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reply in a thread (author or reviewer) */
        post: operations["reply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/threads/{thread}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                thread: components["parameters"]["ThreadId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resolve a thread */
        post: operations["resolveThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/threads/{thread}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                thread: components["parameters"]["ThreadId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reopen a thread */
        post: operations["reopenThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/threads/{thread}/reject-suggestion": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                thread: components["parameters"]["ThreadId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say why what is suggested in a thread is not applied; for the submission's author */
        post: operations["rejectSuggestion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/submissions/{number}/events": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** The history of a submission, oldest first */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Server-sent events of what I may see. `id` is the sequence number (resume with `Last-Event-ID`), `event` is `change`, data is a Change. Event `hello` first, its data has only `seq` and `counters`; a comment every 15 s keeps it open. */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["contract"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/git/forge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where repositories are kept; `base` is what every clone address begins with, empty where this service serves Git itself */
        get: operations["describeForge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/git/repositories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My repositories, my groups', and those that somebody let me into; a forge elsewhere leaves out heads and sizes */
        get: operations["listRepositories"];
        put?: never;
        /** Make a repository, or find the one that is there */
        post: operations["makeRepository"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/git/repository": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What I may do with a repository, named by `path` or `url`, or by `name` (and `group`) for one that may not be there yet */
        get: operations["lookUpRepository"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/git/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A key to exactly one repository, good for minutes; each is an event. Git's credential helper asks for it. It writes where I may */
        post: operations["mintGitKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/git/credentials/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End my keys to a repository at once. Git's credential helper asks for it when one was refused */
        post: operations["endGitKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/git/pull-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a pull or merge request, or find the one that is open for these branches */
        post: operations["openPullRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/git/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Where the forge's webhook sends to. Its signature is its admission; one that was seen before counts for nothing */
        post: operations["takeDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/git": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My repositories, my groups', and those that somebody let me into, as a page */
        get: operations["repositoriesPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/git/{space}/{owner}/{repository}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space: "user" | "group";
                /** @description the owner's name; all but `a-z0-9_-` as `.` and two hexadecimal digits for each byte */
                owner: string;
                repository: string;
            };
            cookie?: never;
        };
        /** One repository, with a key for cloning it elsewhere (reading only, an hour), and for its owner who else may use it */
        get: operations["repositoryPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/git/{space}/{owner}/{repository}/access": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space: "user" | "group";
                /** @description the owner's name; all but `a-z0-9_-` as `.` and two hexadecimal digits for each byte */
                owner: string;
                repository: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let somebody into my repository, or no longer; the page's ticket is the authority */
        post: operations["changeRepositoryAccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/git/{space}/{owner}/{repository}/info/refs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space: "user" | "group";
                /** @description the owner's name; all but `a-z0-9_-` as `.` and two hexadecimal digits for each byte */
                owner: string;
                repository: string;
            };
            cookie?: never;
        };
        /** Git's HTTP protocol; a key as Basic authentication */
        get: operations["gitAdvertise"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/git/{space}/{owner}/{repository}/git-upload-pack": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space: "user" | "group";
                /** @description the owner's name; all but `a-z0-9_-` as `.` and two hexadecimal digits for each byte */
                owner: string;
                repository: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Git's HTTP protocol, fetching */
        post: operations["gitUploadPack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/git/{space}/{owner}/{repository}/git-receive-pack": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space: "user" | "group";
                /** @description the owner's name; all but `a-z0-9_-` as `.` and two hexadecimal digits for each byte */
                owner: string;
                repository: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Git's HTTP protocol, pushing; objects are checked, hooks never run, history is never rewritten */
        post: operations["gitReceivePack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/decide/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** The decision page (top-level navigation only); shows the content id */
        get: operations["decisionPage"];
        put?: never;
        /** Make the decision with the page's session and single-use ticket, and publish my drafts that the page showed with it, or neither */
        post: operations["decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done in my name on the pages of this origin, with address and browser, newest first */
        get: operations["confirmationsPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/confirmations/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** One of them (top-level navigation only), with the button "this was not me" */
        get: operations["confirmationPage"];
        put?: never;
        /** Say that it was not me. A decision is put on hold, a package answer is taken back, access to a repository ends */
        post: operations["disputeConfirmation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many decisions are on hold, for platform engineers; everybody else is told that it is not theirs */
        get: operations["listHolds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Decisions on hold, for administrators */
        get: operations["holdsPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/holds/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** One of them (top-level navigation only), with the form that settles it */
        get: operations["holdPage"];
        put?: never;
        /** Lift the hold or let the decision fall; neither its maker nor the author of the submission may */
        post: operations["settleHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the person is told, how and when (top-level navigation only), with the form that changes it */
        get: operations["notificationsPage"];
        put?: never;
        /** Choose what one is told, one's working time, and the days on which one is away */
        post: operations["saveNotifications"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/undelivered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages that were given up, for administrators (top-level navigation only) */
        get: operations["undeliveredPage"];
        put?: never;
        /** Try one of them again, or all that the page showed */
        post: operations["retryUndelivered"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** Link from outside; redirects into the visitor's own lab with the submission open */
        get: operations["deepLink"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this service is, who you are, links */
        get: operations["home"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth_callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** End of the hub's OAuth flow */
        get: operations["oauthCallback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every image with its releases, newest first */
        get: operations["listImages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/{image}/{release}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                image: components["parameters"]["ImageSlug"];
                release: components["parameters"]["ImageRelease"];
            };
            cookie?: never;
        };
        /** What is in a release, and what would change with the newest recommended one */
        get: operations["viewRelease"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/{image}/{release}/compared": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                image: components["parameters"]["ImageSlug"];
                release: components["parameters"]["ImageRelease"];
            };
            cookie?: never;
        };
        /** How the release that a notebook recorded (`with`) stands to this one; unknown releases are answered, not refused */
        get: operations["compareReleases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/package-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What I asked for, newest first; everybody's for who looks after images */
        get: operations["listPackageRequests"];
        put?: never;
        /** Ask for a package in the image that this server runs; asking for the same again leads to the same request */
        post: operations["askForPackage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/package-requests/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** One request with what the solver and the platform engineers said */
        get: operations["getPackageRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/package-requests/{number}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take back what I asked for */
        post: operations["withdrawPackageRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/package-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is asked for, for platform engineers */
        get: operations["packageRequestsPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/package-requests/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        /** One request with the form that answers it; only a navigation of the browser's own page is let in */
        get: operations["packageRequestPage"];
        put?: never;
        /** Accept or decline; the page's ticket is the authority */
        post: operations["answerPackageRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process is alive */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The queue can be used and this process was not told to stop */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus metrics */
        get: operations["metrics"];
        put?: never;
        post?: never;
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
        VersionChecks: {
            /** @description false for a version that was stored before there were checks */
            checked: boolean;
            /** @description the version of the rules, empty without a file of rules */
            policy: string;
            /** @description what blocks first */
            findings: components["schemas"]["Finding"][];
            taken_out: components["schemas"]["TakenOut"][];
        };
        Rerun: {
            /** @description whether this hub runs what arrives again */
            on: boolean;
            /**
             * @description of the newest run
             * @enum {string}
             */
            state: "none" | "queued" | "running" | "ended";
            run: null | components["schemas"]["DueRun"];
            /** @description null until it ended, and where nothing was run */
            verdict: null | components["schemas"]["RerunVerdict"];
        };
        DueRun: {
            number: number;
            asked_by: string;
            /** Format: date-time */
            asked_at: string;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            ended_at: string | null;
            /** @description how often it was begun: after a worker that died it is begun again */
            attempt: number;
            cells_done: number;
            /** @description code cells, 0 until that is known */
            cells_total: number;
            /** @enum {string|null} */
            outcome: "same" | "differs" | "died" | "cancelled" | "not-run" | null;
            /** @description code for `died` (out-of-memory, wall-time, output-cap, pids-cap, kernel-never-answered, kernel-died, connection-lost, node-gone, worker-died, no-space), `cancelled` (asked, superseded, withdrawn), `same` and `differs` (tried: its author had it run before it was sent, and that run counts) and `not-run` (sandbox-off, environment-missing, image-unknown, image-changed, other-language, too-large, file-lost) */
            reason: string;
            /** @description one line for a person, English */
            line: string;
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
        CheckRules: {
            version: string;
            /** @description of every code */
            levels: {
                [key: string]: "block" | "warn" | "allow";
            };
            /** @description codes, and checks for all of their codes */
            overridable: string[];
            outputs: {
                keep: boolean;
                strip: string[];
                largest: number | null;
                truncate: number | null;
            };
        };
        Repository: {
            /** @enum {string} */
            space: "user" | "group";
            owner: string;
            name: string;
            /** @description its name here; below the service's address what to clone, unless `url` says */
            path: string;
            /**
             * @description what I may do with it
             * @enum {string}
             */
            access: "none" | "read" | "write";
            /** @description in a list: it is there since something that was sent from it waits for reviewers, and for no other reason */
            for_review: boolean;
            /** @description what to clone, where that is elsewhere */
            url: string | null;
            /** @description its page on the forge, where that is elsewhere */
            page: string | null;
            /** Format: date-time */
            made_at: string;
            /** @description bytes */
            size: number;
            heads: {
                branch: string;
                commit: string;
            }[];
        };
        RepositoryAccess: {
            /** @enum {string} */
            space: "user" | "group";
            owner: string;
            name: string;
            /** @description as in Repository */
            path: string;
            /**
             * @description what I may do with it
             * @enum {string}
             */
            access: "none" | "read" | "write";
            /** @description of `name`: whether it is there; null where the forge does not say */
            exists: boolean | null;
            /** @description whether I make it where it is missing */
            mine: boolean;
            /** @description its page, on which its owner says who may use it */
            page: string;
            /** @description a sentence that says who can give more */
            ask: string;
            /** @description my groups that may have repositories */
            groups: string[];
        };
        Forge: {
            /** @enum {string} */
            kind: "memory" | "bundled" | "github" | "gitlab" | "gitea";
            base: string;
            /** @description whether it has pull or merge requests */
            proposals: boolean;
        };
        /** @description one of the two */
        NamedRepository: {
            /** @description as in Repository, e.g. `git/user/dana/churn` */
            path?: string;
            /** @description as in Repository, with `.git` or without */
            url?: string;
        };
        PullRequest: {
            number: number;
            url: string;
            created: boolean;
        };
        GitKey: {
            username: string;
            password: string;
            /** @description how long it is good */
            seconds: number;
        };
        Me: {
            /** @description who I am in everything that is stored: the name of my account when I was first seen */
            name: string;
            /** @description what my account in the hub is called now */
            account: string;
            scopes: string[];
            tracks: string[];
            counters: components["schemas"]["Counters"];
            decisions: components["schemas"]["Decisions"];
        };
        /** @description the pages on which people decide and answer requests for packages */
        Decisions: {
            on: boolean;
            /** @description address that the paths of the pages are below, ending in a slash */
            url: string;
            /** @description what has to change before there are decisions */
            off_because: components["schemas"]["Risk"][];
            /** @description what an administrator accepted; every decision's event says so as well */
            accepted_risks: components["schemas"]["Risk"][];
        };
        /** @enum {string} */
        Risk: "shared-origin" | "plain-http" | "one-account";
        SendLimits: {
            /** @description the whole request */
            body_bytes: number;
            notebook_bytes: number;
            /** @description how many, with the notebook */
            files: number;
            /** @description any one file */
            file_bytes: number;
            /** @description all files together */
            files_bytes: number;
        };
        Counters: {
            waiting: number;
            unclaimed: number;
            claimed: number;
        };
        FoundPage: {
            items: {
                submission: components["schemas"]["Submission"];
                /** @description null where nothing of the query is a text, or that text is not kept */
                excerpt: components["schemas"]["Excerpt"] | null;
            }[];
            /** @description cursor of the next page */
            next: string | null;
            /** @description how many submissions can be found so far, of how many; null where all can */
            indexing: {
                done: number;
                total: number;
            } | null;
        };
        Excerpt: {
            /** @enum {string} */
            kind: "title" | "answer" | "name" | "markdown" | "code" | "file" | "comment";
            /** @description number of a cell, path of a file, which answer, or empty */
            where: string;
            /** @description one line of text, in order; `found` is what was looked for */
            pieces: {
                text: string;
                found: boolean;
            }[];
        };
        SearchFilter: {
            name: string;
            meaning: string;
            example: string;
            /** @description those that are known; none: any */
            values: string[];
        };
        SavedSearch: {
            name: string;
            query: string;
        };
        SavedSearches: {
            searches: components["schemas"]["SavedSearch"][];
        };
        Page: {
            items: components["schemas"]["Submission"][];
            /** @description cursor of the next page */
            next: string | null;
        };
        Image: {
            slug: string;
            release: string;
            digest: string;
            python: string;
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
        Images: {
            default: string;
            images: {
                slug: string;
                title: string;
                description: string;
                recommended: string;
                releases: components["schemas"]["Release"][];
            }[];
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
        ReleaseChanges: {
            old: string;
            new: string;
            python: string;
            summary: string;
            packages: components["schemas"]["PackageChange"][];
        };
        PackageChange: {
            name: string;
            old: string | null;
            new: string | null;
            /** @enum {string} */
            kind: "added" | "removed" | "major" | "minor" | "patch";
            direct: boolean;
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
        PackageRequest: {
            number: number;
            author: string;
            package: string;
            wanted: string;
            why: string;
            /** @description the one the asking server ran */
            image: string;
            release: string;
            python: string;
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            state: "requested" | "accepted" | "declined" | "withdrawn";
            stamp: number;
            /** @description the reason of whoever answered */
            answer: string;
            answered_by: string | null;
            /** Format: date-time */
            answered_at: string | null;
            /** @description what I can do; `answer` on the page `/package-requests/{number}` */
            actions: ("withdraw" | "answer")[];
            solver: {
                /**
                 * @description `unknown`: it could not be worked out, `detail` says why
                 * @enum {string}
                 */
                solved: "waiting" | "possible" | "impossible" | "unknown";
                detail: string;
                /** @description the release it was measured from */
                against: string;
                /**
                 * @description the smallest class of release that can have it
                 * @enum {string|null}
                 */
                kind: "minor" | "major" | "patch" | null;
                /** @description what is new or moves */
                bytes: number | null;
                /** @description the package itself included */
                changes: components["schemas"]["PackageChange"][];
            };
        };
        Holds: {
            /** @description whether they are for me to settle */
            platform: boolean;
            /** @description how many, up to 200; 0 where they are not for me */
            count: number;
            /**
             * Format: date-time
             * @description since when the oldest is
             */
            since: string | null;
            /** @description the page on which they are settled */
            url: string;
        };
        PackageRequests: {
            items: components["schemas"]["PackageRequest"][];
            next: number | null;
            /** @description how many nobody has answered, up to 1000 */
            open: number;
            /** @description whether these are everybody's or mine */
            everybodys: boolean;
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
        SubmissionDetail: components["schemas"]["Submission"] & {
            versions: components["schemas"]["Version"][];
            decisions: components["schemas"]["Decision"][];
            requirements: components["schemas"]["Requirement"][];
        };
        File: {
            path: string;
            sha256: string;
            size: number;
            /** @enum {string} */
            role: "notebook" | "module" | "data" | "other";
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
        Git: {
            commit: string;
            branch: string;
            remote: string;
            dirty: boolean;
        } | null;
        SentGit: {
            commit: string;
            branch: string;
            remote: string;
            dirty: boolean;
            /** @description the path of the forge's repository it was sent from; reviewers may read it where the author may */
            repository?: string;
        } | null;
        Version: {
            number: number;
            content_id: string;
            notebook: components["schemas"]["File"];
            files: components["schemas"]["File"][];
            image: components["schemas"]["Image"];
            answers: components["schemas"]["Answers"];
            /** @description False for a version that was stored before an answer could be told from none; what is null in its answers may have been said */
            answers_recorded: boolean;
            /** @description What was found in this version and is no secret, as its author says */
            not_secrets: components["schemas"]["NotSecret"][];
            git: components["schemas"]["Git"];
            /** @description `unknown`: the stored notebook of the version before is lost */
            changes: ("metadata" | "outputs" | "markdown" | "code" | "files" | "environment" | "unknown")[];
            /** Format: date-time */
            sent_at: string;
            sent_by: string;
        };
        Decision: {
            version: number;
            content_id: string;
            track: string;
            /** @enum {string} */
            verdict: "approve" | "request_changes" | "reject";
            by: string;
            reason: string;
            /** Format: date-time */
            at: string;
            /** @description why it no longer counts, as a sentence in English */
            fallen_because: string | null;
            /** @description the same for programs; null where it counts, and where an earlier version stored nothing but the sentence */
            fallen: {
                /**
                 * @description the next version changes what the approval does not survive; a version answers what was asked for; an administrator found that its maker did not make it
                 * @enum {string}
                 */
                reason: "changed" | "answered" | "disputed";
                /** @description of `changed` */
                changes: ("metadata" | "outputs" | "markdown" | "code" | "files" | "environment" | "unknown")[];
                /** @description of `answered` */
                version: number | null;
            } | null;
            /**
             * Format: date-time
             * @description since when its maker says that it was not them; it does not count until an administrator has settled that
             */
            held_since: string | null;
        };
        Requirement: {
            key: string;
            /** @enum {string} */
            kind: "track" | "threads" | "rerun" | "check";
            /** @enum {string} */
            state: "satisfied" | "unsatisfied" | "overridden" | "error" | "not_applicable";
            facts: {
                /** @description of `track`: its name */
                track?: string;
                /** @description of `track`: how many approvals */
                needed?: number;
                /** @description of `track`: whose approvals stand */
                approved_by?: string[];
                /** @description of `track`: who wants changes */
                against?: string[];
                /** @description of `track`: whose decisions are on hold */
                held?: string[];
                /** @description of `threads`: how many */
                open?: number;
                /** @description of `threads`: whether open ones stand in the way of an approval */
                blocks?: boolean;
                /**
                 * @description of `rerun` and `check`, as everything below. Only `holds` is satisfied; `nothing-to-run` does not apply
                 * @enum {string}
                 */
                standing?: "holds" | "fails" | "not-made" | "under-way" | "broke-off" | "cannot-be-made" | "nothing-to-run";
                /** @description why it was not made */
                reason?: string;
                /** @description the same in words of the service */
                said?: string;
                /** @description of `rerun`: verdicts that the rules let a cell have */
                accepted?: string[];
                /** @description of `rerun`: the first cells with another one */
                failing?: {
                    /** @description from 0 */
                    cell: number;
                    verdict: string;
                }[];
                /** @description how many cells */
                count?: number;
                /** @description of `check`: its name, or the code of its findings */
                check?: string;
                /** @description of `check`: the first cells with a finding, from 1 */
                cells?: number[];
                /** @description whether the rules let a reviewer override it on the decision page, with a reason */
                overridable?: boolean;
                /** @description for how long at most */
                days?: number;
                /** @description of one that is overridden */
                override?: {
                    by: string;
                    reason: string;
                    /**
                     * @description for what was known of this version then; or for later versions too
                     * @enum {string}
                     */
                    scope: "shown" | "submission";
                    /** Format: date-time */
                    until: string;
                };
            };
        };
        /** @description the member `submission.json` of a bundle */
        Sending: {
            answers: components["schemas"]["Answers"];
            notebook: {
                path: string;
                /** @description what the browser saw after the save */
                sha256: string;
            };
            files: {
                path: string;
                /** @enum {string} */
                role: "module" | "data" | "other";
            }[];
            git?: components["schemas"]["SentGit"];
            /** @description for a new version, the stamp that was seen */
            stamp?: number | null;
            overrides?: components["schemas"]["CheckOverride"][];
            not_secrets?: components["schemas"]["NotSecrets"];
        };
        /** @description why something that blocks is sent all the same; it counts where the rules let it be overridden */
        CheckOverride: {
            /** @description the code of the finding */
            check: string;
            /** @description of the finding; null: the notebook as a whole */
            cell: number | null;
            reason: string;
        };
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
        NotebookView: {
            submission: number;
            version: number;
            content_id: string;
            sha256: string;
            size: number;
            language: string;
            cells: components["schemas"]["CellView"][];
            /** @description cells in the whole notebook */
            total: number;
        };
        /**
         * @description how one thing stands to the other side; `equivalent` (of an output): only what changes with every run differs; `renamed` (of a file): the same bytes under another path
         * @enum {string}
         */
        Standing: "same" | "equivalent" | "changed" | "added" | "removed" | "renamed";
        /** @description a line that is equal as its text; else both sides in pieces, alternately as on the other side and changed (the first may be empty), null on the side that has no such line */
        DifferenceLine: string | {
            old: string[] | null;
            new: string[] | null;
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
        FileDifference: {
            standing: components["schemas"]["Standing"];
            old: components["schemas"]["File"] | null;
            new: components["schemas"]["File"] | null;
            /** @description null where the texts were not compared */
            lines: components["schemas"]["DifferenceLine"][] | null;
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
        TwoTexts: {
            old: string;
            new: string;
        };
        ComparedVersions: {
            submission: number;
            /** @description number of the version */
            old: number;
            /** @description number of the version */
            new: number;
            difference: components["schemas"]["Difference"];
        };
        Seen: {
            /** @description the newest version that you read to its end */
            version: number | null;
            /** @description `seen_key` of the cells that you saw */
            keys: string[];
        };
        MarkSeen: {
            keys?: string[];
            /**
             * @description false takes the marks back
             * @default true
             */
            seen: boolean;
            /** @description a version that you read to its end */
            read?: number;
        };
        Anchor: {
            /** @description cell id; null: the submission as a whole */
            cell?: string | null;
            /** @description first and last */
            lines?: [
                number,
                number
            ] | null;
            output?: number | null;
        };
        NewThread: {
            version: number;
            anchor: components["schemas"]["Anchor"];
            text: string;
        };
        Comment: {
            id: number;
            author: string;
            /** @description as it reads now, "" where it was deleted */
            text: string;
            /** Format: date-time */
            at: string;
            /** @description how often its author changed it */
            revision: number;
            /** @description when they last did */
            changed_at: string | null;
            deleted: boolean;
        };
        CommentHistory: {
            author: string;
            texts: {
                /** @description 0 is what was published */
                revision: number;
                text: string;
                /**
                 * Format: date-time
                 * @description from when on it said this
                 */
                at: string;
                deleted: boolean;
            }[];
        };
        /**
         * @description `comment` opens a thread, `suggestion` one with another source for its cell; the others are about a thread that is there
         * @enum {string}
         */
        DraftKind: "comment" | "reply" | "resolve" | "reopen" | "suggestion";
        NewDraft: {
            /** @description the version that was read */
            version: number;
            kind: components["schemas"]["DraftKind"];
            /** @description of a comment or a suggestion (a whole cell) */
            anchor?: components["schemas"]["Anchor"];
            /** @description of everything else */
            thread?: number;
            /** @description of a comment or reply; of a suggestion it may be left out */
            text?: string;
            /** @description of a suggestion: the source of the cell, exactly as this version has it */
            replaces?: string;
            /** @description of a suggestion: the source to put there, kept exactly */
            source?: string;
        };
        DraftRef: {
            id: number;
            /** @description as it was seen */
            stamp: number;
        };
        Draft: {
            id: number;
            /** @description changes with every edit */
            stamp: number;
            /** @description the version it was written on and is published on */
            version: number;
            kind: components["schemas"]["DraftKind"];
            anchor: WithRequired<components["schemas"]["Anchor"], "cell" | "lines" | "output"> | null;
            /** @description the lines it is on */
            quote: string;
            thread: number | null;
            text: string;
            /** Format: date-time */
            changed_at: string;
            suggestion: components["schemas"]["SuggestedSource"] | null;
        };
        SuggestedSource: {
            /** @description the source of the cell that it was made on */
            replaces: string;
            /** @description SHA-256 of that source in UTF-8 */
            replaces_sha256: string;
            /** @description the source that is suggested */
            source: string;
            /** @description from one to the other by words */
            lines: components["schemas"]["DifferenceLine"][];
        };
        Suggestion: components["schemas"]["SuggestedSource"] & {
            /**
             * @description `outdated` is open where the cell of the asked version reads otherwise or is gone, `withdrawn` one whose comment its maker deleted
             * @enum {string}
             */
            state: "open" | "outdated" | "applied" | "rejected" | "withdrawn";
            /** @description the first version after it was made that was found to hold it */
            applied_in: number | null;
            /** @description the comment in which the author says why it is not applied */
            rejected_in: number | null;
        };
        PlacedDraft: components["schemas"]["Draft"] & {
            /**
             * @description what happened since it was written: a newer version (it is published on the one it was written on), its thread was resolved (it is published there and the thread stays resolved), somebody did already what it does, the submission takes no comments any more
             * @enum {string}
             */
            standing: "ready" | "older_version" | "resolved" | "done" | "ended";
            /** @description where a comment stands in the asked version, null for what is about a thread */
            placed: (WithRequired<components["schemas"]["Anchor"], "cell" | "lines" | "output"> & {
                /** @enum {string} */
                state: "unchanged" | "moved" | "changed" | "deleted" | "unknown";
            }) | null;
        };
        Thread: {
            id: number;
            submission: number;
            /** @description the version it was made on */
            version: number;
            anchor: WithRequired<components["schemas"]["Anchor"], "cell" | "lines" | "output">;
            /** @description the lines it was made on */
            quote?: string;
            /** @description where it stands in the asked version */
            placed: WithRequired<components["schemas"]["Anchor"], "cell" | "lines" | "output"> & {
                /** @enum {string} */
                state: "unchanged" | "moved" | "changed" | "deleted" | "unknown";
            };
            resolved_by: string | null;
            resolved_at: string | null;
            comments: components["schemas"]["Comment"][];
            suggestion: components["schemas"]["Suggestion"] | null;
        };
        Event: {
            seq: number;
            /** Format: date-time */
            at: string;
            actor: string;
            /** @description sent, version_sent (data `applied`: threads whose suggestions it was found to hold), claimed, released, claim_lapsed, claim_withdrawn, request_withdrawn, commented, review_published (data `comments`, `opened`, `suggested`, `resolved`, `reopened`; those of a decision have them too, where drafts were published with it), comment_edited, comment_deleted (what it said stays in its history, and its hash here), suggestion_rejected (data `thread`, `comment`, `sha256`), resolved, reopened, approved, changes_requested, rejected, withdrawn, approval_fell, author_changed, decision_disputed (its maker says that it was not them: it is on hold), hold_lifted, decision_fell (an administrator settled it), requirement_overridden (with an approval: data `requirement`, `reason`, `scope`, `until`, `content_id`, `decision`). `claim_lapsed`, `claim_withdrawn` (its reviewer left the group) and `request_withdrawn` (data `to`: who was asked by name and reviews no track) have the actor `service:enablement`. `author_changed` has the actor `command:people` (an administrator handed the work over). Events of package requests (package_requested, package_solved, package_accepted, package_declined, package_withdrawn, package_answer_disputed), of access to repositories (access_shown, repository_shared, access_disputed) and of people (name_renamed, name_reused, work_handed_over, people_adopted, name_released) belong to no submission */
            kind: string;
            submission: number | null;
            version: number | null;
            data: {
                [key: string]: unknown;
            };
            /** @description told to its maker alone, of what was done on a page of the decision origin; null to everybody else */
            confirmed: {
                /** @description the IP address it came from, as far as trusted proxies say; "" where it is not known */
                address: string;
                /** @description browser and system in plain words */
                browser: string;
                /** @description the page on which its maker says that it was not them */
                url: string;
                /** @description whether they have said so */
                disputed: boolean;
            } | null;
        };
        /** @description the data of one message of the event stream. Of events that belong to no submission only what was done in my name on a page of the decision origin: package_accepted, package_declined, access_shown, repository_shared */
        Change: {
            seq: number;
            /** @description as in Event */
            kind: string;
            submission: number | null;
            actor: string;
            /** @description whether I am in its attention now */
            attention: boolean;
            counters: components["schemas"]["Counters"];
        };
    };
    responses: {
        /** @description to the hub's page for signing in, where the browser has no session */
        SignIn: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description what went wrong, by its `code`: every error may be answered that is not listed here; a browser that asks for a page gets one */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
                "text/html": string;
            };
        };
    };
    parameters: {
        IdempotencyKey: string;
        Number: number;
        VersionNumber: number;
        ThreadId: number;
        DraftId: number;
        CommentId: number;
        ImageSlug: string;
        ImageRelease: string;
        /** @description such as 3.11; without it, or where a release has none such, the oldest */
        Python: string;
    };
    requestBodies: {
        /** @description An uncompressed tar (ustar or pax) of regular files. First member `submission.json` (schema Sending), then `files/<path>` for the notebook and each file it names, nothing else. */
        Bundle: {
            content: {
                "application/x-tar": unknown;
            };
        };
        Stamped: {
            content: {
                "application/json": {
                    stamp: number;
                    reason?: string;
                };
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description me */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sendLimits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description limits in bytes and files */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendLimits"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    checkRules: {
        parameters: {
            query?: {
                /** @description slug of the image it is made in; without it, the rules for all */
                image?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description rules */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckRules"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listSubmissions: {
        parameters: {
            query?: {
                filter?: "waiting" | "unclaimed" | "mine" | "all" | "sent";
                /** @description with `sent`, only submissions of this notebook path */
                path?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description a page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sendSubmission: {
        parameters: {
            query?: never;
            header: {
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Bundle"];
        responses: {
            /** @description the same key and bytes again (header `Idempotency-Replayed` is true) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description stored */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description `already-sent` with facts `submission`, `version`, `title` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `bad-notebook`, `bad-bundle`, `bad-answers` (facts `field`), `secret-found` (facts `findings`, `content`), `check-blocks` (facts `findings`, each a Finding), `key-reused`, `hash-mismatch`, `unknown-image` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    searchSubmissions: {
        parameters: {
            query?: {
                /** @description words, "quoted words", `filter:value`, `-` before what must not be; empty: everything */
                query?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description a page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundPage"];
                };
            };
            /** @description `bad-search` with facts `problems` (sentences) and `filters` (names) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `search-too-broad` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    exportSearch: {
        parameters: {
            query?: {
                query?: string;
                format?: "csv" | "json";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the file, as an attachment: CSV in UTF-8 in which no cell is a formula, or an object with `items` (`Submission`s without `actions`) and `complete` */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description `bad-search` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `search-too-broad` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    searchFilters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description filters */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        filters: components["schemas"]["SearchFilter"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listSavedSearches: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description my searches */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedSearches"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    saveSearch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavedSearch"];
            };
        };
        responses: {
            /** @description my searches */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedSearches"];
                };
            };
            /** @description `bad-search` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-searches` (facts `most`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteSavedSearch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description the searches that are left */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedSearches"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getSubmission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmissionDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sendVersion: {
        parameters: {
            query?: never;
            header: {
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Bundle"];
        responses: {
            /** @description the same key and bytes again */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description stored */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    viewNotebook: {
        parameters: {
            query?: {
                /** @description index of the first cell */
                first?: number;
                count?: number;
            };
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
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
                    "application/json": components["schemas"]["NotebookView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    viewCell: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
                /** @description index of the cell */
                cell: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the cell */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CellView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    versionChecks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description findings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionChecks"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    viewRerun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the newest run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rerun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    askRerun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it is queued */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rerun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    cancelRerun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it has ended; what runs is stopped within seconds */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rerun"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    viewRerunCell: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
                /** @description index of the cell */
                cell: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the cell */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CellView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    viewTrial: {
        parameters: {
            query: {
                /** @description of the notebook in the author's home */
                path: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the newest trial */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trial"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sendTrial: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Bundle"];
        responses: {
            /** @description one of this notebook is queued or running already: this one */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trial"];
                };
            };
            /** @description it is queued */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trial"];
                };
            };
            /** @description `reruns-off` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description what sending answers */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `runs-full` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    cancelTrial: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    id: string;
                };
            };
        };
        responses: {
            /** @description it has ended; what runs is stopped within seconds */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trial"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    downloadFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
                /** @description 0 is the notebook, 1… the files in the order of the version */
                index: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    viewDifference: {
        parameters: {
            query?: {
                /** @description number of the version to compare with; without it, the newest before this one that you read to its end, else the one before it */
                from?: number;
            };
            header?: {
                /** @description the `ETag` of what you have */
                "If-None-Match"?: string;
            };
            path: {
                number: components["parameters"]["Number"];
                version: components["parameters"]["VersionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the difference */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComparedVersions"];
                };
            };
            /** @description what you have is still right */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    viewSeen: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description your marks */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Seen"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    markSeen: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MarkSeen"];
            };
        };
        responses: {
            /** @description your marks as they are now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Seen"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    claim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Stamped"];
        responses: {
            /** @description the submission as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Submission"];
                };
            };
            /** @description `stale-stamp`, `already-claimed`, `illegal-action`; facts `submission` is the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Stamped"];
        responses: {
            /** @description the submission as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Submission"];
                };
            };
            /** @description `stale-stamp`, `already-claimed`, `illegal-action`; facts `submission` is the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    withdraw: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Stamped"];
        responses: {
            /** @description the submission as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Submission"];
                };
            };
            /** @description `stale-stamp`, `illegal-action`; facts `submission` is the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret-found` (facts `findings`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listThreads: {
        parameters: {
            query?: {
                /** @description default the latest */
                version?: number;
            };
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description threads */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        threads: components["schemas"]["Thread"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    openThread: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewThread"];
            };
        };
        responses: {
            /** @description the thread */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
            /** @description `secret-found` (facts `findings`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listDrafts: {
        parameters: {
            query?: {
                /** @description the version to place them in, default the latest */
                version?: number;
            };
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description my drafts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        drafts: components["schemas"]["PlacedDraft"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDraft"];
            };
        };
        responses: {
            /** @description the draft */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Draft"];
                };
            };
            /** @description `too-many-drafts` (facts `most`), `illegal-action`, `conflict` where a draft does the opposite with the same thread */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret-found` (facts `findings`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    discardDrafts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    drafts: components["schemas"]["DraftRef"][];
                };
            };
        };
        responses: {
            /** @description the drafts that are left */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        drafts: components["schemas"]["PlacedDraft"][];
                    };
                };
            };
            /** @description `drafts-changed` where one was edited since it was seen */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    publishDrafts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    drafts: components["schemas"]["DraftRef"][];
                };
            };
        };
        responses: {
            /** @description the event */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description `drafts-changed` where one is not as it was seen, `illegal-action` where the submission takes no comments any more; no draft is lost */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    editDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                draft: components["parameters"]["DraftId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description as it was seen */
                    stamp: number;
                    /** @description empty for nothing but a suggestion */
                    text: string;
                    /** @description of a suggestion; without it the source stays */
                    source?: string;
                };
            };
        };
        responses: {
            /** @description the draft */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Draft"];
                };
            };
            /** @description `drafts-changed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret-found` (facts `findings`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    commentHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comment: components["parameters"]["CommentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description its texts, the first one first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommentHistory"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    editComment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comment: components["parameters"]["CommentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description as it was seen */
                    revision: number;
                    text: string;
                };
            };
        };
        responses: {
            /** @description its thread */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
            /** @description `comment-changed`, `illegal-action`, `conflict` after 100 changes */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret-found` (facts `findings`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteComment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comment: components["parameters"]["CommentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description as it was seen */
                    revision: number;
                };
            };
        };
        responses: {
            /** @description its thread */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
            /** @description `comment-changed`, `illegal-action` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reply: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                thread: components["parameters"]["ThreadId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description the thread */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
            /** @description `secret-found` (facts `findings`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    resolveThread: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                thread: components["parameters"]["ThreadId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the thread */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reopenThread: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                thread: components["parameters"]["ThreadId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the thread */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    rejectSuggestion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                thread: components["parameters"]["ThreadId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description the reason; it is a comment of the thread */
                    text: string;
                };
            };
        };
        responses: {
            /** @description the thread */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
            /** @description `conflict`: nothing is suggested there, or it was applied, rejected or withdrawn already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret-found` (facts `findings`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        events: components["schemas"]["Event"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    streamEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Change"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    contract: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description this */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    describeForge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the forge */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Forge"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listRepositories: {
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
                    "application/json": {
                        items: components["schemas"]["Repository"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    makeRepository: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @description one of my groups; else it is mine */
                    group?: string | null;
                };
            };
        };
        responses: {
            /** @description was there */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Repository"];
                };
            };
            /** @description made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Repository"];
                };
            };
            /** @description `too-large`: as many repositories as one owner may have */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret-found` (facts `findings`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    lookUpRepository: {
        parameters: {
            query?: {
                /** @description as in Repository */
                path?: string;
                /** @description its clone address, where the forge is elsewhere */
                url?: string;
                name?: string;
                /** @description of `name`: whose it is; else it is mine */
                group?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description what I may do */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RepositoryAccess"];
                };
            };
            /** @description this address is none of a repository that I may read */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    mintGitKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamedRepository"];
            };
        };
        responses: {
            /** @description a key */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GitKey"];
                };
            };
            /** @description no such repository, or somebody else's */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description asked too often */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forge-away`, `forge-refuses` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    endGitKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamedRepository"];
            };
        };
        responses: {
            /** @description how many */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: number;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    openPullRequest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description as in Repository */
                    path: string;
                    /** @description the branch to take over */
                    head: string;
                    /** @description the branch it goes into */
                    base: string;
                    title: string;
                    text?: string;
                };
            };
        };
        responses: {
            /** @description was open */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PullRequest"];
                };
            };
            /** @description opened */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PullRequest"];
                };
            };
            /** @description `forge-cannot`: this forge has none, or will not take this one; `secret-found` (facts `findings`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    takeDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description taken; `seen`: it became an event */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        seen: boolean;
                    };
                };
            };
            /** @description not signed by the forge */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    repositoriesPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    repositoryPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space: "user" | "group";
                /** @description the owner's name; all but `a-z0-9_-` as `.` and two hexadecimal digits for each byte */
                owner: string;
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    changeRepositoryAccess: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space: "user" | "group";
                /** @description the owner's name; all but `a-z0-9_-` as `.` and two hexadecimal digits for each byte */
                owner: string;
                repository: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    ticket: string;
                    /** @description the name of their account */
                    who: string;
                    /** @enum {string} */
                    access: "none" | "read" | "write";
                };
            };
        };
        responses: {
            /** @description to the repository's page */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    gitAdvertise: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space: "user" | "group";
                /** @description the owner's name; all but `a-z0-9_-` as `.` and two hexadecimal digits for each byte */
                owner: string;
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description what the repository has */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    gitUploadPack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space: "user" | "group";
                /** @description the owner's name; all but `a-z0-9_-` as `.` and two hexadecimal digits for each byte */
                owner: string;
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description a pack */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    gitReceivePack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space: "user" | "group";
                /** @description the owner's name; all but `a-z0-9_-` as `.` and two hexadecimal digits for each byte */
                owner: string;
                repository: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description what became of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    decisionPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    decide: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    ticket: string;
                    content_id: string;
                    track?: string;
                    /** @enum {string} */
                    verdict: "approve" | "request_changes" | "reject";
                    reason?: string;
                    /**
                     * @description of overrides
                     * @enum {string}
                     */
                    scope?: "shown" | "submission";
                    /** @description for how long they hold */
                    days?: string;
                } & {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description what was decided */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description the page again, where an approval rests on what checks or a run said and that is another by now; `requirements-open`, `stale-stamp`, `content-changed`, `drafts-changed` and `decision-held` as a problem */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    confirmationsPage: {
        parameters: {
            query?: {
                /** @description only those with a smaller number */
                below?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    confirmationPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    disputeConfirmation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    ticket: string;
                };
            };
        };
        responses: {
            /** @description what was held or taken back */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listHolds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description how many and where */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Holds"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    holdsPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    holdPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    settleHold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    ticket: string;
                    /** @enum {string} */
                    outcome: "stands" | "falls";
                    reason: string;
                };
            };
        };
        responses: {
            /** @description what became of the decision */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    notificationsPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    saveNotifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    ticket: string;
                    /** @enum {string} */
                    mail_turn: "now" | "digest" | "never";
                    /** @enum {string} */
                    mail_news: "now" | "digest" | "never";
                    /** @enum {string} */
                    mail_reminder: "now" | "digest" | "never";
                    zone: string;
                    opens: string;
                    closes: string;
                    digest_hour: number;
                    away_from?: string;
                    away_until?: string;
                } & {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description the page, as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    undeliveredPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    retryUndelivered: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    ticket: string;
                    /** @description its number, or all */
                    entry: string;
                };
            };
        };
        responses: {
            /** @description what is left */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deepLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description to the lab */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    home: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    oauthCallback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description back to the page */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listImages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the catalog */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Images"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    viewRelease: {
        parameters: {
            query?: {
                /** @description such as 3.11; without it, or where a release has none such, the oldest */
                python?: components["parameters"]["Python"];
            };
            header?: never;
            path: {
                image: components["parameters"]["ImageSlug"];
                release: components["parameters"]["ImageRelease"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    compareReleases: {
        parameters: {
            query: {
                /** @description image/release, such as datascience/2026.9.0 */
                with: string;
                /** @description the digest that was recorded with it */
                digest?: string;
                /** @description names with commas between; only their changes are told */
                packages?: string;
                /** @description such as 3.11; without it, or where a release has none such, the oldest */
                python?: components["parameters"]["Python"];
            };
            header?: never;
            path: {
                image: components["parameters"]["ImageSlug"];
                release: components["parameters"]["ImageRelease"];
            };
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
                    "application/json": components["schemas"]["ReleaseComparison"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listPackageRequests: {
        parameters: {
            query?: {
                /** @description the `next` of the page before */
                below?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description a page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageRequests"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    askForPackage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    package: string;
                    /** @description a range such as >=2,<3 */
                    wanted?: string;
                    why: string;
                };
            };
        };
        responses: {
            /** @description it was asked already */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageRequest"];
                };
            };
            /** @description asked */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageRequest"];
                };
            };
            /** @description `secret-found` (facts `findings`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPackageRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    withdrawPackageRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Stamped"];
        responses: {
            /** @description it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    packageRequestsPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    packageRequestPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            302: components["responses"]["SignIn"];
            default: components["responses"]["Problem"];
        };
    };
    answerPackageRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: components["parameters"]["Number"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    ticket: string;
                    /** @enum {string} */
                    verdict: "accept" | "decline";
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description what was answered */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description ok */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `status`, and `artifacts`: `ok`, or `away` where stored files cannot be reached */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description metrics */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
type WithRequired<T, K extends keyof T> = T & {
    [P in K]-?: T[P];
};
