"""Man pages for a wheel, made of the commands and topics that are in it."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManPages(BuildHookInterface[Any]):
    """Writes the pages and gives them to the wheel, as `share/man`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make them; an editable installation has none, as nothing would renew them."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from console.manual.pages import pages

        self._folder = tempfile.TemporaryDirectory()
        for name, text in pages(self.metadata.version).items():
            file = Path(self._folder.name, name)
            file.write_text(text, encoding="ascii")
            build_data["shared_data"][str(file)] = f"share/man/man{file.suffix[1:]}/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take away what was written."""
        if version != "editable":
            self._folder.cleanup()
