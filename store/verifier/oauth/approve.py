"""The page of one request: sign in, decide, go back. Its browser alone can open it."""

import hmac
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from starlette.types import Receive, Scope

from store.domain.client_addresses import is_address
from store.domain.connections import DEFAULT_LIFETIME, Connection, RequestStatus, preselected
from store.domain.key_string import Secret
from store.domain.scopes import Resource, Scopes, doing, from_canonical
from store.domain.times import moment
from store.errors import (
    AuthorizationRequestOver,
    ClientNotKnown,
    ConnectionRevoked,
    GrantRefused,
    KeydeckError,
    NoSuchAuthorizationRequest,
    NotAllowed,
    RefusedByRule,
    StoreUnusable,
)
from store.operations.store import Store
from store.service.authorization_requests import ShownRequest
from store.verifier import urls
from store.verifier.answers import Answer, answer
from store.verifier.body import read_form
from store.verifier.headers import combined
from store.verifier.oauth import cookies
from store.verifier.oauth.executor import Executor
from store.verifier.oauth.page import PageProblem, framed, message, page
from store.verifier.problems import Problem
from store.verifier.query import parameters
from store.verifier.urls import Urls

LOOK_AGAIN_S = 3
"""How often a page looks whether the console decided, while it waits."""
LIFETIME_WORDS = (("1d", "1 day"), ("30d", "30 days"), ("90d", "90 days"), ("365d", "1 year"))

_WAITS_FOR_AN_ANSWER = "The assistant waits for its answer."
_WORDS = {
    RequestStatus.APPROVED: ("Approved in the console", _WAITS_FOR_AN_ANSWER),
    RequestStatus.DENIED: ("Refused in the console", _WAITS_FOR_AN_ANSWER),
    RequestStatus.DONE: ("This request is done", "The assistant has its answer. Go on there."),
    RequestStatus.OVER: (
        "This request is over",
        "Nobody decided within ten minutes. Begin again in the assistant.",
    ),
}
_DECIDED = (RequestStatus.APPROVED, RequestStatus.DENIED)


class Cell(NamedTuple):
    """One permission in the grid."""

    scope: str
    words: str
    asked: bool
    ticked: bool


class ResourceRow(NamedTuple):
    """One resource in the grid."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """What a page sends back."""

    ask_id: str
    browser: Secret
    fields: dict[str, list[str]]

    def field(self, name: str) -> str:
        """Return a field's only value, nothing where it is not there or is there twice."""
        values = self.fields.get(name, [])
        return values[0] if len(values) == 1 else ""


class Approve:
    """The page: shown to the browser that holds its cookie, decided by a form it made itself."""

    def __init__(self, executor: Executor, where: Urls) -> None:
        self._executor = executor
        self._where = where

    async def get(self, scope: Scope, receive: Receive) -> Answer:
        """Show where the request stands, and go on once the console has decided."""
        given = parameters(scope["query_string"])
        if given.get("look"):
            return await self._looked(scope)
        ask_id, browser = self._opened(scope)
        seen = await self._seen(ask_id, browser)
        # Only this page goes on by itself: whoever comes from another site presses a button.
        here = combined(scope).get(b"sec-fetch-site") in (None, b"same-origin", b"none")
        if here and seen.standing in _DECIDED:
            return await self._back(_Form(ask_id, browser, {}))
        return self._shown(seen, browser, waits=bool(given.get("wait")))

    async def _looked(self, scope: Scope) -> Answer:
        """Answer the frame of a page: it loads itself again, and nothing that is typed is lost.

        It only looks. No frame can send on the page around it: whoever sits there follows its link.
        """
        ask_id, status = "", 200
        try:
            ask_id, browser = self._opened(scope)
            standing = (await self._seen(ask_id, browser)).standing
        except PageProblem:
            # Neither the cookie nor the request is kept for ever.
            standing = RequestStatus.OVER
        except (Problem, StoreUnusable):
            # What cannot be told now may be in a moment.
            standing, status = RequestStatus.WAITING, 503
        title, said = _WORDS.get(standing, ("", ""))
        return framed(
            "look.html",
            status,
            title=title,
            said=said,
            look_again_s=LOOK_AGAIN_S if standing is RequestStatus.WAITING else None,
            on=self._address(ask_id) if standing in _DECIDED else "",
        )

    async def post(self, scope: Scope, receive: Receive) -> Answer:
        """Do what a button of the page says."""
        ask_id, browser = self._opened(scope)
        form = _Form(ask_id, browser, await read_form(scope, receive))
        if not self._is_ours(scope, form):
            # Made here, before somebody signed in or out in another tab: look at it as it is now.
            return self._reload(ask_id)
        if form.field("do") == "sign_in":
            return await self._sign_in(form, self._executor.network(scope))
        doing = {
            "sign_out": self._sign_out,
            "approve": self._approve,
            "deny": self._deny,
        }.get(form.field("do"))
        if doing is None:
            raise PageProblem("This form is incomplete", "Open the page again and press a button.")
        return await doing(form)

    async def _sign_in(self, form: _Form, network: str) -> Answer:
        email, password = form.field("email"), Secret(form.field("password"))
        try:
            person = await self._executor.prove(
                network, lambda store: store.web_sign_in.sign_in(email, password, network)
            )
            browser = await self._executor.run(
                lambda store: store.authorization_requests.signed_in(
                    form.ask_id, form.browser, person
                )
            )
        except StoreUnusable:
            raise
        except AuthorizationRequestOver:
            # Decided in the console, while the password was typed.
            return self._reload(form.ask_id)
        except KeydeckError as error:
            return await self._again(form, error, typed=email)
        return self._reload(form.ask_id, browser)

    async def _sign_out(self, form: _Form) -> Answer:
        # One that is over has nobody to forget.
        browser = None
        with suppress(NoSuchAuthorizationRequest, AuthorizationRequestOver):
            browser = await self._executor.run(
                lambda store: store.authorization_requests.signed_out(form.ask_id, form.browser)
            )
        return self._reload(form.ask_id, browser)

    async def _approve(self, form: _Form) -> Answer:
        seen = await self._seen(form.ask_id, form.browser)
        if seen.standing is not RequestStatus.WAITING:
            return self._reload(form.ask_id)
        try:
            scopes = from_canonical(" ".join(form.fields.get("scope", [])))
            ending = set(form.fields.get("end", []))

            def approved(store: Store) -> Secret:
                requests = store.authorization_requests
                actor = requests.actor(seen, form.field("workspace"))
                # The browser goes on at once; it is told in the audit when it was in force.
                return requests.approve_on_page(
                    actor, form.ask_id, form.browser, scopes, form.field("lifetime"), ending
                ).unwaited()

            browser = await self._executor.run(approved)
        except StoreUnusable:
            raise
        except KeydeckError as error:
            return await self._again(form, error)
        return await self._back(replace(form, browser=browser))

    async def _deny(self, form: _Form) -> Answer:
        try:
            await self._executor.run(
                lambda store: store.authorization_requests.deny(form.ask_id, form.browser)
            )
        except AuthorizationRequestOver:
            return self._reload(form.ask_id)
        except NoSuchAuthorizationRequest as error:
            raise _closed(error) from None
        return await self._back(form)

    async def _back(self, form: _Form) -> Answer:
        try:
            place = await self._executor.run(
                lambda store: store.authorization_requests.pick_up(
                    form.ask_id, form.browser, self._where.issuer
                )
            )
        except (AuthorizationRequestOver, ConnectionRevoked, GrantRefused) as error:
            raise PageProblem("Not connected", str(error), status=403) from None
        except NoSuchAuthorizationRequest as error:
            raise _closed(error) from None
        return self._led_back(form, place)

    async def _again(self, form: _Form, error: KeydeckError, typed: str = "") -> Answer:
        seen = await self._seen(form.ask_id, form.browser)
        status = 403 if isinstance(error, (NotAllowed, RefusedByRule)) else 422
        return self._shown(seen, form.browser, refused=str(error), typed=typed, status=status)

    async def _seen(self, ask_id: str, browser: Secret) -> ShownRequest:
        try:
            return await self._executor.run(
                lambda store: store.authorization_requests.seen(ask_id, browser)
            )
        except NoSuchAuthorizationRequest as error:
            raise _closed(error) from None

    def _shown(
        self,
        seen: ShownRequest,
        browser: Secret,
        *,
        refused: str = "",
        typed: str = "",
        status: int = 200,
        waits: bool = False,
    ) -> Answer:
        ask = seen.ask
        action = self._address(ask.id)
        if seen.standing in _WORDS:
            back = action if seen.standing in _DECIDED else None
            return message(*_WORDS[seen.standing], status, back=back)
        shared: dict[str, object] = {
            "ask": ask,
            "action": action,
            "token": _form_token(browser),
            "code": seen.short_code,
            "look_again_s": LOOK_AGAIN_S,
            "refused": refused,
            "email": seen.email,
            "workspaces": seen.workspaces,
        }
        if waits:
            return page("wait.html", status, **shared)
        if seen.email is None or not seen.workspaces:
            # Signed in, and no admin any more since: as good as not signed in.
            shared |= {"email": None, "workspaces": ()}
            if seen.email is not None and is_address(ask.client_id):
                shared["refused"] = str(ClientNotKnown(ask.client_id))
            return page(
                "sign_in.html",
                status,
                typed=typed,
                **shared,
            )
        where = {workspace.id: workspace.name for workspace in seen.workspaces}
        return page(
            "decide.html",
            status,
            grid=_grid(seen.catalogue, ask.scopes),
            lifetimes=LIFETIME_WORDS,
            lifetime=DEFAULT_LIFETIME,
            chosen="",
            earlier=[(one, where[one.workspace_id], _seen_last(one)) for one in seen.earlier],
            **shared,
        )

    def _address(self, ask_id: str) -> str:
        """Return the page of a request, as its own forms and links name it."""
        return f"{self._where.base}{urls.APPROVE}?ask={ask_id}"

    def _reload(self, ask_id: str, browser: Secret | None = None) -> Answer:
        place = f"{self._where.issuer}{urls.APPROVE}?ask={ask_id}"
        return self._sent(ask_id, place, browser)

    def _led_back(self, form: _Form, place: str) -> Answer:
        """Send a browser back to its assistant, by a page and not by a redirect.

        Browsers hold all that a form leads to against `form-action`, wherever it goes on from
        there, and an assistant's address may go on to another origin or to a program.
        """
        cookie = cookies.set_header(self._where, form.ask_id, form.browser)
        return page("back.html", 200, cookie, title="Back to the assistant", place=place)

    def _sent(self, ask_id: str, place: str, browser: Secret | None) -> Answer:
        """Send a browser to a place, with what opens the page from now on."""
        headers = [(b"location", place.encode("ascii"))]
        if browser is not None:
            headers.append(cookies.set_header(self._where, ask_id, browser))
        return answer(303, b"", b"text/plain", tuple(headers))

    def _opened(self, scope: Scope) -> tuple[str, Secret]:
        values = parameters(scope["query_string"]).get("ask", [])
        ask_id = values[0] if len(values) == 1 else ""
        browser = cookies.secret(scope, self._where, ask_id) if ask_id.isalnum() else None
        if browser is None:
            raise PageProblem(
                "This page belongs to another browser",
                "It opens only where the request began, with cookies allowed. "
                "Begin again in the assistant.",
                status=403,
            )
        return ask_id, browser

    def _is_ours(self, scope: Scope, form: _Form) -> bool:
        """Return whether the page as it is now made a form, False for the page as it was.

        Refuses one that another site made: it cannot know the token, and cannot lie here.
        """
        headers = combined(scope)
        origin, site = headers.get(b"origin"), headers.get(b"sec-fetch-site")
        here = origin is None or origin.decode("latin-1") == self._where.origin
        if here and site in (None, b"same-origin"):
            if hmac.compare_digest(
                form.field("token").encode(), _form_token(form.browser).encode()
            ):
                return True
            if origin is not None or site is not None:
                return False
        raise PageProblem(
            "This form did not come from this page", "Nothing was decided.", status=403
        )


def _closed(error: NoSuchAuthorizationRequest) -> PageProblem:
    return PageProblem("There is no such request", str(error), status=404)


def _seen_last(connection: Connection) -> str:
    """Return what tells one connection from another: since when, and when it was used last."""
    said = f"approved {_day(connection.created_at)}"
    used = connection.last_used_at
    return f"{said}, {f'last used {_day(used)}' if used else 'never used'}"


def _day(instant: int) -> str:
    at = moment(instant)
    return f"{at.day} {at:%b %Y %H:%M} UTC"


def _form_token(browser: Secret) -> str:
    return hmac.digest(browser.reveal().encode(), b"keydeck form", "sha256").hex()


def _grid(catalogue: tuple[Resource, ...], asked: Scopes) -> list[ResourceRow]:
    ticked = preselected(asked)
    rows = []
    for resource in catalogue:
        if asked.isdisjoint(resource.scopes):
            continue
        rows.append(
            ResourceRow(
                resource.title,
                tuple(
                    Cell(
                        str(permission),
                        f"{doing(permission.action).capitalize()} {resource.title.lower()}",
                        permission in asked,
                        permission in ticked,
                    )
                    for permission in resource.scopes
                ),
            )
        )
    return rows
