"""Bars: even bins, one scale, and nothing that happened left blank."""

import pytest

from console.text.bars import bars, binned


@pytest.mark.parametrize(("width", "cells"), [(100, 60), (60, 60), (59, 30), (30, 30), (29, 20)])
def test_every_bin_holds_as_many_minutes_as_the_others(width: int, cells: int) -> None:
    assert binned([1] * 60, width) == [60 // cells] * cells


def test_one_request_beside_a_thousand_is_seen() -> None:
    assert bars([0, 1, 500, 1000], 1000, ascii_only=False) == " ▁▄█"
    assert bars([0, 1, 500, 1000], 1000, ascii_only=True) == " .=%"
