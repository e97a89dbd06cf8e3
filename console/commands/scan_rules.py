"""A rule for scanners of others, so that they know our keys before ours is asked."""

import json

from store.domain.leaks.finding import pattern

_GITLEAKS = """\
# gitleaks: put this into .gitleaks.toml
[[rules]]
id = "keydeck-{prefix}-key"
description = "A keydeck API key of the installation with the prefix {prefix}"
regex = '''{pattern}'''
keywords = ["{prefix}_"]
"""

_TRUFFLEHOG = """\
# trufflehog: trufflehog filesystem --config this.yaml PATH
detectors:
  - name: keydeck-{prefix}-key
    keywords:
      - {prefix}_
    regex:
      key: '({pattern})'
"""


def rule(scanner: str, prefix: str) -> str:
    """Return the rule for gitleaks, trufflehog or github (a custom pattern)."""
    if scanner == "github":
        content = {
            "name": f"keydeck {prefix} key",
            "pattern": pattern(prefix),
            "test_string": f"{prefix}_" + "0" * 12 + "_" + "0" * 49,
        }
        return json.dumps(content, indent=2) + "\n"
    template = {"gitleaks": _GITLEAKS, "trufflehog": _TRUFFLEHOG}[scanner]
    return template.format(prefix=prefix, pattern=pattern(prefix))
