"""`python -m tests.assistants.browser`: Chromium approves, and goes on wherever assistants wait."""

from tests.assistants.browser.approving import rows
from tests.assistants.table import printed

if __name__ == "__main__":
    raise SystemExit(printed(rows()))
