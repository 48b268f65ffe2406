"""The systemd units are read by systemd itself; nothing runs as root, and backend and verifier are two users."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.suffix in {".service", ".timer"})


def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed; on Debian: apt-get install systemd")
    installed = tmp_path / "opt"
    (installed / ".venv" / "bin").mkdir(parents=True)
    for program in ("python", "lendervote"):
        (installed / ".venv" / "bin" / program).symlink_to("/bin/true")
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/lendervote", str(installed)))
    copies = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *copies], capture_output=True, text=True, check=False, timeout=60)
    ours = [line for line in done.stderr.splitlines() if "lendervote" in line]
    assert (done.returncode, ours) == (0, [])


def test_services_have_users_of_their_own_and_nothing_to_climb_with() -> None:
    users = {}
    for unit in UNITS:
        lines = dict(line.split("=", 1) for line in unit.read_text().splitlines() if "=" in line)
        if unit.suffix == ".service":
            users[unit.stem] = lines["User"]
            assert (lines["NoNewPrivileges"], lines["ProtectSystem"], lines["CapabilityBoundingSet"]) == ("yes", "strict", ""), unit.name
    assert users["lendervote"] != users["lendervote-verifier"]
    assert "root" not in users.values()
    made = (DEPLOY / "systemd" / "lendervote-users.conf").read_text()
    assert all(f"u {user} " in made for user in users.values())
