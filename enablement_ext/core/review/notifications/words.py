"""What happened, in a sentence for a mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from enablement_ext.core.review.models import Event
from enablement_ext.core.review.notifications.models import Occasion

_HAPPENED: Mapping[str, Callable[[Event], str]] = {
    "sent": lambda event: f"{event.actor} sent it.",
    "version_sent": lambda event: f"{event.actor} sent version {event.version}.",
    "commented": lambda event: f"{event.actor} wrote a comment:",
    "review_published": lambda event: f"{event.actor} published a review:",
    "suggestion_rejected": lambda event: f"{event.actor} does not take a suggested edit over.",
    "claimed": lambda event: f"{event.actor} picked it up.",
    "released": lambda event: f"{event.actor} put it back.",
    "claim_lapsed": lambda event: (
        f"{event.data.get('by', 'Whoever picked it up')} did not come to it: it is in the queue again."
    ),
    "claim_withdrawn": lambda event: (
        f"{event.data.get('by', 'Whoever picked it up')} does not review any more: it is in the queue again."
    ),
    "approved": lambda event: f"{event.actor} approved version {event.version}.",
    "changes_requested": lambda event: f"{event.actor} asked for changes to version {event.version}.",
    "rejected": lambda event: f"{event.actor} rejected version {event.version}.",
    "withdrawn": lambda event: f"{event.actor} withdrew it.",
    "decision_disputed": lambda event: f"A decision in the name of {event.actor} is on hold.",
    "hold_lifted": lambda event: f"{event.actor} lifted the hold: the decision counts again.",
    "decision_fell": lambda event: f"{event.actor} let the decision that was on hold fall.",
}
_WHOSE = {Occasion.TURN: " It is your turn.", Occasion.NEWS: ""}


def happened(event: Event, occasion: Occasion, nth: int) -> str:
    """One sentence or two; of a reminder, what it reminds of."""
    if occasion is Occasion.REMINDER:
        norms = "longer than usual" if nth == 1 else f"{nth} times as long as usual"
        return f"It has been waiting for you {norms}."
    known = _HAPPENED.get(event.kind)
    said = known(event) if known is not None else f"{event.actor} changed it."
    if said.endswith(":") and occasion is Occasion.TURN:
        return f"It is your turn. {said}"
    return said + _WHOSE[occasion]
