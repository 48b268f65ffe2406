"""`python -m scripts.build.openapi`: writes `docs/openapi.json`, the API as programs read it; a test tells when it is out of date."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from backend.app import create_app
from backend.ground.common.settings import Settings

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def document() -> str:
    """The document as text, the same on every machine."""
    with TemporaryDirectory(prefix="openapi-") as folder:
        settings = Settings(data_dir=Path(folder), database_url="")
        return json.dumps(create_app(settings).openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the snapshot and say how much there is."""
    text = document()
    SNAPSHOT.write_text(text)
    print(json.dumps({"file": SNAPSHOT.name, "calls": sum(len(methods) for methods in json.loads(text)["paths"].values())}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
