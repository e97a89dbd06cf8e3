"""JSON Schemas that say of what type their enumerations are, which generators of clients need."""

from typing import Any

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def typed(schema: Any) -> Any:
    """Return a schema, or whatever holds schemas, with a `type` beside every `enum`.

    JSON Schema does without; what is made of a schema often drops the whole type instead.
    """
    if isinstance(schema, list):
        return [typed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: typed(value) for name, value in schema.items()}
    if isinstance(values := schema.get("enum"), list) and "type" not in schema:
        # bool is an int to isinstance, but not to type.
        types = sorted({_TYPES[type(value)] for value in values})
        found["type"] = types[0] if len(types) == 1 else types
    return found
