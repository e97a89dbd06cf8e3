"""What a service manager such as systemd hands on and is told: sockets, and how it stands.

sd_listen_fds(3) and sd_notify(3), whose protocols are stable: a few variables and one datagram.
"""

import os
import socket
from contextlib import suppress

from store.errors import CannotListen

_FIRST = 3
"""The descriptor of the first socket that is handed on."""


def inherited_sockets() -> dict[str, socket.socket]:
    """Return the listening sockets that were handed to this process, by name; none is given twice.

    A socket is called as its unit says (`FileDescriptorName=`), by default after the unit. Raises
    CannotListen for what is no listening stream socket.
    """
    meant_for = os.environ.pop("LISTEN_PID", "")
    number = os.environ.pop("LISTEN_FDS", "")
    names = os.environ.pop("LISTEN_FDNAMES", "").split(":")
    if meant_for != str(os.getpid()) or not number.isdecimal():
        return {}
    found = {}
    for place in range(int(number)):
        name = names[place] if place < len(names) and names[place] else f"socket-{place}"
        found[name] = _listening(_FIRST + place, name)
    return found


def _listening(descriptor: int, name: str) -> socket.socket:
    try:
        found = socket.socket(fileno=descriptor)
        listens = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError:
        listens = 0
    if not listens or found.type is not socket.SOCK_STREAM:
        raise CannotListen(f"the socket “{name}”", "it is no stream socket that listens")
    # What a child is to have is said of each child.
    os.set_inheritable(descriptor, False)
    found.setblocking(False)
    return found


def notify(*states: str) -> None:
    """Tell the service manager, where there is one, such as `READY=1` or `STOPPING=1`."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place or not hasattr(socket, "AF_UNIX"):
        return
    # An abstract address of Linux is written with an @.
    address = "\0" + place[1:] if place.startswith("@") else place
    # Whoever does not listen any more need not be told.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asked:
        asked.sendto("\n".join(states).encode(), address)
