"""Whose faces look alike: a signed list with what chance would give; it refuses nobody."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from verifier.face.decision import MODEL_ID
from verifier.face.duplicates import Bound
from verifier.face.model_choice import DLIB
from verifier.issuer import face_store
from verifier.issuer.__main__ import main
from verifier.issuer.errors import TooFewReferences
from verifier.issuer.keys.templates import place_of, seal
from verifier.issuer.service import Issuer
from verifier.issuer.settings import IssuerSettings
from verifier.issuer.statements import check


@pytest.fixture
def issuer(settings: IssuerSettings, clock: Clock) -> Any:
    issuer = Issuer(settings, clock)
    yield issuer
    issuer.close()


def store(issuer: Issuer, poll: str, index: int, template: np.ndarray) -> None:
    with issuer._database.begin() as connection:
        sealed, wrapped = seal(issuer.keyring.master_keys, template.astype("<f4").tobytes(), place_of(poll, index, MODEL_ID))
        face_store.keep_face(connection, poll, index, MODEL_ID, sealed, wrapped, "0x" + "11" * 32)


def test_a_list_names_the_pairs_and_what_chance_alone_would_give(issuer: Issuer, papers: IssuerPapers) -> None:
    dice = np.random.default_rng(int.from_bytes(secrets.token_bytes(4), "big"))
    bound = Bound.load(DLIB, 1)
    people = dice.normal(0, 0.13, (12, 128))
    for index, person in enumerate(people):
        store(issuer, papers.address, index, person)
    store(issuer, papers.address, 20, people[3] + 0.005)
    store(issuer, papers.address, 17, people[5] + (bound.clear + bound.below) / 2 / 128**0.5)
    store(issuer, "0x" + "77" * 20, 4, people[3])
    found = issuer.likenesses.make(papers.address)
    check(found, "likenesses", issuer.address)
    assert [(pair["rank"], pair["first"], pair["second"], pair["band"]) for pair in found["pairs"]] == [
        (1, 3, 20, "very_near"),
        (2, 5, 17, "near"),
    ], "another poll's face is not compared: it was not given for this"
    assert found["searched"] == 14
    assert found["expected_false_milli"] == 14 * 13 // 2 * found["fmr_ppb"] // 10**6 > 0
    rows, _ = issuer.read_log(papers.address, 0)
    entry = json.loads(rows[-1].entry)
    assert (entry["kind"], entry["pairs"], entry["searched"]) == ("likenesses_listed", 2, 14)
    assert "first" not in rows[-1].entry, "the log names no pair"


def test_a_list_is_written_for_its_owner_only_and_too_little_is_said(
    settings: IssuerSettings,
    papers: IssuerPapers,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
) -> None:
    given = {"DATA_DIR": str(settings.data_dir), "RPC_URLS": settings.rpc_urls, "CASES": settings.cases}
    for name, value in (given | {"KEY": settings.key.get_secret_value()}).items():
        monkeypatch.setenv(f"LENDERVOTE_ISSUER_{name}", value)
    issuer = Issuer(settings, clock)
    store(issuer, papers.address, 1, np.zeros(128))
    with pytest.raises(TooFewReferences):
        issuer.likenesses.make(papers.address)
    path = tmp_path / "list.json"
    assert main(["likenesses", "--poll", papers.address, "--out", str(path)]) == 1
    assert json.loads(capsys.readouterr().out)["rule"] == "TooFewReferences"
    store(issuer, papers.address, 2, np.zeros(128))
    issuer.close()
    assert main(["likenesses", "--poll", papers.address, "--out", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["listed"] == 1
    assert path.stat().st_mode & 0o077 == 0
    check(json.loads(path.read_text()), "likenesses", issuer.address)
