"""A key lies in a git history: it is found, revoked, refused, and seen to be used still."""

import subprocess
from pathlib import Path

from tests.stories.desk import Desk
from tests.verifier.serving import eventually


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody."""
    who = ("-c", "user.name=Mia", "-c", "user.email=mia@acme.example")
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


def test_a_key_in_a_git_history_is_found_and_revoked_and_who_still_uses_it_is_seen(
    here: Desk,
) -> None:
    repository = here.folder / "site"
    repository.mkdir()
    git(repository, "init", "-q")
    made = here.json("keys", "create", "--name", "Website", "--scope", "availability:read")
    key, config = made["key"], repository / "config.py"
    config.write_text(f"KEY = '{key}'\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "Begin")
    config.write_text("import os\nKEY = os.environ['KEY']\n")
    git(repository, "commit", "-qam", "Take the key out of the code")
    assert here.ask("/availability", key).status_code == 200

    [found] = here.json("scan", "site", "--git", exits=1)
    assert (found["known"]["name"], found["live"]) == ("Website", True)
    assert found["places"][0].endswith(":config.py:1")
    assert "leaked" in here.json("keys", "show", "Website")["notes"]
    here.keydeck("scan", "site", "--git", "--revoke", "--yes", exits=1)

    refused = here.ask("/availability", key, headers={"User-Agent": "the old site"})
    assert (refused.status_code, refused.json()["code"]) == (401, "revoked")

    def seen() -> bool:
        [listed] = here.json("keys", "list")
        return bool(listed["notes"] == ["still used"])

    eventually(seen)
    told = here.keydeck("why", refused.json()["request_id"]).stdout
    assert "✕ state     the key was revoked" in told
    assert "“found by keydeck scan”" in told
    assert "127.0.0.1, the old site" in told
    assert "127.0.0.1 tried 1 time in all." in told
    # Once it is out, it stays out: the same look finds it again, and it is no finding.
    assert here.json("scan", "site", "--git")[0]["live"] is False
