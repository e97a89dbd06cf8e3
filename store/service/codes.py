"""Codes: what an approved request's browser takes back to its assistant, once."""

from store.credentials.peppers import Peppers
from store.domain.connections import CODE, CODE_LIFETIME, AuthorizationRequest, Connection
from store.domain.key_string import Secret, mint
from store.domain.people import Role
from store.errors import AuthorizationRequestOver, ConnectionRevoked, GrantRefused
from store.persistence.repositories.tokens import KeptCode
from store.persistence.unit import Unit


def first_code(unit: Unit, peppers: Peppers, ask: AuthorizationRequest) -> Secret:
    """Make the code of an approved request.

    Raises AuthorizationRequestOver, ConnectionRevoked, or GrantRefused.
    """
    connection = _approved(unit, ask)
    code, pepper = mint(CODE), peppers.newest
    unit.tokens.add_code(
        KeptCode(
            id=code.id,
            workspace_id=connection.workspace_id,
            connection_id=connection.id,
            digest=peppers.digest(code.key, pepper),
            pepper=pepper,
            expires_at=unit.now + CODE_LIFETIME,
            used_at=None,
            client_id=ask.client_id,
            redirect_uri=ask.redirect_uri,
            code_challenge=ask.code_challenge,
        )
    )
    return code.key


def _approved(unit: Unit, ask: AuthorizationRequest) -> Connection:
    connection = unit.connections.get(ask.approved_in or 0, ask.connection_id or "")
    if connection is None:
        raise AuthorizationRequestOver
    if connection.revoked_at is not None:
        raise ConnectionRevoked(connection.name, connection.revoked_at, connection.revoked_by)
    check_approver(unit, connection)
    return connection


def check_approver(unit: Unit, connection: Connection) -> None:
    """Raise GrantRefused unless whoever approved a connection is still an admin of its workspace.

    This holds until the assistant has opened it. From then on it stands while they are in the
    workspace, whatever their role: it ends with their membership.
    """
    approver = unit.connections.approver(connection.workspace_id, connection.id)
    role = unit.people.role(connection.workspace_id, approver or 0)
    if role is not Role.ADMIN:
        raise GrantRefused(
            "access_denied", "Whoever approved this is no admin any more. Ask another one."
        )
