"""`python -m tests.assistants`: all that is tried by hand, one after the other, in one table."""

from collections.abc import Iterator

from tests.assistants import foreign_documents
from tests.assistants.browser import approving
from tests.assistants.clients import trying
from tests.assistants.table import Row, printed, unstopped


def _rows() -> Iterator[Row]:
    yield from unstopped(trying.rows(), "assistants")
    yield from unstopped(approving.rows(), "the browser")
    yield from unstopped(foreign_documents.rows(), "documents")


if __name__ == "__main__":
    raise SystemExit(printed(_rows()))
