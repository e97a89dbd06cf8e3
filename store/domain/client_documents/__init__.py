"""Client ID metadata documents: an assistant's id is where its maker says what it is.

After draft-ietf-oauth-client-id-metadata-document. A verifier fetches none: known ones are shipped,
others are added by an admin, whose machine fetches them (its "Pre-Registering Client Identifier
URLs"). Pure.
"""
