"""What goes into the wheel: the packages, their data, and what was compiled and bundled before (`make setup`).

The folder `scripts` keeps its name in a checkout. What of it belongs to an installation is installed under the project's name:
`lendervote.cli` and `lendervote.evidence`, which import each other by relative paths. Everything else is in pyproject.toml.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
COMMANDS = ("cli", "cli.sampling", "evidence")
DATA = {
    "backend": [
        *("**/*.html", "**/*.json", "**/*.css", "**/*.svg", "**/*.txt", "**/*.typ", "**/*.mako"),
        "ground/db/migrations/**/*.py",
        "web/static/dist/*.js",
    ],
    "verifier": ["**/*.json", "**/*.txt", "web/*", "issuer/migrations/**/*.py"],
}


class BuildWithContracts(build_py):
    """Puts the compiled contracts beside the module that reads them."""

    def run(self) -> None:
        """Copy packages, data and contracts; refused where nothing was compiled."""
        super().run()
        if self.editable_mode:
            return
        compiled, pages = ROOT / "build" / "contracts", ROOT / "backend" / "web" / "static" / "dist"
        if not (compiled / "Poll.json").is_file() or not (pages / "manifest.json").is_file():
            raise SystemExit("contracts or pages are not built: run `make setup` first")
        folder = Path(self.build_lib) / "backend" / "ground" / "chain" / "compiled"
        shutil.copytree(compiled, folder, ignore=shutil.ignore_patterns("standard-input.json", "*.sha256"), dirs_exist_ok=True)


setup(
    packages=[*find_packages(include=["backend*", "verifier*"]), "lendervote", *(f"lendervote.{name}" for name in COMMANDS)],
    package_dir={"lendervote": "scripts"},
    package_data=DATA,
    include_package_data=False,
    cmdclass={"build_py": BuildWithContracts},
)
