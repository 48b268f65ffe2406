"""Nothing in a vote can reach what machines notice, and everything else works where the models' library is not installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
BELOW = ("vote", "case", "people", "ground", "public")
WITHOUT_NUMPY = """
import sys
sys.modules["numpy"] = None
import backend.app
from backend.watch.outlook.service import OutlookService
assert "backend.watch.outlook.models" not in sys.modules
"""


def test_no_path_of_imports_leads_from_a_vote_to_a_watch() -> None:
    graph = grimp.build_graph("backend")
    assert "backend.watch.outlook.service" in graph.modules
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
