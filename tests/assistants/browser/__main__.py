"""`python -m tests.assistants.browser`: Chromium approves, and goes on wherever assistants wait."""

import argparse

from tests.assistants.browser.approving import rows
from tests.assistants.table import printed


def main() -> int:
    """Try all, and print the table; 1 where something is not well."""
    argparse.ArgumentParser(
        prog="python -m tests.assistants.browser", description=__doc__.partition(": ")[2]
    ).parse_args()
    return printed(rows())


if __name__ == "__main__":
    raise SystemExit(main())
