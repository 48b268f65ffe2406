"""An official of the demo checks a register before signing it: with the officials' own tool, on the files that the desk hands out."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scripts.rig.api import Api
from verifier.ranges.file import NAME
from verifier.register.check import Check, Task
from verifier.register.freeze import Place, check_code
from verifier.register.report import Outcome, sentence_of

KIND = "register_freeze"


def check_code_of(api: Api, act: dict[str, Any]) -> str:
    """The tool's check code for an act that freezes a register. Raises: RuntimeError when the tool finds anything wrong."""
    with TemporaryDirectory(prefix="lendervote-check-") as folder:
        outcome = check(api, act, Path(folder))
    if outcome.status or outcome.worked_out is None:
        raise RuntimeError("\n".join(sentence_of(finding, "en") for finding in outcome.findings.listed[:10]))
    return check_code(outcome.worked_out.digest)


def check(api: Api, act: dict[str, Any], folder: Path) -> Outcome:
    """Download the files and the act, and run the tool on them."""
    claims, openings, shown = folder / "claims", folder / "openings.lvo", folder / "act.json"
    proofs, place = folder / NAME, place_of(act["typed_data"])
    if place.protocol > 1:
        proofs.write_bytes(api.download(f"/api/acts/{act['id']}/range-proofs"))
    claims.write_bytes(api.download(f"/api/acts/{act['id']}/claims-file"))
    content, headers = api.fetch("POST", f"/api/acts/{act['id']}/openings-file")
    openings.write_bytes(content)
    shown.write_text(json.dumps(api.get(f"/api/acts/{act['id']}"), ensure_ascii=False), encoding="utf-8")
    return Check(
        Task(
            claims=claims,
            openings=openings,
            password=headers["x-openings-password"],
            place=place,
            with_related=act["summary"]["with_related"],
            act=shown,
            quiet=True,
            range_proofs=proofs if place.protocol > 1 else None,
        )
    ).run()


def place_of(typed_data: dict[str, Any]) -> Place:
    """What an official reads from the working group's paper; the demo has none, and takes it from the act."""
    domain, message = typed_data["domain"], typed_data["message"]
    case = bytes.fromhex(str(domain["verifyingContract"]).removeprefix("0x"))
    protocol = 5 if "classNamesHash" in message else 1
    return Place(case, int(domain["chainId"]), int(message["registerNumber"]), protocol)
