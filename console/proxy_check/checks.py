"""What a proxy in front of an API owes, each promise with a look at it."""

from console.proxy_check import passing, reaching, refusals
from console.proxy_check.trial import Check

CHECKS = (
    Check(
        "good-key",
        "A good key passes",
        "Look at what `keydeck why` says of the request, and that `keydeck serve` names this proxy "
        "with --trust-proxy; all that needs a request that passes was not seen.",
        passing.good_key,
    ),
    Check(
        "no-key",
        "Nothing passes without a key, by whatever method",
        "Let each method and path of the API be asked about before it is served.",
        passing.no_key,
    ),
    Check(
        "dead-key",
        "A key that was never issued is refused with 401",
        "Let the proxy hand on keydeck's 401 as it is.",
        passing.dead_key,
    ),
    Check(
        "lacking-key",
        "A key that may not do this is refused with 403",
        "Say what is needed: by routes, or with scope= where keydeck is asked.",
        refusals.lacking_key,
    ),
    Check(
        "two-credentials",
        "Two Authorization headers are none",
        "Hand on every Authorization header, so that keydeck sees there are two.",
        passing.two_credentials,
    ),
    Check(
        "upgrade",
        "No protocol is switched to without a key",
        "Ask keydeck about requests with Upgrade like any other.",
        passing.upgrade,
    ),
    Check(
        "h2c",
        "HTTP/2 in clear text is not switched to",
        "Take `Upgrade: h2c` away: behind it, requests reach the API that nobody asks about.",
        reaching.h2c,
    ),
    Check(
        "odd-paths",
        "Odd paths are refused without a key, and arrive as they were judged",
        "Let the proxy hand on the path as it came: with nginx, no path in proxy_pass.",
        passing.odd_paths,
    ),
    Check(
        "forged-identity",
        "Nobody but keydeck says whose a key is",
        "Take X-Key-* and X-Workspace away from what clients send, with underscores too.",
        reaching.forged_identity,
    ),
    Check(
        "forged-preflight",
        "Nor does a preflight, which has no key",
        "Take X-Key-* and X-Workspace away from preflights too.",
        reaching.forged_preflight,
    ),
    Check(
        "override",
        "Nobody says another method or path than keydeck was told",
        "Take X-HTTP-Method-Override, X-HTTP-Method, X-Method-Override, X-Original-URL and "
        "X-Rewrite-URL away from what clients send, with underscores too.",
        reaching.override,
    ),
    Check(
        "claimed-request",
        "Nobody but the proxy says what was asked for",
        "Set or remove X-Forwarded-Method, X-Forwarded-Uri, X-Original-Method and X-Original-URI.",
        passing.claimed_request,
    ),
    Check(
        "address-told",
        "keydeck is told the address that was asked for",
        "Hand on the method and the whole address, query and all, in X-Original-Method and "
        "X-Original-URI or X-Forwarded-Method and X-Forwarded-Uri.",
        passing.address_told,
    ),
    Check(
        "identity",
        "The API is told whose the key is",
        "Copy X-Key-Id, X-Key-Name, X-Key-Scopes, X-Key-Owner, X-Key-Labels and X-Workspace of "
        "keydeck's 200 to the request.",
        reaching.identity,
    ),
    Check(
        "key-stays",
        "The key stays at the proxy",
        "Remove Authorization from what is sent to the API: it is the proxy that has asked.",
        reaching.key_stays,
    ),
    Check(
        "forged-address",
        "Nobody but the proxy says where a request comes from",
        "Set X-Forwarded-For to the client's address, or let the proxy append it.",
        reaching.forged_address,
    ),
    Check(
        "websocket",
        "WebSocket is spoken through the proxy",
        "Hand on Upgrade and Connection where Upgrade is websocket.",
        reaching.websocket,
    ),
    Check(
        "body",
        "A body reaches the API whole",
        "Send keydeck no body, and the API all of it.",
        reaching.body,
    ),
    Check(
        "challenge",
        "A 401 has its challenge (RFC 9110 11.6.1)",
        "Hand on WWW-Authenticate of keydeck's answer, once.",
        refusals.challenge,
    ),
    Check(
        "challenge-403",
        "A 403 has its challenge (RFC 6750 3.1)",
        "Hand on WWW-Authenticate of keydeck's answer, once.",
        refusals.challenge_403,
    ),
    Check(
        "code",
        "A 401 says why",
        "Hand on X-Keydeck-Code and the problem of keydeck's answer.",
        refusals.code,
    ),
    Check(
        "code-403",
        "A 403 says why",
        "Hand on X-Keydeck-Code and the problem of keydeck's answer.",
        refusals.code_403,
    ),
    Check(
        "bad-request",
        "A 400 is one",
        "With nginx ask with deny=nginx, and make of X-Keydeck-Status what it says.",
        refusals.bad_request,
    ),
    Check(
        "request-id",
        "A 401 can be traced",
        "Hand on X-Request-Id of keydeck's answer, in the body too.",
        refusals.request_id,
    ),
    Check(
        "request-id-403",
        "A 403 can be traced",
        "Hand on X-Request-Id of keydeck's answer, in the body too.",
        refusals.request_id_403,
    ),
    Check(
        "preflight",
        "Browsers may ask first (CORS preflight)",
        "Add preflight=pass to the address that keydeck is asked at; else no page of another "
        "origin can call the API.",
        passing.preflight,
    ),
    Check(
        "preflight-alone",
        "Nothing else passes as a preflight",
        "Let keydeck judge what a preflight is: preflight=pass.",
        passing.preflight_alone,
    ),
)
"""In the order in which they are told: what lets somebody in first."""
