"""Store: an open store, one service for each kind of use case.

A service is loaded when it is first asked for: the console's first frame needs a few of them, a
command one or two.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from store.service.transactions import Transactions

if TYPE_CHECKING:
    from store.service.audit_archiving import AuditArchiving
    from store.service.audit_trail import AuditTrailService
    from store.service.authorization_requests import AuthorizationRequestService
    from store.service.belonging import BelongingService
    from store.service.client_documents import ClientDocumentService
    from store.service.client_registration import ClientRegistrationService
    from store.service.connections import ConnectionService
    from store.service.due import DueService
    from store.service.holders import HolderService
    from store.service.importing import ImportService
    from store.service.in_force import InForce
    from store.service.invitations import InvitationService
    from store.service.key_views import KeyViewService
    from store.service.keys import KeyService
    from store.service.leaks import LeakService
    from store.service.limiting import LimitService
    from store.service.logins import LoginService
    from store.service.naming import NamingService
    from store.service.offboarding import OffboardingService
    from store.service.operator import Operator
    from store.service.own_password import OwnPassword
    from store.service.people import PeopleService
    from store.service.restricting import RestrictionService
    from store.service.right_sizing import RightSizing
    from store.service.rotation import RotationService
    from store.service.rotation_progress import RotationProgressService
    from store.service.routes import RouteService
    from store.service.sign_in import SignIn
    from store.service.ssh_keys import SshKeyService
    from store.service.stops import StopService
    from store.service.tokens import TokenService
    from store.service.tools import ToolService
    from store.service.usage import UsageService
    from store.service.verifiers import VerifierService
    from store.service.web_sign_in import WebSignIn
    from store.service.why import WhyService


class Store:
    """An open store: its engine, its peppers, and one service for each kind of use case."""

    def __init__(self, transactions: Transactions) -> None:
        self.transactions = transactions
        self.database = transactions.database
        self.peppers = transactions.peppers
        self.prefix = transactions.prefix
        self.clock = transactions.clock

    @cached_property
    def imports(self) -> "ImportService":
        """Bringing along keys that somebody else made."""
        from store.service.importing import ImportService

        return ImportService(self.transactions)

    @cached_property
    def keys(self) -> "KeyService":
        """What admins do with keys."""
        from store.service.keys import KeyService

        return KeyService(self.transactions)

    @cached_property
    def stops(self) -> "StopService":
        """Refusing keys until they go on."""
        from store.service.stops import StopService

        return StopService(self.transactions)

    @cached_property
    def restrictions(self) -> "RestrictionService":
        """What keys are limited to beyond their scopes."""
        from store.service.restricting import RestrictionService

        return RestrictionService(self.transactions)

    @cached_property
    def naming(self) -> "NamingService":
        """What keys are called."""
        from store.service.naming import NamingService

        return NamingService(self.transactions)

    @cached_property
    def limits(self) -> "LimitService":
        """How often keys may be used."""
        from store.service.limiting import LimitService

        return LimitService(self.transactions)

    @cached_property
    def belonging(self) -> "BelongingService":
        """Whom keys belong to outside, and their labels."""
        from store.service.belonging import BelongingService

        return BelongingService(self.transactions)

    @cached_property
    def rotations(self) -> "RotationService":
        """Replacing keys."""
        from store.service.rotation import RotationService

        return RotationService(self.transactions)

    @cached_property
    def rotation_progress(self) -> "RotationProgressService":
        """How far replacing keys has come."""
        from store.service.rotation_progress import RotationProgressService

        return RotationProgressService(self.transactions)

    @cached_property
    def due(self) -> "DueService":
        """What comes next."""
        from store.service.due import DueService

        return DueService(self.transactions)

    @cached_property
    def in_force(self) -> "InForce":
        """When what was committed is in force."""
        from store.service.in_force import InForce

        return InForce(self.transactions)

    @cached_property
    def verifiers(self) -> "VerifierService":
        """Who answers requests."""
        from store.service.verifiers import VerifierService

        return VerifierService(self.transactions)

    @cached_property
    def ssh_keys(self) -> "SshKeyService":
        """What sshd lets people in by."""
        from store.service.ssh_keys import SshKeyService

        return SshKeyService(self.transactions)

    @cached_property
    def people(self) -> "PeopleService":
        """What admins do with people."""
        from store.service.people import PeopleService

        return PeopleService(self.transactions)

    @cached_property
    def holders(self) -> "HolderService":
        """What became of secrets in the hands of whoever was given them."""
        from store.service.holders import HolderService

        return HolderService(self.transactions)

    @cached_property
    def offboardings(self) -> "OffboardingService":
        """The keys of whoever has left."""
        from store.service.offboarding import OffboardingService

        return OffboardingService(self.transactions)

    @cached_property
    def sign_in(self) -> "SignIn":
        """Who somebody is."""
        from store.service.sign_in import SignIn

        return SignIn(self.transactions)

    @cached_property
    def own_password(self) -> "OwnPassword":
        """Choosing another password."""
        from store.service.own_password import OwnPassword

        return OwnPassword(self.transactions)

    @cached_property
    def logins(self) -> "LoginService":
        """Staying signed in for some minutes."""
        from store.service.logins import LoginService

        return LoginService(self.transactions)

    @cached_property
    def invitations(self) -> "InvitationService":
        """What somebody who is in already is asked to accept."""
        from store.service.invitations import InvitationService

        return InvitationService(self.transactions)

    @cached_property
    def operator(self) -> "Operator":
        """What the owner of the files does."""
        from store.service.operator import Operator

        return Operator(self.transactions)

    @cached_property
    def routes(self) -> "RouteService":
        """The routes of the admin's own API."""
        from store.service.routes import RouteService

        return RouteService(self.transactions)

    @cached_property
    def tools(self) -> "ToolService":
        """What assistants find of the admin's own API."""
        from store.service.tools import ToolService

        return ToolService(self.transactions)

    @cached_property
    def usage(self) -> "UsageService":
        """What keys were used for."""
        from store.service.usage import UsageService

        return UsageService(self.transactions)

    @cached_property
    def right_sizing(self) -> "RightSizing":
        """What keys could do without."""
        from store.service.right_sizing import RightSizing

        return RightSizing(self.transactions)

    @cached_property
    def leaks(self) -> "LeakService":
        """Whose keys were found where none should be."""
        from store.service.leaks import LeakService

        return LeakService(self.transactions)

    @cached_property
    def why(self) -> "WhyService":
        """Why requests were refused."""
        from store.service.why import WhyService

        return WhyService(self.transactions)

    @cached_property
    def connections(self) -> "ConnectionService":
        """What admins do with connected assistants."""
        from store.service.connections import ConnectionService

        return ConnectionService(self.transactions)

    @cached_property
    def clients(self) -> "ClientRegistrationService":
        """Programs that may ask to be connected."""
        from store.service.client_registration import ClientRegistrationService

        return ClientRegistrationService(self.transactions)

    @cached_property
    def client_documents(self) -> "ClientDocumentService":
        """Programs that may ask by an address of their own."""
        from store.service.client_documents import ClientDocumentService

        return ClientDocumentService(self.transactions)

    @cached_property
    def authorization_requests(self) -> "AuthorizationRequestService":
        """How assistants come to be connected."""
        from store.service.authorization_requests import AuthorizationRequestService

        return AuthorizationRequestService(self.transactions)

    @cached_property
    def tokens(self) -> "TokenService":
        """What connected assistants present."""
        from store.service.tokens import TokenService

        return TokenService(self.transactions)

    @cached_property
    def web_sign_in(self) -> "WebSignIn":
        """Who somebody is on the page where a connection is approved."""
        from store.service.web_sign_in import WebSignIn

        return WebSignIn(self.transactions)

    @cached_property
    def key_views(self) -> "KeyViewService":
        """How people look at lists."""
        from store.service.key_views import KeyViewService

        return KeyViewService(self.transactions)

    @cached_property
    def audit_trail(self) -> "AuditTrailService":
        """The audit."""
        from store.service.audit_trail import AuditTrailService

        return AuditTrailService(self.transactions)

    @cached_property
    def audit_archiving(self) -> "AuditArchiving":
        """Moving an audit out of the store."""
        from store.service.audit_archiving import AuditArchiving

        return AuditArchiving(self.transactions)

    def revision(self) -> int:
        """Return the store's revision, one cheap read."""
        with self.transactions.reading() as unit:
            return unit.settings.revision()

    def changes(self) -> tuple[object, ...]:
        """Return what is another each time after anybody has committed, use included: cheap."""
        return self.database.changes()

    def close(self) -> None:
        """Close the store's connections."""
        self.database.close()
