"""Every string that a request body can carry is text by the one rule (protocol §18.1), or a form that leaves no room for anything else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from pydantic import AwareDatetime, BaseModel, BeforeValidator, StringConstraints, ValidationError
from pydantic.fields import FieldInfo

import backend
import verifier.issuer
from backend.ground.common import hex_text, text_types
from verifier.issuer import text

#: Whoever takes a request's body ends in one of these.
INPUTS = ("In", "SignIn", "Request", "Begin", "Finish", "Nonce", "Ticket", "Consent", "Voucher", "Pair")
READERS = {text_types.plain_json, *(each.func for each in vars(text).values() if isinstance(each, BeforeValidator)), hex_text.from_hex}
TEXT_METADATA = {id(item) for alias in (text.Line, text.AsSent) for item in typing.get_args(alias)[1:]}


def models(package: Any) -> Iterator[type[BaseModel]]:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith("schemas"):
            continue
        for model in vars(importlib.import_module(found.name)).values():
            if (
                inspect.isclass(model)
                and issubclass(model, BaseModel)
                and model.__module__ == found.name
                and model.__name__.endswith(INPUTS)
            ):
                yield model


def is_held(metadata: list[Any]) -> bool:
    """Whether what stands beside `str` says which text is taken."""
    for item in metadata:
        if isinstance(item, text_types._Text) or id(item) in TEXT_METADATA or (isinstance(item, BeforeValidator) and item.func in READERS):
            return True
        if isinstance(item, StringConstraints) and item.pattern:
            return True
        if getattr(item, "pattern", None) or (
            isinstance(item, FieldInfo) and any(getattr(each, "pattern", None) for each in item.metadata)
        ):
            return True
    return False


def bare_strings(annotation: Any, metadata: list[Any], place: str) -> Iterator[str]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        yield from bare_strings(arguments[0], [*arguments[1:], *metadata], place)
    elif annotation is str or annotation is Any or annotation is dict:
        if not is_held(metadata):
            yield place
    elif origin is typing.Literal or annotation in {bytes, int, bool, float, date, datetime, type(None)}:
        return
    elif origin is not None and not is_held(metadata):
        for argument in arguments:
            yield from bare_strings(argument, metadata if origin is not dict and origin is not list else [], place)


@pytest.mark.parametrize("package", [backend, verifier.issuer], ids=lambda package: package.__name__)
def test_every_string_of_every_body_is_text(package: Any) -> None:
    found = list(models(package))
    assert len(found) >= 12, "the search found too little to mean anything"
    bare: list[str] = []
    for model in found:
        hints = typing.get_type_hints(model, include_extras=True)
        for name, field in model.model_fields.items():
            bare += bare_strings(hints[name], list(field.metadata), f"{model.__module__}.{model.__name__}.{name}")
    assert bare == []


#: What another kind of value must not pass for; a form's fields come as text and are read by their own call.
LOOSE: dict[type, tuple[object, ...]] = {
    int: (True, 1.0, "1", "１"),
    bool: (1, 0, "yes", "true", 1.0),
    date: (0, 1_800_000_000, 1.8e9, "1800000000", True, "2027-01-01T00:00:00", "２０２７-01-01"),
    AwareDatetime: (0, 1_800_000_000, 1.8e9, "1800000000", True, "2027-01-01", "2027-01-01T00:00:00", "2027-01-01 00:00:00Z"),
}
OF_FORMS = {"ReferenceRequest"}
#: Signed times may come as a number's digits.
DIGITS_TOO = {"expires_at", "vouched_at"}


def kinds_of(annotation: Any) -> set[Any]:
    return {annotation} | {kind for part in typing.get_args(annotation) for kind in kinds_of(part)}


def passes(model: type[BaseModel], name: str, value: object) -> bool:
    try:
        model.model_validate({name: value})
    except ValidationError as error:
        return all(each["loc"][0] != name for each in error.errors())
    return True


@pytest.mark.parametrize("package", [backend, verifier.issuer], ids=lambda package: package.__name__)
def test_no_value_of_another_kind_passes(package: Any) -> None:
    taken, tried = [], 0
    for model in models(package):
        if model.__name__ in OF_FORMS:
            continue
        for name, hint in typing.get_type_hints(model, include_extras=True).items():
            kinds = kinds_of(hint) & LOOSE.keys() if name in model.model_fields else set()
            for value in [value for kind in kinds for value in LOOSE[kind]]:
                if isinstance(value, str) and value.isascii() and name in DIGITS_TOO:
                    continue
                tried += 1
                if passes(model, name, value):
                    taken.append(f"{model.__name__}.{name}: {value!r}")
    assert tried > 20, "the search found too little to mean anything"
    assert taken == []


def test_the_search_sees_a_bare_string() -> None:
    class BareIn(BaseModel):
        name: str
        more: dict[str, Any]
        names: list[str]
        held: typing.Annotated[str, text_types.Line(5)]

    hints = typing.get_type_hints(BareIn, include_extras=True)
    assert [place for name in BareIn.model_fields for place in bare_strings(hints[name], [], name)] == ["name", "more", "more", "names"]
