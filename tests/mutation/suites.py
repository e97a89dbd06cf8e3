"""Which tests a pure module is held to: its own, and no others."""

_LEASES, _TEXT = "tests/domain/leases", "tests/console/text"

OWN_TESTS = {
    **{
        f"store.domain.{name}": (f"tests/domain/test_{name}.py",)
        for name in (
            *("keys", "scopes", "rotation", "key_string", "times", "filtering", "names"),
            *("verifier_processes", "due", "right_sizing", "decision", "networks", "credential"),
            *("offboarding", "usage", "trace", "redirects", "connections", "pkce"),
        )
    },
    "store.domain.remembered": (f"{_LEASES}/test_holding.py",),
    "store.domain.leases.holding": (f"{_LEASES}/test_holding.py",),
    "store.domain.leases.settling": (f"{_LEASES}/test_settling.py",),
    "console.text.next_step": (f"{_TEXT}/test_next_step.py",),
    "console.text.situation": (f"{_TEXT}/test_next_step.py",),
    "console.text.pasted": (f"{_TEXT}/test_pasted.py",),
    "store.errors.quoting": ("tests/errors/test_quoting.py",),
}
