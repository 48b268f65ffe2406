"""Registers whose openings are put under several keys: an invented one, and the one that an official is about to sign."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.rig.api import Api
from verifier.escrow.context import Frozen
from verifier.escrow.files import Leaf
from verifier.escrow.tree import classes_hash, leaf_hash, root_of
from verifier.register.openings import Openings as OpeningsFile
from verifier.shares.curve import ORDER

CASE, CHAIN_ID, NUMBER, LEAVES = bytes.fromhex("de" * 20), 31337, 0, 40


@dataclass(frozen=True)
class Register:
    """What is frozen, the class of every leaf, and its amount and blind."""

    frozen: Frozen
    classes: list[int]
    leaves: list[Leaf]

    @classmethod
    def invented(cls) -> Register:
        """Of one class."""
        leaves: list[Leaf] = [(secrets.randbelow(10**8) + 1, secrets.randbelow(ORDER - 1) + 1) for _ in range(LEAVES)]
        root = root_of(leaf_hash(index, 0, leaf) for index, leaf in enumerate(leaves))
        totals = len(leaves), sum(leaf[0] for leaf in leaves), sum(leaf[1] for leaf in leaves) % ORDER
        return cls(Frozen(CHAIN_ID, CASE, NUMBER, root, len(leaves), classes_hash([totals])), [0] * len(leaves), leaves)

    @classmethod
    def frozen_by(cls, act: dict[str, Any], api: Api, folder: Path) -> Register:
        """From the openings file that an official downloads before signing the act."""
        content, headers = api.fetch("POST", f"/api/acts/{act['id']}/openings-file")
        path = folder / "openings.lvo"
        path.write_bytes(content)
        file = OpeningsFile(path, headers["x-openings-password"])
        file.check()
        lines = [json.loads(line) for line in list(file.lines())[1:] if line]
        path.unlink()
        domain, message = act["typed_data"]["domain"], act["typed_data"]["message"]
        root, classes = (bytes.fromhex(message[name][2:]) for name in ("root", "classesHash"))
        case, number = bytes.fromhex(domain["verifyingContract"][2:]), int(message["registerNumber"])
        frozen = Frozen(int(domain["chainId"]), case, number, root, int(message["leafCount"]), classes)
        leaves = [(int(line["amount_fen"]), int(line["blind"], 16)) for line in lines]
        return cls(frozen, [int(line["voting_class"]) for line in lines], leaves)

    @property
    def leaves_csv(self) -> str:
        """leaves.csv as far as trustees read it: the classes."""
        lines = [f"{index},{one},{'0' * 64},{'0' * 64}\n" for index, one in enumerate(self.classes)]
        return "index,voting_class,x,y\n" + "".join(lines)
