"""The one way a name that somebody else chose stands in a sentence of ours."""

import re
import unicodedata

# What stands for a quotation mark, or is drawn like one, and is not called so.
_LIKE_QUOTES = frozenset('"“”„‟«»‹›＂〝〞〟ʺ˝״″‴‶‷⁗❝❞❠🙶🙷🙸')

# Two single ones look like a double one.
_DOUBLED = re.compile(r"['`´‘’‚‛′‵]{2,}")


def quoted(name: str) -> str:
    """Return a name in quotation marks that it cannot close itself: “Claude”.

    A quotation mark inside becomes an apostrophe, blanks become one blank: whatever stands before
    the closing mark is what somebody calls themselves, and what stands after it we have said.
    """
    plain = "".join("'" if _is_quote(char) else char for char in name)
    return f"“{' '.join(_DOUBLED.sub(chr(39), plain).split())}”"


def _is_quote(char: str) -> bool:
    if char in "‘’‚‛":
        return False
    return char in _LIKE_QUOTES or (
        not char.isascii()
        and (
            unicodedata.category(char) in ("Pi", "Pf")
            or "QUOTATION" in unicodedata.name(char, "")
            or "CORNER BRACKET" in unicodedata.name(char, "")
        )
    )
