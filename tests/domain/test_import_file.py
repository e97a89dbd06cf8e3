"""A file of keys: CSV or JSON lines, read whole or refused in a sentence."""

from hypothesis import example, given
from hypothesis import strategies as st

from store.domain.import_file import COLUMNS, rows
from store.errors import Invalid


def test_both_formats_tell_the_same() -> None:
    csv = (
        'Scopes,name,digest,scheme,expires,holders\r\n"a:read b:read","Büro, Nord",d,plain,never,'
        "x@y.z\r\n\r\n"
    )
    json = (
        '{"scopes": ["a:read", "b:read"], "name": "Büro, Nord", "digest": "d", "scheme": "plain",'
        ' "expires": "never", "holders": "x@y.z"}\n\n'
    )
    (one,), (other,) = rows("\ufeff" + csv), rows(json)
    for row in (one, other):
        assert (row.name, row.scopes, row.expires) == ("Büro, Nord", ("a:read", "b:read"), "never")
        assert (row.digest.reveal(), row.scheme, row.holders) == ("d", "plain", ("x@y.z",))
    assert (one.line, other.line) == (2, 1)


@given(st.text(st.sampled_from('{}[]",:\n\r\x00 ab' + "é"), max_size=80))
@example("{" + "[" * 100_000)
@example(",".join(COLUMNS) + '\n"')
def test_whatever_stands_in_a_file_is_rows_or_one_sentence(text: str) -> None:
    for content in (text, ",".join(COLUMNS[:4]) + "\n" + text):
        try:
            found, said = rows(content), ""
        except Invalid as refused:
            found, said = [], str(refused)
        assert bool(found) is not bool(said)
        assert "\n" not in said
