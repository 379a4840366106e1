"""`enablement people …`: who stands behind the hub's accounts, and what an administrator says about them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.core.access.people import Account, Person
from enablement_ext.core.errors import Conflict, NotFound
from enablement_ext.core.review.hand_over import HandOver, adopt, every_person, hand_over, release
from enablement_ext.core.review.ports import Clock, ReviewStore

AccountOf = Callable[[str], Account | None]


def list_people(store: ReviewStore, *, as_json: bool) -> Exit:
    """Print everybody who was seen."""
    with store.read() as reader:
        people = every_person(reader)
    if as_json:
        print(json.dumps([_document(person) for person in people], indent=2))
    else:
        print("\n".join(_line(person) for person in people) or "nobody was here yet")
    return Exit.OK


def hand_over_work(store: ReviewStore, clock: Clock, args: argparse.Namespace, account_of: AccountOf | None) -> Exit:
    """Hand somebody's work over, once their account is no more."""
    checked = _checked_gone(store, args, account_of)
    order = HandOver(args.person, args.to, args.reason, checked)
    try:
        with store.write() as transaction:
            submissions = hand_over(transaction, order, clock.now())
    except NotFound:
        raise CliError(
            f"{args.to} is nobody who was here yet, or the same person; see enablement people list",
            Exit.NO,
        ) from None
    except Conflict as conflict:
        raise CliError(conflict.message, Exit.NO) from None
    print(f"{args.to} is the author of {submissions} submissions that {args.person} sent, and has their repositories")
    return Exit.OK


def adopt_everybody(store: ReviewStore, clock: Clock) -> Exit:
    """Bind everybody to the account of their name that is seen next."""
    with store.write() as transaction:
        count = adopt(transaction, clock.now())
    print(f"{count} people will be known again by the names of their accounts, within a minute")
    return Exit.OK


def release_name(store: ReviewStore, clock: Clock, person: str) -> Exit:
    """Say that the account with this person's name is somebody else's."""
    try:
        with store.write() as transaction:
            release(transaction, person, clock.now())
    except NotFound:
        raise CliError(f"{person} holds no account; see enablement people list", Exit.NO) from None
    print(f"whoever comes under the name of {person} is somebody new, within a minute")
    return Exit.OK


def add_people_commands(verbs: Any, epilog: str) -> dict[str, argparse.ArgumentParser]:
    """The verbs, by name."""
    listing = verbs.add_parser("list", help="everybody who was seen, and the hub account they have", epilog=epilog)
    listing.add_argument("--json", action="store_true", help="for programs")
    handing = verbs.add_parser(
        "hand-over", help="give the work of somebody whose account is no more to somebody else", epilog=epilog
    )
    handing.add_argument("person", help="whose work, as in `enablement people list`")
    handing.add_argument("--to", required=True, metavar="PERSON", help="who is the author from now on")
    handing.add_argument("--reason", default="", help="kept in the event log")
    handing.add_argument(
        "--account-is-gone",
        action="store_true",
        help="say yourself that the account was removed, where the hub cannot be asked ($JUPYTERHUB_API_URL, $JUPYTERHUB_API_TOKEN)",
    )
    adopting = verbs.add_parser(
        "adopt", help="the hub's database is new: everybody is who had their account's name before", epilog=epilog
    )
    releasing = verbs.add_parser("release", help="the account with this name is somebody else's now", epilog=epilog)
    releasing.add_argument("person", help="who had the name, as in `enablement people list`")
    return {"list": listing, "hand-over": handing, "adopt": adopting, "release": releasing}


def _checked_gone(store: ReviewStore, args: argparse.Namespace, account_of: AccountOf | None) -> str:
    """How it is known that the person has no account. Raises `CliError` where they have one, or where nobody says so."""
    if account_of is None:
        if not args.account_is_gone:
            raise CliError(
                "the hub cannot be asked from here; add --account-is-gone if the account was removed", Exit.USAGE
            )
        return "said"
    with store.read() as reader:
        person = reader.person(args.person)
    account = account_of(person.name if person else args.person)
    if account is not None and (person is None or person.created in (None, account.created)):
        raise CliError(
            f"{args.person} has an account in the hub. Only work of somebody whose account was removed is handed over",
            Exit.NO,
        )
    return "hub"


def _document(person: Person) -> dict[str, object]:
    return {
        "person": person.id,
        "account": person.name if person.holds else None,
        "created": _time(person.created),
        "seen": _time(person.seen_at),
        "heir": person.heir,
    }


def _line(person: Person) -> str:
    if person.heir:
        return f"{person.id}: work handed over to {person.heir}"
    if not person.holds:
        return f"{person.id}: no account; was called {person.name}"
    return f"{person.id}: account {person.name}, " + (
        "not seen yet" if person.created is None else f"seen {person.seen_at:%Y-%m-%d %H:%M} UTC"
    )


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
