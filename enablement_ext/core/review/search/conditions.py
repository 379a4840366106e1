"""A query as conditions on terms, which an index can answer, and what it means that a document meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from enablement_ext.core.review.search.filters import FILTERS, ME, PEOPLE, listed_value, sent_facets
from enablement_ext.core.review.search.language import QueryPart
from enablement_ext.core.review.search.terms import facet, terms

EVERY = facet("every", "")  # a fact of every document, for a query that only says what must not be
NOTHING = facet("nothing", "")  # a fact of none


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that follow each other; with `prefix` the last may go on. A fact is a phrase of one term, `fact`."""

    terms: tuple[str, ...]
    prefix: bool = False
    fact: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the phrases must be there; with `negated` none."""

    any_of: tuple[Phrase, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and whose submissions they may find: `author` is None for all."""

    viewer: str
    author: str | None


def conditions(parts: Sequence[QueryPart], asker: Asker, person: Callable[[str], str]) -> tuple[Condition, ...]:
    """What must hold, whose permission included; never without a condition that is not negated. `person` is the identifier behind a name."""
    found = [_condition(part, asker, person) for part in parts]
    if asker.author is not None:
        found.insert(0, Condition((_fact("author", asker.author),)))
    if all(each.negated for each in found):
        found.insert(0, Condition((Phrase((EVERY,), fact=True),)))
    return tuple(found)


def meets(wanted: Sequence[Condition], texts: Sequence[Sequence[str]], alone: frozenset[str]) -> bool:
    """Whether a document meets all of them: `texts` are runs of terms, `alone` terms and facts without a place."""
    return all(any(_has(phrase, texts, alone) for phrase in each.any_of) is not each.negated for each in wanted)


def _condition(part: QueryPart, asker: Asker, person: Callable[[str], str]) -> Condition:
    if part.name == "":
        return Condition((Phrase(tuple(terms(part.text)), part.prefix),), part.negated)
    if part.name == "sent":
        days = tuple(Phrase((each,), fact=True) for each in sent_facets(part.text))
        return Condition(days or (Phrase((NOTHING,), fact=True),), part.negated)
    value = part.text
    if part.name in PEOPLE:
        value = asker.viewer if value.lower() == ME else person(value)
    elif part.name in FILTERS and FILTERS[part.name].values:
        value = listed_value(value)
    return Condition((_fact(part.name, value),), part.negated)


def _fact(name: str, value: str) -> Phrase:
    return Phrase((facet(name, value),), fact=True)


def _has(phrase: Phrase, texts: Sequence[Sequence[str]], alone: frozenset[str]) -> bool:
    if len(phrase.terms) == 1:
        [term] = phrase.terms
        if phrase.prefix:
            return any(each.startswith(term) for each in (*alone, *(term for run in texts for term in run)))
        return term in alone or (not phrase.fact and any(term in run for run in texts))
    return any(_follows(phrase, run, at) for run in texts for at in _starts(run, phrase.terms[0]))


def _starts(run: Sequence[str], term: str) -> Iterator[int]:
    return (at for at, each in enumerate(run) if each == term)


def _follows(phrase: Phrase, run: Sequence[str], at: int) -> bool:
    found = tuple(run[at : at + len(phrase.terms)])
    if len(found) < len(phrase.terms) or found[:-1] != phrase.terms[:-1]:
        return False
    return found[-1].startswith(phrase.terms[-1]) if phrase.prefix else found[-1] == phrase.terms[-1]
