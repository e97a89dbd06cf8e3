"""OAuth 2.1 for assistants: registration, approval, tokens. Addresses here are all absolute.

It is written here and not taken from the protocol's SDK, whose handlers would keep client secrets
readable, compare addresses after rewriting them, and look at a code and use it in two steps.
"""
