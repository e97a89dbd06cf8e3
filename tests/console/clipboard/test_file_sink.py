"""Writing a key to a file: for its owner alone, and over nothing."""

import os
import stat
from pathlib import Path

import pytest

from console.clipboard.file_sink import work_tree_of, write_file
from store.domain.key_string import Secret
from store.errors import Invalid

SECRET = Secret("jw_the-key")


def test_the_file_is_its_owners_alone_whatever_the_umask_is(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = write_file(SECRET, tmp_path / "website.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == b"jw_the-key\n"


def test_a_file_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "website.key"
    path.write_text("another")
    with pytest.raises(Invalid, match="exists already"):
        write_file(SECRET, path)
    assert path.read_text() == "another"


def test_a_link_is_not_followed_even_to_where_nothing_is(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "website.key", tmp_path / "elsewhere"
    path.symlink_to(elsewhere)
    with pytest.raises(Invalid, match="exists already"):
        write_file(SECRET, path)
    assert not elsewhere.exists()


def test_a_folder_that_is_not_there_is_said_and_the_key_is_not(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no such file or directory") as caught:
        write_file(SECRET, tmp_path / "none" / "website.key")
    assert SECRET.reveal() not in str(caught.value)


def test_a_git_work_tree_is_known_also_a_linked_one_and_from_any_folder_in_it(
    tmp_path: Path,
) -> None:
    tree, linked, link = tmp_path / "tree", tmp_path / "linked", tmp_path / "link"
    (tree / ".git").mkdir(parents=True)
    (tree / "a" / "b").mkdir(parents=True)
    linked.mkdir()
    (linked / ".git").write_text("gitdir: elsewhere")
    link.symlink_to(tree / "a")
    for folder, found in ((tree, tree), (tree / "a" / "b", tree), (linked, linked), (link, tree)):
        assert work_tree_of(folder / "website.key") == found
    assert work_tree_of(tmp_path / "website.key") is None
