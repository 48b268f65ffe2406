"""`python -m verifier.escrow make|again`: puts a register's openings into escrow, or makes all of it again before officials sign.

`make` writes the file, the boxes, escrow.json without signatures, and the dealer's seed. Each official runs `again` on a machine of their
own with the openings file they downloaded and that seed: exit status 0 when every byte is the same, 1 when something differs, 2 when it was
called wrongly. Then the seed is erased everywhere: it opens the file.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import re
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from verifier.escrow.context import joined_hash
from verifier.escrow.dealer import SEED_BYTES, Dealer
from verifier.escrow.openings import OpeningsWrong, read
from verifier.escrow.remade import differences
from verifier.shares.curve import NotAPoint, Point
from verifier.shares.hashes import hex_of, keccak

FILE, BOXES, STATEMENT, SEED = "openings.escrow", "boxes.json", "escrow.json", "dealer-seed"
PASSWORD_VARIABLE = "LENDERVOTE_OPENINGS_PASSWORD"  # noqa: S105 the variable's name, not what is in it


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m verifier.escrow", description="托管登记表明细 / puts a register's openings into escrow"
    )
    parser.add_argument("what", choices=("make", "again"), help="制作；或签名前重新制作并比较 / make it, or make it again and compare")
    parser.add_argument("--openings", metavar="FILE", type=Path, required=True, help="明细文件（.lvo）/ the openings file from the desk")
    parser.add_argument("--case", metavar="ADDRESS", required=True, help="案件合约 / the case, from the working group's paper")
    parser.add_argument("--chain-id", metavar="N", type=int, required=True)
    parser.add_argument("--register-number", metavar="N", type=int, required=True)
    parser.add_argument("--threshold", metavar="T", type=int, required=True, help="几席可以打开 / how many trustees open it")
    parser.add_argument(
        "--joins", metavar="FILE", type=Path, nargs="+", required=True, help="各席的 escrow-join 文件 / what every seat handed in"
    )
    parser.add_argument("--folder", metavar="DIR", type=Path, required=True, help="写出或比较的文件夹 / where the files are, or go")
    parser.add_argument("--password-file", metavar="FILE", type=Path, help=f"or {PASSWORD_VARIABLE}, or the prompt")
    return parser


def _password(given: argparse.Namespace) -> str:
    if given.password_file is not None:
        return str(given.password_file.read_text(encoding="utf-8"))
    return os.environ.get(PASSWORD_VARIABLE) or getpass.getpass("密码 / Password: ")


def _transports(paths: Sequence[Path]) -> tuple[Point, ...]:
    """The transport keys by seat. Raises: ValueError unless every seat is there once."""
    found = {}
    for path in paths:
        paper = json.loads(path.read_text(encoding="utf-8"))
        found[paper["seat"]] = Point.read(bytes.fromhex(paper["transport"][2:]))
    if sorted(found) != list(range(len(paths))):
        raise ValueError("seats / 席位")
    return tuple(found[seat] for seat in sorted(found))


def _seed(given: argparse.Namespace) -> bytes:
    path = given.folder / SEED
    if given.what == "again":
        return bytes.fromhex(path.read_text(encoding="utf-8").strip())
    seed = secrets.token_bytes(SEED_BYTES)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(seed.hex())
    return seed


def _statement(dealer: Dealer, file_digest: bytes) -> dict[str, object]:
    register = dealer.register
    return {
        "case": hex_of(register.case),
        "chain_id": register.chain_id,
        "classes_hash": hex_of(register.classes_hash),
        "commitments": [hex_of(point.compressed) for point in dealer.commitments],
        "context": hex_of(dealer.context),
        "file_digest": hex_of(file_digest),
        "leaf_count": register.leaf_count,
        "register_number": register.register_number,
        "root": hex_of(register.root),
        "signatures": [],
        "threshold": dealer.threshold,
        "transports": [hex_of(point.compressed) for point in dealer.transports],
    }


def _differing(dealer: Dealer, leaves: Sequence[tuple[int, int]], statement: dict[str, object], folder: Path) -> list[str]:
    boxes = [bytes.fromhex(one[2:]) for one in json.loads((folder / BOXES).read_text(encoding="utf-8"))["boxes"]]
    with (folder / FILE).open("rb") as file:
        found = list(differences(dealer, leaves, file, boxes))
    handed = json.loads((folder / STATEMENT).read_text(encoding="utf-8")) | {"signatures": []}
    return found + [f"{STATEMENT}: {name}" for name, value in statement.items() if handed.get(name) != value]


def run(given: argparse.Namespace) -> int:
    """Raises: OpeningsWrong, ValueError, KeyError, NotAPoint, OSError."""
    if not re.fullmatch("0x[0-9a-f]{40}", given.case.lower()):
        raise ValueError("--case")
    place = bytes.fromhex(given.case.lower()[2:]), given.chain_id, given.register_number
    register, leaves = read(given.openings, _password(given), *place)
    dealer = Dealer(register, given.threshold, _transports(given.joins), _seed(given))
    content = b"".join(dealer.file(leaves))
    statement, folder = _statement(dealer, keccak(content)), given.folder
    if given.what == "make":
        (folder / FILE).write_bytes(content)
        (folder / BOXES).write_text(json.dumps({"boxes": [hex_of(box) for box in dealer.boxes]}), encoding="utf-8")
        (folder / STATEMENT).write_text(json.dumps(statement), encoding="utf-8")
        print(f"已写出 / written: {FILE}, {BOXES}, {STATEMENT}, {SEED}（签名后立即删除 / erase it once officials have signed）")
        return 0
    differing = _differing(dealer, leaves, statement, folder)
    print(f"不一致 / differs: {', '.join(differing)}" if differing else "每个字节都一致，可以签名 / the same to the byte: it can be signed")
    print(f"fileDigest {statement['file_digest']}  commitmentsHash {hex_of(joined_hash(dealer.commitments))}")
    return 1 if differing else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    given = _parser().parse_args(arguments)
    try:
        return run(given)
    except (OpeningsWrong, ValueError, KeyError, TypeError, NotAPoint, OSError) as error:
        print(f"无法办理，请核对所给文件和参数 / refused, check files and arguments: {type(error).__name__}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
