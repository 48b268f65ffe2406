"""Authorities are asked within bounds, and only what a recount would take is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.ground.common.settings import Settings
from backend.vote.stamps.authorities import Authority, read_authorities
from backend.vote.stamps.errors import AuthorityNotStamping, StampSettingsWrong
from scripts.rig.stamp_authority import Authority as Demo
from scripts.rig.stamp_authority import Service


@pytest.fixture(scope="module")
def demo() -> Demo:
    return Demo.new("one")


def asked(service: Service, demo: Demo) -> Authority:
    return Authority("one", service.url, (demo.root,))


def test_a_stamp__has_the_authoritys_time(demo: Demo) -> None:
    with Service(demo, clock=lambda: 1_800_000_000) as service:
        assert asked(service, demo).stamp(b"words").at == datetime.fromtimestamp(1_800_000_000, UTC)


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        (lambda _: b"", "parse"),
        (lambda _: b"\0" * 20_000, "too long"),
        (lambda answer: answer[:-1] + bytes([answer[-1] ^ 1]), "verify"),
    ],
)
def test_a_wrong_answer__is_refused_with_its_reason(demo: Demo, spoiled: object, reason: str) -> None:
    with Service(demo, spoil=spoiled) as service, pytest.raises(AuthorityNotStamping, match=reason):  # type: ignore[arg-type]
        asked(service, demo).stamp(b"words")


def test_another_authority_or_none__is_refused(demo: Demo) -> None:
    with Service(Demo.new("two")) as service, pytest.raises(AuthorityNotStamping):
        asked(service, demo).stamp(b"words")
    with pytest.raises(AuthorityNotStamping, match="ConnectError"):
        Authority("one", "http://127.0.0.1:9/", (demo.root,)).stamp(b"words")


def test_settings__name_an_address_and_a_root_each(tmp_path: Path, demo: Demo) -> None:
    (tmp_path / "one.pem").write_bytes(demo.pem())
    (found,) = read_authorities(Settings(stamp_authorities="one=http://127.0.0.1:1/a=b", stamp_certificates=f"one={tmp_path}/one.pem"))
    assert (found.name, found.url, found.roots) == ("one", "http://127.0.0.1:1/a=b", (demo.root,))
    assert read_authorities(Settings()) == []
    for urls, files in (
        ("one=http://a", ""),
        ("one", "one=x"),
        ("one=ftp://a", f"one={tmp_path}/one.pem"),
        ("one=http://a", "one=/nowhere"),
        ("one=http://a,one=http://b", "one=x"),
    ):
        with pytest.raises(StampSettingsWrong):
            read_authorities(Settings(stamp_authorities=urls, stamp_certificates=files))
