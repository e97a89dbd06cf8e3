"""Swagger 2.0, whose parameters say what OpenAPI 3 says of schemas and of bodies."""

from typing import Any

from store.domain.routes.references import Json

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_LISTED = ("query", "formData")
_OF_SCHEMAS = (
    "type format items default enum pattern maximum minimum exclusiveMaximum exclusiveMinimum "
    "maxLength minLength maxItems minItems uniqueItems multipleOf description x-nullable"
)
_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited", "tsv": "tabDelimited"}


def parameter(given: Json) -> Json:
    """Return a parameter as OpenAPI 3 has it."""
    many = given.get("collectionFormat")
    return {
        **given,
        "schema": {word: given[word] for word in _OF_SCHEMAS.split() if word in given},
        "style": _STYLES.get(str(many), "form" if given.get("in") in _LISTED else "simple"),
        "explode": many == "multi",
    }


def body(parameters: list[Json], consumes: object) -> Json | None:
    """Return what is sent beside the parameters as OpenAPI 3 has it, None where nothing is."""
    types = [one for one in consumes if isinstance(one, str)] if isinstance(consumes, list) else []
    whole = next((one for one in parameters if one.get("in") == "body"), None)
    if whole is not None:
        schema = {"schema": whole.get("schema", {})}
        content = dict.fromkeys(types or ["application/json"], schema)
        return {"required": whole.get("required") is True, "content": content}
    fields = [one for one in parameters if one.get("in") == "formData"]
    if not fields:
        return None
    form: dict[str, Any] = {
        "type": "object",
        "properties": {str(one.get("name")): parameter(one)["schema"] for one in fields},
        "required": [one.get("name") for one in fields if one.get("required") is True],
    }
    files = any(one.get("type") == "file" for one in fields)
    kinds = [one for one in types if one in _FORMS] or [_FORMS[0]]
    encoding = {
        str(one.get("name")): {word: parameter(one)[word] for word in ("style", "explode")}
        for one in fields
    }
    content = {
        one: {"schema": form, "encoding": encoding}
        for one in kinds
        if not (files and one == _FORMS[0])
    }
    return {"required": bool(form["required"]), "content": content}
