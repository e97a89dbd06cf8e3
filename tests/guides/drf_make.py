"""Keys of djangorestframework-api-key, as it makes them: in a project's shell."""

import json
from datetime import timedelta

from django.utils import timezone
from rest_framework_api_key.models import APIKey

now = timezone.now()
made = {}
for name, more in (
    ("Billing", {}),
    ("Shop", {"expiry_date": now + timedelta(days=30)}),
    ("gone: revoked", {"revoked": True}),
    ("gone: expired", {"expiry_date": now - timedelta(days=1)}),
):
    _, made[name] = APIKey.objects.create_key(name=name, **more)
print(json.dumps(made))
