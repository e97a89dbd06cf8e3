"""Which line of a recipe keeps which promise: what to look for where a check finds it broken.

Each was taken out, and the check was open then. Where a promise has no line, as that h2c is not
offered by nginx, something would have to be added to break it.
"""

_NGINX_ALWAYS = (
    "proxy_set_header X-Key-Id $kd_key_id;",
    "proxy_set_header X-Key-Name $kd_key_name;",
    "proxy_set_header X-Key-Scopes $kd_key_scopes;",
    "proxy_set_header X-Workspace $kd_workspace;",
)
# A key may have none, and nginx hands on nothing that is empty.
_NGINX_IDENTITY = (
    *_NGINX_ALWAYS,
    "proxy_set_header X-Key-Owner $kd_key_owner;",
    "proxy_set_header X-Key-Labels $kd_key_labels;",
)
_NGINX_ASKS = ("auth_request /_keydeck;",)
_NGINX_401 = ("error_page 401 = @refused_401;",)
_NGINX_403 = ("error_page 403 = @refused_403;",)
_HAPROXY_CLAIMS = ("http-request del-header ^x[-_](key[-_].*|workspace)$ -m reg",)
_HAPROXY_RETURNS = ("reply:add_header(name, value)", "headers[name] = answer.headers[name]")
_TRAEFIK_CLAIMS = tuple(
    f'{name}: ""'
    for name in (
        "X_Key_Id",
        "X-Key_Id",
        "X_Key-Id",
        "X_Key_Name",
        "X-Key_Name",
        "X_Key-Name",
        "X_Key_Scopes",
        "X-Key_Scopes",
        "X_Key-Scopes",
        "X_Key_Owner",
        "X-Key_Owner",
        "X_Key-Owner",
        "X_Key_Labels",
        "X-Key_Labels",
        "X_Key-Labels",
        "X_Workspace",
    )
)
_TRAEFIK_OVERRIDES = tuple(
    f'{name}: ""'
    for name in (
        "X_Http_Method_Override",
        "X-Http-Method-Override",
        "X-Http-Method",
        "X-Method-Override",
        "X-Original-Url",
        "X-Rewrite-Url",
    )
)
_TRAEFIK_ASKS = ("middlewares: [nobody-claims, keydeck, key-stays-here]",)
_ENVOY_IDENTITY = (
    "- { exact: x-key-id }",
    "- { exact: x-key-name }",
    "- { exact: x-key-scopes }",
    "- { exact: x-key-owner }",
    "- { exact: x-key-labels }",
    "- { exact: x-workspace }",
)
_ENVOY_UNDERSCORES = (
    "common_http_protocol_options: { headers_with_underscores_action: DROP_HEADER }"
)

GUARDS: dict[str, dict[str, tuple[str, ...]]] = {
    "nginx": {
        "good-key": (
            "proxy_set_header Authorization $http_authorization;",
            "proxy_set_header X-Original-Method $request_method;",
            "proxy_set_header X-Original-URI $request_uri;",
        ),
        "no-key": _NGINX_ASKS,
        "dead-key": _NGINX_ASKS,
        "lacking-key": _NGINX_ASKS,
        "upgrade": _NGINX_ASKS,
        "odd-paths": _NGINX_ASKS,
        "claimed-request": _NGINX_ASKS,
        "address-told": _NGINX_ASKS,
        "forged-identity": _NGINX_IDENTITY,
        "forged-preflight": _NGINX_IDENTITY,
        "identity": (*_NGINX_ALWAYS, "proxy_set_header X-Request-Id $kd_request_id;"),
        "override": (
            'proxy_set_header X-HTTP-Method-Override "";',
            'proxy_set_header X-HTTP-Method "";',
            'proxy_set_header X-Method-Override "";',
            'proxy_set_header X-Original-URL "";',
            'proxy_set_header X-Rewrite-URL "";',
        ),
        "key-stays": ('proxy_set_header Authorization "";',),
        "forged-address": ("proxy_set_header X-Forwarded-For $remote_addr;",),
        "websocket": (
            "proxy_set_header Upgrade $kd_upgrade;",
            "proxy_set_header Connection $kd_connection;",
        ),
        "body": ('proxy_set_header Content-Length "";',),
        "challenge-403": (*_NGINX_403, "add_header WWW-Authenticate $kd_challenge always;"),
        "code": (*_NGINX_401, "default_type application/problem+json;"),
        "code-403": _NGINX_403,
        "bad-request": _NGINX_403,
        "request-id": (*_NGINX_401, "add_header X-Request-Id $kd_request_id always;"),
        "request-id-403": _NGINX_403,
        "preflight": (
            "proxy_set_header Origin $http_origin;",
            "proxy_set_header Access-Control-Request-Method $http_access_control_request_method;",
        ),
        "preflight-alone": ("proxy_set_header Authorization $http_authorization;",),
    },
    "caddy": {
        "h2c": ("request_header @others -Upgrade",),
        "identity": (
            "copy_headers X-Key-Id X-Key-Name X-Key-Scopes X-Key-Owner X-Key-Labels X-Workspace "
            "X-Request-Id",
            "request_header @drops -Connection",
        ),
        "override": (
            "request_header -X-HTTP*",
            "request_header -X-Method*",
            "request_header -X-Original*",
            "request_header -X-Rewrite*",
        ),
        "key-stays": ("header_up -Authorization",),
        "websocket": ("not header_regexp Upgrade (?i)^websocket$",),
    },
    "haproxy": {
        "good-key": ("http-request lua.keydeck", 'txn:set_var("txn.keydeck_passed", true)'),
        "h2c": (
            "http-request del-header Upgrade unless { req.fhdr(Upgrade) -m str -i websocket }",
        ),
        "forged-identity": _HAPROXY_CLAIMS,
        "forged-preflight": _HAPROXY_CLAIMS,
        "identity": ('txn.http:req_set_header(name, values and values[0] or "")',),
        "override": (
            "http-request del-header ^x[-_](http[-_]method.*|method[-_]override|"
            "(original|rewrite)[-_]ur[il])$ -m reg",
        ),
        "key-stays": ("http-request del-header Authorization",),
        "forged-address": ("http-request set-header X-Forwarded-For %[src]",),
        "challenge": _HAPROXY_RETURNS,
        "challenge-403": _HAPROXY_RETURNS,
        "code": _HAPROXY_RETURNS,
        "code-403": _HAPROXY_RETURNS,
        "request-id": _HAPROXY_RETURNS,
        "request-id-403": _HAPROXY_RETURNS,
    },
    "traefik": {
        "no-key": _TRAEFIK_ASKS,
        "dead-key": _TRAEFIK_ASKS,
        "lacking-key": _TRAEFIK_ASKS,
        "two-credentials": _TRAEFIK_ASKS,
        "upgrade": _TRAEFIK_ASKS,
        "odd-paths": ("http: { sanitizePath: false }", *_TRAEFIK_ASKS),
        "claimed-request": _TRAEFIK_ASKS,
        "address-told": _TRAEFIK_ASKS,
        "forged-identity": _TRAEFIK_CLAIMS,
        "forged-preflight": _TRAEFIK_CLAIMS,
        "identity": (
            "authResponseHeaders: [X-Key-Id, X-Key-Name, X-Key-Scopes, X-Key-Owner, X-Key-Labels, "
            "X-Workspace, X-Request-Id]",
        ),
        "override": _TRAEFIK_OVERRIDES,
        "key-stays": _TRAEFIK_ASKS,
        "preflight-alone": _TRAEFIK_ASKS,
    },
    "envoy": {
        "good-key": ("path_prefix: /api/v1/authorize",),
        "forged-identity": (_ENVOY_UNDERSCORES, *_ENVOY_IDENTITY),
        "forged-preflight": (
            _ENVOY_UNDERSCORES,
            "- x-key-id",
            "- x-key-name",
            "- x-key-scopes",
            "- x-key-owner",
            "- x-key-labels",
            "- x-workspace",
        ),
        "identity": _ENVOY_IDENTITY,
        "override": (
            "- x-http-method-override",
            "- x-http-method",
            "- x-method-override",
            "- x-original-url",
            "- x-rewrite-url",
        ),
        "key-stays": ("- authorization",),
        "forged-address": ("use_remote_address: true",),
        "websocket": ("upgrade_configs: [{ upgrade_type: websocket }]",),
        "preflight-alone": (
            '- { name: ":method", string_match: { exact: OPTIONS } }',
            "- { name: origin, present_match: true }",
            "- { name: access-control-request-method, present_match: true }",
            "- { name: authorization, present_match: false }",
        ),
    },
}
"""By proxy and by check."""


def lines(proxy: str | None, check: str) -> tuple[str, ...]:
    """Return the lines of a proxy's recipe that keep a promise; none without a proxy."""
    return GUARDS.get(proxy or "", {}).get(check, ())
