"""The unit of work: one transaction and the repositories in it, seen from one instant."""

from functools import cached_property

from sqlalchemy import Connection

from store.credentials.peppers import Peppers
from store.persistence.repositories.accounts import Accounts
from store.persistence.repositories.audit import AuditTrail
from store.persistence.repositories.authorization_requests import AuthorizationRequests
from store.persistence.repositories.catalogue import Catalogue
from store.persistence.repositories.client_documents import ClientDocuments
from store.persistence.repositories.connections import Connections
from store.persistence.repositories.foreign_digests import ForeignDigests
from store.persistence.repositories.holders import Holders
from store.persistence.repositories.key_pages import KeyPages
from store.persistence.repositories.key_views import KeyViews
from store.persistence.repositories.keys import Keys
from store.persistence.repositories.oauth_clients import OAuthClients
from store.persistence.repositories.offboardings import Offboardings
from store.persistence.repositories.people import People
from store.persistence.repositories.rotations import Rotations
from store.persistence.repositories.routes import Routes
from store.persistence.repositories.settings import Settings
from store.persistence.repositories.sign_in_attempts import SignInAttempts
from store.persistence.repositories.tokens import StoredTokens
from store.persistence.repositories.tools import ToolDocuments
from store.persistence.repositories.usage import UsageCounts
from store.persistence.repositories.verifiers import Verifiers
from store.persistence.repositories.workspaces import Workspaces
from store.persistence.schema import OF_CONNECTIONS


class Unit:
    """One transaction. Its repositories share the connection and the instant."""

    def __init__(self, connection: Connection, now: int, peppers: Peppers) -> None:
        self.connection = connection
        self.now = now
        self._peppers = peppers

    @cached_property
    def settings(self) -> Settings:
        """What is one for the whole store."""
        return Settings(self.connection)

    @cached_property
    def workspaces(self) -> Workspaces:
        """The tenants."""
        return Workspaces(self.connection)

    @cached_property
    def people(self) -> People:
        """People and memberships."""
        return People(self.connection)

    @cached_property
    def accounts(self) -> Accounts:
        """What people sign in with."""
        return Accounts(self.connection)

    @cached_property
    def attempts(self) -> SignInAttempts:
        """Failed sign-ins."""
        return SignInAttempts(self.connection)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The resources scopes can name."""
        return Catalogue(self.connection)

    @cached_property
    def routes(self) -> Routes:
        """Which requests there are, and what each takes."""
        return Routes(self.connection)

    @cached_property
    def tools(self) -> ToolDocuments:
        """What assistants find of the admin's own API."""
        return ToolDocuments(self.connection)

    @cached_property
    def keys(self) -> Keys:
        """Keys, one at a time."""
        return Keys(self.connection, self.now)

    @cached_property
    def foreign(self) -> ForeignDigests:
        """Keys that somebody else made."""
        return ForeignDigests(self.connection)

    @cached_property
    def pages(self) -> KeyPages:
        """Lists of keys."""
        return KeyPages(self.connection, self.now)

    @cached_property
    def key_views(self) -> KeyViews:
        """How people look at those lists."""
        return KeyViews(self.connection)

    @cached_property
    def rotations(self) -> Rotations:
        """Which key replaces which."""
        return Rotations(self.connection, self.now)

    @cached_property
    def holders(self) -> Holders:
        """Who may have known a key's secret."""
        return Holders(self.connection)

    @cached_property
    def offboardings(self) -> Offboardings:
        """Who has left, and what becomes of the keys they know."""
        return Offboardings(self.connection, self.now)

    @cached_property
    def usage(self) -> UsageCounts:
        """What the verifiers counted."""
        return UsageCounts(self.connection)

    @cached_property
    def connections(self) -> Connections:
        """Assistants that were approved."""
        return Connections(self.connection, self.now)

    @cached_property
    def connection_usage(self) -> UsageCounts:
        """What the verifiers counted of connections."""
        return UsageCounts(self.connection, OF_CONNECTIONS)

    @cached_property
    def oauth_clients(self) -> OAuthClients:
        """Programs that registered themselves."""
        return OAuthClients(self.connection, self.now)

    @cached_property
    def client_documents(self) -> ClientDocuments:
        """Programs whose id is an address."""
        return ClientDocuments(self.connection, self.now)

    @cached_property
    def authorization_requests(self) -> AuthorizationRequests:
        """Requests for approval."""
        return AuthorizationRequests(self.connection, self.now)

    @cached_property
    def tokens(self) -> StoredTokens:
        """What opens connections."""
        return StoredTokens(self.connection, self.now)

    @cached_property
    def verifiers(self) -> Verifiers:
        """Who answers requests, and what they hold."""
        return Verifiers(self.connection, self.now)

    @cached_property
    def audit(self) -> AuditTrail:
        """Who did what, when."""
        return AuditTrail(self.connection, self._peppers)
