"""Texts that counsel confirms: what is shown is a version on file, no version changes, and the promises are those that the code keeps."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from backend.ground.http.language import LANGUAGES
from backend.public.certificates.rules import SEALED_WORDS, TEXT_VERSION, WORDS
from backend.web.catalogue import catalogue
from verifier.issuer.consents import texts
from verifier.issuer.settings import IssuerSettings

ROOT = Path(__file__).resolve().parents[2]
#: The hash of each version in Chinese and English. A changed sentence needs a new version, and counsel reads it first.
CONSENTS = {
    "2026-11": (
        "0x38ee89c69a5df25b2f0245bac8a22f32df783b2ba81a10f3cb912281625fb7e0",
        "0xec9131f88940cfc3e28d43960b2e0a2154f1daa42ca89b8ebd7a500b42734402",
    ),
    "2026-12": (
        "0x877e9554cb5cf243c2c883d8a8da2f547a0543852a0730bf4d69dbb4cd84bc97",
        "0xd44924621d6060ce3daf076966d0ff93318e886e103768f05b1ef0add01f6e2f",
    ),
    "2027-01": (
        "0xb06812a5c56454455266ff40bc5e50e6fcb1b0b6f35683646b598dc6a5d26141",
        "0x7ae46487be329497a749a2e639d210a35b1865edba5297db6cb29457206d2cd6",
    ),
}
CERTIFICATES = {"2027-01": "323ff44a0d5fc6c4018885611046ec81a3cdbebf65a815912ca8fa2ba97a3e50"}
#: What those of sealed polls say besides.
CERTIFICATES_OF_SEALED_POLLS = {"2027-01": "778ed5cf47570d2aeaca77d604fdbbd716188d4abe3b055d65348e3add34c708"}


def shown(language: str) -> tuple[str, list[str], str]:
    """What the ballot page shows."""
    words = {key.removeprefix("booth."): both[language] for key, both in catalogue().items()}
    return words["consent_title"], [words[f"consent_{number}"] for number in range(1, 6)], words["consent_tick"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_the_newest_consent_on_file_and_its_version(language: str) -> None:
    newest = [text for text in texts() if text.language == language][-1]
    assert shown(language) == (newest.title, list(newest.points), newest.tick)
    assert newest.version in newest.title
    module = (ROOT / "backend/web/src/booth/consent.js").read_text()
    assert re.findall(r'const VERSION = "([^"]+)"', module) == [newest.version]


def test_no_version_of_the_consent_changes_or_goes() -> None:
    found: dict[str, list[str]] = {}
    for text in texts():
        found.setdefault(text.version, []).append(text.text_hash)
    assert {version: tuple(hashes) for version, hashes in found.items()} == CONSENTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_consent_names_the_longest_times_that_the_settings_allow(language: str) -> None:
    most = [
        next(item.le for item in IssuerSettings.model_fields[name].metadata if hasattr(item, "le"))
        for name in ("signal_days", "reference_days_after_close")
    ]
    days = re.findall(r"(\d+) (?:天|days)", shown(language)[1][1])
    assert [int(day) for day in days] == most


def test_no_sentence_of_the_certificate_changes_without_a_new_version() -> None:
    digest = hashlib.sha256(json.dumps(WORDS, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    assert CERTIFICATES[TEXT_VERSION] == digest
    digest = hashlib.sha256(json.dumps(SEALED_WORDS, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    assert CERTIFICATES_OF_SEALED_POLLS[TEXT_VERSION] == digest
