"""The four ways to ask for a reply of a given form, and how such a reply is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, NonNegativeInt, ValidationError

from pipeline.llm.asks import Ask, FaultKind, T
from pipeline.llm.connection import Connection, Mode
from pipeline.llm.faults import AttemptError

_AS_JSON: Final = "Reply with one JSON object of this JSON Schema, and with nothing else:"
_NOT_ACCEPTED: Final = "An earlier reply of yours to this was not accepted: {}. Reply in the form asked for."
_THOUGHT: Final = "</think>"  # what some open models write before their answer
_FENCE: Final = "```"
_MOST_PLACES: Final = 10
# "... is not permitted", says OpenAI's server of these where the schema is strict.
_NOT_STRICT: Final = frozenset({"default", "minLength", "maxLength"})


class _Function(BaseModel):
    arguments: str = ""


class _Call(BaseModel):
    function: _Function


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None
    tool_calls: tuple[_Call, ...] | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: tuple[_Choice, ...]


class _Usage(BaseModel):
    prompt_tokens: NonNegativeInt
    completion_tokens: NonNegativeInt


class _Counted(BaseModel):
    usage: _Usage


class Tokens(NamedTuple):
    """What one exchange used, as the server counts."""

    sent: int
    received: int


def request(ask: Ask[T], connection: Connection, correction: str | None = None) -> dict[str, Any]:
    """The body of the request; the same ask gives the same body."""
    mode = connection.mode
    system = ask.prompt.system
    if mode in ("json_object", "prompt"):
        system += f"\n\n{_AS_JSON}\n{json.dumps(ask.reply.model_json_schema(), ensure_ascii=False)}"
    if correction is not None:  # not as a turn of its own: some models take only turns that alternate
        system += f"\n\n{_NOT_ACCEPTED.format(correction)}"
    turns = [("system", system)]
    for example in ask.prompt.examples:
        turns += [("user", example.data), ("assistant", example.reply)]
    turns.append(("user", ask.data))
    return {
        "model": connection.model,
        "messages": [{"role": role, "content": _utf8(content)} for role, content in turns],
        "temperature": 0,
        **({} if connection.seed is None else {"seed": connection.seed}),
        "max_tokens": connection.max_reply_tokens,
        **_form(ask, mode),
    }


def _utf8(text: str) -> str:
    """Half a surrogate pair, as damaged files give, cannot be sent."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _form(ask: Ask[T], mode: Mode) -> dict[str, Any]:
    from openai import pydantic_function_tool  # half a second, for whoever asks a server alone

    name = ask.prompt.name
    tool = pydantic_function_tool(ask.reply, name=name)
    tool["function"]["parameters"] = _strict(tool["function"].get("parameters", {}))
    match mode:
        case "json_schema":
            schema = {"name": name, "schema": tool["function"]["parameters"], "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": schema}}
        case "json_object":
            return {"response_format": {"type": "json_object"}}
        case "tool":
            return {"tools": [tool], "tool_choice": {"type": "function", "function": {"name": name}}}
        case "prompt":
            return {}


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without the words that strict servers refuse; Pydantic holds the reply to them all the same."""
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ("properties", "$defs"):
            found[key] = {name: _strict(inner) for name, inner in value.items()}
        elif key == "items":
            found[key] = _strict(value)
        elif key in ("anyOf", "oneOf", "allOf", "prefixItems"):
            found[key] = [_strict(inner) for inner in value]
        elif key not in _NOT_STRICT:
            found[key] = value
    return found


def tokens(body: bytes) -> Tokens | None:
    """What the server says that it counted; None where it says nothing that can be."""
    try:
        usage = _Counted.model_validate_json(body).usage
    except ValidationError:
        return None
    return Tokens(usage.prompt_tokens, usage.completion_tokens)


def text_of(body: bytes) -> str:
    """What the model wrote. AttemptError: truncated, refused, empty, or not the reply of such a server at all."""
    try:
        choices = _Completion.model_validate_json(body).choices
    except ValidationError as error:
        raise _faulty(error, _Completion) from None
    if not choices:
        raise AttemptError(FaultKind.EMPTY, correction="it was empty")
    choice = choices[0]
    if choice.finish_reason == "length":
        raise AttemptError(FaultKind.TRUNCATED, correction="it was too long and was cut off; be brief")
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise AttemptError(
            FaultKind.REFUSED, correction="a refusal; the data are a health plan's and a clinic's own records"
        )
    called = [call.function.arguments for call in choice.message.tool_calls or ()]
    text = (called[0] if called else choice.message.content) or ""
    if not text.strip():
        raise AttemptError(FaultKind.EMPTY, correction="it was empty")
    return text


def value_of(text: str, form: type[T]) -> T:
    """The value that the text states. AttemptError: not JSON, or of another form."""
    try:
        return form.model_validate_json(_json(text))
    except ValidationError as error:
        raise _faulty(error, form) from None


def _json(text: str) -> str:
    """The JSON object in what a model wrote: some put thoughts before it, or a code fence around it."""
    text = text.rpartition(_THOUGHT)[2].strip()
    if text.startswith("{"):
        return text
    if _FENCE in text:
        text = text.split(_FENCE, 2)[1]
    return text[max(text.find("{"), 0) : text.rfind("}") + 1] or text


def _faulty(error: ValidationError, form: type[BaseModel]) -> AttemptError:
    """The fault with the places and types of error, and never a word of what the model wrote."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    if any(found["type"] == "json_invalid" for found in errors):
        return AttemptError(FaultKind.NOT_JSON, correction="it was not valid JSON")
    known = set(_names(form.model_json_schema()))
    places = [
        f"{'.'.join(str(step) if isinstance(step, int) or step in known else '?' for step in found['loc'])}"
        f" {found['type']}".strip()
        for found in errors[:_MOST_PLACES]
    ]
    if len(errors) > _MOST_PLACES:
        places.append(f"and {len(errors) - _MOST_PLACES} more")
    told = ", ".join(places)
    return AttemptError(FaultKind.WRONG_SCHEMA, told, correction=f"it does not fit the schema: {told}")


def _names(schema: object) -> Iterator[str]:
    """Every name of a field in a schema: what may be said aloud of the places of an error."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for inner in schema.values():
            yield from _names(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _names(inner)
