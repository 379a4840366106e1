"""What of a submission is indexed: the content of its newest version, what was said about it, and facts about where it stands.

Bounded, because a database bounds it too: so many places in a text, so many bytes of different words. What is beyond the places is found as words,
not as quoted words; what is beyond all bounds is not found. Outputs are never indexed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from enum import StrEnum

from enablement_ext.core.notebook.code_references import Uses, uses_of_cells, uses_of_module
from enablement_ext.core.notebook.extraction import file_texts
from enablement_ext.core.notebook.stored import StoredNotebook
from enablement_ext.core.review.attention import user
from enablement_ext.core.review.models import Answers, Decision, FileEntry, State, Submission, Thread, Version
from enablement_ext.core.review.search.conditions import EVERY
from enablement_ext.core.review.search.dates import day_facets
from enablement_ext.core.review.search.terms import facet, terms, whole_words

_TRACK = "track:"
GAP = "_"  # in a run of terms: what stands before and after it does not follow each other

_CONTENT_PLACES, _TALK_PLACES = 12_000, 3_000
_SAME = 100  # places of one term in one text
_ALONE_BYTES = 200_000  # of the words that have no place any more
_FILE_CHARACTERS = 500_000
_SHOWN_CHARACTERS = 100_000  # kept to show where something was found


class PassageKind(StrEnum):
    """Where a text stands."""

    TITLE = "title"
    ANSWER = "answer"
    NAME = "name"  # of a file
    MARKDOWN = "markdown"
    CODE = "code"
    FILE = "file"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of a submission. `where`: a cell's number from 1, a file's path, which answer, or "" where the kind says it all."""

    kind: PassageKind
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class IndexedText:
    """Texts as terms: a run with a `GAP` between two texts, and terms without a place. `shown` are the texts themselves, as far as they are kept."""

    run: tuple[str, ...] = ()
    alone: frozenset[str] = frozenset()
    shown: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchContent:
    """The content of one version, ready to be indexed."""

    version: int
    text: IndexedText = field(default_factory=IndexedText)


def notebook_passages(notebook: bytes) -> list[Passage]:
    """The sources and markdown of a stored notebook, as far as they are indexed. Raises `BadNotebook`."""
    found, room = list[Passage](), _FILE_CHARACTERS
    for cell in StoredNotebook(notebook).cells:
        kind = PassageKind.CODE if cell.cell_type == "code" else PassageKind.MARKDOWN
        text = cell.source[:room]
        found.append(Passage(kind, str(cell.index + 1), text))
        room -= len(text)
        if not room:
            break
    return found


def version_content(version: Version, notebook: Sequence[Passage], files: Mapping[str, bytes]) -> SearchContent:
    """What is indexed of a version. `files`: the bytes of those of its files that can be read, by SHA-256."""
    entries = (version.notebook, *version.files)
    return SearchContent(version.number, content_text(version.answers, entries, notebook, files))


def content_text(
    answers: Answers, entries: Sequence[FileEntry], notebook: Sequence[Passage], files: Mapping[str, bytes]
) -> IndexedText:
    """The content of a version that has no number yet; its notebook is the first of the `entries`."""
    texts = [
        (entry, next((each.text for each in file_texts("", entry.path, files[entry.sha256])), ""))
        for entry in entries[1:]
        if entry.sha256 in files
    ]
    passages = [
        *_answer_passages(answers),
        *(Passage(PassageKind.NAME, "", entry.path) for entry in entries),
        *notebook,
        *(Passage(PassageKind.FILE, entry.path, text[:_FILE_CHARACTERS]) for entry, text in texts if text),
    ]
    packages = frozenset(facet("package", name) for name in _packages(notebook, texts))
    text = indexed(passages, _CONTENT_PLACES)
    return IndexedText(text.run, text.alone | packages, text.shown)


def talk(threads: Iterable[Thread]) -> IndexedText:
    """What is indexed of the discussion: comments as they read now, the newest first."""
    comments = [comment for thread in threads for comment in thread.comments if not comment.deleted]
    newest = sorted(comments, key=lambda comment: comment.id, reverse=True)
    return indexed([Passage(PassageKind.COMMENT, "", comment.text) for comment in newest], _TALK_PLACES)


def standing(submission: Submission, version: Version, decisions: Iterable[Decision]) -> frozenset[str]:
    """The facts about a submission, and its author's name as words; none of one that was withdrawn, which is not found."""
    if submission.state is State.WITHDRAWN:
        return frozenset()
    image, asked = submission.image, {entry.who for entry in submission.attention}
    told = tuple(decisions)
    counts = [each for each in told if each.fallen_because is None and each.held_since is None]
    reviewers = {who.removeprefix(user("")) for who in asked if who.startswith(user(""))} | {each.by for each in told}
    if submission.claim is not None:
        reviewers.add(submission.claim.by)
    tracks = {who.removeprefix(_TRACK) for who in asked if who.startswith(_TRACK)} | {each.track for each in told}
    facts = [
        ("number", str(submission.number)),
        ("author", submission.author),
        ("state", submission.state.value),
        ("image", image.slug),
        ("image", f"{image.slug}/{image.release}"),
        *(("reviewer", name) for name in reviewers - {submission.author}),
        *(("track", name) for name in tracks),
        *(("verdict", each.verdict.value) for each in counts),
        *([("stage", submission.stage.value)] if submission.stage else []),
    ]
    days = day_facets(version.sent_at.astimezone(UTC).date())
    return frozenset({EVERY, *days, *terms(submission.author), *(facet(*fact) for fact in facts)})


def indexed(passages: Sequence[Passage], places: int) -> IndexedText:
    """Texts as terms, within so many places."""
    run, beyond, uses = list[str](), list[str](), Counter[str]()
    for passage in passages:
        for term in terms(passage.text):
            uses[term] += 1
            if len(run) < places and uses[term] <= _SAME:
                run.append(term)
                continue
            if len(run) < places:
                run.append(GAP)
            elif uses[term] == 1:
                beyond.append(term)
        if len(run) < places:
            run.append(GAP)
    beyond += [word for passage in passages for word in whole_words(passage.text)]
    return IndexedText(tuple(run), _within(beyond, _ALONE_BYTES), _shown(passages))


def _within(words: Iterable[str], room: int) -> frozenset[str]:
    """As many different words as there is room for, the first ones."""
    kept = set[str]()
    for word in words:
        if word not in kept:
            room -= len(word.encode())
            if room < 0:
                break
            kept.add(word)
    return frozenset(kept)


def _shown(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    kept, room = list[Passage](), _SHOWN_CHARACTERS
    for passage in passages:
        if room <= 0:
            break
        kept.append(Passage(passage.kind, passage.where, passage.text[:room]))
        room -= len(passage.text)
    return tuple(kept)


def _answer_passages(answers: Answers) -> list[Passage]:
    written = [("problem", answers.problem), ("value", answers.value), ("expected", answers.expected)]
    told = [
        Passage(PassageKind.ANSWER, name, text) for name, text in (*written, ("data_used", answers.data_used)) if text
    ]
    return [Passage(PassageKind.TITLE, "", answers.title), *told]


def _packages(notebook: Sequence[Passage], files: Sequence[tuple[FileEntry, str]]) -> set[str]:
    """The first name of every module that the code imports, its own modules left out."""
    cells = [(int(each.where), each.text) for each in notebook if each.kind is PassageKind.CODE]
    used: list[Uses] = [uses_of_cells(cells)]
    used += [uses_of_module(text, entry.path) for entry, text in files if entry.path.endswith(".py")]
    own = {entry.path.rpartition("/")[2].removesuffix(".py") for entry, _ in files}
    modules = {module for each in used for use in each.imports for module in use.modules}
    return {module.partition(".")[0] for module in modules} - own
