"""A viewer looks at everything. That they change nothing `test_invariants` asks of each change."""

from store.domain.people import Role
from tests.house import House
from tests.invariants.everything import MUTATIONS
from tests.invariants.reading import look_at_everything


def test_a_viewer_looks_at_everything(house: House) -> None:
    look_at_everything(house, house.add_member("vera@acme.example", Role.VIEWER))


def test_what_a_viewer_changes_is_their_own_or_not_of_a_workspace() -> None:
    assert {mutation.name for mutation in MUTATIONS if not mutation.admins_only} == {
        *(
            "sign in",
            "log in",
            "log out",
            "come in over SSH",
            "switch the workspace",
            "sign in to approve",
            "change one's own password",
        ),
        *("enrol", "accept an invitation", "accept an invitation over SSH"),
        # A fact, of whoever was given the secret.
        "write down a copy",
        # Of verifiers: an assistant's, or a stranger's.
        *("open a connection", "end a connection by its token"),
        *("end a connection whose refresh token comes twice", "take a report of a leaked key"),
        # The operator's, who signs in nowhere.
        *("choose what a leak report does", "switch the plan", "archive the audit"),
        *("give a colour", "add a workspace", "add a resource", "remove a resource"),
        *("change what can be granted on a resource", "add a route", "import routes"),
        *("remove a route", "switch the sample API"),
        *("let assistants call an API", "remove a tool", "give a new code"),
        *("serve a restored store", "let an SSH key in", "let an SSH key in no more"),
    }
