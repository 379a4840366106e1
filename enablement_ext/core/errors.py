"""Every error a person or a program can be answered with: one tree below `EnablementError`. `docs/reference/errors.md` is made from it.

A branch is a kind of trouble with its HTTP `status`, a leaf one case of it with a `code` that stays, which the user interface branches on;
`facts` travel beside it. The docstring of a class is the message where no better one is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class EnablementError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str | None = None, *, facts: Mapping[str, object] | None = None) -> None:
        """`message` replaces the docstring; `facts` are JSON values, or values that the HTTP layer makes JSON, and never contain a secret."""
        self.message = message or " ".join((type(self).__doc__ or "").split())
        self.facts: dict[str, object] = dict(facts or {})
        super().__init__(self.message)


class BadRequest(EnablementError):
    """The request is malformed."""

    code = "malformed-request"
    status = 400


class BadCursor(BadRequest):
    """This cursor was not made by this list. Load the first page again."""

    code = "bad-cursor"


class BadSearch(BadRequest):
    """This search cannot be understood."""

    code = "bad-search"


class NotSignedIn(EnablementError):
    """You are not signed in, or your session has ended. Sign in again."""

    code = "not-signed-in"
    status = 401


class Forbidden(EnablementError):
    """You do not have the permission for this."""

    code = "forbidden"
    status = 403


class OwnSubmission(Forbidden):
    """An author never decides on their own submission. Ask another reviewer."""

    code = "own-submission"


class DecisionPageOnly(Forbidden):
    """Decisions are made on the decision page, opened in the browser by the reviewer."""

    code = "decision-page-only"


class WrongOrigin(Forbidden):
    """This is not served at this address. Pages on which people decide have an address of their own, which no lab page shares."""

    code = "wrong-origin"


class DecisionsOff(Forbidden):
    """Decisions are off here until a platform engineer gives the decision page an address that no notebook can reach."""

    code = "decisions-off"


class HubDatabaseNew(Forbidden):
    """The hub knows none of the accounts it had. Tell your platform engineers: if its database is new, `enablement people adopt` helps."""

    code = "hub-database-new"


class ServerUnknown(Forbidden):
    """This server is no longer known to the hub, so the review service does not know it either. Start it again in the hub; your files stay."""

    code = "server-unknown"


class NotFound(EnablementError):
    """There is nothing here, or you may not see it."""

    code = "not-found"
    status = 404


class Conflict(EnablementError):
    """Somebody else was faster."""

    code = "conflict"
    status = 409


class StaleStamp(Conflict):
    """The submission has changed since you loaded it. Look at it again, then repeat what you wanted to do."""

    code = "stale-stamp"


class IllegalAction(Conflict):
    """This cannot be done in the submission's present state."""

    code = "illegal-action"


class AlreadySent(Conflict):
    """Exactly this content was sent before."""

    code = "already-sent"


class RerunsOff(Conflict):
    """This hub does not run notebooks again. Platform engineers can switch it on."""

    code = "reruns-off"


class AlreadyClaimed(Conflict):
    """Another reviewer is on it."""

    code = "already-claimed"


class ContentChanged(Conflict):
    """A newer version has arrived; this decision would bind to an older one. Look at the new version first."""

    code = "content-changed"


class RequirementsOpen(Conflict):
    """Not every requirement is satisfied yet."""

    code = "requirements-open"


class DecisionHeld(Conflict):
    """A decision in your name is on hold here, because you said that it was not you. An administrator settles it first."""

    code = "decision-held"


class DraftsChanged(Conflict):
    """Your drafts have changed since you saw them, in another tab or browser. Nothing was published; look at them, then repeat."""

    code = "drafts-changed"


class TooManyDrafts(Conflict):
    """You have too many drafts. Publish or discard some of them first."""

    code = "too-many-drafts"


class TooManySearches(Conflict):
    """You keep as many searches as one can. Delete one of them first."""

    code = "too-many-searches"


class CommentChanged(Conflict):
    """This comment has changed since you saw it. Look at it, then repeat."""

    code = "comment-changed"


class SetupRefused(Conflict):
    """Git cannot be set up or taken back here. Nothing was changed."""

    code = "git-setup-refused"


class TooLarge(EnablementError):
    """This is larger than the limit."""

    code = "too-large"
    status = 413


class ProxyLimit(TooLarge):
    """Something between your server and the review service does not take this much. Tell your platform engineers, or send fewer files."""

    code = "proxy-too-large"


class UnsupportedEncoding(EnablementError):
    """Send the body uncompressed and with the documented content type."""

    code = "unsupported-encoding"
    status = 415


class Unprocessable(EnablementError):
    """The content was understood and cannot be accepted."""

    code = "unprocessable"
    status = 422


class BadNotebook(Unprocessable):
    """The notebook is not a valid nbformat 4 notebook."""

    code = "bad-notebook"


class BadBundle(Unprocessable):
    """The bundle of files cannot be accepted."""

    code = "bad-bundle"


class BadAnswers(Unprocessable):
    """A field of the form is missing or not valid."""

    code = "bad-answers"


class SecretFound(Unprocessable):
    """Something that looks like a secret is in what you are sending. Remove it, change it where it was used, and send again."""

    code = "secret-found"


class CheckBlocks(Unprocessable):
    """A check found something that the rules of this hub do not let through. Change it, then send again."""

    code = "check-blocks"


class KeyReused(Unprocessable):
    """This Idempotency-Key was used before with other content."""

    code = "key-reused"


class HashMismatch(Unprocessable):
    """What arrived is not what the browser saw. Save the notebook and send again."""

    code = "hash-mismatch"


class FileUnreadable(Unprocessable):
    """A file that was to be sent cannot be read."""

    code = "file-unreadable"


class ForgeCannot(Unprocessable):
    """The forge does not take this."""

    code = "forge-cannot"


class SearchTooBroad(Unprocessable):
    """This search takes too long. Add a word or a filter, or write more of a word that ends in *."""

    code = "search-too-broad"


class UnknownImage(Unprocessable):
    """The hub has no record of the image this server runs in. Start your server again from the spawn page."""

    code = "unknown-image"


class TooManyRequests(EnablementError):
    """Too many requests. Wait a moment."""

    code = "too-many-requests"
    status = 429


class RunsFull(TooManyRequests):
    """Too much waits to be tried at the moment. Nothing was lost; try again in a few minutes, or send it: it is run then."""

    code = "runs-full"


class ArtifactDamaged(EnablementError):
    """A stored file is missing or no longer has the bytes it was stored with. It was set aside and reported."""

    code = "artifact-damaged"
    status = 500


class BadCatalog(EnablementError):
    """The image catalog is not valid."""

    code = "bad-catalog"
    status = 500


class Unavailable(EnablementError):
    """The review service cannot do this right now. Nothing was lost; try again in a moment."""

    code = "unavailable"
    status = 503


class StoreUnavailable(Unavailable):
    """The review service's storage is not available right now. Nothing was lost; try again in a moment."""

    code = "store-unavailable"


class DatabaseReplaced(StoreUnavailable):
    """The database was deleted, exchanged or emptied while the review service runs. Nothing is accepted until it is back; tell your platform engineers."""

    code = "database-replaced"


class NoSpace(Unavailable):
    """The review service's storage is full. Nothing was stored; tell your platform engineers."""

    code = "no-space"


class HubUnavailable(Unavailable):
    """The hub does not answer, so it cannot be checked who you are. Nothing was lost; try again in a moment."""

    code = "hub-unavailable"


class ServiceAway(Unavailable):
    """The review service does not answer. Nothing was lost; try again in a moment."""

    code = "service-away"


class ProxyAway(ServiceAway):
    """A proxy between your server and the review service cannot reach it. Nothing was lost; if it stays so, tell your platform engineers."""

    code = "proxy-away"


class ForeignAnswer(ServiceAway):
    """Something else answers where the review service should be, such as a sign-in page of the network. Nothing was lost; tell your platform engineers."""

    code = "foreign-answer"


class NoService(Unavailable):
    """This server was not started by an Enablement hub, so there is no review service to send to."""

    code = "no-service"


class GitFailed(Unavailable):
    """Git could not do this. Nothing was lost; Repair tries again."""

    code = "git-failed"


class ForgeAway(GitFailed):
    """The versions are kept here, and the server they are copied to did not take them. Nothing was lost; try again in a moment."""

    code = "forge-away"


class PushRefused(ForgeAway):
    """The server did not take the version. It is kept here; nothing was lost."""

    code = "push-refused"


class ForgeAhead(GitFailed):
    """The server has versions that are not here. Nothing was lost: yours is kept here. Get your colleagues' changes, then it can be pushed."""

    code = "forge-ahead"


class ForgeRefuses(GitFailed):
    """The forge does not let the review service do this. Nothing was lost; tell your platform engineers."""

    code = "forge-refuses"


class SandboxOff(Unavailable):
    """Notebooks are not run again on this host, because it cannot keep them apart from everything else."""

    code = "sandbox-off"


class EnvironmentUnavailable(Unavailable):
    """The environment of this image release could not be made on this machine."""

    code = "environment-unavailable"
