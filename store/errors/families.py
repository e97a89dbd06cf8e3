"""The root of the tree and its families."""


class KeydeckError(Exception):
    """The root. Whatever is not one of these is a defect."""


class InvalidInput(KeydeckError):
    """What was given cannot be understood or is not acceptable as it is."""


class NotAllowed(KeydeckError):
    """Whoever asked is not signed in, or may not do this."""


class NotFound(KeydeckError):
    """Nothing, or more than one thing, goes by that name here."""


class RefusedByRule(KeydeckError):
    """Understood and permitted, but a rule of the domain says no."""


class StoreUnusable(KeydeckError):
    """The store cannot be read or written as it stands."""


class CannotLook(KeydeckError):
    """What was to be looked at could not be, so that nothing can be said of it."""
