"""`keydeck`, also as `python -m console`."""

import sys

from console.loading import undisturbed

with undisturbed():
    from console.commands.entry import run


def main() -> None:
    """Run the command line and exit with its status."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
