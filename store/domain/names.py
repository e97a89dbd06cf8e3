"""Names people give: what is refused, and how two of them are compared.

No string from outside may steer a terminal, so control characters, bidi overrides and zero-width
characters are refused where a name is given, not filtered where it is shown.
"""

import re
import unicodedata

from store.errors import Invalid

MAX_LENGTH = 200
_REFUSED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Blank or joining characters that Unicode files under letters and marks.
_INVISIBLE = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0", "\u2800"}
# ZWNJ and ZWJ: Persian and Hindi part and join letters with them, emoji are made with them.
_JOINERS = str.maketrans("", "", "\u200c\u200d")
# Any installation's: prefix, id and at least half of what follows, as log lines break it off.
_SECRET = re.compile(r"[a-z]{2,8}_[0-9A-Za-z]{12}_[0-9A-Za-z]{20}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
_RESOURCE = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)


def fold(name: str) -> str:
    """Return the form in which names are compared: NFC and case-folded."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def normalized(text: str) -> str:
    """Return a text in the form in which it is kept: NFC."""
    return unicodedata.normalize("NFC", text)


def visible(text: str) -> bool:
    """Return whether every character is one a terminal shows and none steers it."""
    return not any(unicodedata.category(char) in _REFUSED or char in _INVISIBLE for char in text)


def without_joiners(text: str) -> str:
    """Return a text without the two invisible characters that words of many scripts need.

    Names that are compared have no room for them: two that look alike would be two. What people
    write of their business has.
    """
    return text.translate(_JOINERS)


def checked_name(name: str, field: str = "name") -> str:
    """Return a name, NFC and without surrounding blanks.

    Raises Invalid when it is empty, longer than 200 characters, or holds a control character, a
    bidi override, a zero-width character, or a key: names are shown and kept for ever.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        raise Invalid(field, "Give a name: you will have to recognise it in an incident.")
    if _SECRET.search(name):
        raise Invalid(field, f"The {field} holds a key, which must not be kept. Write it without.")
    if len(name) > MAX_LENGTH:
        raise Invalid(field, f"The {field} has {len(name)} characters; {MAX_LENGTH} is the most.")
    if not visible(name):
        raise Invalid(field, f"The {field} holds invisible or control characters. Type it without.")
    return name


def checked_key_name(name: str, prefix: str) -> str:
    """Return a key's name, checked as `checked_name` does.

    Raises Invalid too when it is shaped like an id, which would make commands ambiguous.
    """
    name = checked_name(name)
    shaped = re.compile(rf"{re.escape(prefix)}_[0-9a-z]{{5,}}.*", re.IGNORECASE | re.ASCII)
    if shaped.fullmatch(name) or _looks_random(name):
        raise Invalid("name", f"“{name}” looks like a key's id. Name the key after its use.")
    return name


def _looks_random(name: str) -> bool:
    # Words of twelve letters ("Availability") are good names; an id nearly always mixes all three.
    return (
        len(name) == 12
        and name.isascii()
        and name.isalnum()
        and any(char.isdigit() for char in name)
        and any(char.isupper() for char in name[1:])
        and any(char.islower() for char in name)
    )


def checked_email(email: str) -> str:
    """Return an e-mail address without surrounding blanks.

    Raises Invalid unless it has one @ with something on both sides and nothing invisible.
    """
    email = email.strip()
    if not _EMAIL.fullmatch(email) or not visible(email):
        raise Invalid("email", "This is not an e-mail address. Write it as alice@example.com.")
    return email


def checked_resource(name: str) -> str:
    """Return a resource's name.

    Raises Invalid unless it is 1 to 40 of a-z, 0-9, - and _, beginning with a letter.
    """
    if not _RESOURCE.fullmatch(name):
        raise Invalid(
            "resource", f"“{name}” cannot name a resource. Use a-z, 0-9, - and _: invoices."
        )
    return name


def checked_prefix(prefix: str) -> str:
    """Return a key prefix. Raises Invalid unless it is 2 to 8 lowercase letters."""
    if not re.fullmatch(r"[a-z]{2,8}", prefix, re.ASCII):
        raise Invalid("prefix", f"“{prefix}” cannot be a prefix. Use 2 to 8 lowercase letters: jw.")
    return prefix


def slug(name: str) -> str:
    """Return the slug of a workspace's name: `Acme Events` gives `acme-events`.

    Raises Invalid when nothing of the name can be written in a-z and 0-9.
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    if not made:
        raise Invalid("workspace", f"“{name}” has no letter a-z or digit to make a slug from.")
    return made
