"""Signatures and answers as the providers document them; each signature is checked by code of the rig's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from scripts.rig.providers import KEY_ID, KEY_SECRET, Manners, Providers
from verifier.gateways import aliyun, tencent
from verifier.gateways.answers import Gateway, Message, Outcome, ReportNotReadable, Sending, Sight
from verifier.gateways.building import ProviderUnknown, gateway_of

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
FIELDS = {"poll": "清偿方案", "link": "https://vote.example.cn/n/abc234def567"}


@pytest.fixture
def providers() -> Iterator[Providers]:
    made = Providers()
    made.now = lambda: NOW
    made.start()
    yield made
    made.stop()


def gateway(providers: Providers, provider: str, secret: str = KEY_SECRET) -> Gateway:
    entry = {
        "provider": provider, "url": providers.url, "key_id": KEY_ID, "key_secret": secret, "sign_name": "出借人表决",
        "app_id": "1400000000", "shown_number": "057100000000",
    }  # fmt: skip
    return gateway_of(entry)


def sending(number: str = "+8613800000000", own_id: str = "own1") -> Sending:
    return Sending(own_id, "T", [Message(number, FIELDS)], NOW)


@pytest.mark.parametrize("provider", ["aliyun", "aliyun_voice", "tencent"])
def test_a_right_signature_passes_and_another_does_not(providers: Providers, provider: str) -> None:
    assert gateway(providers, provider).send(sending()).outcome is Outcome.ACCEPTED
    assert gateway(providers, provider, "another").send(sending()).outcome is Outcome.REFUSED
    assert (providers.books.taken, providers.books.refused_signatures) == (1, 1)


@pytest.mark.parametrize("provider", ["aliyun", "aliyun_voice", "tencent"])
@pytest.mark.parametrize(
    ("manners", "outcome"),
    [
        (Manners(throttled=1.0), Outcome.THROTTLED),
        (Manners(lost_before=1.0), Outcome.LOST),
        (Manners(lost_after=1.0), Outcome.LOST),
    ],
)
def test_every_misbehaviour_is_told_apart(providers: Providers, provider: str, manners: Manners, outcome: Outcome) -> None:
    providers.manners = manners
    assert gateway(providers, provider).send(sending()).outcome is outcome


def test_what_was_taken_is_found_by_our_own_id(providers: Providers) -> None:
    one = gateway(providers, "aliyun")
    assert one.look_up(sending()) is Sight.ABSENT
    one.send(sending())
    assert one.look_up(sending()) is Sight.DELIVERED
    assert one.look_up(sending(own_id="own2")) is Sight.ABSENT
    assert gateway(providers, "aliyun", "another").look_up(sending()) is Sight.UNTOLD
    assert gateway(providers, "tencent").look_up(sending()) is Sight.UNTOLD


def test_reports_are_read_as_they_are_documented(providers: Providers) -> None:
    for provider in ("aliyun", "aliyun_voice", "tencent"):
        one = gateway(providers, provider)
        one.send(sending())
        _, _, report = providers._reports.pop()
        (read,) = one.read_reports([report])
        assert (read.own_id, read.delivered) == ("own1", True)
        own_id = "ext" if provider == "tencent" else "out_id"
        bodies: list[object] = [report, [{}], [None], "x", [report | {own_id: 7}]]
        for wrong in bodies:
            with pytest.raises(ReportNotReadable):
                one.read_reports(wrong)


def test_vectors_of_both_signatures() -> None:
    """Fixed once by the rig's own reading of the documents; a change of a line here is a change of what providers get."""
    body = aliyun.form_of({"b": "中 文", "a": "1+1~"})
    assert body == b"a=1%2B1~&b=%E4%B8%AD%20%E6%96%87"
    headers = aliyun.signed_headers("dysmsapi.aliyuncs.com", "SendBatchSms", body, ("id", "secret"), NOW, "00" * 16)
    assert headers["x-acs-date"] == "2026-12-01T02:00:00Z"
    assert headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=id,SignedHeaders=content-type;host;x-acs-action;")
    signed = tencent.signed_headers("sms.tencentcloudapi.com", "SendSms", json.dumps({}).encode(), ("id", "secret"), NOW)
    assert "Credential=id/2026-12-01/sms/tc3_request, SignedHeaders=content-type;host;x-tc-action" in signed["Authorization"]


def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(ProviderUnknown):
        gateway_of({"provider": "somebody"})
