"""What a verdict depends on: which columns are watched follows from one declaration."""

import pytest

from store.domain import credential
from store.domain.credential import Source, watched


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A declaration of a few columns."""
    sources = {
        "digest": Source("keys.digest", "tokens.digest"),
        "plan": Source("workspaces.plan", "workspaces.plan"),
        "born": Source("keys.born", "connections.born", changes=False),
        "ends": Source("keys.ends", "connections.ends"),
    }
    monkeypatch.setattr(credential, "SOURCES", sources)
    monkeypatch.setattr(credential, "OF_TOKEN", ("tokens.ends",))
    monkeypatch.setattr(credential, "ALSO", ("settings.prefix", "settings.keys"))


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("keys", ("digest", "ends")),
        ("connections", ("ends",)),
        ("tokens", ("digest", "ends")),
        ("workspaces", ("plan",)),
        ("settings", ("prefix", "keys")),
        ("people", ()),
    ],
)
def test_a_column_is_watched_once_unless_it_cannot_change(
    table: str, columns: tuple[str, ...]
) -> None:
    assert watched(table) == columns


def test_what_ends_a_credential_or_takes_from_it_is_watched() -> None:
    for table in ("keys", "connections"):
        assert {"revoked_at", "expires_at", "scopes"} <= set(watched(table))
        assert not {"workspace_id", "created_at"} & set(watched(table))
    assert "plan" in watched("workspaces")
    assert "expires_at" in watched("access_tokens")
