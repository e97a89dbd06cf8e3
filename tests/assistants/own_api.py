"""An API of an admin's own: a real small application, and one that misbehaves."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from pydantic import BaseModel, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.verifier.serving import eventually


@dataclass
class Seen:
    """What an API was asked."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for one, value in self.headers if one == name]


@dataclass
class Api:
    """An API that runs, and what it was asked."""

    url: str
    document: dict[str, Any] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)


class Line(BaseModel):
    """One line of a bill."""

    text: str
    cents: int = Field(ge=0)


class NewBill(BaseModel):
    """A bill that is to be written."""

    customer: str
    lines: list[Line] = []
    note: str | None = None


def bills() -> FastAPI:
    """Return an application that people could have written."""
    app = FastAPI(title="Bills", servers=[{"url": "https://evil.example"}])
    kept: dict[int, NewBill] = {7: NewBill(customer="Ada", lines=[Line(text="Tea", cents=250)])}

    @app.get("/bills", tags=["bills"])
    def list_bills(
        response: Response,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        state: Annotated[list[str] | None, Query()] = None,
    ) -> list[dict[str, Any]]:
        """List bills, newest first."""
        response.headers["Link"] = '</bills?page=2>; rel="next"'
        return [{"id": number, "state": state, "text": "x" * 500} for number in range(limit)]

    @app.get("/bills/{bill_id}", tags=["bills"])
    def read_bill(bill_id: Annotated[int, Path()]) -> NewBill:
        """Read one bill."""
        if bill_id not in kept:
            raise HTTPException(404, "no such bill")
        return kept[bill_id]

    @app.post("/bills", tags=["bills"], status_code=201)
    def write_bill(bill: NewBill, response: Response) -> dict[str, int]:
        """Write a bill."""
        number = max(kept) + 1
        kept[number] = bill
        response.headers["Location"] = f"/bills/{number}"
        return {"id": number}

    @app.delete("/bills/{bill_id}", tags=["bills"], status_code=204)
    def tear_up(bill_id: int) -> None:
        """Tear a bill up."""
        kept.pop(bill_id, None)

    @app.get("/folders/{name}", tags=["folders"])
    def read_folder(name: str, x_trace: Annotated[str | None, Header()] = None) -> dict[str, Any]:
        """Read a folder."""
        return {"name": name, "trace": x_trace}

    return app


def trouble() -> FastAPI:
    """Return an application that answers in every way there is."""
    app = FastAPI(title="Trouble")

    @app.get("/answers/{status}")
    def answer(status: int) -> Response:
        headers = {"Retry-After": "7"} if status == 429 else {}
        if 300 <= status < 400:
            return RedirectResponse("http://169.254.169.254/", status)
        return JSONResponse({"said": f"status {status}"}, status, headers)

    @app.get("/picture")
    def picture() -> Response:
        return Response(b"\x89PNG\0\xff" * 100, media_type="image/png")

    @app.get("/huge")
    def huge() -> Response:
        return PlainTextResponse("é" * 3_000_000)

    @app.get("/cookie")
    def cookie(request: Request) -> Response:
        answered = JSONResponse({"cookie": request.headers.get("cookie")})
        answered.set_cookie("session", "of somebody")
        return answered

    @app.post("/slow")
    async def slow() -> None:
        await asyncio.sleep(60)

    @app.get("/packed")
    def packed() -> Response:
        return Response(b"\x1f\x8b rest", headers={"Content-Encoding": "gzip"})

    return app


@contextmanager
def running(app: FastAPI) -> Iterator[Api]:
    """Run an application on a free port, and write down what it is asked."""
    listening = socket.create_server(("127.0.0.1", 0))
    api = Api(f"http://127.0.0.1:{listening.getsockname()[1]}", app.openapi())

    server = uvicorn.Server(
        uvicorn.Config(_noting(app, api), log_level="critical", lifespan="off", ws="none")
    )
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        eventually(lambda: server.started)
        yield api
    finally:
        server.should_exit = server.force_exit = True
        thread.join(20)
        listening.close()


def _noting(app: ASGIApp, api: Api) -> ASGIApp:
    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()

        async def passed_on() -> Any:
            message = await receive()
            body.extend(message.get("body", b""))
            seen.body = bytes(body)
            return message

        query = scope["query_string"].decode()
        seen = Seen(
            scope["method"],
            scope["raw_path"].decode() + (f"?{query}" if query else ""),
            [(name.decode(), value.decode("latin-1")) for name, value in scope["headers"]],
            b"",
        )
        api.seen.append(seen)
        await app(scope, passed_on, send)

    return noted
