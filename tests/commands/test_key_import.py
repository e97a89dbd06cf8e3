"""`keydeck keys import`: a file, a line for each of its keys, all of them or none."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from tests.commands.conftest import Keydeck

VALUES = {name: f"value of {name}, long enough" for name in ("Billing", "Shop")}
HEAD = "name,digest,scheme,scopes,expires\n"


def csv(tmp_path: Path, *more: str) -> str:
    """Write a file with two keys and more lines, and return its path."""
    lines = [
        f"{name},{hashlib.sha256(value.encode()).hexdigest()},sha256-hex,events:read,1d\n"
        for name, value in VALUES.items()
    ]
    path = tmp_path / "keys.csv"
    path.write_text("\ufeff" + HEAD + "".join([*lines, *more]), "utf-8")
    return str(path)


def test_keys_are_tried_brought_along_and_listed_as_foreign(
    keydeck: Keydeck, tmp_path: Path
) -> None:
    path = csv(tmp_path)
    tried = keydeck("keys", "import", path, "--dry-run", "--json").json
    assert [one["result"] for one in tried["keys"]] == ["good", "good"]
    assert tried["imported"] == 0
    assert keydeck("keys", "list", "--json").json == []
    done = keydeck("keys", "import", path, "--yes", "--json").json
    listed = keydeck("keys", "list", "--json", "--filter", "note:foreign").json
    assert {one["id"] for one in done["keys"]} == {one["id"] for one in listed}
    assert all("foreign" in one["notes"] for one in listed)
    assert {one["name"] for one in listed} == set(VALUES)
    again = keydeck("keys", "import", path, "--yes")
    assert again.status == 0
    assert again.err.count("already") == 2


def test_a_key_is_brought_along_with_its_limits_or_the_line_says_what_is_wrong_with_them(
    keydeck: Keydeck, tmp_path: Path
) -> None:
    path = tmp_path / "limited.csv"

    def written(limits: str) -> str:
        line = f'Billing,"{VALUES["Billing"]}",plain,events:read,{limits}\n'
        path.write_text("name,digest,scheme,scopes,limits\n" + line)
        return str(path)

    for wrong, why in (("100", "is not a limit"), ("1/1m 2/60s", "limited twice")):
        refused = keydeck("keys", "import", written(wrong), "--yes")
        assert refused.status == 5
        assert "Line 2" in refused.err
        assert why in refused.err
    done = keydeck("keys", "import", written("50000/month 100/1m 60/1m?"), "--yes", "--json")
    assert done.status == 0, done.err
    [key] = keydeck("keys", "list", "--filter", "note:limited", "--json").json
    assert key["limits"] == ["60/1m?", "100/1m", "50000/month"]
    assert key["notes"][:3] == ["foreign", "observing", "limited"]


def test_json_lines_come_from_standard_input(keydeck: Keydeck) -> None:
    told = [
        {"name": name, "digest": value, "scheme": "plain", "scopes": ["events:read"]}
        for name, value in VALUES.items()
    ]
    lines = "\n".join(map(json.dumps, told)) + "\n"
    done = keydeck("keys", "import", "-", "--json", given=lines)
    assert done.status == 0, done.err
    assert [one["result"] for one in done.json["keys"]] == ["good", "good"]


def test_one_that_cannot_be_brought_along_is_named_and_none_is(
    keydeck: Keydeck, tmp_path: Path
) -> None:
    path = csv(tmp_path, "Slow,$argon2id$v=19$x,argon2,events:read,\n", "Odd,00,sha512,no:read,\n")
    done = keydeck("keys", "import", path, "--yes")
    assert (done.status, done.out, done.err.count("\n")) == (5, "", 1)
    assert "Of the keys 2 cannot be brought along" in done.err
    assert "Line 4" in done.err
    assert keydeck("keys", "list", "--json").json == []
    skipped = keydeck("keys", "import", path, "--yes", "--skip-bad", "--json").json
    assert [one["result"] for one in skipped["keys"]] == ["good", "good", "refused", "refused"]
    assert "password's hash" in skipped["keys"][2]["why"]


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_what_digests_were_keyed_with_comes_from_a_file_or_standard_input(
    keydeck: Keydeck, tmp_path: Path, ending: str
) -> None:
    pepper, path = tmp_path / "old", tmp_path / "keys.csv"
    pepper.write_bytes(b"old pepper" + ending.encode())
    digests = {
        name: hmac.digest(b"old pepper", value.encode(), "sha256").hex()
        for name, value in VALUES.items()
    }
    rows = [f"{name},{digest},hmac-sha256,events:read\n" for name, digest in digests.items()]
    path.write_text("name,digest,scheme,scopes\n" + "".join(rows))
    refused = keydeck("keys", "import", str(path), "--yes")
    assert refused.status == 5
    assert "--old-pepper" in refused.err
    twice = keydeck("keys", "import", "-", "--old-pepper", "-", "--yes", given="")
    assert (twice.status, twice.err.count("\n")) == (2, 1)
    told = ["keys", "import", str(path), "--yes", "--json", "--old-pepper"]
    done = keydeck(*told, str(pepper))
    assert [one["result"] for one in done.json["keys"]] == ["good", "good"]
    # The same pepper, else these would be others.
    again = keydeck(*told, "-", given="old pepper\n")
    assert [one["result"] for one in again.json["keys"]] == ["already", "already"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        HEAD,
        "name,scheme,scopes\nA,plain,events:read\n",
        "name,digest,scheme,scopes,customer\nA,SECRETVALUE,plain,events:read,x\n",
        "name,name,digest,scheme,scopes\n",
        HEAD + "A,SECRETVALUE\n",
        HEAD + '"A,SECRETVALUE\n',
        '{"name": "A", "digest": 7}\n',
        '{"name": "A", "digest": "SECRETVALUE", "label": "x"}\n',
        "{SECRETVALUE\n",
        "[" * 9,
        "{" + "[" * 100_000,
    ],
)
def test_what_is_no_such_file_is_one_sentence_without_what_stands_in_it(
    keydeck: Keydeck, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "keys"
    path.write_text(content, "utf-8")
    done = keydeck("keys", "import", str(path), "--yes")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1), done.err
    assert "SECRETVALUE" not in done.err
    assert keydeck("keys", "import", str(tmp_path / "none")).status == 2
