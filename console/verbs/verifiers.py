"""What an admin does with a verifier that is gone. Run by `Verbs`."""

from typing import TYPE_CHECKING

from console.text import verifier_words as words

if TYPE_CHECKING:
    from console.host import Host
    from store.domain.verifier_processes import VerifierProcess


async def forget(app: "Host", verifier: "VerifierProcess") -> None:
    """Take it off the list, once that is confirmed; of one that lives say why not."""
    from console.dialogs.confirm import ConfirmDialog

    # Once: the session may be another by the time the question is answered.
    actor = app.actor
    if words.is_gone(verifier):
        dialog = ConfirmDialog(
            f"Forget {verifier.name}?",
            words.sentence(verifier).partition(". ")[0] + ".",
            "No key changes. If it was only silent, it comes back by itself.",
            verb="Forget",
            ascii_only=app.options.ascii_only,
        )
        if not await app.push_screen_wait(dialog):
            return
    # Its id: of another process on its host nobody was asked.
    forgotten = await app.in_store(lambda store: store.verifiers.forget(actor, verifier.id))
    app.look_again()
    app.say(words.forgotten(forgotten))
