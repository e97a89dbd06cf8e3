"""How often one address may ask."""

from store.verifier.rate_limit import MOST_ADDRESSES, WINDOW_S, Limit


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the seconds it was set to."""
        return self.seconds


def test_an_address_has_so_many_in_a_minute_and_then_waits_for_its_end() -> None:
    watch = Watch()
    limit = Limit(2, monotonic=watch)
    assert [limit.wait_s("10.0.0.1") for _ in range(2)] == [0, 0]
    watch.seconds = 20
    assert limit.wait_s("10.0.0.1") == 40
    assert limit.wait_s("10.0.0.2") == 0
    limit.forgive("10.0.0.1")
    assert [limit.wait_s("10.0.0.1") for _ in range(2)] == [0, 40]
    watch.seconds = WINDOW_S
    assert limit.wait_s("10.0.0.1") == 0


def test_a_network_of_ipv6_counts_as_one_and_ipv4_written_as_ipv6_as_itself() -> None:
    limit = Limit(1)
    assert limit.wait_s("2001:db8::1") == 0
    assert limit.wait_s("2001:db8::ffff:2") > 0
    assert limit.wait_s("2001:db8:0:1::1") == 0
    assert [limit.wait_s(f"::ffff:10.0.0.{last}") for last in (1, 2)] == [0, 0]
    assert limit.wait_s("10.0.0.2") > 0
    assert (limit.wait_s(None), limit.wait_s("not one") > 0) == (0, True)


def test_many_addresses_take_no_more_memory_than_was_meant_for_them() -> None:
    limit = Limit(1)
    for number in range(MOST_ADDRESSES + 1):
        assert limit.wait_s(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}") == 0
    # The oldest was forgotten, the newest was not.
    assert limit.wait_s("10.0.0.0") == 0
    assert limit.wait_s("10.0.0.1") == 0
    assert limit.wait_s("10.0.39.16") > 0
