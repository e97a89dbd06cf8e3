"""What arrived and may not be read yet: one segment, for the rest waits in the kernel."""

from asyncio import Transport


class Inflow:
    """Reads from the transport while nothing waits and nobody has enough."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._paused = False
        self.waiting = b""
        """What arrived and was not read."""
        self.held = False
        """Whether the application has enough for now."""

    def keep(self, data: bytes) -> None:
        """Let this wait behind what waits already."""
        self.waiting += data
        self._settle()

    def hold(self, *, back: bool) -> None:
        """Let the client wait, or go on."""
        self.held = back
        self._settle()

    def next(self) -> bytes:
        """Return what waits, to be read. `keep` what remains, or say that it was read."""
        data, self.waiting = self.waiting, b""
        return data

    def drop(self) -> int:
        """Let nothing wait, and nobody; return how many bytes did."""
        number, self.waiting, self.held = len(self.waiting), b"", False
        self._settle()
        return number

    def read(self) -> None:
        """Note that all that waited was read."""
        self._settle()

    def _settle(self) -> None:
        pause = self.held or bool(self.waiting)
        if pause is not self._paused and not self._transport.is_closing():
            self._paused = pause
            if pause:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()
