"""A furnished workspace for demonstrations: Acme Events, its people, keys in every state, history.

Made with the use cases themselves, at instants in the past, so that the audit tells it as it was.
"""

from store.sample.cast import EMAIL, WORKSPACE
from store.sample.furnish import CallingIntegration, Sample, furnish

__all__ = ["EMAIL", "WORKSPACE", "CallingIntegration", "Sample", "furnish"]
