"""The unit of work: one transaction and the repositories in it, seen from one instant.

A repository is loaded when it is first asked for, as a service is (`store.operations.store`).
"""

from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from store.credentials.peppers import Peppers
from store.persistence.schema import OF_CONNECTIONS

if TYPE_CHECKING:
    from store.persistence.repositories.accounts import Accounts
    from store.persistence.repositories.audit import AuditTrail
    from store.persistence.repositories.authorization_requests import AuthorizationRequests
    from store.persistence.repositories.belonging import Belonging
    from store.persistence.repositories.catalogue import Catalogue
    from store.persistence.repositories.client_documents import ClientDocuments
    from store.persistence.repositories.connections import Connections
    from store.persistence.repositories.foreign_digests import ForeignDigests
    from store.persistence.repositories.holders import Holders
    from store.persistence.repositories.key_pages import KeyPages
    from store.persistence.repositories.key_views import KeyViews
    from store.persistence.repositories.keys import Keys
    from store.persistence.repositories.limits import StoredLimits
    from store.persistence.repositories.oauth_clients import OAuthClients
    from store.persistence.repositories.offboardings import Offboardings
    from store.persistence.repositories.people import People
    from store.persistence.repositories.rotations import Rotations
    from store.persistence.repositories.routes import Routes
    from store.persistence.repositories.settings import Settings
    from store.persistence.repositories.sign_in_attempts import SignInAttempts
    from store.persistence.repositories.ssh_keys import SshKeys
    from store.persistence.repositories.stops import Stops
    from store.persistence.repositories.tokens import StoredTokens
    from store.persistence.repositories.tools import ToolDocuments
    from store.persistence.repositories.usage import UsageCounts
    from store.persistence.repositories.verifiers import Verifiers
    from store.persistence.repositories.workspaces import Workspaces


class Unit:
    """One transaction. Its repositories share the connection and the instant."""

    def __init__(self, connection: Connection, now: int, peppers: Peppers) -> None:
        self.connection = connection
        self.now = now
        self._peppers = peppers

    @cached_property
    def settings(self) -> "Settings":
        """What is one for the whole store."""
        from store.persistence.repositories.settings import Settings

        return Settings(self.connection)

    @cached_property
    def workspaces(self) -> "Workspaces":
        """The tenants."""
        from store.persistence.repositories.workspaces import Workspaces

        return Workspaces(self.connection)

    @cached_property
    def people(self) -> "People":
        """People and memberships."""
        from store.persistence.repositories.people import People

        return People(self.connection)

    @cached_property
    def accounts(self) -> "Accounts":
        """What people sign in with."""
        from store.persistence.repositories.accounts import Accounts

        return Accounts(self.connection)

    @cached_property
    def ssh_keys(self) -> "SshKeys":
        """What sshd lets people in by."""
        from store.persistence.repositories.ssh_keys import SshKeys

        return SshKeys(self.connection)

    @cached_property
    def attempts(self) -> "SignInAttempts":
        """Failed sign-ins."""
        from store.persistence.repositories.sign_in_attempts import SignInAttempts

        return SignInAttempts(self.connection)

    @cached_property
    def catalogue(self) -> "Catalogue":
        """The resources scopes can name."""
        from store.persistence.repositories.catalogue import Catalogue

        return Catalogue(self.connection)

    @cached_property
    def routes(self) -> "Routes":
        """Which requests there are, and what each takes."""
        from store.persistence.repositories.routes import Routes

        return Routes(self.connection)

    @cached_property
    def tools(self) -> "ToolDocuments":
        """What assistants find of the admin's own API."""
        from store.persistence.repositories.tools import ToolDocuments

        return ToolDocuments(self.connection)

    @cached_property
    def keys(self) -> "Keys":
        """Keys, one at a time."""
        from store.persistence.repositories.keys import Keys

        return Keys(self.connection, self.now)

    @cached_property
    def limits(self) -> "StoredLimits":
        """What keys share a limit, and how much of any is used."""
        from store.persistence.repositories.limits import StoredLimits

        return StoredLimits(self.connection, self.now)

    @cached_property
    def stops(self) -> "Stops":
        """What is refused until it goes on."""
        from store.persistence.repositories.stops import Stops

        return Stops(self.connection, self.now)

    @cached_property
    def belonging(self) -> "Belonging":
        """Owners and labels that keys have."""
        from store.persistence.repositories.belonging import Belonging

        return Belonging(self.connection, self.now)

    @cached_property
    def foreign(self) -> "ForeignDigests":
        """Keys that somebody else made."""
        from store.persistence.repositories.foreign_digests import ForeignDigests

        return ForeignDigests(self.connection)

    @cached_property
    def pages(self) -> "KeyPages":
        """Lists of keys."""
        from store.persistence.repositories.key_pages import KeyPages

        return KeyPages(self.connection, self.now)

    @cached_property
    def key_views(self) -> "KeyViews":
        """How people look at those lists."""
        from store.persistence.repositories.key_views import KeyViews

        return KeyViews(self.connection)

    @cached_property
    def rotations(self) -> "Rotations":
        """Which key replaces which."""
        from store.persistence.repositories.rotations import Rotations

        return Rotations(self.connection, self.now)

    @cached_property
    def holders(self) -> "Holders":
        """Who may have known a key's secret."""
        from store.persistence.repositories.holders import Holders

        return Holders(self.connection)

    @cached_property
    def offboardings(self) -> "Offboardings":
        """Who has left, and what becomes of the keys they know."""
        from store.persistence.repositories.offboardings import Offboardings

        return Offboardings(self.connection, self.now)

    @cached_property
    def usage(self) -> "UsageCounts":
        """What the verifiers counted."""
        from store.persistence.repositories.usage import UsageCounts

        return UsageCounts(self.connection)

    @cached_property
    def connections(self) -> "Connections":
        """Assistants that were approved."""
        from store.persistence.repositories.connections import Connections

        return Connections(self.connection, self.now)

    @cached_property
    def connection_usage(self) -> "UsageCounts":
        """What the verifiers counted of connections."""
        from store.persistence.repositories.usage import UsageCounts

        return UsageCounts(self.connection, OF_CONNECTIONS)

    @cached_property
    def oauth_clients(self) -> "OAuthClients":
        """Programs that registered themselves."""
        from store.persistence.repositories.oauth_clients import OAuthClients

        return OAuthClients(self.connection, self.now)

    @cached_property
    def client_documents(self) -> "ClientDocuments":
        """Programs whose id is an address."""
        from store.persistence.repositories.client_documents import ClientDocuments

        return ClientDocuments(self.connection, self.now)

    @cached_property
    def authorization_requests(self) -> "AuthorizationRequests":
        """Requests for approval."""
        from store.persistence.repositories.authorization_requests import AuthorizationRequests

        return AuthorizationRequests(self.connection, self.now)

    @cached_property
    def tokens(self) -> "StoredTokens":
        """What opens connections."""
        from store.persistence.repositories.tokens import StoredTokens

        return StoredTokens(self.connection, self.now)

    @cached_property
    def verifiers(self) -> "Verifiers":
        """Who answers requests, and what they hold."""
        from store.persistence.repositories.verifiers import Verifiers

        return Verifiers(self.connection, self.now)

    @cached_property
    def audit(self) -> "AuditTrail":
        """Who did what, when."""
        from store.persistence.repositories.audit import AuditTrail

        return AuditTrail(self.connection, self._peppers)
