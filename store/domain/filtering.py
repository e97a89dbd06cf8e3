"""The language of filters: `zapier state:revoked -by:alice unused:>30d`. Pure.

Words match name, id and holder. `-` negates a term, quotes hold blanks together.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from store.domain.keys import Note, State
from store.domain.labels import label, pair
from store.domain.scopes import READ, USUAL, WRITE, is_action, spelt_out
from store.domain.times import absolute, duration, end_of_day, start_of_day
from store.errors import Invalid


class About(StrEnum):
    """What a term is about, as it is written before the colon."""

    WORD = ""
    STATE = "state"
    NOTE = "note"
    SCOPE = "scope"
    BY = "by"
    HOLDER = "holder"
    EXPIRES = "expires"
    UNUSED = "unused"
    FOR = "for"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on a key."""

    about: About
    value: str = ""
    """A word, a state, a note, a scope or a resource, a part of a person's name, an e-mail, an
    owner, a label or its name."""
    milliseconds: int | None = None
    """A distance from now; None where the term has none."""
    more: bool = False
    """Whether the distance is the least or the most."""
    negated: bool = False
    at: int | None = None
    """An instant in place of a distance."""

    def edge(self, now: int) -> int:
        """Return the instant that a term about time compares with."""
        if self.at is not None:
            return self.at
        length = self.milliseconds or 0
        return now - length if self.about is About.UNUSED else now + length


Terms = tuple[Term, ...]

NEVER = "never"
_TOKEN = re.compile(r'-?(?:[a-z]+:[<>]?)?"[^"]*"?|\S+', re.IGNORECASE)
_NAMED = re.compile(r"([a-z]+):(.*)", re.DOTALL | re.IGNORECASE)
_BROKEN = re.compile("[\ud800-\udfff]")
"""What a terminal's stray bytes become; no database takes it."""
_WORD_BEGUN = 2
"""Letters of a word from which on it is taken for the beginning of one of the table's."""
_TIME_BEGUN = re.compile(r"[<>]?[0-9]*(?:-[0-9]*){0,2}(?:t[0-9:.]*)?")
FIELDS = tuple(field.value for field in About if field is not About.WORD)
"""What terms are about, as written before the colon."""
NOTES = {note.value.replace(" ", "-"): note for note in Note}
"""As a filter writes them."""
_ALSO = {
    "to-rotate": "rotation-due",
    "never": "never-used",
    "still-tried": "still-used",
    **dict.fromkeys(("rotating-old", "rotating-new"), "rotating"),
}
"""Notes by the words the table has for them."""
_TWO_WORDS = re.compile(
    "|".join(word.replace("-", " ") for word in (*NOTES, *_ALSO) if "-" in word)
)
_CHOICES = {
    About.STATE: tuple(state.value for state in State),
    About.NOTE: tuple(NOTES),
    About.EXPIRES: ("<14d", ">90d", NEVER),
    About.UNUSED: (">30d", ">90d"),
}


def terms(text: str) -> Terms:
    """Return what a filter says. A state or a note may be shortened as long as it is clear.

    Raises Invalid with a sentence about the first term that makes no sense.
    """
    kept, wrong = understood(text)
    if wrong is not None:
        raise wrong
    return tuple(_term(written) for token in _TOKEN.findall(kept) for written in _in_full(token))


def finds_all(text: str) -> bool:
    """Return whether a filter says nothing: it is empty, or its words and quotes are."""
    return not any(token.replace('"', "").strip() for token in _TOKEN.findall(text))


def understood(text: str) -> tuple[str, Invalid | None]:
    """Return a filter without its terms that make no sense, and what is wrong with the first."""
    if _BROKEN.search(text):
        return "", _wrong("The filter holds bytes that are no text. Type it anew.")
    kept: list[str] = []
    wrong: Invalid | None = None
    for token in _TOKEN.findall(text):
        try:
            for written in _in_full(token):
                _term(written)
        except Invalid as error:
            wrong = wrong or error
        else:
            kept.append(token)
    return " ".join(kept), wrong


def _in_full(token: str) -> list[str]:
    """Return a token as terms; `events:rw`, as the table shows scopes, as those of its scopes."""
    negation = "-" if token.startswith("-") else ""
    written = token.removeprefix("-").removeprefix("scope:")
    resource, full = written.partition(":")[0], spelt_out(written)
    usual = full[:1] in ([f"{resource}:{READ}"], [f"{resource}:{WRITE}"])
    if not resource or resource.lower() in FIELDS or not usual:
        return [token]
    return [f"{negation}scope:{scope}" for scope in full]


def _term(token: str) -> Term:
    negated = token.startswith("-") and len(token) > 1
    written = token[1:] if negated else token
    named = _NAMED.fullmatch(written)
    if named is None:
        return Term(About.WORD, written.replace('"', ""), negated=negated)
    field, value = named[1].lower(), named[2].strip('"')
    if field not in FIELDS:
        # Not before it is needed: this module is read on the way to the first frame.
        from difflib import get_close_matches

        near = get_close_matches(field, FIELDS, 1)
        meant = f"Write {near[0]}:" if near else f"Use {', '.join(FIELDS)}"
        raise _wrong(f"No “{field}:”. {meant}, or quotes.")
    about = About(field)
    match about:
        case About.STATE | About.NOTE:
            about, chosen = _chosen(about, value.lower())
            return Term(about, NOTES.get(chosen, chosen), negated=negated)
        case About.EXPIRES | About.UNUSED:
            return _distance(about, value.lower(), negated=negated)
        case About.SCOPE if not _is_scope(value):
            raise _wrong("scope: takes a resource or a scope: events, events:read.")
        case About.FOR if not value:
            raise _wrong("for: takes whom keys belong to: for:customer_42.")
        case About.LABEL:
            return Term(about, _label(value), negated=negated)
    if not value:
        raise _wrong(f"{field}: takes a part of a name or an e-mail address.")
    return Term(about, value, negated=negated)


def _label(value: str) -> str:
    """Return a label as it is kept, or the name of one. Raises Invalid."""
    name, equals, of_it = value.partition("=")
    try:
        name, of_it = label(f"{name}={of_it}")
    except Invalid:
        raise _wrong("label: takes a label or its name: label:tier=gold, label:tier.") from None
    if equals and not of_it:
        raise _wrong(f"label: takes a value after the sign: label:{name}=gold, or label:{name}.")
    return pair(name, of_it) if equals else name


def _chosen(about: About, value: str) -> tuple[About, str]:
    """Return a state or a note: the table shows both in one column, so each takes the other's."""
    other = About.NOTE if about is About.STATE else About.STATE
    value = _ALSO.get(value, value)
    for kind in (about, other):
        matches = [choice for choice in _CHOICES[kind] if choice.startswith(value)]
        if value in matches:
            return kind, value
        if len(matches) == 1:
            return kind, matches[0]
        if matches:
            break
    raise _wrong(f"{about.value}: takes {', '.join(_CHOICES[about])}.")


def _distance(about: About, value: str, *, negated: bool) -> Term:
    if about is About.EXPIRES and value and NEVER.startswith(value):
        return Term(about, NEVER, negated=negated)
    if value[:1] in ("<", ">"):
        more, time = value[0] == ">", value[1:].strip('"')
        # After a day is after its end; to be unused since a day is since it began.
        of_day = end_of_day if more and about is About.EXPIRES else start_of_day
        at = absolute(time, "filter", of_day)
        if at is not None:
            return Term(about, at=at, more=more, negated=negated)
        if _is_duration(time):
            return Term(about, milliseconds=duration(time), more=more, negated=negated)
    field, than = about.value, value if _is_duration(value) else "30d"
    also = f"{field}:{NEVER}" if about is About.EXPIRES else f"{field}:>{than}"
    raise _wrong(f"{field}: takes < or > and a time: {field}:<{than}, {also}.")


def _is_duration(text: str) -> bool:
    try:
        duration(text)
    except Invalid:
        return False
    return True


def _is_scope(value: str) -> bool:
    resource, colon, action = value.partition(":")
    return bool(resource) and (not colon or action in USUAL or is_action(action))


def _wrong(sentence: str) -> Invalid:
    return Invalid("filter", sentence)


class Known(NamedTuple):
    """What terms of a filter can be about."""

    scopes: Sequence[str] = ()
    people: Sequence[str] = ()
    owners: Sequence[str] = ()
    labels: Sequence[str] = ()
    """As `name=value`."""

    def of(self, about: About) -> Sequence[str]:
        """Return what a field can be about, by letters."""
        match about:
            case About.SCOPE:
                return sorted(self.scopes)
            case About.BY | About.HOLDER:
                return sorted(self.people)
            case About.FOR:
                return sorted(map(_held, self.owners))
            case About.LABEL:
                names = {pair.partition("=")[0] for pair in self.labels}
                return sorted({*names, *map(_held, self.labels)})
        return _CHOICES.get(about, ())


def _held(value: str) -> str:
    """Return a value as one term holds it."""
    return f'"{value}"' if " " in value else value


NOTHING_KNOWN = Known()


def choices(text: str, known: Known = NOTHING_KNOWN) -> list[str]:
    """Return what the last term of a filter can become, first choice first: `state:active` …."""
    last = text[text.rfind(" ") + 1 :].removeprefix("-")
    field, colon, value = last.partition(":")
    field = field.lower()
    if not colon:
        return _of_word(field, known.scopes) if field else []
    if field not in FIELDS:
        return []
    about = About(field)
    there = known.of(about)
    if about is About.STATE and value:
        there = (*there, *NOTES)
    low = value.lower().removeprefix('"')
    fitting = [
        choice
        for choice in there
        if choice.lower().removeprefix('"').startswith(low) and choice != value
    ]
    return [f"{about.value}:{choice}" for choice in fitting]


def _of_word(word: str, scopes: Iterable[str]) -> list[str]:
    """Return the terms that a word may begin, or be meant for: the words of the table's columns."""
    named = [f"{name}:" for name in FIELDS if name.startswith(word)]
    if len(word) < _WORD_BEGUN:
        return named
    for about in (About.STATE, About.NOTE):
        named += [f"{about}:{choice}" for choice in _CHOICES[about] if choice.startswith(word)]
    named += [f"{About.NOTE}:{_ALSO[also]}" for also in _ALSO if also.startswith(word)]
    resources = sorted({scope.partition(":")[0] for scope in scopes})
    named += [f"{About.SCOPE}:{resource}" for resource in resources if resource.startswith(word)]
    return list(dict.fromkeys(named))


def meant(text: str, *, scopes: Iterable[str] = ()) -> str | None:
    """Return a filter whose words are terms, where the table has columns with these words."""
    written = _TWO_WORDS.sub(lambda two: two[0].replace(" ", "-"), text.lower())
    scopes, made = tuple(scopes), []
    for token in _TOKEN.findall(written):
        if ":" in token:
            made.append(token)
            continue
        negation, word = ("-", token[1:]) if token.startswith("-") else ("", token)
        found = [term for term in _of_word(word, scopes) if not term.endswith(":")]
        if not found:
            return None
        made.append(f"{negation}{found[0]}")
    said = " ".join(made)
    return said if made and said != text.lower() else None


def asked_for(text: str, about: About) -> str | None:
    """Return how the value of a filter's last term begins; None where that is of another field."""
    field, colon, value = text[text.rfind(" ") + 1 :].removeprefix("-").partition(":")
    return value.removeprefix('"') if colon and field.lower() == about.value else None


def completed(text: str, known: Known = NOTHING_KNOWN) -> str | None:
    """Return a filter with its last term completed, or None where nothing fits."""
    found = choices(text, known)
    start = text.rfind(" ") + 1
    negation = "-" if text[start:].startswith("-") else ""
    return f"{text[:start]}{negation}{found[0]}" if found else None


def begun(text: str, known: Known = NOTHING_KNOWN) -> str | None:
    """Return a filter without its last term where that is not yet one but may become one.

    None where it is one, or where nothing that is added makes it one. A scope that there is not
    may yet become one: of a resource or an action whose name begins so.
    """
    before, last = text[: text.rfind(" ") + 1], text[text.rfind(" ") + 1 :]
    field, colon, value = last.removeprefix("-").lower().partition(":")
    if not colon or field not in FIELDS:
        return None
    distance = About(field) in (About.EXPIRES, About.UNUSED) and _TIME_BEGUN.fullmatch(value)
    if not distance and value and not choices(text, known):
        return None
    if understood(last)[1] is not None:
        return before
    there = {*known.scopes, *(scope.partition(":")[0] for scope in known.scopes)}
    unfinished = About(field) is About.SCOPE and value not in there
    return before if unfinished else None
