"""Labels as people type them into one field. Pure."""

import shlex

from store.domain.labels import Labels
from store.errors import Invalid


def written(labels: Labels) -> str:
    """Return labels as one types them: `env=prod team="north pole"`."""
    quoted = (f'"{value}"' if " " in value else value for value in labels.values())
    return " ".join(f"{name}={value}" for name, value in zip(labels, quoted, strict=True))


def read(text: str) -> list[str]:
    """Return what was typed label by label; quotes hold blanks together. Raises Invalid."""
    words = shlex.shlex(text, posix=True)
    words.whitespace_split, words.commenters, words.quotes, words.escape = True, "", '"', ""
    try:
        return list(words)
    except ValueError:
        raise Invalid("label", "A quote is not closed.") from None
