"""What is shipped keeps the rules of what is added."""

import pytest

from store.domain.client_documents.document import read_document
from store.domain.client_documents.known import KNOWN
from tests.documents import document


@pytest.mark.parametrize("address", KNOWN)
def test_a_shipped_document_would_be_taken_from_its_address(address: str) -> None:
    client = KNOWN[address]
    said = document(address, client_name=client.name, redirect_uris=list(client.redirect_uris))
    assert read_document(said, address, 0) == client
