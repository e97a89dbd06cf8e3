"""The tools that are made of documents of the admin's own API."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, delete, insert, select

from store.domain.tools.tool import Tool, ToolDocument
from store.errors import Invalid
from store.persistence.prepared import Row, statement
from store.persistence.schema import tool_documents

READ = statement("SELECT title, upstream, tools FROM tool_documents ORDER BY title")
"""Every document, for whoever keeps them."""

_TOOLS = msgspec.json.Decoder(tuple[Tool, ...])


def documents_of(rows: Iterable[Row]) -> list[ToolDocument]:
    """Return documents from their rows. Raises Invalid for one that somebody else wrote."""
    try:
        return [
            ToolDocument(title, upstream, _TOOLS.decode(text)) for title, upstream, text in rows
        ]
    except msgspec.DecodeError as error:
        raise Invalid("tools", str(error)) from None


class ToolDocuments:
    """One transaction's view of the documents."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[ToolDocument]:
        """Return every document, by title."""
        query = select(tool_documents).order_by(tool_documents.c.title)
        return documents_of(tuple(row) for row in self._connection.execute(query))

    def any(self) -> bool:
        """Return whether there is a document."""
        return self._connection.execute(select(tool_documents.c.title).limit(1)).first() is not None

    def write(self, document: ToolDocument) -> None:
        """Put a document in the place of the one of its title."""
        self.delete(document.title)
        self._connection.execute(
            insert(tool_documents).values(
                title=document.title,
                upstream=document.upstream,
                tools=msgspec.json.encode(document.tools).decode(),
            )
        )

    def delete(self, title: str) -> None:
        """Remove a document."""
        self._connection.execute(delete(tool_documents).where(tool_documents.c.title == title))
