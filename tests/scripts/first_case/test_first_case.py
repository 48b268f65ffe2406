"""What `make first-case` counts: a step without its words in a document is undocumented, and the guide's commands are all run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scripts.first_case import documents, places
from scripts.first_case.announcement import times
from scripts.first_case.documents import GUIDE, LENDER, OFFICIAL, README
from scripts.first_case.machine import Machine, settings_of
from scripts.first_case.places import Places
from scripts.first_case.record import Record, StepFailed
from scripts.first_case.terminal import AGAIN, PASSWORD, CommandFailed, run

CHAPTERS = Path(documents.ROOT / "scripts" / "first_case")
#: What root does with the machine itself, or what stands for another machine; `systemctl` is followed by starting the units' own programs.
NOT_RUN = {
    "apt-get install -y git make nodejs npm python3 python3-venv sudo fonts-noto-cjk nginx": "the machine's packages",
    "cp -r CHECKOUT /opt/lendervote": "the checkout itself stands for /opt/lendervote",
    "ln -s /opt/lendervote/.venv/bin/lendervote /usr/local/bin/lendervote": "the environment's program is called by its path",
    "install -D -m 644 /opt/lendervote/deploy/systemd/lendervote-users.conf "
    "/etc/sysusers.d/lendervote-users.conf": "users are made by root",
    "systemd-sysusers": "users are made by root",
    "cp /opt/lendervote/deploy/systemd/lendervote-verifier*.service /opt/lendervote/deploy/systemd/lendervote-verifier*.timer "
    "/etc/systemd/system/": "units are read where they are",
    "cp /opt/lendervote/deploy/systemd/lendervote.service /opt/lendervote/deploy/systemd/lendervote-backup.* "
    "/etc/systemd/system/": "units are read where they are",
    "cd /var/lib/lendervote": "the backend's shell is there",
    "lendervote account create wang --role institution --handed-over": "written in pieces: role and name differ from case to case",
    "lendervote account create li --role official --handed-over": "the same",
    "lendervote restore COPY": "on another machine, once",
    "python -m verifier.issuer restore COPY": "on another machine, once",
    "install -m 600 -o lendervote -g lendervote KEYS/field.key KEYS/relay.key /var/lib/lendervote/secrets/": "the same, as root",
    "chown -R lendervote:lendervote COPY": "the same, as root",
    "install -m 600 -o lendervote-verifier -g lendervote-verifier KEYS/issuer.key KEYS/reference.key KEYS/operator_token "
    "/var/lib/lendervote-verifier/": "the same, as root",
    "chown -R lendervote-verifier:lendervote-verifier COPY": "the same, as root",
}


def steps_of(record: Record) -> tuple[int, int]:
    told = record.summary()
    assert isinstance(told["steps"], int)
    assert isinstance(told["undocumented_steps"], int)
    return told["steps"], told["undocumented_steps"]


def test_a_step_whose_sentence_command_or_button_is_in_no_document_counts_as_undocumented() -> None:
    record = Record()
    with record.step("good", GUIDE, "so nothing built elsewhere is trusted") as step:
        step.follow_command("lendervote init")
        step.follow_button("提出冻结登记表", OFFICIAL)
    assert steps_of(record) == (1, 0)
    with record.step("no such sentence", GUIDE, "press any key to make votes"):
        pass
    with record.step("no such command", GUIDE, "so nothing built elsewhere is trusted") as step:
        step.follow_command("lendervote init --force")
    with record.step("no such button", OFFICIAL, "与机构账目核对合计金额") as step:
        step.follow_button("直接冻结")
    with record.step("another role's button", LENDER, "按一次就够，多按也只算一张") as step:
        step.follow_button("提出冻结登记表")
    assert steps_of(record) == (5, 4)
    assert [step.name for step in record.undocumented] == ["no such sentence", "no such command", "no such button", "another role's button"]


def test_a_command_in_prose_only_mentioned_in_part_is_not_documented() -> None:
    assert documents.has_command(GUIDE, "lendervote doctor --real")
    assert not documents.has_command(GUIDE, "lendervote doctor --rea")
    assert not documents.has_command(GUIDE, "doctor --real --yes")
    assert not documents.says(GUIDE, " ")


def test_a_label_with_a_part_that_differs_is_found_by_the_manuals_dots() -> None:
    assert documents.names_button(LENDER, "确认投“同意”票")
    assert not documents.names_button(LENDER, "确认撤“同意”票")
    assert not documents.names_button(LENDER, "确认投票")


def test_a_failed_step_is_named_in_the_last_line(tmp_path: Path) -> None:
    record = Record()
    with pytest.raises(StepFailed) as failed, record.step("this one", GUIDE, "so nothing built elsewhere is trusted"):
        raise CommandFailed("no")
    told = record.summary(failed.value.name)
    assert (told["failed"], told["recount"], told["steps"]) == ("this one", "none", 1)


def test_the_recounts_word_is_what_all_of_them_printed() -> None:
    record = Record()
    record.recounts += ["agrees", "agrees"]
    assert record.summary()["recount"] == "agrees"
    record.recounts.append("not proved")
    assert record.summary()["recount"] == "differs"


def test_nothing_is_done_outside_of_a_step() -> None:
    with pytest.raises(RuntimeError):
        _ = Record().now


def written_down() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(CHAPTERS.glob("*.py")))


def test_every_command_of_the_guide_is_run_or_said_why_not() -> None:
    sources = written_down()
    lines = {line for block in documents.blocks(GUIDE) for line in block.splitlines()}
    left = {line for line in lines if not line.startswith("install -d ") and line not in NOT_RUN and f'"{line}"' not in sources}
    assert left == set()
    assert set(NOT_RUN) <= lines, "the reasons are about commands of the guide"


def test_every_sentence_that_a_chapter_follows_stands_in_its_document() -> None:
    named = {"GUIDE": GUIDE, "README": README, "OFFICIAL": OFFICIAL, "LENDER": LENDER}
    named |= {"INSTITUTION": documents.INSTITUTION, "ADMINISTRATOR": documents.ADMINISTRATOR, "VERIFIER": documents.VERIFIER}
    found = re.findall(r'\b(GUIDE|README|OFFICIAL|INSTITUTION|ADMINISTRATOR|LENDER|VERIFIER), "([^"\n]+)"', written_down())
    assert len(found) > 40
    assert [(name, sentence) for name, sentence in found if not documents.says(named[name], sentence)] == []


def test_only_folders_of_the_guide_are_put_elsewhere(tmp_path: Path) -> None:
    here = Places.below(tmp_path / "empty")
    guide = documents.text_of(GUIDE)
    assert all(folder in guide for folder in here.mapping)
    assert all(name in guide for name in places.NAMES)
    assert here.here("/var/lib/lendervote-verifier /var/lib/lendervote-journal") == (
        f"{tmp_path}/empty/var/lib/lendervote-verifier {here.journal}/lendervote-journal"
    )
    here.journal.rmdir()


def test_a_first_case_begins_with_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    with pytest.raises(FileExistsError):
        Places.below(tmp_path)


def test_a_hidden_question_is_answered_when_the_terminal_listens(tmp_path: Path) -> None:
    program = "import getpass, sys; a = getpass.getpass('Password: '); b = getpass.getpass('Repeat: '); print(a + b)"
    done = run([sys.executable, "-c", program], os.environ, tmp_path, [(PASSWORD, "one"), (AGAIN, "two")])
    assert (done.status, done.last_line) == (0, "onetwo")
    assert "one" not in done.asked


def test_another_status_than_expected_is_a_failure(tmp_path: Path) -> None:
    record = Record()
    machine = Machine(record, Places(tmp_path, tmp_path), os.environ, tmp_path)
    with pytest.raises(CommandFailed, match="ended with 3"):
        machine.run([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(CommandFailed, match="has no"):
        machine.here("lendervote init", {"CLAIMS": "x"})


def test_a_machines_settings_are_the_same_for_systemd_and_for_a_shell(tmp_path: Path) -> None:
    """The guide has the reader load the same file by hand: what the shell makes of it is what the service gets."""
    for block in documents.blocks(GUIDE, "ini"):
        file = tmp_path / "settings.env"
        file.write_text(block)
        command = [
            "env",
            "-i",
            "bash",
            "-ec",
            f"set -a; . {file}; set +a; {sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        by_shell = {name: value for name, value in json.loads(done.stdout).items() if name.startswith("LENDERVOTE_")}
        assert by_shell == settings_of(block)


def test_every_command_that_a_chapter_types_stands_in_a_document() -> None:
    found = re.findall(r'(?:machine|backend|verifier|auditor|now)\.(?:type|follow|follow_command|load)\(\s*"([^"\n]+)"', written_down())
    assert len(found) > 15
    read = (GUIDE, README, documents.AUDITOR, documents.VERIFIER, OFFICIAL)
    assert [command for command in found if not any(documents.has_command(document, command) for document in read)] == []


def test_a_real_poll_keeps_its_days_and_a_rehearsal_its_minutes() -> None:
    now = datetime(2027, 3, 1, 8, 30, 59, tzinfo=UTC)
    opens, closes, objection = times(now, 4, rehearsal=False)
    assert opens - now > timedelta(days=15)
    assert (closes - opens, objection) == (timedelta(days=7), "15")
    opens, closes, objection = times(now, 9, rehearsal=True)
    assert timedelta(minutes=1) <= opens - now <= timedelta(minutes=2)
    assert (closes - opens, objection, opens.second) == (timedelta(minutes=5), "1", 0)
