"""How it is told what a look from outside has found."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.commands.tables import table
from console.text.safe import safe

if TYPE_CHECKING:
    from console.outside.findings import Finding


def tell(findings: "Iterable[Finding]") -> None:
    """Print which promises hold."""
    table(
        ("CHECK", "", "PROMISE"),
        [(finding.name, finding.outcome.value, finding.promise) for finding in findings],
    )


def tell_open(finding: "Finding") -> None:
    """Print what was seen of one that is open, and what to do."""
    print(f"\n{finding.name}: {safe(finding.seen)}.\n  {safe(finding.mend)}")


def finding_object(finding: "Finding") -> dict[str, object]:
    """Return it as JSON has it; null where there is nothing to say."""
    return {
        "check": finding.name,
        "promise": finding.promise,
        "outcome": finding.outcome.value,
        "seen": finding.seen or None,
        "mend": finding.mend or None,
    }
