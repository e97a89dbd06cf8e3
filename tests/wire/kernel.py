"""What the kernel knows of a connection's other end: how much of what was sent has been read.

With it a request is cut where a test says: the second segment leaves when the first one was read,
however busy the machine is. Linux only (sock_diag(7)).
"""

import socket
import struct

_BY_FAMILY, _REQUEST, _ERROR = 20, 1, 2
_NETLINK_SOCK_DIAG = 4
_INFO = 2
_ANY = 0xFFFFFFFF
_HELD = (1, 8)
"""TCP_ESTABLISHED, TCP_CLOSE_WAIT: no other state has a process that reads."""
_MESSAGE = struct.Struct("=IHHII")
_QUEUES_AT = _MESSAGE.size + 4 + 48 + 4
_ATTRIBUTES_AT = _MESSAGE.size + 72
_RECEIVED_AT = 128


class Kernel:
    """Asks about connections of this machine to itself, over IPv4."""

    def __init__(self) -> None:
        self._netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG)

    def read_by_peer(self, ours: tuple[str, int], theirs: tuple[str, int]) -> int | None:
        """Return how many bytes the process at the other end has read, None once it is gone.

        A connection is named by its two addresses.
        """
        (our_host, our_port), (host, port) = ours, theirs
        ends = struct.pack(
            "!HH4s12x4s12x", port, our_port, socket.inet_aton(host), socket.inet_aton(our_host)
        )
        ends += struct.pack("=III", 0, _ANY, _ANY)
        asked = struct.pack("=BBBBI", socket.AF_INET, socket.IPPROTO_TCP, 1 << (_INFO - 1), 0, _ANY)
        length = _MESSAGE.size + len(asked) + len(ends)
        self._netlink.send(_MESSAGE.pack(length, _BY_FAMILY, _REQUEST, 1, 0) + asked + ends)
        return _read(self._netlink.recv(65536))

    def close(self) -> None:
        """Ask nothing any more."""
        self._netlink.close()


def _read(told: bytes) -> int | None:
    if _MESSAGE.unpack_from(told)[1] == _ERROR or told[_MESSAGE.size + 1] not in _HELD:
        return None
    (unread,) = struct.unpack_from("=I", told, _QUEUES_AT)
    at = _ATTRIBUTES_AT
    while at < len(told):
        length, kind = struct.unpack_from("=HH", told, at)
        if kind == _INFO:
            (received,) = struct.unpack_from("=Q", told, at + 4 + _RECEIVED_AT)
            return int(received) - int(unread)
        at += (length + 3) & ~3
    return None
