"""Personal data, by what cannot be chance: check digits, and the names of columns of tables that are shown.

Card numbers (Luhn, ISO/IEC 7812), bank accounts (IBAN, ISO 13616), and national numbers where the word for them stands close by: their
check digits alone are right too often.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.checks.models import CheckedCell, CheckedNotebook, Finding, FindingKind, Fix, Level

_REMEDY = "Show counts or made-up rows instead, clear the output, and save."
_CARD = re.compile(
    r"(?<![\w.-])(?P<number>(?:3[47]|4[0-9]|5[1-5]|6[05])[0-9]{2}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{2,4})(?![\w.-])"
)
_IBAN = re.compile(r"(?<!\w)(?P<number>[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)(?!\w)")
_TWELVE_DIGITS = re.compile(r"[0-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}")  # what every card number has
_COUNTRY = re.compile(
    r"[A-Z][A-Z][0-9]{2} ?[A-Z0-9]{4}"
)  # what every IBAN begins with; a class by itself is looked for faster than a repeated one
_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9._+-]{0,40}@[A-Za-z0-9-]{1,40}(?:\.[A-Za-z0-9-]{2,20}){1,3}(?![\w-])"
)
_NOBODY = ("example.", "@test.", "noreply", "localhost", "users.")
_EMAILS = 3  # different ones, from which on it is a list of people
_HEADER = re.compile(r"<th[^>]{0,80}>\s{0,20}([^<]{1,40}?)\s{0,20}</th>")
_ROWS = 3
_COLUMNS = re.compile(
    r"(?:.*[_ ])?(?:e-?mail|first[_ ]?name|last[_ ]?name|surname|full[_ ]?name|birth(?:day|date|[_ ]?date)?|date[_ ]of[_ ]birth|dob|ssn|"
    r"social[_ ]security(?:[_ ]number)?|passport(?:[_ ](?:no|number))?|phone(?:[_ ]number)?|mobile(?:[_ ]number)?|iban|home[_ ]address|street|"
    r"vorname|nachname|geburtsdatum|nom|pr[eé]nom|apellidos?|pesel)(?:_?[0-9])?",
    re.IGNORECASE,
)
# Of ISO 13616's registry, the countries with most accounts.
_IBANS = (
    "AT20 BE16 BG22 CH21 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GR27 HR21 HU28 IE22 IT27 LT20 LU20 LV21 NL18 NO15 PL28 PT25 RO24 SE24"
    " SI19 SK24 AE23 BR29 IL23 SA24 TR26"
)
_IBAN_LENGTHS = {each[:2]: int(each[2:]) for each in _IBANS.split()}


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for: its name, where it may stand (`number`), and whether it is one."""

    name: str
    pattern: re.Pattern[str]
    valid: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _National:
    """A national number: what it is called, the word that must stand within 40 characters before it, its form and its check."""

    name: str
    words: str
    form: str
    valid: Callable[[str], bool]


_CLEAR = Fix.CLEAR_OUTPUT


class PersonalDataCheck:
    """In sources and in what outputs show as text or HTML. No value is in a finding."""

    name = "personal"
    kinds = {  # noqa: RUF012 - a constant
        "personal.number": FindingKind(Level.WARN, "Cell {cell} holds what looks like {what}.", _REMEDY),
        "personal.emails": FindingKind(Level.WARN, "Cell {cell} shows {count} e-mail addresses.", _REMEDY),
        "personal.columns": FindingKind(Level.WARN, "Cell {cell} shows a table with the columns {columns}.", _REMEDY),
    }

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """Each kind of number once for a cell."""
        for cell in notebook.cells:
            shown = list(_shown(cell))
            for what, line in _numbers(cell.source, shown):
                yield Finding("personal.number", cell.number, line, {"cell": cell.number, "what": what})
            people = {
                found.lower()
                for text in shown
                if "@" in text
                for found in _EMAIL.findall(text)
                if not any(name in found.lower() for name in _NOBODY)
            }
            if len(people) >= _EMAILS:
                yield Finding("personal.emails", cell.number, None, {"cell": cell.number, "count": len(people)}, _CLEAR)
            columns = sorted({name for text in shown for name in _columns(text)})
            if columns:
                yield Finding(
                    "personal.columns",
                    cell.number,
                    None,
                    {"cell": cell.number, "columns": ", ".join(columns[:5])},
                    _CLEAR,
                )


def _numbers(source: str, shown: list[str]) -> Iterator[tuple[str, int | None]]:
    said = set[str]()
    searches = _searches("\n".join((source, *shown)))
    for text, is_source in ((source, True), *((each, False) for each in shown)) if searches else ():
        for what, at in _in_text(text, searches):
            if what not in said:
                said.add(what)
                yield what, text.count("\n", 0, at) + 1 if is_source else None


def _searches(together: str) -> Sequence[_Search]:
    """Those that are worth making in texts: what each needs, and is cheap to look for, is in all of them together."""
    lower = together.lower()
    found = [_CARDS] if _TWELVE_DIGITS.search(together) else []
    if _COUNTRY.search(together):
        found.append(_IBAN_NUMBERS)
    return [*found, *(search for words, search in _NATIONAL if any(word in lower for word in words))]


def _in_text(text: str, searches: Sequence[_Search]) -> Iterator[tuple[str, int]]:
    for search in searches:
        for match in search.pattern.finditer(text):
            if search.valid(match["number"]):
                yield search.name, match.start("number")


def is_card(text: str) -> bool:
    """Luhn's check digit over 13 to 19 digits that are not all the same."""
    digits = [int(mark) for mark in text if mark.isdecimal()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) < 2:
        return False
    doubled = (sum(divmod(2 * digit, 10)) if at % 2 else digit for at, digit in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """The country's length, and 1 modulo 97."""
    plain = text.replace(" ", "")
    if _IBAN_LENGTHS.get(plain[:2]) != len(plain):
        return False
    return int("".join(str(int(mark, 36)) for mark in plain[4:] + plain[:4])) % 97 == 1


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _is_pesel(digits: str) -> bool:
    return _weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0 and 1 <= int(digits[4:6]) <= 31


def _is_cpf(digits: str) -> bool:
    first = _weighted(digits, tuple(range(10, 1, -1))) * 10 % 11 % 10
    second = _weighted(digits, tuple(range(11, 1, -1))) * 10 % 11 % 10
    return (first, second) == (int(digits[9]), int(digits[10])) and len(set(digits)) > 1


def _is_dni(text: str) -> bool:
    digits = text[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == text[-1]


def _is_nhs(digits: str) -> bool:
    return (11 - _weighted(digits, tuple(range(10, 1, -1))) % 11) % 11 == int(digits[9])


def _is_bsn(digits: str) -> bool:
    return _weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and int(digits) > 0


def _is_nir(digits: str) -> bool:
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


_KNOWN = (
    _National("a Polish national number (PESEL)", "pesel", r"[0-9]{11}", _is_pesel),
    _National("a Brazilian tax number (CPF)", "cpf", r"[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}", _is_cpf),
    _National("a Spanish identity number (DNI, NIE)", "dni|nie|nif", r"[0-9XYZ][0-9]{7}-?[A-Z]", _is_dni),
    _National("a British NHS number", "nhs", r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}", _is_nhs),
    _National("a Dutch citizen number (BSN)", "bsn|burgerservicenummer", r"[0-9]{9}", _is_bsn),
    _National("a French social security number (NIR)", "nir|insee|sécurité sociale", r"[12][0-9]{14}", _is_nir),
)


def _search_for(each: _National) -> _Search:
    pattern = re.compile(
        rf"(?<![a-z])(?:{each.words})(?![a-z])[^\n0-9]{{0,40}}(?<!\w)(?P<number>{each.form})(?!\w)", re.IGNORECASE
    )
    return _Search(each.name, pattern, lambda number: each.valid(re.sub(r"[ .-]", "", number).upper()))


_CARDS = _Search("a card number", _CARD, is_card)
_IBAN_NUMBERS = _Search("a bank account (IBAN)", _IBAN, is_iban)
_NATIONAL = tuple((each.words.split("|"), _search_for(each)) for each in _KNOWN)


def _columns(text: str) -> Iterator[str]:
    if text.count("<tr") <= _ROWS:
        return
    for name in _HEADER.findall(text):
        if _COLUMNS.fullmatch(name):
            yield name


def _shown(cell: CheckedCell) -> Iterator[str]:
    """What outputs show as text or HTML."""
    for output in cell.outputs:
        if output.get("output_type") == "stream":
            yield _text(output.get("text"))
        data: Mapping[str, Any] = output.get("data") or {}
        yield from (_text(data[form]) for form in ("text/plain", "text/html") if form in data)


def _text(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")
