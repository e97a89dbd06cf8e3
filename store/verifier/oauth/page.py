"""The page on which a connection is approved: no script, in nobody's frame, and one of its own."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from store.errors.quoting import quoted
from store.verifier.answers import Answer, answer
from store.verifier.problems import Problem

if TYPE_CHECKING:
    from jinja2 import Environment

_HTML = b"text/html; charset=utf-8"
_HERE = "store.verifier.oauth"


class PageProblem(Problem):
    """A refusal that a person sees. `back` is where they may choose to go on to.

    `command` is a part of what it says that somebody may want to copy.
    """

    def __init__(
        self,
        title: str,
        detail: str,
        *,
        back: str | None = None,
        command: str = "",
        status: int = 400,
    ) -> None:
        super().__init__("invalid_request", detail)
        self.title = title
        self.back = back
        self.command = command
        self.status = status

    def answer(self, request_id: bytes) -> Answer:
        """Return it as a page."""
        return message(self.title, self.detail, self.status, back=self.back, command=self.command)


def message(
    title: str, said: str, status: int = 200, *, back: str | None = None, command: str = ""
) -> Answer:
    """Answer with a page that only says something. As with `PageProblem`."""
    shown = {"title": title, "said": said, "back": back, "command": command}
    return page("message.html", status, **shown)


def page(template: str, status: int = 200, /, *more: tuple[bytes, bytes], **shown: Any) -> Answer:
    """Return a page, with more headers beside its own."""
    return answer(status, _text(template, shown), _HTML, (*_guards(framed=False), *more))


def framed(template: str, status: int = 200, /, **shown: Any) -> Answer:
    """Return what stands in a page of ours, and in nobody else's."""
    return answer(status, _text(template, shown), _HTML, _guards(framed=True))


def _text(template: str, shown: dict[str, Any]) -> bytes:
    return _environment().get_template(template).render(style=_style(), **shown).encode()


def _guards(*, framed: bool) -> tuple[tuple[bytes, bytes], ...]:
    # What is framed frames nothing, and the other way round.
    source, ancestors = ("'none'", "'self'") if framed else ("'self'", "'none'")
    policy = (
        f"default-src 'none'; style-src '{_style_digest()}'; form-action 'self';"
        f" frame-src {source}; frame-ancestors {ancestors}; base-uri 'none'"
    )
    return (
        (b"content-security-policy", policy.encode("ascii")),
        (b"x-frame-options", b"SAMEORIGIN" if framed else b"DENY"),
        (b"x-content-type-options", b"nosniff"),
        # The page's address names the request; others need not know it.
        (b"referrer-policy", b"same-origin"),
    )


@cache
def _environment() -> "Environment":
    # A template engine is nothing a verifier needs that nobody approves at.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(_HERE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = quoted
    return environment


@cache
def _style() -> str:
    return files(_HERE).joinpath("templates", "style.css").read_text("utf-8")


@cache
def _style_digest() -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
