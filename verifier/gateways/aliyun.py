"""Aliyun: text messages (Dysmsapi 2017-05-25) and spoken ones (Dyvmsapi 2017-05-25), signed by ACS3-HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote, urlsplit

import httpx

from verifier.gateways.answers import (
    SECONDS,
    Accepted,
    Answer,
    Gateway,
    Outcome,
    Report,
    ReportNotReadable,
    Sending,
    Sight,
    posted,
    rows_of,
    text_of,
)

VERSION = "2017-05-25"
THROTTLED = frozenset({"isv.BUSINESS_LIMIT_CONTROL", "Throttling", "Throttling.User", "isv.DAY_LIMIT_CONTROL", "isv.VOICE_FLOW_CONTROL"})
#: SendStatus: 1 waits for its report.
_ENDED = {"2": Sight.FAILED, "3": Sight.DELIVERED}
_CHINA = timezone(timedelta(hours=8))


def percent(text: str) -> str:
    """As RFC 3986 has it and Aliyun signs it."""
    return quote(text, safe="-_.~")


def form_of(values: Mapping[str, str]) -> bytes:
    """A form's body, in a fixed order."""
    return "&".join(f"{percent(key)}={percent(values[key])}" for key in sorted(values)).encode()


def signed_headers(host: str, action: str, body: bytes, key: tuple[str, str], moment: datetime, nonce: str) -> dict[str, str]:
    """The headers of a call, signed; `key` is AccessKey id and secret."""
    hashed = hashlib.sha256(body).hexdigest()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": hashed,
        "x-acs-date": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": VERSION,
    }
    names = ";".join(headers)
    canonical = "\n".join(["POST", "/", "", *(f"{name}:{value}" for name, value in headers.items()), "", names, hashed])
    word = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(key[1].encode(), word.encode(), "sha256").hexdigest()
    return headers | {"authorization": f"ACS3-HMAC-SHA256 Credential={key[0]},SignedHeaders={names},Signature={signature}"}


class _Aliyun(Gateway):
    """What text messages and calls have in common."""

    def __init__(self, url: str, key_id: str, key_secret: str, countries: Sequence[str] = ("86",)) -> None:
        super().__init__(countries)
        self._url = url
        self._host = urlsplit(url).netloc
        self._key = key_id, key_secret
        self._client = httpx.Client(timeout=SECONDS, trust_env=False)

    def _call(self, action: str, values: Mapping[str, str]) -> tuple[int, Mapping[str, object]] | None:
        body = form_of(values)
        headers = signed_headers(self._host, action, body, self._key, datetime.now(UTC), secrets.token_hex(16))
        found = posted(self._client, self._url, body, headers)
        return (found[0], found[1]) if found is not None and isinstance(found[1], dict) else None

    def _judged(self, found: tuple[int, Mapping[str, object]] | None) -> tuple[Outcome, str]:
        if found is None or (found[0] >= 500 and "Code" not in found[1]):
            return Outcome.LOST, ""
        code = str(found[1].get("Code", ""))[:64]
        if code == "OK":
            return Outcome.ACCEPTED, ""
        if code in THROTTLED or found[0] == 429:
            return Outcome.THROTTLED, code
        return (Outcome.LOST, code) if found[0] >= 500 else (Outcome.REFUSED, code)


class AliyunSms(_Aliyun):
    """Up to 100 messages in one call, each with fields of its own; one BizId for all."""

    name, channel, most_at_once, alike = "aliyun", "sms", 100, False

    def __init__(self, url: str, key_id: str, key_secret: str, sign_name: str, countries: Sequence[str] = ("86",)) -> None:
        super().__init__(url, key_id, key_secret, countries)
        self._sign_name = sign_name

    def send(self, sending: Sending) -> Answer:
        """See `Gateway.send`: SendBatchSms with our own id as OutId."""
        numbers = [_plain(one.number) for one in sending.messages]
        values = {
            "PhoneNumberJson": json.dumps(numbers),
            "SignNameJson": json.dumps([self._sign_name] * len(numbers), ensure_ascii=False),
            "TemplateCode": sending.template,
            "TemplateParamJson": json.dumps([dict(one.fields) for one in sending.messages], ensure_ascii=False),
            "OutId": sending.own_id,
        }
        found = self._call("SendBatchSms", values)
        outcome, code = self._judged(found)
        if outcome is not Outcome.ACCEPTED or found is None:
            return Answer(outcome, code)
        given = Accepted(str(found[1].get("BizId", ""))[:64])
        return Answer(outcome, "", {one.number: given for one in sending.messages})

    def look_up(self, sending: Sending) -> Sight:
        """A sending is taken as a whole, so that one of its numbers found is all; absent, it is on no number's list of that day."""
        day = sending.sent_at.astimezone(_CHINA)
        days = {day.strftime("%Y%m%d"), (day + timedelta(minutes=10)).strftime("%Y%m%d")}
        for one in sending.messages:
            for date in sorted(days):
                sight = self._seen(_plain(one.number), date, sending.own_id)
                if sight is not Sight.ABSENT:
                    return sight
        return Sight.ABSENT

    def _seen(self, number: str, date: str, own_id: str) -> Sight:
        page, read = 1, 0
        while True:
            found = self._call("QuerySendDetails", {"PhoneNumber": number, "SendDate": date, "PageSize": "50", "CurrentPage": str(page)})
            if found is None or self._judged(found)[0] is not Outcome.ACCEPTED:
                return Sight.UNTOLD
            details = found[1].get("SmsSendDetailDTOs")
            rows = details.get("SmsSendDetailDTO", []) if isinstance(details, dict) else []
            ours = [row for row in rows if isinstance(row, dict) and row.get("OutId") == own_id]
            if ours:
                return _ENDED.get(str(ours[0].get("SendStatus")), Sight.FOUND)
            read, page = read + len(rows), page + 1
            total = str(found[1].get("TotalCount", 0))
            if not rows or not total.isdigit() or read >= int(total):
                return Sight.ABSENT

    def read_reports(self, body: object) -> list[Report]:
        """SmsReport: a list of objects."""
        return [_sms_report(row) for row in rows_of(body)]


class AliyunVoice(_Aliyun):
    """A call that reads a template aloud; one number each, and no list to look it up in by our own id."""

    name, channel, most_at_once, alike = "aliyun_voice", "voice", 1, True

    def __init__(self, url: str, key_id: str, key_secret: str, shown_number: str, countries: Sequence[str] = ("86",)) -> None:
        super().__init__(url, key_id, key_secret, countries)
        self._shown_number = shown_number

    def send(self, sending: Sending) -> Answer:
        """See `Gateway.send`: SingleCallByTts with our own id as OutId."""
        (one,) = sending.messages
        values = {
            "CalledNumber": _plain(one.number, landline=True),
            "CalledShowNumber": self._shown_number,
            "TtsCode": sending.template,
            "TtsParam": json.dumps(dict(one.fields), ensure_ascii=False),
            "OutId": sending.own_id,
        }
        found = self._call("SingleCallByTts", values)
        outcome, code = self._judged(found)
        if outcome is not Outcome.ACCEPTED or found is None:
            return Answer(outcome, code)
        return Answer(outcome, "", {one.number: Accepted(str(found[1].get("CallId", ""))[:64])})

    def look_up(self, sending: Sending) -> Sight:
        """QueryCallDetailByCallId wants the number that was in the lost answer."""
        return Sight.UNTOLD

    def read_reports(self, body: object) -> list[Report]:
        """VoiceReport: a list of objects; 200000 is a call that was taken."""
        return [
            Report(
                text_of(row, "out_id"), text_of(row, "call_id"), "", text_of(row, "status_code") == "200000", text_of(row, "status_code")
            )
            for row in rows_of(body)
        ]


def _sms_report(row: Mapping[str, object]) -> Report:
    success = row.get("success")
    if not isinstance(success, bool):
        raise ReportNotReadable("success")
    number = text_of(row, "phone_number", 20)
    shown = number if number.startswith("+") else f"+86{number.removeprefix('86') if len(number) > 11 else number}"
    return Report(text_of(row, "out_id"), text_of(row, "biz_id"), shown, success, text_of(row, "err_code"))


def _plain(number: str, *, landline: bool = False) -> str:
    """As Aliyun takes a number: without +86; a landline with its 0."""
    inland = number.removeprefix("+86")
    if inland == number:
        return number.removeprefix("+")
    return f"0{inland}" if landline and not inland.startswith(("0", "1")) else inland
