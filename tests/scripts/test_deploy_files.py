"""systemd and docker-compose read what we give them; nothing runs as root, and backend and verifier are two users."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from backend.ground.common.settings import Settings
from verifier.issuer.settings import IssuerSettings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
WANTED = {
    "POSTGRES_PASSWORD": "x",
    "LENDERVOTE_RPC_URL": "http://a,http://b",
    "LENDERVOTE_ISSUER_CASES": "ab12 cd34 ef56 7890 ab12 cd34 ef56 7890",
    "LENDERVOTE_ISSUER_RPC_URLS": "Court=http://c, 某协会=http://d",
    "LENDERVOTE_PUBLIC_URL": "https://vote.test",
    "LENDERVOTE_PUBLIC_VERIFIER_URL": "https://face.test",
    "LENDERVOTE_HOTLINE": "400-000-0000",
}
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


def compose_config(settings: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """What docker-compose makes of the file, with these settings and none of the caller's own."""
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not installed; on Debian: apt-get install docker-compose")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("POSTGRES", "LENDERVOTE"))}
    command = ["docker-compose", "-f", str(DEPLOY / "compose.yaml"), "config", *options]
    return subprocess.run(command, env=bare | settings, capture_output=True, text=True, check=False, timeout=60)


def test_compose_understands_the_file_and_no_service_is_root() -> None:
    whole = compose_config(WANTED, "--no-interpolate")
    assert whole.returncode == 0, whole.stderr
    users = re.findall(r"^    user: (\S+)$", whole.stdout, re.MULTILINE)
    services = re.findall(r"^  (\w+):$", whole.stdout.split("services:")[1].split("\nvolumes:")[0].split("\nversion:")[0], re.MULTILINE)
    assert len(users) == len(services) == 3
    assert len(set(users)) == 3, "backend, verifier and database are three users"
    assert not {"root", "0", "0:0"} & set(users)


@pytest.mark.parametrize("left_out", WANTED)
def test_compose_starts_nothing_without_what_phones_and_lenders_need(left_out: str) -> None:
    done = compose_config({name: value for name, value in WANTED.items() if name != left_out})
    assert done.returncode != 0
    assert left_out in done.stderr


def test_compose_lets_the_voting_page_ask_the_verifier() -> None:
    done = compose_config(WANTED)
    assert done.returncode == 0, done.stderr
    assert re.search(r"LENDERVOTE_ISSUER_ALLOWED_ORIGINS: .*https://vote\.test", done.stdout)
    assert re.search(r"LENDERVOTE_PUBLIC_VERIFIER_URL: .?https://face\.test", done.stdout)
    assert re.search(r"LENDERVOTE_ISSUER_PRODUCTION: .?true", done.stdout)
    assert re.search(r"LENDERVOTE_ISSUER_ONE_NODE: .?no", done.stdout), "two organisations, unless somebody says otherwise"


@pytest.mark.parametrize(
    ("service", "prefix", "settings"), [("backend", "LENDERVOTE_", Settings), ("verifier", "LENDERVOTE_ISSUER_", IssuerSettings)]
)
def test_every_setting_passes_through_compose(service: str, prefix: str, settings: type[Settings | IssuerSettings]) -> None:
    block = (DEPLOY / "compose.yaml").read_text().split(f"\n  {service}:\n")[1].split("\n    volumes:")[0]
    passed = set(re.findall(r"^      (LENDERVOTE_\w+):", block, re.MULTILINE))
    assert passed == {prefix + name.upper() for name in settings.model_fields}


def test_a_setting_of_the_env_file_reaches_its_service_and_one_that_is_not_there_keeps_its_default() -> None:
    done = compose_config(WANTED | {"LENDERVOTE_ANCHOR_SECONDS": "123", "LENDERVOTE_ISSUER_SIGNAL_DAYS": "7"})
    assert done.returncode == 0, done.stderr
    assert re.search(r"LENDERVOTE_ANCHOR_SECONDS: .?123", done.stdout)
    assert re.search(r"LENDERVOTE_ISSUER_SIGNAL_DAYS: .?7", done.stdout)
    assert not re.search(r"LENDERVOTE_(ISSUER_)?\w+: [\"']{2}$", done.stdout, re.MULTILINE), "an empty word is no default"


def test_units_load_the_file_that_the_command_line_reads() -> None:
    for unit in UNITS:
        if unit.suffix == ".service":
            file = "verifier.env" if "verifier" in unit.name else "backend.env"
            assert f"EnvironmentFile=/etc/lendervote/{file}\n" in unit.read_text(), unit.name
    from backend.ground.common.settings import USUAL_FILES

    assert Path("/etc/lendervote/backend.env") in USUAL_FILES
