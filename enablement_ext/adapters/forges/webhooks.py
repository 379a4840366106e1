"""Verifying and parsing webhooks. Signatures are compared in constant time, over the exact bytes, before anything is parsed."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping
from hashlib import sha256

from enablement_ext.adapters.forges.base import Model, inner, name_of, text
from enablement_ext.core.errors import BadRequest, NotSignedIn
from enablement_ext.core.git.forges.names import repository_of
from enablement_ext.core.git.forges.ports import Delivery, WebhookEvent

_TOLERANCE_SECONDS = 300.0
_SHOWN = 200
_STANDARD = "whsec_"


def github_event(secret: str, delivery: Delivery) -> WebhookEvent:
    """`X-Hub-Signature-256: sha256=HEX`, `X-GitHub-Delivery`, `X-GitHub-Event`."""
    signed = delivery.headers.get("x-hub-signature-256", "").removeprefix("sha256=")
    _verify(secret, signed, _hex(secret, delivery.body))
    return _parse(delivery, "x-github-delivery", delivery.headers.get("x-github-event", ""))


def gitea_event(secret: str, delivery: Delivery) -> WebhookEvent:
    """`X-Gitea-Signature: HEX` (Forgejo: `X-Forgejo-Signature`, which then counts), `X-Gitea-Delivery`, `X-Gitea-Event`."""
    headers = delivery.headers
    signed = headers.get("x-forgejo-signature") or headers.get("x-gitea-signature", "")
    _verify(secret, signed, _hex(secret, delivery.body))
    return _parse(delivery, "x-gitea-delivery", headers.get("x-gitea-event", ""))


def gitlab_event(secret: str, delivery: Delivery) -> WebhookEvent:
    """A signing token (`whsec_…`): the Standard Webhooks signature over id, time and body, five minutes around now.

    Else the secret itself in `X-Gitlab-Token`.
    """
    headers = delivery.headers
    if secret.startswith(_STANDARD):
        _verify_standard_webhook(secret, delivery)
    else:
        _verify(secret, headers.get("x-gitlab-token", ""), secret)
    kind = {"push": "push", "merge_request": "merge_request"}.get(text(_model(delivery.body), "object_kind"), "")
    name = (
        "webhook-id"
        if "webhook-id" in headers
        else "idempotency-key"
        if "idempotency-key" in headers
        else "x-gitlab-event-uuid"
    )
    return _parse(delivery, name, kind)


def _verify(secret: str, given: str, expected: str) -> None:
    """Raises `NotSignedIn` for a wrong signature, and where no secret is set."""
    if not hmac.compare_digest(given.encode(), expected.encode()) or not secret:
        raise NotSignedIn("This delivery is not signed by the forge of this service.")


def _verify_standard_webhook(secret: str, delivery: Delivery) -> None:
    headers = delivery.headers
    try:
        key = base64.b64decode(secret.removeprefix(_STANDARD), validate=True)
        age = abs(delivery.at.timestamp() - float(headers.get("webhook-timestamp", "")))
    except (binascii.Error, ValueError):
        raise NotSignedIn("This delivery is not signed by the forge of this service.") from None
    content = f"{headers.get('webhook-id', '')}.{headers.get('webhook-timestamp', '')}.".encode() + delivery.body
    expected = f"v1,{base64.b64encode(hmac.digest(key, content, 'sha256')).decode()}"
    given = headers.get("webhook-signature", "").split()
    if age > _TOLERANCE_SECONDS or not any(hmac.compare_digest(each.encode(), expected.encode()) for each in given):
        raise NotSignedIn("This delivery is not signed by the forge of this service, or is old.")


def _hex(secret: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), body, "sha256").hex()


def _parse(delivery: Delivery, name: str, event: str) -> WebhookEvent:
    """Headers are not signed, so that a delivery is identified by its body as well."""
    model = _model(delivery.body)
    reading = _READERS.get(event)
    keys = (f"id:{delivery.headers.get(name, '')[:200]}", f"body:{sha256(delivery.body).hexdigest()}")
    if reading is None:
        return WebhookEvent(keys)
    kept = inner(model, "repository") if "project" not in model else inner(model, "project")
    where = text(kept, "path_with_namespace").rpartition("/")[2] or name_of(kept)
    facts = tuple((fact, _clean(value)) for fact, value in reading(model).items())
    return WebhookEvent(
        keys, "push" if event == "push" else "proposal", repository_of(where, text(kept, "description")), facts
    )


def _push(model: Model) -> Mapping[str, object]:
    pusher = inner(model, "pusher")
    by = text(model, "user_username") or text(pusher, "login") or text(pusher, "name")
    return {"branch": text(model, "ref").removeprefix("refs/heads/"), "commit": text(model, "after"), "by": by}


def _pull_request(model: Model) -> Mapping[str, object]:
    pull = inner(model, "pull_request")
    merged = pull.get("merged") is True
    return {
        "number": model.get("number"),
        "action": "merged" if merged and text(model, "action") == "closed" else text(model, "action"),
        "head": text(inner(pull, "head"), "ref"),
        "base": text(inner(pull, "base"), "ref"),
        "by": text(inner(model, "sender"), "login"),
    }


def _merge_request(model: Model) -> Mapping[str, object]:
    about = inner(model, "object_attributes")
    action = text(about, "action")
    return {
        "number": about.get("iid"),
        "action": {"open": "opened", "merge": "merged", "close": "closed"}.get(action, action),
        "head": text(about, "source_branch"),
        "base": text(about, "target_branch"),
        "by": text(inner(model, "user"), "username"),
    }


_READERS: Mapping[str, Callable[[Model], Mapping[str, object]]] = {
    "push": _push,
    "pull_request": _pull_request,
    "merge_request": _merge_request,
}


def _model(body: bytes) -> Model:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadRequest("A delivery is a JSON object.")
    return found


def _clean(value: object) -> str:
    return "".join(char for char in str("" if value is None else value)[:_SHOWN] if char.isprintable())
