"""djangorestframework-api-key on Granian, as its documentation says. Run by its own Python.

    drf_app.py DATABASE PORT

The first line it prints is a JSON list of keys.
"""

import json
import os
import sys

import django
from django.conf import settings

DATABASE, PORT = os.environ["DRF"].split(":") if "DRF" in os.environ else sys.argv[1:]
KEYS = 20

settings.configure(
    SECRET_KEY="a secret of the benchmark's own",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__ if __name__ != "__main__" else "drf_app",
    INSTALLED_APPS=["rest_framework", "rest_framework_api_key"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATABASE,
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    USE_TZ=True,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_api_key.permissions import HasAPIKey, KeyParser  # noqa: E402


class Bearer(KeyParser):
    """The keyword every other case uses."""

    keyword = "Bearer"


class HasBearerKey(HasAPIKey):
    """The documented way to another keyword."""

    key_parser = Bearer()


class Verified(APIView):
    """Answers a key that is good."""

    permission_classes = [HasBearerKey]  # noqa: RUF012

    def get(self, request):
        """Answer."""
        return Response({"valid": True})


urlpatterns = [path("verify", Verified.as_view())]
application = get_wsgi_application()


def main():
    """Make the keys and serve."""
    from django.core.management import call_command
    from rest_framework_api_key.models import APIKey

    call_command("migrate", verbosity=0)
    keys = [APIKey.objects.create_key(name=f"Key {number}")[1] for number in range(KEYS)]
    print(json.dumps(keys), flush=True)
    os.environ["DRF"] = f"{DATABASE}:{PORT}"
    sys.stdout.flush()
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    os.execv(
        os.path.join(os.path.dirname(sys.executable), "granian"),
        [
            "granian",
            *("--interface", "wsgi", "--port", PORT, "--blocking-threads", "1"),
            *("--log-level", "critical", "--no-access-log", "drf_app:application"),
        ],
    )


if __name__ == "__main__":
    main()
