"""What belongs to the whole store, and the queries that may look at all of it."""

import re

# Which workspaces a person is in; whether any key or connection uses a resource of the common
# catalogue, or a program that registered itself; whose a whole key is that somebody reports.
STORE_WIDE_QUERIES = re.compile(
    r"memberships\.person_id = \?\s+ORDER BY|SELECT (keys|connections)\.name\s+FROM"
    r"|DELETE FROM oauth_clients|SELECT oauth_clients\.id, oauth_clients\.network"
    r"|SELECT keys\.workspace_id, keys\.digest, keys\.pepper\s+FROM"
    # Whoever signs in is asked for by e-mail or account, in all the workspaces these open, and then
    # is the one row of the one workspace that they came in by.
    r"|AS voucher\s+FROM workspaces JOIN memberships|SELECT people\.account_id\s+FROM people"
    r"|UPDATE people SET [\w=?, ]+ WHERE people\.(?:account_)?id = \?|SELECT max\(people\.id\)"
    # What was seen last of the store is of whichever workspace, and nobody is shown it.
    r"|SELECT workspace_id, seq, mac, '' AS history FROM audit ORDER BY id DESC LIMIT 1$"
    # A value is brought along once, into whichever workspace.
    r"|FROM foreign_digests\s+WHERE foreign_digests\.digest IN"
    # And whoever reports one does not know into which: what they look like is the whole store's.
    r"|SELECT DISTINCT foreign_shapes\.hash, [\w., ]+\s+FROM foreign_shapes$"
    # An SSH key is somebody's in whatever workspaces their account opens.
    r"|FROM ssh_keys JOIN people ON ssh_keys\.person_id = people\.id\s+(?:WHERE|ORDER)"
    r"|DELETE FROM ssh_keys WHERE ssh_keys\.fingerprint IN"
    # Whoever brings a request by an address is of no workspace yet.
    r"|WHERE client_documents\.client_id = \? ORDER BY"
    # What an assistant presents says itself whose it is, once its digest fits.
    r"|FROM (\w+_tokens|authorization_codes)\s+WHERE \2\.id = \?$"
)

STORE_WIDE = {
    # Of whoever signs in; which workspaces it opens, their rows say.
    "accounts",
    # Nobody's until they are approved.
    "asks",
    # Of verifiers, which serve all workspaces.
    "changed_subjects",
    "changes",
    "oauth_clients",
    "peppers",
    "resources",
    "revision",
    "routes",
    "settings",
    "sign_in_attempts",
    "timelines",
    # What restores removed, of whatever workspace, for the next restore.
    "tombstones",
    "tool_documents",
    "verifiers",
    "workspaces",
}
