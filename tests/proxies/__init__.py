"""Real reverse proxies, started by tests: nginx, Caddy, HAProxy, Traefik, Envoy."""

from tests.proxies.programs import CADDY, ENVOY, HAPROXY, NGINX, TRAEFIK, Program
from tests.proxies.running import Proxy, running

__all__ = ["CADDY", "ENVOY", "HAPROXY", "NGINX", "TRAEFIK", "Program", "Proxy", "running"]
