"""Lies about times that outsiders stamped, and papers of stamps and witnesses that say nothing (§26, §27)."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from scripts.rig.stamp_authority import Authority
from scripts.rig.stamping import NOBODYS, Happened, Stamper
from scripts.tampers.forge.bundle import Files
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import Brought, Lie
from tests.contracts.ballot_box import secret
from verifier.witness.book import Book, address_of

KIND = "outsiders"
DAY = 86_400
WITNESS, STRANGER = secret("witness"), secret("a stranger who signs files")
HEAD = 1


def _authority(name: str, first: int) -> Authority:
    keys = ec.derive_private_key(first, ec.SECP256R1()), ec.derive_private_key(first + 1, ec.SECP256R1())
    return Authority.new(name, keys)


OWN, OTHER = _authority("DEMO own", 11), _authority("DEMO other", 21)


def _line(vote: ForgedVote, **changed: Any) -> bytes:
    """The register's stamp as a line of stamps.jsonl; `changed` as `Stamper.line` takes it."""
    frozen = vote.acts["freeze"]
    happened = {"register": Happened(frozen.number, frozen.hash, frozen.time, vote.register.root)}
    separators = vote.case_domain.separator, vote.poll_domain.separator
    return json.dumps(Stamper(separators, happened, OWN, vote.relay_key).line("register", **changed)).encode() + b"\n"


def _published(name: str, finding: str, text: bytes | None = None, **changed: Any) -> Lie:
    """A vote that publishes this line, by the root of our own authority."""
    seen: list[ForgedVote] = []  # a stamp is over the hash of a block, which is known when the files are written

    def files(found: Files) -> Files:
        return [*found, ("published/stamps.jsonl", text or _line(seen[-1], **changed))]

    return Lie(KIND, name, finding, before=seen.append, files=files, brings=lambda _: Brought(files={"--authority": OWN.pem()}))


def _kept(name: str, text: bytes | None = None, **changed: Any) -> Lie:
    """Somebody hands in a line that they kept."""
    return Lie(
        KIND, name, "void.stamps", brings=lambda vote: Brought(files={"--authority": OWN.pem(), "--stamps": text or _line(vote, **changed)})
    )


def _file(vote: ForgedVote, key: bytes, hashed: bytes) -> bytes:
    """A witness's file with one head."""
    frozen = vote.acts["freeze"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "witness.jsonl"
        book = Book(path, key, vote.case_domain.chain_id, vote.case, now=lambda: frozen.time + 5)
        book.add(HEAD, frozen.number, hashed or frozen.hash)
        book.close()
        return path.read_bytes()


def _seen_by(vote: ForgedVote, key: bytes = WITNESS, hashed: bytes = b"", text: bytes = b"") -> Brought:
    """A file of somebody, handed in as the witness's."""
    named = {"--witness-key": "0x" + address_of(WITNESS).hex()}
    return Brought(files={"--witness": text or _file(vote, key, hashed)}, options=named)


LIES = (
    _published("a line that is no stamp", "stamps.file", b'{"block":1}\n'),
    _published("a stamp that the authority refused", "stamps.token", status=2),
    _published("a stamp that the relay did not ask for", "stamps.signature", key=STRANGER),
    _published("a stamp over something else", "stamps.digest", over=NOBODYS),
    _published("a stamp by an authority that nobody named", "stamps.authority", authority=OTHER),
    _published("a stamp from before its block", "stamps.time", late=-600),
    _published("a stamp two days after its block", "stamps.time", late=2 * DAY),
    _published("a stamp of another block", "stamps.chain", block_hash=b"\x11" * 32),
    _published("a stamp of another register", "stamps.chain", value=b"\x22" * 32),
    Lie(KIND, "another chain than a witness saw", "witness.chain", brings=lambda vote: _seen_by(vote, hashed=b"\x33" * 32)),
)
#: What the holder of the paper could have done alone.
VOID = (
    _kept("a kept line that is no stamp", b"nothing\n"),
    _kept("a kept stamp that was made again later", late=2 * DAY),
    _kept("a kept stamp by another authority", authority=OTHER),
    Lie(KIND, "a witness's file that is none", "void.witness", brings=lambda vote: _seen_by(vote, text=b"{}\n")),
    Lie(KIND, "a witness's file by somebody else", "void.witness", brings=lambda vote: _seen_by(vote, STRANGER, b"\x33" * 32)),
)


def _witnessed() -> Lie:
    stamped = _published("a vote that was stamped and witnessed", "")

    def brings(vote: ForgedVote) -> Brought:
        seen = _seen_by(vote)
        return Brought(files={**seen.files, "--authority": OWN.pem()}, options=seen.options)

    return Lie("honest", stamped.name, "", before=stamped.before, files=stamped.files, brings=brings)


HONEST = _witnessed()
