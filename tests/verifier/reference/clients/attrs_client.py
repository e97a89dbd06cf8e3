"""Calls by a client that openapi-python-client made, in an environment that has nothing of ours."""

import json
import os

from made import AuthenticatedClient, Client
from made.api.default import get_api_v1_events, get_api_v1_verify, post_api_v1_events
from made.models import NewEvent, ProblemDocument, Verification

client = AuthenticatedClient(base_url=os.environ["API"], token=os.environ["KEY"])
verified = get_api_v1_verify.sync(client=client, scope=["events:read"])
assert isinstance(verified, Verification)
body = NewEvent.from_dict(
    {
        "name": "Fair",
        "starts_at": "2027-04-03T09:00:00Z",
        "ends_at": "2027-04-04T09:00:00Z",
    }
)
made = post_api_v1_events.sync_detailed(client=client, body=body, idempotency_key='"attrs"')
page = get_api_v1_events.sync(client=client, limit=200)
refused = get_api_v1_events.sync(client=Client(base_url=os.environ["API"]))
assert isinstance(refused, ProblemDocument)
print(
    json.dumps(
        [
            verified.valid,
            int(made.status_code),
            any(event.id == made.parsed.id for event in page.data),
            refused.code,
        ]
    )
)
