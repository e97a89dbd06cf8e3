"""`python -m tests.assistants.clients [NAME …]`: real assistants, and what came of each step."""

import argparse

from tests.assistants.clients.trying import rows
from tests.assistants.table import printed


def main() -> int:
    """Try them, and print the table; 1 where one of them did not get through."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.assistants.clients", description=__doc__.partition(": ")[2]
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="Which; all without any.")
    return printed(rows(parser.parse_args().names))


if __name__ == "__main__":
    raise SystemExit(main())
