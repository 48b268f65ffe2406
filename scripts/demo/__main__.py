"""`python -m scripts.demo`: one JSON line at the end; exit 0 only if the recount agrees."""

from __future__ import annotations

import argparse

from scripts.demo.story import run

parser = argparse.ArgumentParser(prog="python -m scripts.demo", description=__doc__)
parser.add_argument("--lenders", type=int, default=400)
parser.add_argument("--seed", type=int, default=20201)
parser.add_argument("--keep", action="store_true", help="leave the app running at the end")
parser.add_argument("--open", action="store_true", help="an open poll, whose choices can be read while it runs, in place of a sealed one")
arguments = parser.parse_args()
raise SystemExit(run(arguments.lenders, keep=arguments.keep, seed=arguments.seed, sealed=not arguments.open))
