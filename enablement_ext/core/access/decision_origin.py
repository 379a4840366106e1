"""Where decisions are made, and what of that place would let a notebook decide in its reviewer's name (docs/adr/0031-decision-origin.md).

Pages that decide need an origin (scheme, host, port) that no lab page shares, and cookies that no process of a person's can be sent. What
is missing is a `Risk`; decisions are off while there is one that an administrator has not accepted by its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit


class Risk(StrEnum):
    """Why whoever decided may have been a notebook. The values are settings and facts, and never change."""

    SHARED_ORIGIN = "shared-origin"
    PLAIN_HTTP = "plain-http"
    ONE_ACCOUNT = "one-account"


class ServersPlace(StrEnum):
    """Where people's servers run, seen from the host names of the hub and of the decision pages."""

    ELSEWHERE = "elsewhere"  # pods and containers: what they listen on is not reached under these host names
    SAME_HOST = "same-host"  # processes of this machine, each under its person's account
    SAME_ACCOUNT = "same-account"  # processes under the account of the review service


# What to do about it, in one sentence.
REMEDIES: Mapping[Risk, str] = MappingProxyType(
    {
        Risk.SHARED_ORIGIN: (
            "Lab pages have the same address as the decision page: set c.Enablement.decision_url to a second host name or port "
            "(chart: review.decisions.url), or c.JupyterHub.subdomain_host."
        ),
        Risk.PLAIN_HTTP: (
            "People's servers run on the hub's machine and its pages are not on https, so a notebook could be sent the hub's login "
            "cookie: put hub and decision page behind https."
        ),
        Risk.ONE_ACCOUNT: (
            "People's servers run under the account of the review service, so a notebook could read its key: give people accounts of "
            "their own or containers."
        ),
    }
)


def origin_of(address: str) -> str:
    """`https://host:port` of an address, its port always written; "" for a path."""
    parts = urlsplit(address)
    if not parts.scheme or not parts.hostname:
        return ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def risk_facts(risks: Sequence[Risk]) -> dict[str, object]:
    """What the event of a decision says of the risks that were accepted for the page it was made on; nothing where there are none."""
    return {"accepted_risks": ",".join(risks)} if risks else {}


@dataclass(frozen=True, slots=True)
class DecisionOrigin:
    """The addresses of the service's pages and of the hub as a browser sees them (a path: not known), and what was accepted."""

    pages: str
    hub: str
    servers: ServersPlace = ServersPlace.SAME_HOST
    accepted: frozenset[Risk] = frozenset()

    @property
    def risks(self) -> tuple[Risk, ...]:
        """Every risk of this place, accepted or not."""
        shared = not origin_of(self.pages) or origin_of(self.pages) == origin_of(self.hub)
        plain = any(urlsplit(address).scheme != "https" for address in (self.pages, self.hub))
        found = (
            (Risk.SHARED_ORIGIN, shared),
            (Risk.PLAIN_HTTP, plain and self.servers is not ServersPlace.ELSEWHERE),
            (Risk.ONE_ACCOUNT, self.servers is ServersPlace.SAME_ACCOUNT),
        )
        return tuple(risk for risk, there in found if there)

    @property
    def off_because(self) -> tuple[Risk, ...]:
        """The risks that nobody accepted; decisions are off while there are any."""
        return tuple(risk for risk in self.risks if risk not in self.accepted)

    @property
    def taken(self) -> tuple[Risk, ...]:
        """The risks that are there and were accepted; they are told with every decision."""
        return tuple(risk for risk in self.risks if risk in self.accepted)

    @property
    def remedy(self) -> str:
        """What to set, so that decisions are on; "" where they are."""
        return " ".join(REMEDIES[risk] for risk in self.off_because)

    @property
    def own_host(self) -> bool:
        """Whether the pages have https and a host name that is not the hub's: then cookies may be bound to the host (`__Host-`).

        A cookie knows no port. Bound to a host name that the hub has too, it would be sent to people's servers below `/user/`.
        """
        pages, hub = urlsplit(self.pages), urlsplit(self.hub)
        return pages.scheme == "https" and bool(hub.hostname) and pages.hostname != hub.hostname
