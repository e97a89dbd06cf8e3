"""`python -m tests.assistants`: all that is tried by hand, one after the other, with its tables."""

import subprocess
import sys

BY_HAND = ("clients", "browser", "foreign_documents")


def main() -> int:
    """Run each; 1 where one of them says that something does not work."""
    worked = True
    for name in BY_HAND:
        print(f"# {name}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"tests.assistants.{name}"])
        worked = worked and done.returncode == 0
    return 0 if worked else 1


if __name__ == "__main__":
    raise SystemExit(main())
