"""`python -m verifier.issuer` serves; `log --check` examines the log; `references --erase POLL` erases a poll's references."""

from __future__ import annotations

import argparse
import json
import sys


def main(arguments: list[str] | None = None) -> int:
    """0 when all is well, 1 when the log is broken, 2 when the issuer cannot start."""
    parser = argparse.ArgumentParser(prog="python -m verifier.issuer", description="Issue credentials to lenders who were met.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve HTTP (the default)")
    log = commands.add_parser("log", help="examine the log")
    log.add_argument("--check", action="store_true", required=True, help="check every entry and the chain of hashes")
    log.add_argument("--noted", metavar="SEQ:HASH", help="a head noted earlier, which shows a cut-off end")
    references = commands.add_parser("references", help="sealed reference templates")
    references.add_argument("--erase", metavar="POLL", required=True, help="erase those of one poll")
    asked = parser.parse_args(arguments)
    from verifier.issuer.keyring import KeyNotReadable

    try:
        return _serve() if asked.command in {None, "serve"} else _examine(asked)
    except KeyNotReadable as error:
        print(error, file=sys.stderr)
        return 2


def _serve() -> int:
    import uvicorn

    from verifier.issuer.app import create_app
    from verifier.issuer.settings import IssuerSettings

    settings = IssuerSettings()
    app = create_app(settings)
    print(f"issuer {app.state.issuer.address} at http://{settings.host}:{settings.port}, chain {settings.rpc_url}", flush=True)
    # No access log: who asked for a credential, and when, is nobody's business but the log's.
    uvicorn.run(
        app, host=settings.host, port=settings.port, access_log=False, log_level="warning", limit_concurrency=256, server_header=False
    )
    return 0


def _examine(asked: argparse.Namespace) -> int:
    from verifier.issuer.log import LogBroken, LogHead
    from verifier.issuer.service import Issuer
    from verifier.issuer.settings import IssuerSettings

    issuer = Issuer(IssuerSettings())
    try:
        if asked.command == "references":
            print(json.dumps({"erased": issuer.erase_references(asked.erase.lower())}))
            return 0
        seq, _, digest = (asked.noted or "0:").partition(":")
        head = issuer.verify_log(LogHead(int(seq), digest))
    except LogBroken as broken:
        print(json.dumps({"log": "broken", "entry": broken.seq, "rule": broken.rule}))
        return 1
    finally:
        issuer.close()
    print(json.dumps({"log": "whole", "entries": head.seq, "head": head.hash}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
