"""Published ways past an authorizer: request targets that some program takes for `/admin/…`."""

import re
from urllib.parse import unquote_to_bytes

TARGETS: tuple[bytes, ...] = (
    b"/admin/users",
    b"/Admin/users",
    b"/ADMIN/users",
    b"/admin",
    b"/admin/",
    b"//admin/users",
    b"/x//admin/users",
    b"/./admin/users",
    b"/x/../admin/users",
    b"/x/..//admin/users",
    b"/%2e/admin/users",
    b"/x/%2e%2e/admin/users",
    b"/x/.%2e/admin/users",
    b"/x/%2E./admin/users",
    b"/x%2f..%2fadmin/users",
    b"/%2fadmin/users",
    b"/x/..%2fadmin/users",
    b"/admin%2fusers",
    b"/%61dmin/users",
    b"/admi%6e/users",
    b"/%2561dmin/users",
    b"/x/%252e%252e/admin/users",
    b"/x/%252e%252e%252fadmin/users",
    b"/%25%32%65%25%32%65/admin/users",
    b"/x/..\\admin/users",
    b"/x\\..\\admin\\users",
    b"\\admin\\users",
    b"/x/..%5cadmin/users",
    b"/%5cadmin/users",
    b"/admin;x=y/users",
    b"/;/admin/users",
    b"/x;/../admin/users",
    b"/x/..;/admin/users",
    b"/x/..;x=y/admin/users",
    b"/admin%3bx/users",
    b"/admin./users",
    b"/admin../users",
    b"/admin%20/users",
    b"/admin /users",
    b"/%20admin/users",
    b"/admin%09/users",
    b"/admin\t/users",
    b"/admin%00/users",
    b"/admin\x00/users",
    b"/x%00/../admin/users",
    b"/admin%0a/users",
    b"/admin%0d%0aX-Key-Scopes:%20invoices:write/users",
    b"/admin%23/users",
    b"/x#/../admin/users",
    b"/x%23/../admin/users",
    b"/x%3f/../admin/users",
    b"/x?/../../admin/users",
    b"/%c0%ae%c0%ae/admin/users",
    b"/x/%c0%ae%c0%ae/admin/users",
    b"/x%c0%afadmin/users",
    b"/%e0%80%afadmin/users",
    b"/x/%ef%bc%8e%ef%bc%8e/admin/users",
    b"/x%ef%bc%8fadmin/users",
    b"/x/\xc0\xae\xc0\xae/admin/users",
    b"/adm\xc3\xadn/users",
    b"/%u0061dmin/users",
    b"/%uff0fadmin/users",
    b"/admin%E2%80%8B/users",
    b"http://x/admin/users",
    b"http://x//admin/users",
    b"HTTP://x/public/../admin/users",
    b"http:///admin/users",
    b"x/../admin/users",
    b"*",
    b"/x/.../admin/users",
    b"/%",
    b"/admin%/users",
)
METHODS = (b"GET", b"get", b"POST")

_ENCODED_MORE = re.compile(r"%u([0-9a-fA-F]{4})")


def admins(path: str) -> bool:
    """Return whether any program at all could take a path for one below `/admin`."""
    read = re.sub(r"^[a-zA-Z]+:/+[^/]*", "", path).partition("?")[0]
    for _ in range(3):
        plain = _ENCODED_MORE.sub(lambda found: chr(int(found[1], 16)), read)
        read = unquote_to_bytes(plain).decode("utf-8", "replace")
        read = re.sub(r"[\ufffd\u200b\x00-\x1f]", "", read.replace("\\", "/"))
        read = read.replace("\uff0f", "/").replace("\uff0e", ".")
    found: list[str] = []
    for segment in read.split("/"):
        bare = segment.partition(";")[0].partition("#")[0].strip(" .") or segment.strip(" ;")
        if bare == "..":
            del found[-1:]
        elif bare.strip("."):
            found.append(bare.casefold())
    return found[:1] == ["admin"]
