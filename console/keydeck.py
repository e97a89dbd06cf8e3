"""`keydeck`: where every start begins, in a file that no other package has.

PyPI has packages called `console` and `store`, too. Installed over ours they replace some files and
leave others, and what ran then would be neither. So before anything else is imported each of the
two must say that it is ours, and both must lie in one place.
"""

import os.path
import sys
from importlib.util import find_spec

MARK = 'DISTRIBUTION = "keydeck"'


def strangers() -> list[str]:
    """Return which of our two packages are somebody else's, or both where their places differ.

    They are read, not run.
    """
    foreign, places = [], set()
    for name in ("console", "store"):
        spec = find_spec(name)
        read = getattr(spec.loader, "get_source", None) if spec else None
        try:
            source = read(name) if read else None
        except (ImportError, OSError):
            source = None
        if spec is None or MARK not in (source or ""):
            foreign.append(name)
        else:
            places.add(os.path.dirname(os.path.dirname(spec.origin or "")))
    return foreign or ([] if len(places) == 1 else ["console", "store"])


def main() -> None:
    """Run the command line and exit with its status."""
    foreign = strangers()
    if foreign:
        named = " and ".join(f"“{name}”" for name in foreign)
        print(
            f"keydeck was not started: the Python package {named} here is another project's. "
            "Install keydeck anew into an environment of its own: pipx, uv tool, or a venv.",
            file=sys.stderr,
        )
        sys.exit(1)
    from console import guest

    if guest.is_meant(sys.argv[1:]):
        guest.believe_nothing()
        guest.bound()
        if guest.asks():
            guest.end_with_the_line()
    from console.loading import undisturbed

    with undisturbed():
        from console.commands.entry import run
    sys.exit(run(sys.argv[1:]))
