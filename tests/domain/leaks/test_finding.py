"""Keys in bytes, in streams, in folders, in a repository's history."""

import bz2
import gzip
import io
import lzma
import os
import subprocess
import threading
from contextlib import suppress
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.foreign import LONGEST, SHORTEST, Hash, Hashing, Shape
from store.domain.key_string import ALPHABET, mint
from store.domain.leaks.finding import finder
from store.domain.leaks.foreign_values import foreign_finder
from store.errors import PlaceUnreadable
from store.operations.scan import sources
from store.operations.scan.history import in_history
from store.operations.scan.sources import in_path, in_stream

KEY = mint("jw").key
TEXT = KEY.reveal().encode()
find = finder("jw")


def missed(place: str, why: str) -> None:
    """Take a place of which nothing is to be told."""
    raise AssertionError(f"{place}: {why}")


def test_a_key_is_found_whatever_stands_around_it() -> None:
    for around in (b'key = "%s"', b"token%%3D%s%%26x", b"abc%sdef", b"\x00%s\xff", b"jw_%s"):
        assert [one.key for one in find(around % TEXT)] == [KEY], around


@pytest.mark.parametrize("lengths", list(permutations((SHORTEST, 24, 40))))
def test_of_shapes_that_begin_alike_the_shortest_is_found_in_whatever_order(
    lengths: tuple[int, ...],
) -> None:
    shapes = [Shape(Hashing(Hash.SHA256), "1", "acme_", one, LONGEST) for one in lengths]
    value = "acme_".ljust(SHORTEST, "x")
    assert [one.key.reveal() for one in foreign_finder(shapes)(f"?k={value}&".encode())] == [value]


def test_what_only_looks_like_a_key_is_not_one_and_hides_none() -> None:
    wrong = TEXT[:-1] + (b"0" if TEXT[-1:] != b"0" else b"1")
    assert list(find(wrong)) == []
    assert list(find(mint("ab").key.reveal().encode())) == []
    # It ends in the first two letters of a real one.
    almost = b"jw_" + b"a" * 12 + b"_" + b"b" * 47 + TEXT
    assert [one.at for one in find(almost)] == [len(almost) - len(TEXT)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("around", ["", "log\n", "é"])
def test_a_key_in_wide_text_is_found_once(
    encoding: str, around: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = f"{around}{KEY.reveal()}{around}".encode(encoding)
    assert [one.key for one in find(data)] == [KEY]
    for chunk in range(50, 400, 37):
        monkeypatch.setattr(sources, "CHUNK", chunk)
        assert len(list(in_stream(io.BytesIO(data * 2), "log", find, missed))) == 2


@given(st.lists(st.sampled_from([*ALPHABET, "_", "jw_", "\n"]), max_size=400))
def test_noise_is_never_a_key(noise: list[str]) -> None:
    assert list(find("".join(noise).encode())) == []


@pytest.mark.parametrize("at", [0, 1, 40, 90, 128, 155, 190])
def test_a_key_is_told_once_with_its_line_wherever_the_chunks_end(
    at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "CHUNK", 100)
    lines = (b"x\n" * at)[:at]
    data = lines + TEXT + b"\n" + b"y" * 500 + TEXT
    found = list(in_stream(io.BytesIO(data), "log", find, missed))
    first = 1 + lines.count(b"\n")
    assert [one.place for one in found] == [f"log:{first}", f"log:{first + 1}"]


def test_a_folder_is_looked_through_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "config.py").write_bytes(b"\n\nKEY = '" + TEXT + b"'\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "packed").write_bytes(TEXT)
    (tmp_path / "link").symlink_to(tmp_path / "deep" / "er" / "config.py")
    os.mkfifo(tmp_path / "pipe")
    unread: list[str] = []
    found = list(in_path(tmp_path, find, lambda place, why: unread.append(place)))
    assert [one.place for one in found] == [f"{tmp_path}/deep/er/config.py:3"]
    assert list(in_path(tmp_path / "nowhere", find, lambda place, why: unread.append(place))) == []
    assert unread == [str(tmp_path / "nowhere")]


@pytest.mark.parametrize("packed", ["gz", "bz2", "xz", "zip", "zst", "lfs"])
def test_what_is_packed_is_not_called_looked_at(tmp_path: Path, packed: str) -> None:
    content = {
        "gz": gzip.compress(TEXT),
        "bz2": bz2.compress(TEXT),
        "xz": lzma.compress(TEXT),
        "zip": b"PK\x03\x04" + b"\0" * 30,
        "zst": bytes.fromhex("28b52ffd") + b"\0" * 9,
        "lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    }[packed]
    # Its name says nothing.
    (tmp_path / "app.log").write_bytes(content)
    (tmp_path / "text.gz").write_bytes(b"no gzip\n" + TEXT)
    unread: list[str] = []
    found = list(in_path(tmp_path, find, lambda place, why: unread.append(place)))
    # What is too short to be packed stands there as it is, and is found all the same.
    assert found[-1].place.endswith("text.gz:2")
    assert unread == [str(tmp_path / "app.log")]


def test_a_link_is_looked_at_once_or_told(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, inside / "deep", inside / ".git", outside):
        folder.mkdir()
        (folder / "key").write_bytes(TEXT)
    for name, target in (
        ("twin", inside / "deep" / "key"),
        ("folder", inside / "deep"),
        ("nothing", tmp_path / "nowhere"),
        ("elsewhere", outside / "key"),
        ("folder elsewhere", outside),
        ("hidden", inside / ".git" / "key"),
        ("loop", inside / "loop"),
    ):
        (inside / name).symlink_to(target)
    unread: dict[str, str] = {}
    found = sorted(one.place for one in in_path(inside, find, unread.__setitem__))
    assert found == [f"{inside}/deep/key:1", f"{inside}/key:1"]
    told = {Path(place).name: why for place, why in unread.items()}
    assert set(told) == {"elsewhere", "folder elsewhere", "hidden", "loop"}
    # One that is named is followed.
    assert len(list(in_path(inside / "elsewhere", find, missed))) == 1
    assert len(list(in_path(inside / "folder elsewhere", find, missed))) == 1
    looped: list[str] = []
    assert list(in_path(inside / "loop", find, lambda place, why: looped.append(why))) == []
    assert "symbolic links" in looped[0]


def test_a_pipe_that_is_named_is_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(TEXT,))
    writer.start()
    assert len(list(in_path(pipe, find, missed))) == 1
    writer.join()


def test_the_name_of_a_file_that_is_not_text_can_be_told_all_the_same(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff.py"
    with open(odd, "wb") as file:
        file.write(TEXT)
    unread: list[str] = []
    [one] = in_path(tmp_path, find, lambda place, why: unread.append(place))
    assert one.place == f"{tmp_path}/\ufffd.py:1"
    list(in_path(Path(f"{os.fsdecode(odd)}c"), find, lambda place, why: unread.append(place)))
    assert unread == [f"{tmp_path}/\ufffd.pyc"]


def _git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Eve", "-c", "user.email=eve@example.com"]
    return subprocess.run(
        ["git", "-C", folder, *who, *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_a_key_that_was_taken_out_again_is_found_in_the_history(tmp_path: Path) -> None:
    _git(tmp_path, "init", "-q")
    (tmp_path / "settings with blanks.py").write_bytes(b"#\nKEY = '" + TEXT + b"'\n")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "-qm", "Begin")
    brought = _git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "settings with blanks.py").write_text("KEY = os.environ['KEY']\n")
    _git(tmp_path, "commit", "-qam", f"Take {TEXT.decode()} out")
    message = _git(tmp_path, "rev-parse", "HEAD")
    lost = subprocess.run(
        ["git", "-C", tmp_path, "hash-object", "-w", "--stdin"],
        check=True,
        input=b"lost " + TEXT,
        capture_output=True,
    ).stdout.decode()
    found = {one.place for one in in_history(tmp_path, find, missed)}
    assert found == {
        f"{brought[:12]}:settings with blanks.py:2",
        f"commit {message[:12]}:6",
        f"blob {lost[:12]}, in no commit:1",
    }


def test_a_repository_that_is_looked_at_gets_to_run_nothing_of_its_own(tmp_path: Path) -> None:
    repository, ran = tmp_path / "theirs", tmp_path / "ran"
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {ran}\n")
    trap.chmod(0o700)
    repository.mkdir()
    _git(repository, "init", "-q")
    (repository / "config.py").write_bytes(TEXT)
    _git(repository, "add", ".")
    _git(repository, "commit", "-qm", "Begin")
    headers, blank, rest = _git(repository, "cat-file", "commit", "HEAD").partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n eA==\n -----END PGP SIGNATURE-----"
    signed = subprocess.run(
        ["git", "-C", repository, "hash-object", "-t", "commit", "-w", "--stdin"],
        check=True,
        input=f"{headers}\n{signature}{blank}{rest}\n",
        capture_output=True,
        text=True,
    ).stdout.strip()
    _git(repository, "update-ref", "HEAD", signed)
    for name, value in (
        ("log.showSignature", "true"),
        ("gpg.program", str(trap)),
        ("core.fsmonitor", str(trap)),
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", str(repository)),
        ("remote.origin.promisor", "true"),
        ("remote.origin.uploadpack", str(trap)),
    ):
        _git(repository, "config", name, value)
    [found] = in_history(repository, find, missed)
    assert (found.place, ran.exists()) == (f"{signed[:12]}:config.py:1", False)
    # What is not here would be fetched.
    lacking = _git(repository, "rev-parse", "HEAD^{tree}")
    (repository / ".git" / "objects" / lacking[:2] / lacking[2:]).unlink()
    with suppress(PlaceUnreadable):
        list(in_history(repository, find, lambda place, why: None))
    assert not ran.exists()


def test_what_a_clone_lacks_is_told(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    _git(whole, "init", "-q")
    for number in range(3):
        (whole / f"{number}.txt").write_text(f"{number}")
        (whole / f"{number}.gz").write_bytes(gzip.compress(TEXT, mtime=number))
        _git(whole, "add", ".")
        _git(whole, "commit", "-qm", f"{number}")
    told: list[str] = []

    def tell(place: str, why: str) -> None:
        told.append(f"{place} {why}")

    assert list(in_history(whole, find, tell)) == []
    assert len(told) == 3
    assert all(":" in one and "packed" in one for one in told)

    told.clear()
    _git(tmp_path, "clone", "-q", "--depth", "1", f"file://{whole}", "shallow")
    list(in_history(tmp_path / "shallow", find, tell))
    assert any("shallow clone" in one for one in told)

    told.clear()
    for blob in ("0.txt", "2.txt"):
        name = _git(whole, "rev-parse", f"HEAD:{blob}")
        (whole / ".git" / "objects" / name[:2] / name[2:]).unlink()
    (whole / ".git" / "modules" / "theirs").mkdir(parents=True)
    list(in_history(whole, find, tell))
    assert f"{whole} 2 objects are not in this clone" in told
    assert any("submodules have histories of their own" in one for one in told)


def test_a_hook_of_another_repository_does_not_lead_git_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("theirs", "ours"):
        (tmp_path / name).mkdir()
        _git(tmp_path / name, "init", "-q")
    (tmp_path / "theirs" / "config.py").write_bytes(TEXT)
    _git(tmp_path / "theirs", "add", ".")
    _git(tmp_path / "theirs", "commit", "-qm", "Begin")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "ours" / ".git"))
    assert len(list(in_history(tmp_path / "theirs", find, missed))) == 1


def test_what_is_no_repository_cannot_be_looked_at(tmp_path: Path) -> None:
    with pytest.raises(PlaceUnreadable, match="git found no repository there"):
        list(in_history(tmp_path, find, missed))
