"""The checks of the suite that keydeck does not pass, each with why.

A tool's name such as `test_image_content` is of the suite's own sample server: what its scenarios
look at is that server's answer, which nobody else gives.
"""

from itertools import chain

_CHECKS = {
    "A tool of the suite's own sample server is called, which is not here.": (
        *("tools-call-image", "tools-call-audio", "tools-call-embedded-resource"),
        *("tools-call-mixed-content", "tools-call-with-progress", "tools-call-with-logging"),
        *("json-schema-2020-12-tool-found", "sep-2575-server-rejects-undeclared-capability"),
        *("sep-2575-missing-capability-http-400", "tools-call-simple-text", "tools-call-error"),
        *("sep-2575-http-server-no-independent-requests-on-stream", "tasks-sync-tool-call"),
        *("sep-2575-server-no-log-without-loglevel", "sep-2322-ignore-unexpected-params"),
        *("sep-2663-legacy-task-param-ignored", "tasks-immediate-result-shortcut"),
        "sep-2663-server-rejects-undeclared-client",
        "tasks-result-type-complete-on-non-task-responses",
    ),
    "There are no resources, prompts or completions: what there is, is reached by tools.": (
        *("completion-complete", "resources-list", "resources-read-text"),
        *("resources-read-binary", "resources-templates-read", "resources-subscribe"),
        *("resources-unsubscribe", "prompts-list", "prompts-get-simple", "prompts-get-with-args"),
        *("prompts-get-embedded-resource", "prompts-get-with-image"),
        *("sep-2549-prompts-list-caching-hints", "sep-2549-resources-list-caching-hints"),
        *("sep-2549-resources-templates-list-caching-hints", "sep-2164-error-code"),
        "sep-2164-data-uri",
    ),
    "Nothing is asked back: a tool has all it needs in its arguments, or is refused.": (
        *("tools-call-sampling", "tools-call-elicitation", "elicitation-sep1034-general"),
        *("elicitation-sep1330-general", "sep-2322-elicitation-incomplete"),
        *("sep-2322-sampling-incomplete", "sep-2322-list-roots-incomplete"),
        *("sep-2322-respect-client-capabilities", "sep-2322-multi-round-r1"),
        *("sep-2322-multiple-inputs-incomplete", "sep-2322-non-tool-incomplete"),
        *("sep-2322-request-state-incomplete", "sep-2322-result-type-included"),
        *("sep-2322-reject-tampered-state", "sep-2322-missing-response-rerequests"),
    ),
    "Logging to clients is deprecated, and was never here.": ("logging-set-level",),
    "There are no sessions, which are gone since 2026-07-28: any worker answers any request.": (
        *("server-sse-multiple-streams-session", "server-sse-polling-session"),
    ),
    "No tool asks for a header of its own.": (
        *("sep-2243-server-no-xmcp-tool", "sep-2243-server-decode-base64"),
        *("sep-2243-server-validate-param-match", "sep-2243-server-reject-invalid-param-chars"),
        "sep-2243-server-reject-param-mismatch",
    ),
    "Tasks are an extension: what is asked for is done before it is answered.": (
        *("tasks-extension-advertised", "sep-2663-tasks-methods-non-declaring"),
        *("tasks-per-request-meta-opt-in", "tasks-server-directed-creation-no-hint"),
        *("sep-2663-durable-create-strong-consistency", "sep-2663-tasks-get-invalid-task-id-32602"),
        *("sep-2663-result-type-task-on-create", "sep-2663-tasks-get-status-working"),
        *("sep-2663-tasks-get-status-completed", "sep-2663-tool-error-uses-completed-status"),
        *("sep-2663-tasks-get-status-failed", "sep-2663-cancel-ack-empty-result"),
        *("tasks-cancel-terminal-idempotent-ack", "sep-2663-mrtr-synchronous-before-task-creation"),
        *("sep-2663-tasks-get-status-input-required", "tasks-mrtr-tasks-update-resumes"),
        *("tasks-mrtr-partial-fulfillment", "tasks-headers-tolerate-mcp-method-on-tools-call"),
        "sep-2663-routing-headers-accepted-on-tasks-get",
        "sep-2663-server-rejects-mismatched-mcp-name-on-tasks-get",
        *("tasks-request-state-removal-setup", "tasks-wire-field-renames"),
        "sep-2663-server-returns-missing-capability-when-required",
        *("tasks-no-early-ttl-expiry", "tasks-no-related-task-meta-on-inlined-result"),
    ),
}
NOT_FOR_US = frozenset(chain.from_iterable(_CHECKS.values()))
"""By the ids that the suite has for them."""
WHOLE = frozenset(
    {
        *("server-initialize", "server-session-lifecycle", "ping", "tools-list"),
        "dns-rebinding-protection",
        *("http-header-validation", "input-required-result-unsupported-methods"),
    }
)
"""The scenarios of the transport, of which nothing may fail."""
