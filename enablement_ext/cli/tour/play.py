"""Plays the tour's stories once in a state folder: everybody signs in, authors send from their servers, reviewers read and decide."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from enablement_ext.cli.tour.browser import TourFailed
from enablement_ext.cli.tour.person import PersonAtWork
from enablement_ext.cli.tour.stories import Story

MARK = "tour.json"  # in the state folder, once everything was played


@dataclass(slots=True)
class Tour:
    """The demo's people, by name, with their passwords. `stopped`: whether to leave off. `report` gets lines for a person."""

    url: str
    state: Path
    passwords: Mapping[str, str]
    report: Callable[[str], None]
    stopped: Callable[[], bool] = lambda: False
    _people: dict[str, PersonAtWork] = field(default_factory=dict)

    def play(self, stories: Sequence[Story]) -> None:
        """Play what was not played yet. What goes wrong is reported in a line; the demo runs all the same."""
        mark = self.state / MARK
        if mark.exists():
            return
        try:
            self._play_all(stories)
        except TourFailed as problem:
            self.report(f"the demo is not filled as it should be: {problem}")
        else:
            if not self.stopped():
                mark.write_text(json.dumps({"demo": "tour", "submissions": len(stories)}) + "\n", encoding="utf-8")
        finally:
            self._leave()

    def _play_all(self, stories: Sequence[Story]) -> None:
        authors = sorted({story.author for story in stories})
        self.report(f"filling the demo: servers for {' and '.join(authors)}")
        for name in authors:
            self._person(name).ask_for_server()
        for name in authors:
            self._person(name).open_lab(self.stopped)
        known = {item["title"] for name in authors for item in self._person(name).sent()}
        for number, story in enumerate(stories, start=1):
            if self.stopped():
                return
            if story.title not in known:
                self.report(f"filling the demo: {number} of {len(stories)}, {story.title}")
                self._play(story)

    def _play(self, story: Story) -> None:
        version = 1
        number = self._person(story.author).send(story, version, None)
        for step in story.steps:
            if step.what == "send":
                version += 1
                self._person(story.author).send(story, version, number)
            else:
                self._person(step.who).do(step, number)

    def _person(self, name: str) -> PersonAtWork:
        if name not in self._people:
            person = PersonAtWork(self.url, name, self.state / "home" / name)
            person.sign_in(self.passwords[name])
            self._people[name] = person
        return self._people[name]

    def _leave(self) -> None:
        for person in self._people.values():
            with suppress(TourFailed):
                person.leave()
