"""The spawn page: cards for the image, its other releases, and the size. Plain HTML and CSS that works without JavaScript, light and dark.

The same template serves every spawner. A script adds the search where scripts run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from enablement_ext.core.images.catalog import Catalog
from enablement_ext.hub.image_cards import CardContext, cards
from enablement_ext.hub.sizes import Size
from enablement_ext.hub.spawn_policy import SpawnPolicy
from enablement_ext.hub.user_options import RELEASE_FIELD, SIZE_FIELD

MANY = 8  # cards; with more, they scroll in a box of their own so that size and button stay near


@dataclass(frozen=True, slots=True)
class SpawnPageState:
    """The template's context. `enforced`: servers are limited to their size."""

    catalog: Catalog  # what this person may use
    sizes: Sequence[Size]
    view: CardContext
    enforced: bool
    offers_releases: bool
    problem: str = ""  # for people who run the hub
    for_whom: str = ""  # somebody else's name, when an admin starts a server for them
    quota_message: str = ""  # why no further server may run now


class SpawnPage:
    """Renders the options form."""

    def __init__(self, policy: SpawnPolicy, shown: bool = True) -> None:
        self.shown = shown
        self._policy = policy
        folder = Path(__file__).parent / "templates"
        loader = FileSystemLoader(folder)
        environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._form = environment.get_template("spawn_form.html")
        self._closed = environment.get_template("spawn_closed.html")

    def render(self, state: SpawnPageState) -> str:
        """The form's HTML. Reads locks that were not read before, so call it from a worker thread."""
        made = cards(state.catalog, self._policy, state.view) if state.offers_releases else ()
        previews = tuple(card for card in made if card.badge == "preview" and not card.first)
        shown = tuple(card for card in made if card not in previews)
        return self._form.render(
            release_field=RELEASE_FIELD,
            size_field=SIZE_FIELD,
            cards=shown,
            previews=previews,
            many=len(shown) > MANY,
            sizes=state.sizes,
            selected=state.view.selected,
            state=state,
        )

    def closed(self, message: str) -> str:
        """The message in place of the form when no image is open to the user."""
        return self._closed.render(message=message)
