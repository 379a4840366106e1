"""A new submission, with its first version."""

from __future__ import annotations

from enablement_ext.core.errors import AlreadySent
from enablement_ext.core.review.attention import reviewers, turn, user
from enablement_ext.core.review.models import State, Submission, Version
from enablement_ext.core.review.ports import NewEvent, NewVersion, ReviewReader, ReviewTransaction
from enablement_ext.service.use_cases.review_context import ReviewContext, queue_notifications


def add_submission(context: ReviewContext, transaction: ReviewTransaction, version: NewVersion) -> Version:
    """Append the event, store the submission and its first version. Raises `AlreadySent` for content of a submission that is still there."""
    known = transaction.sent_before(version.sent_by, version.content_id)
    if known is not None:
        raise already_sent(known)
    number, answers = transaction.next_number(), version.answers
    event = transaction.append_event(
        NewEvent(version.sent_at, version.sent_by, "sent", number, 1, tuple(version_facts(version).items()))
    )
    wanted = reviewers(context.policy, None) | named_reviewers(transaction, version)
    submission = Submission(
        number=number,
        author=version.sent_by,
        title=answers.title,
        state=State.SUBMITTED,
        stage=answers.stage,
        handed_over=answers.handed_over,
        notebook_path=version.notebook.path,
        image=version.image,
        latest=1,
        content_id=version.content_id,
        created_at=version.sent_at,
        updated_at=version.sent_at,
        updated_seq=event.seq,
        attention=turn((), wanted, version.sent_at, event.seq),
    )
    transaction.add_submission(submission)
    queue_notifications(context, transaction, (None, submission), event)
    return transaction.add_version(number, version)


def named_reviewers(reader: ReviewReader, version: NewVersion) -> frozenset[str]:
    """The people whom the author named, as attention names them: by the account names of now, or by who was never seen yet."""
    people = {_person(reader, name) for name in version.answers.reviewers}
    return frozenset(user(name) for name in people - {version.sent_by})


def _person(reader: ReviewReader, name: str) -> str:
    holder = reader.holder(name)
    return name if holder is None else holder.id


def version_facts(version: NewVersion) -> dict[str, object]:
    """What the event of a sent version says of it."""
    said = [f"{each.rule}: {each.where}, line {each.line}" for each in version.answers.not_secrets]
    return {
        "content_id": version.content_id,
        "notebook_sha256": version.notebook.sha256,
        "image": f"{version.image.slug} {version.image.release}",
        "files": len(version.files),
        **({"not_secrets": said} if said else {}),
    }


def already_sent(version: Version) -> AlreadySent:
    """The error that names where this content is."""
    facts = {"submission": version.submission, "version": version.number, "title": version.answers.title}
    return AlreadySent(f"Already sent as #{version.submission} v{version.number}.", facts=facts)
