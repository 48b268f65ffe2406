"""The photos that `lendervote photos` hands in, as the real verifier takes them and its log names them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from scripts.cli.photo_folder import Reference
from scripts.cli.photo_sending import IssuerSaysNo, Sender
from tests.verifier.face.photos import Faces
from tests.verifier.issuer.asking import OPERATOR, as_client, hand_in
from tests.verifier.issuer.papers import IssuerPapers
from verifier.issuer.bindings.file import photo_hash


def quiet(_done: int, _total: int) -> None:
    """Nobody is told."""


def test_photos_are_stored_once_officials_have_signed(client: TestClient, papers: IssuerPapers, faces: Faces, tmp_path: Path) -> None:
    photos = {"C0007.jpg": (7, faces.lender), "C0008.jpg": (8, faces.stranger), "C0009.jpg": (9, b"none")}
    for file, (_, content) in photos.items():
        (tmp_path / file).write_bytes(content)
    references = [Reference(file, index, photo_hash(content)) for file, (index, content) in photos.items()]
    client.headers.update(OPERATOR)
    sender = Sender(as_client(client), papers.address)
    with pytest.raises(IssuerSaysNo, match=r"PhotoNotBound|绑定|bind"):
        sender.send(tmp_path, references, quiet)
    hand_in(client, papers, *(papers.identity_line(index, content) for index, content in photos.values()))
    (reject,) = sender.send(tmp_path, references, quiet)
    assert (reject.file, reject.rule, sender.sent) == ("C0009.jpg", "PictureNotUsable", 2)
    assert "照片" in reject.zh
    assert sender.stored() == {(one.index, "0x" + one.photo.hex()) for one in references[:2]}
