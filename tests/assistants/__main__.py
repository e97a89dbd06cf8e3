"""`python -m tests.assistants`: all that is tried by hand, one after the other, in one table."""

import argparse
from collections.abc import Iterator

from tests.assistants import foreign_documents
from tests.assistants.browser import approving
from tests.assistants.clients import trying
from tests.assistants.table import Row, printed, unstopped


def _rows() -> Iterator[Row]:
    yield from unstopped(trying.rows(), "assistants")
    yield from unstopped(approving.rows(), "the browser")
    yield from unstopped(foreign_documents.rows(), "documents")


def main() -> int:
    """Try all, and print the table; 1 where something is not well."""
    argparse.ArgumentParser(
        prog="python -m tests.assistants",
        description=__doc__.partition(": ")[2],
        epilog="It takes some twenty minutes. A part: tests.assistants.clients [NAME ...], "
        "tests.assistants.browser, tests.assistants.foreign_documents.",
    ).parse_args()
    return printed(_rows())


if __name__ == "__main__":
    raise SystemExit(main())
