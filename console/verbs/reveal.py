"""A new key's one showing: the ways it can take, and what is written down of each."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from console.verbs.answering import answering
from store.domain.key_string import Secret
from store.domain.keys import Key
from store.domain.people import KnownBy
from store.errors import KeydeckError

if TYPE_CHECKING:
    from console.clipboard.outcome import Outcome
    from console.host import Host
    from console.widgets.handover import Sinks
    from store.domain.people import Actor


class Reveal:
    """Shows a key once, to whoever made it.

    `copy`, `save` and `pipe` block, and are called in threads of the dialog.
    """

    def __init__(self, app: "Host", actor: "Actor", key: Key, secret: Secret) -> None:
        from console.clipboard.file_sink import in_current_folder

        self._app = app
        self._actor = actor
        self._key = key
        self._secret = secret
        self._place = in_current_folder(f"keydeck-{key.id}.key")

    async def show(self, heading: str) -> None:
        """Show the key until somebody says that it is stored, or may be lost; leave nothing of it.

        Raises what `confirm` of the store raises.
        """
        from console.dialogs.reveal import RevealDialog

        app, actor, key = self._app, self._actor, self._key
        app.run_worker(self._write_down(KnownBy.SHOWN), group="holders")
        api = await answering(app)
        try:
            stored = await app.push_screen_wait(
                RevealDialog(
                    key,
                    self._secret,
                    prefix=app.store.prefix,
                    api=api,
                    copy=self.copy,
                    sinks=self._sinks(),
                    heading=heading,
                    ascii_only=app.options.ascii_only,
                )
            )
            if stored:
                await app.in_store(lambda store: store.keys.confirm(actor, key.id))
        finally:
            app.look_again(key.id)
            await asyncio.to_thread(app.leave_nothing, self._secret)

    def copy(self, value: Secret) -> "Outcome":
        """Copy the key, or the blank that is sent after it."""
        from console.clipboard.outcome import Level

        outcome = self._app.copy(value)
        # The same way a blank goes, which is no key.
        if value is self._secret and outcome.level is not Level.UNAVAILABLE:
            self._taken(KnownBy.COPIED)
        return outcome

    def save(self, value: Secret) -> Path:
        """Write the key to a file, and return which. Raises KeydeckError or OSError."""
        from console.clipboard.file_sink import write_file

        path = write_file(value, self._place)
        self._taken(KnownBy.FILED)
        return path

    def pipe(self, value: Secret, command: str) -> str:
        """Give the key to a command, and return the sentence about that. Raises as `save`."""
        from console.clipboard.pipe_sink import pipe
        from console.clipboard.programs import words

        output = pipe(value, words(command))
        self._taken(KnownBy.PIPED)
        return output

    def _sinks(self) -> "Sinks | None":
        from console.widgets.handover import Sinks

        # Under sshd's forced command both would run as the owner of the store.
        if self._app.options.guest is not None:
            return None
        return Sinks(self.save, self._place, self.pipe)

    def _taken(self, how: KnownBy) -> None:
        self._app.call_from_thread(
            self._app.run_worker, partial(self._write_down, how), group="holders"
        )

    async def _write_down(self, how: KnownBy) -> None:
        """Write down how somebody took the key. It is theirs already: a refusal is only said."""
        actor, key_id = self._actor, self._key.id
        try:
            await self._app.in_store(lambda store: store.holders.taken(actor, key_id, how))
        except KeydeckError as error:
            sentence = f"How you took the key was not written down: {error}"
            self._app.say(sentence, severity="warning")
