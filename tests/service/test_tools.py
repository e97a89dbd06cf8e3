"""Tools as the operator changes them: of one document at a time, audited, in force at once."""

from typing import Any

import pytest
from sqlalchemy import update

from store.domain.audit.actions import Action
from store.domain.tools.reading import Choice, ToolReading, read_tools
from store.domain.tools.tool import MOST_TOOLS
from store.errors import Invalid, NoSuchTool, TooManyTools
from store.operations.check import check
from store.persistence.schema import tool_documents
from tests.house import House

pytestmark = pytest.mark.both_engines
UPSTREAM = "http://127.0.0.1:9000"


def reading(title: str, number: int = 2) -> ToolReading:
    paths: dict[str, Any] = {f"/a{one}": {"get": {}} for one in range(number)}
    document = {"openapi": "3.1.0", "info": {"title": title}, "paths": paths}
    return read_tools(document, Choice(most=MOST_TOOLS))


def names(house: House) -> list[str]:
    return [tool.name for one in house.store.tools.all() for tool in one.tools]


def test_a_document_takes_the_place_of_the_one_of_its_title(house: House) -> None:
    tools, revision = house.store.tools, house.store.revision()
    tools.put(reading("Bills"), UPSTREAM).unwaited()
    assert house.store.revision() > revision
    assert names(house) == ["get_a0", "get_a1"]
    tools.put(reading("Bills", 1), "http://127.0.0.1:9001").unwaited()
    [document] = tools.all()
    assert (document.upstream, names(house)) == ("http://127.0.0.1:9001", ["get_a0"])
    # The same once more changes nothing, and is not told.
    tools.put(reading("Bills", 1), "http://127.0.0.1:9001").unwaited()
    gone = tools.remove("get_a0").unwaited()
    assert (gone.title, gone.names, tools.all()) == ("Bills", ("get_a0",), [])
    told = [
        (entry.action, entry.subject, entry.details["tools"])
        for actor in (house.alice, house.bob)
        for entry in house.store.audit_trail.newest(actor)
        if entry.action in (Action.TOOLS_SET, Action.TOOLS_REMOVED)
    ]
    assert told == 2 * [
        (Action.TOOLS_REMOVED, "Bills", 1),
        (Action.TOOLS_SET, "Bills", 1),
        (Action.TOOLS_SET, "Bills", 2),
    ]


def test_tools_of_two_documents_have_names_of_their_own(house: House) -> None:
    house.store.tools.put(reading("Bills"), UPSTREAM).unwaited()
    house.store.tools.put(reading("Carts"), UPSTREAM).unwaited()
    found = names(house)
    assert len(set(found)) == 4
    assert found[:2] == ["get_a0", "get_a1"]
    house.store.tools.put(reading("Carts"), UPSTREAM).unwaited()
    assert names(house) == found, "the same whenever it is given"


def test_there_are_no_more_than_clients_take(house: House) -> None:
    house.store.tools.put(reading("Bills", 100), UPSTREAM).unwaited()
    with pytest.raises(TooManyTools, match="the 100 that are there"):
        house.store.tools.put(reading("Carts", 29), UPSTREAM)
    house.store.tools.put(reading("Bills", 128), UPSTREAM).unwaited()


def test_what_is_not_there_and_what_gives_nothing_is_told(house: House) -> None:
    with pytest.raises(NoSuchTool):
        house.store.tools.remove("nothing")
    with pytest.raises(NoSuchTool):
        house.store.tools.tried("nothing", "{}")
    nothing = {"openapi": "3.1.0", "info": {"title": "X"}, "paths": {"/{a}.x": {"get": {}}}}
    with pytest.raises(Invalid):
        house.store.tools.put(read_tools(nothing, Choice()), UPSTREAM)


def test_a_check_tells_of_tools_that_somebody_else_wrote(house: House) -> None:
    house.store.tools.put(reading("Bills"), UPSTREAM).unwaited()
    assert check(house.url, pepper_path=house.pepper_path) == []
    with house.store.database.writing() as connection:
        connection.execute(update(tool_documents).values(tools='[{"name": 7}]'))
    [found] = check(house.url, pepper_path=house.pepper_path)
    assert "tools cannot be read" in str(found)
