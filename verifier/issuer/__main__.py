"""`python -m verifier.issuer` serves; `--help` lists what else there is: log, identity-file, rotate, erase, retention, likenesses,
model, certificate, backup, restore."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.issuer.bindings.commands import add_identity_file, hand_in_file, make_file
from verifier.issuer.endings import address, in_words, noted_head

if TYPE_CHECKING:
    from verifier.issuer.service import Issuer
    from verifier.issuer.settings import IssuerSettings


def main(arguments: list[str] | None = None) -> int:
    """0 when all is well, 1 when something is not as it should be (said as JSON), 2 when the issuer cannot start."""
    asked = _parser().parse_args(arguments)
    os.umask(0o077)  # what the issuer writes is its user's alone
    from verifier.face.model_choice import ModelNotUsable
    from verifier.issuer.copies import CopyRefused
    from verifier.issuer.keys.keyring import KeyNotReadable
    from verifier.issuer.providers.protocol import ProviderNotUsable
    from verifier.issuer.roots.fingerprints import RootsNotUsable
    from verifier.issuer.settings import LivenessNeeded
    from verifier.issuer.store import DatabaseNotUsable

    try:
        return in_words(
            lambda: _COMMANDS[asked.command or "serve"](asked),
            let_through=(CopyRefused, DatabaseNotUsable, KeyNotReadable, LivenessNeeded, ModelNotUsable, ProviderNotUsable, RootsNotUsable),
        )
    except CopyRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except (DatabaseNotUsable, KeyNotReadable, LivenessNeeded, ModelNotUsable, ProviderNotUsable, RootsNotUsable) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m verifier.issuer", description="Issue credentials to lenders who were met.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve HTTP (the default)")
    log = commands.add_parser("log", help="examine the log, or write out what it has about a poll")
    wanted = log.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--check", action="store_true", help="check every entry and the chain of hashes")
    wanted.add_argument(
        "--poll", metavar="ADDRESS", type=address, help="write the entries about this poll, one a line, and a signed statement"
    )
    log.add_argument("--noted", metavar="SEQ:HASH", type=noted_head, help="with --check: a head noted earlier, which shows a cut-off end")
    add_identity_file(commands)
    commands.add_parser("rotate", help="wrap all data keys under a new master key and destroy the old one; goes on where it broke off")
    erase = commands.add_parser("erase", help="destroy stored faces and print the deletion certificate")
    erase.add_argument("--poll", metavar="ADDRESS", type=address, required=True, help="the poll's contract")
    erase.add_argument("--index", type=int, help="one lender only")
    erase.add_argument("--reason", choices=["operator", "consent_withdrawn", "poll_closed"], default="operator")
    commands.add_parser("retention", help="erase what is over, as the service does by itself")
    likenesses = commands.add_parser("likenesses", help="list whose faces on file look alike, signed, for officials to look into")
    likenesses.add_argument("--poll", metavar="ADDRESS", type=address, required=True, help="the poll's contract")
    likenesses.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help="where the list goes; it names pairs of lenders: keep it from others"
    )
    likenesses.add_argument("--most", type=int, default=500, help="so many pairs at most, the nearest first")
    model = commands.add_parser("model", help="which model compares a poll's faces, and which photos it lacks; --to changes it")
    model.add_argument("--poll", metavar="ADDRESS", type=address, required=True, help="the poll's contract")
    model.add_argument("--to", metavar="WAY", choices=["dlib", "sface"], help="change it, before any face of the poll was compared")
    model.add_argument("--out", metavar="FILE", type=Path, help="where the list of photos to ask for goes, one a line: index and hash")
    certificate = commands.add_parser("certificate", help="check a deletion certificate")
    certificate.add_argument("file", type=Path)
    certificate.add_argument("--verifier", metavar="ADDRESS", type=address, help="whose it has to be: the verifier that the poll names")
    backup = commands.add_parser("backup", help="copy the database, without the keys; the service may run")
    backup.add_argument("folder", type=Path, help="a new folder, or one that exists: then the copy in it is dated")
    backup.add_argument("--keep", type=int, default=0, help="in a folder that exists: how many copies stay; 0: all")
    restore = commands.add_parser("restore", help="put a copy in place of the database; the service must not run")
    restore.add_argument("folder", type=Path, help="the copy's folder")
    return parser


def _serve(_: argparse.Namespace) -> int:
    from verifier.issuer.copies import running
    from verifier.issuer.settings import IssuerSettings

    settings = IssuerSettings()
    settings.check_liveness()  # before anything is made
    with running(settings.data_dir):
        return _serve_with(settings)


def _serve_with(settings: IssuerSettings) -> int:
    import uvicorn

    from verifier.issuer.http.app import create_app

    app = create_app(settings)
    issuer = app.state.issuer
    nodes = ", ".join(issuer.organisations.left_out)
    print(f"issuer {issuer.address} at http://{settings.host}:{settings.port}, nodes of {nodes}", flush=True)
    for poll, model in issuer.models.others_in_use().items():
        print(f"poll {poll} was frozen with {model}: its faces are compared by that until it closes", flush=True)
    if not settings.cases:
        print("LENDERVOTE_ISSUER_CASES names no case: nothing will be signed", flush=True)
    # No access log: who asked for a credential, and when, is nobody's business but the log's.
    uvicorn.run(
        app, host=settings.host, port=settings.port, access_log=False, log_level="warning", limit_concurrency=256, server_header=False
    )
    return 0


def _with_issuer(work: Callable[[Issuer, argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def run(asked: argparse.Namespace) -> int:
        from verifier.issuer.service import Issuer
        from verifier.issuer.settings import IssuerSettings

        issuer = Issuer(IssuerSettings())
        try:
            return work(issuer, asked)
        finally:
            issuer.close()

    return run


def _log(issuer: Issuer, asked: argparse.Namespace) -> int:
    from verifier.issuer.log import LogBroken, LogHead

    if asked.poll:
        for line in issuer.log_export.whole(asked.poll.lower()):
            print(line)
        return 0
    seq, _, digest = (asked.noted or "0:").partition(":")
    try:
        head = issuer.verify_log(LogHead(int(seq), digest))
    except LogBroken as broken:
        print(json.dumps({"log": "broken", "entry": broken.seq, "rule": broken.rule}))
        return 1
    print(json.dumps({"log": "whole", "entries": head.seq, "head": head.hash}))
    return 0


def _identity_file(asked: argparse.Namespace) -> int:
    return make_file(asked) if asked.step == "make" else _with_issuer(hand_in_file)(asked)


def _rotate(issuer: Issuer, _: argparse.Namespace) -> int:
    from rich.progress import Progress

    from verifier.issuer.keys.master_keys import RotationNotPossible
    from verifier.issuer.keys.templates import TemplateNotOpened

    with Progress(disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("data keys", total=None)
        try:
            done = issuer.rotate(lambda count: progress.advance(task, count))
        except (RotationNotPossible, TemplateNotOpened) as error:
            print(json.dumps({"rotated": False, "rule": type(error).__name__, "why": str(error)}))
            return 1
    print(json.dumps({"rotated": True, "rewrapped": done.rewrapped, "master_key": done.current, "retired": done.retired}))
    return 0


def _erase(issuer: Issuer, asked: argparse.Namespace) -> int:
    certificate = issuer.erase(asked.poll.lower(), asked.reason, asked.index)
    print(json.dumps(certificate or {"erased": 0}, sort_keys=True))
    return 0


def _retention(issuer: Issuer, _: argparse.Namespace) -> int:
    done = issuer.retention.round()
    print(json.dumps(done, sort_keys=True))
    return 1 if done["polls_not_read"] else 0


def _likenesses(issuer: Issuer, asked: argparse.Namespace) -> int:
    from rich.progress import Progress

    from verifier.issuer.errors import IssuerError

    with Progress(disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("lenders", total=None)
        try:
            found = issuer.likenesses.make(asked.poll.lower(), asked.most, lambda count: progress.advance(task, count))
        except (IssuerError, ValueError) as error:
            print(json.dumps({"listed": False, "rule": type(error).__name__, "why": str(error)}))
            return 1
    asked.out.touch(mode=0o600)
    asked.out.write_text(json.dumps(found, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8")
    facts = {key: found[key] for key in ("searched", "expected_false_milli")}
    print(json.dumps({"listed": len(found["pairs"]), **facts, "file": asked.out.name}))
    return 0


def _model(issuer: Issuer, asked: argparse.Namespace) -> int:
    from rich.progress import Progress

    from verifier.face.model_choice import OF_WAYS
    from verifier.issuer.errors import IssuerError

    poll, done = asked.poll.lower(), {}
    with Progress(disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("photos", total=None)
        try:
            if asked.to:
                done = issuer.model_change.make(poll, OF_WAYS[asked.to], lambda count: progress.advance(task, count))
            missing = issuer.model_change.missing(poll)
        except IssuerError as error:
            print(json.dumps({"changed": False, "rule": error.code, "why": str(error)}))
            return 1
    if asked.out:
        asked.out.touch(mode=0o600)
        asked.out.write_text("".join(json.dumps(one, sort_keys=True) + "\n" for one in missing), "utf-8")
    print(json.dumps({"model": issuer.models.room_at(poll).model_id, **done, "photos_to_ask_for": len(missing)}))
    return 0


def _certificate(asked: argparse.Namespace) -> int:
    from verifier.issuer.statements import StatementBroken, check

    try:
        statement = json.loads(asked.file.read_text("utf-8"))
        signer = check(statement, "deletion", asked.verifier)
    except (StatementBroken, OSError, ValueError) as error:
        print(json.dumps({"certificate": "broken", "why": str(error)}))
        return 1
    facts = {key: statement.get(key) for key in ("poll", "scope", "reason", "erased_at", "count", "lenders")}
    print(json.dumps({"certificate": "whole", "verifier": signer, **facts}))
    return 0


def _backup(asked: argparse.Namespace) -> int:
    from verifier.issuer.copies import back_up
    from verifier.issuer.settings import IssuerSettings

    print(json.dumps(back_up(IssuerSettings().data_dir, asked.folder, max(asked.keep, 0))))
    return 0


def _restore(asked: argparse.Namespace) -> int:
    from verifier.issuer.copies import restore
    from verifier.issuer.keys.keyring import missing_keys, without_keys
    from verifier.issuer.settings import IssuerSettings

    settings = IssuerSettings()
    done = restore(settings.data_dir, asked.folder)
    missing = missing_keys(settings)
    print(json.dumps(done | {"keys_missing": missing}))
    if missing:
        print(without_keys(missing), file=sys.stderr)
    return 1 if missing else 0


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "serve": _serve,
    "log": _with_issuer(_log),
    "identity-file": _identity_file,
    "rotate": _with_issuer(_rotate),
    "erase": _with_issuer(_erase),
    "retention": _with_issuer(_retention),
    "likenesses": _with_issuer(_likenesses),
    "model": _with_issuer(_model),
    "certificate": _certificate,
    "backup": _backup,
    "restore": _restore,
}


if __name__ == "__main__":
    sys.exit(main())
