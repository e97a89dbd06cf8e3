"""Tools made of the operations of an OpenAPI document: what assistants do with the admin's own API.

What an operation is called, what it takes and how that becomes a request is worked out once, when
the document is given. Nothing of it depends on who calls, and nothing that a caller says or that
the API answers makes another tool. Pure.
"""
