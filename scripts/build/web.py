"""Bundle the pages' modules with the bundler of node_modules into backend/web/static/dist.

Run `python -m scripts.build.web`; it does nothing when no source has changed.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from scripts.build import trustee_page

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "backend" / "web"
OUTPUT = WEB / "static" / "dist"
BUNDLER = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
ENTRIES = ("booth", "officials", "institution", "administrator", "public", "complaint", "flags", "trustee")
#: Phones of about 2020 and later; the bundler rewrites newer syntax for them.
BROWSERS = "chrome80,safari15,firefox78"


class PagesNotBuilt(Exception):
    """The bundler refused our sources or warned about them, or is not installed."""


def build(*, force: bool = False) -> Path:
    """Bundle every entry unless the same sources are bundled already.

    Returns the folder with one `<entry>.js` each, `trustee.html`, and `manifest.json` (file name to `sha384-…`, as browsers check it);
    raises PagesNotBuilt.
    """
    stamp = _stamp()
    stamp_file = OUTPUT / "sources.sha256"
    if not force and stamp_file.exists() and stamp_file.read_text() == stamp:
        return OUTPUT
    if not BUNDLER.exists():
        raise PagesNotBuilt("node_modules has no esbuild: run `npm ci --ignore-scripts` (make setup does it)")
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUTPUT.parent, prefix=".dist-") as folder:
        fresh = Path(folder) / "dist"
        _bundle(fresh)
        manifest = {path.name: _integrity(path) for path in sorted(fresh.glob("*.js"))}
        trustee_page.write(fresh, fresh / trustee_page.NAME)
        (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
        (fresh / "sources.sha256").write_text(stamp)
        # The whole folder changes at once, so that a page never gets half a build.
        shutil.rmtree(OUTPUT, ignore_errors=True)
        fresh.rename(OUTPUT)
    return OUTPUT


def _stamp() -> str:
    files = [*sorted((WEB / "src").rglob("*.js*")), *sorted((WEB / "messages").glob("*.json")), ROOT / "package-lock.json", Path(__file__)]
    files += [trustee_page.TEMPLATE, trustee_page.STYLE, Path(trustee_page.__file__)]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _bundle(folder: Path) -> None:
    command = [
        str(BUNDLER),
        *(str(WEB / "src" / "entries" / f"{entry}.js") for entry in ENTRIES),
        "--bundle",
        "--minify",
        "--format=esm",
        "--charset=utf8",
        "--legal-comments=none",
        "--log-level=warning",
        "--color=false",
        f"--target={BROWSERS}",
        f"--outdir={folder}",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0 or done.stderr.strip():
        raise PagesNotBuilt(done.stderr.strip() or f"the bundler ended with {done.returncode}")


def _integrity(path: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def main() -> None:
    """Build, then print the bytes of every bundle."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build.web", description=__doc__)
    parser.add_argument("--force", action="store_true", help="bundle even if nothing changed")
    folder = build(force=parser.parse_args().force)
    print(json.dumps({"bundle_bytes": {path.name: path.stat().st_size for path in sorted(folder.glob("*.js"))}}))


if __name__ == "__main__":
    main()
