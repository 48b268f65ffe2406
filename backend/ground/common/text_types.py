"""Text in request bodies: every string of every body is one of these (a test of the house holds the schemas to it)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from backend.ground.common.errors import BadInput
from backend.ground.common.text import TextMissing, line, plain, prose

MOST_DEPTH = 32


@dataclass(frozen=True)
class _Text:
    """A branch: text of at most `most` characters; `least` is 1 where it must not be empty."""

    most: int
    least: int = 0

    def read(self, text: str) -> str:
        """The text as it is kept. Raises: TextNotPlain, TextTooLong, TextMissing."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._validated, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        shown = handler(schema)
        shown["maxLength"] = self.most
        if self.least:
            shown["minLength"] = self.least
        return shown

    def _validated(self, value: object) -> object:
        if not isinstance(value, str):
            return value  # the type itself says what is wrong with it
        return in_words(self._read_whole, value)

    def _read_whole(self, text: str) -> str:
        read = self.read(text)
        if len(read) < self.least:
            raise TextMissing
        return read


class Line(_Text):
    """One line, cleaned."""

    def read(self, text: str) -> str:
        """See `text.line`."""
        return line(text, self.most)


class Prose(_Text):
    """Several lines, cleaned."""

    def read(self, text: str) -> str:
        """See `text.prose`."""
        return prose(text, self.most)


class Plain(_Text):
    """As it was sent: a password, a signed word."""

    def read(self, text: str) -> str:
        """See `text.plain`."""
        return plain(text)


def plain_json(value: object) -> object:
    """A JSON value in which every text is plain and nothing lies deeper than anybody needs. Raises: PydanticCustomError."""
    _walk(value, 0)
    return value


PlainJson = Annotated[dict[str, Any], BeforeValidator(plain_json)]


def _walk(value: object, depth: int) -> None:
    if depth > MOST_DEPTH:
        raise PydanticCustomError("TooDeep", "nested too deeply")
    if isinstance(value, str):
        in_words(plain, value)
    elif isinstance(value, list):
        for item in value:
            _walk(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            in_words(plain, key)
            _walk(item, depth + 1)


def in_words(read: Callable[[str], str], text: str) -> str:
    """What `read` gives, its refusal as pydantic's, with both sentences. Raises: PydanticCustomError."""
    try:
        return read(text)
    except BadInput as error:
        sentences = {"zh": error.say("zh"), "en": error.say("en")}
        raise PydanticCustomError(error.code, "{en}", sentences) from error
