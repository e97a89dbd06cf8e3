"""Ids of things: random, and in the order in which they were made."""

from store.domain.key_string import ALPHABET, random_base62

_TIME_LENGTH = 8  # 62^8 ms reach to the year 8888
_RANDOM_LENGTH = 12


def new_id(prefix: str, now: int) -> str:
    """Return an id such as `ev_0UkTb2Xq…`: `now` in base62, then 12 random characters.

    They sort by time, as text compared byte by byte.
    """
    digits = ""
    for _ in range(_TIME_LENGTH):
        now, digit = divmod(now, 62)
        digits = ALPHABET[digit] + digits
    return f"{prefix}_{digits}{random_base62(_RANDOM_LENGTH)}"
