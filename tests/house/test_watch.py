"""Nothing in a vote can reach what machines notice, and everything else works where the models' library is not installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp

from backend.watch.flags.rules.bounds import rules_hash

ROOT = Path(__file__).resolve().parents[2]
BELOW = ("vote", "case", "people", "ground", "public")
#: What a vote needs of flags is nothing: with the room gone all below imports as before.
WITHOUT_FLAGS = """
import sys
sys.modules["backend.watch"] = None
import backend.vote.tally.service, backend.vote.ballots.service, backend.vote.approvals.service, backend.vote.polls.service
import backend.public.publication.service, backend.public.certificates.service
"""
WITHOUT_NUMPY = """
import sys
sys.modules["numpy"] = None
import backend.app
from backend.watch.outlook.service import OutlookService
assert "backend.watch.outlook.models" not in sys.modules
"""


def test_no_path_of_imports_leads_from_a_vote_to_a_watch() -> None:
    graph = grimp.build_graph("backend")
    assert {"backend.watch.outlook.service", "backend.watch.flags.service"} <= graph.modules
    starts = [module for module in graph.modules if module.split(".")[1:2] and module.split(".")[1] in BELOW]
    assert len(starts) > 100, "the graph was not built"
    reached = {module for module in starts for found in graph.find_downstream_modules("backend.watch", as_package=True) if found == module}
    assert reached == set()


def test_no_module_of_the_service_leads_to_a_model() -> None:
    graph = grimp.build_graph("backend")
    users = graph.find_downstream_modules("backend.watch.outlook.models", as_package=True)
    assert {module for module in users if not module.startswith("backend.watch.outlook.models")} == set()


def test_the_service_starts_without_the_models_library() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_NUMPY], check=True, cwd=ROOT)


def test_a_vote_works_without_anything_that_watches() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_FLAGS], check=True, cwd=ROOT)


def test_rules_of_flags_import_nothing_that_learns_or_looks_elsewhere() -> None:
    graph = grimp.build_graph("backend", include_external_packages=True)
    rules = {module for module in graph.modules if module.startswith("backend.watch.flags.rules")}
    assert len(rules) > 5
    allowed = ("backend.watch.flags.rules", "backend.ground.common", *sys.stdlib_module_names)
    used = {found for module in rules for found in graph.find_modules_directly_imported_by(module)}
    assert {module for module in used if not module.startswith(allowed)} == set()


def test_flags_know_no_choice() -> None:
    for path in sorted((ROOT / "backend/watch/flags").rglob("*.py")):
        assert ".choice" not in path.read_text("utf-8"), path


def test_the_card_of_flags_is_about_the_rules_there_are() -> None:
    assert "0x" + rules_hash().hex() in (ROOT / "docs/flags.md").read_text("utf-8")
