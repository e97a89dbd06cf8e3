"""The verb on verifiers."""

from typing import TYPE_CHECKING

from console.verbs.kinds import VerifierVerb

if TYPE_CHECKING:
    from console.host import Host
    from console.verb import Flow
    from store.domain.verifier_processes import VerifierProcess


# Loaded when it begins, with the dialog it needs.
def _forget(app: "Host", verifier: "VerifierProcess") -> "Flow":
    from console.verbs.verifiers import forget

    return forget(app, verifier)


FORGET = VerifierVerb(
    id="forget-verifier",
    key="X",
    label="Forget",
    place=0,
    name="Forget the verifier…",
    does="take it off the list; only one that is gone",
    help="take one off the list that is gone for good",
    changes=True,
    flow=_forget,
)

ON_VERIFIERS = (FORGET,)
