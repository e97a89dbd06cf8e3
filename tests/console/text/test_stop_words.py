"""What is stopped, in words."""

from console.text.stop_words import staying
from store.domain.stops import Stop, StopKind, Target


def stop(kind: StopKind, value: str, name: str) -> Stop:
    """Return a stop as it is listed."""
    return Stop(Target(kind, value), name, 0, "alice@acme.example", None)


def test_keys_are_counted_and_what_many_belong_to_is_named() -> None:
    keys = [stop(StopKind.KEY, one, one) for one in ("Website", "Shop")]
    owner = stop(StopKind.OWNER, "mia", "mia")
    label = stop(StopKind.LABEL, "tier=gold", "tier=gold")
    assert staying([*keys, owner, label]) == (
        "Stopped too, and staying so: 2 keys, every key for mia, every key labelled tier=gold."
    )
    assert staying(keys[:1]) == "Stopped too, and staying so: 1 key."
    many = [stop(StopKind.OWNER, one, one) for one in "abcdef"]
    assert staying(many).endswith("every key for c, 3 other stops.")
