"""Every sentence is written in both languages, says the same facts, and is used; nothing asks for a sentence that is not there."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest

from backend.case.register.rules.identity import IdType
from backend.ground.http.language import LANGUAGES
from backend.web.catalogue import MESSAGES, MessageMissing, catalogue, speaker

WEB = MESSAGES.parent
TEXTS = {path: path.read_text() for path in [*WEB.rglob("*.py"), *(WEB / "src").rglob("*.js"), *(WEB / "templates").rglob("*.html")]}
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACE = re.compile(r"\{(\w+)\}")
AREAS = "|".join(sorted(path.stem for path in MESSAGES.glob("*.json")))
# "area.key", or "area.key_" with the rest added at run time.
ASKED = re.compile(rf"""["'`]((?:{AREAS})\.\w+)["'`]""")


def asked_keys() -> set[str]:
    return set(itertools.chain.from_iterable(ASKED.findall(text) for text in TEXTS.values()))


def is_written(key: str) -> bool:
    return key in catalogue() or (key.endswith("_") and any(known.startswith(key) for known in catalogue()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing(language: str) -> None:
    assert [key for key, sentence in catalogue().items() if not sentence.get(language, "").strip()] == []


def test_both_languages_name_the_same_facts() -> None:
    assert [key for key, both in catalogue().items() if set(PLACE.findall(both["zh"])) != set(PLACE.findall(both["en"]))] == []


def test_each_language_is_written_in_its_own_script() -> None:
    bilingual = {"common.demo", "common.language_other"}
    neutral = {"public.condition_figures", "public.ladder_comma", "common.ways_between"}
    keys = [key for key in catalogue() if key not in bilingual | neutral]
    assert [key for key in keys if not HAN.search(catalogue()[key]["zh"])] == []
    assert [key for key in keys if HAN.search(catalogue()[key]["en"])] == []


def test_every_sentence_asked_for_is_written() -> None:
    asked = asked_keys()
    assert len(asked) > 150, "the search found too little to mean anything"
    assert sorted(key for key in asked if not is_written(key)) == []


def test_every_kind_of_document_on_a_register_has_its_word() -> None:
    """The desk of officials who see a lender builds the key from the kind."""
    assert [kind for kind in IdType if f"office.document_{kind.value}" not in catalogue()] == []


def test_every_written_sentence_is_asked_for() -> None:
    asked = asked_keys()
    stems = tuple(key for key in asked if key.endswith("_"))
    assert sorted(key for key in catalogue() if key not in asked and not key.startswith(stems)) == []


def test_modules_hold_no_sentences_of_their_own() -> None:
    """Sentences belong into messages/, where both languages are; a date's signs, the list comma and capital figures are no sentences."""
    signs = re.compile("[年月日、]|（北京时间）")
    found = [path.name for path, text in TEXTS.items() if path.suffix == ".js" and HAN.search(signs.sub("", text))]
    assert found == ["capitals.js"]


def test_a_missing_sentence_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(MessageMissing):
        speaker("zh")("common.no_such_sentence")


def test_message_files_hold_each_key_once() -> None:
    for path in MESSAGES.glob("*.json"):
        pairs = json.loads(path.read_text(), object_pairs_hook=list)
        keys = [key for key, _ in pairs]
        assert sorted(keys) == sorted(set(keys)), Path(path).name
