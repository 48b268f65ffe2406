"""Tencent Cloud: text messages (sms 2021-01-11), signed by TC3-HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from verifier.gateways.answers import SECONDS, Accepted, Answer, Gateway, Outcome, Report, Sending, Sight, posted, rows_of, text_of

VERSION, SERVICE, REGION = "2021-01-11", "sms", "ap-guangzhou"
TYPE = "application/json; charset=utf-8"
THROTTLED = ("RequestLimitExceeded", "LimitExceeded")
LOOK_SECONDS = 600


def signed_headers(host: str, action: str, body: bytes, key: tuple[str, str], moment: datetime) -> dict[str, str]:
    """The headers of a call, signed; `key` is SecretId and SecretKey."""
    seconds, date = str(int(moment.timestamp())), moment.astimezone(UTC).strftime("%Y-%m-%d")
    names, scope = "content-type;host;x-tc-action", f"{date}/{SERVICE}/tc3_request"
    lines = [f"content-type:{TYPE}", f"host:{host}", f"x-tc-action:{action.lower()}"]
    canonical = "\n".join(["POST", "/", "", *lines, "", names, hashlib.sha256(body).hexdigest()])
    word = "\n".join(["TC3-HMAC-SHA256", seconds, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signing = f"TC3{key[1]}".encode()
    for part in (date, SERVICE, "tc3_request"):
        signing = hmac.digest(signing, part.encode(), "sha256")
    signature = hmac.new(signing, word.encode(), "sha256").hexdigest()
    return {
        "Authorization": f"TC3-HMAC-SHA256 Credential={key[0]}/{scope}, SignedHeaders={names}, Signature={signature}",
        "Content-Type": TYPE,
        "Host": host,
        "X-TC-Action": action,
        "X-TC-Timestamp": seconds,
        "X-TC-Version": VERSION,
        "X-TC-Region": REGION,
    }


class TencentSms(Gateway):
    """Up to 200 numbers in one call, all with the same words; a number of the provider's for each."""

    name, channel, most_at_once, alike = "tencent", "sms", 200, True

    def __init__(
        self, url: str, secret_id: str, secret_key: str, app_id: str, sign_name: str, countries: Sequence[str] = ("86", "852", "853", "886")
    ) -> None:
        super().__init__(countries)
        self._url, self._host = url, urlsplit(url).netloc
        self._key = secret_id, secret_key
        self._app_id, self._sign_name = app_id, sign_name
        self._client = httpx.Client(timeout=SECONDS, trust_env=False)

    def send(self, sending: Sending) -> Answer:
        """See `Gateway.send`: SendSms with our own id as SessionContext."""
        words = list(sending.messages[0].fields.values())
        body = {
            "PhoneNumberSet": [one.number for one in sending.messages],
            "SmsSdkAppId": self._app_id,
            "SignName": self._sign_name,
            "TemplateId": sending.template,
            "TemplateParamSet": words,
            "SessionContext": sending.own_id,
        }
        said = self._call("SendSms", body)
        if said is None:
            return Answer(Outcome.LOST)
        error = said.get("Error")
        if isinstance(error, dict):
            return _refused(str(error.get("Code", ""))[:64])
        statuses = said.get("SendStatusSet")
        if not isinstance(statuses, list):
            return Answer(Outcome.LOST)
        return Answer(Outcome.ACCEPTED, "", dict(_each(row) for row in statuses if isinstance(row, dict)))

    def look_up(self, sending: Sending) -> Sight:
        """What a number got lately; a message without its report yet is not on that list, so that one not found may be on its way."""
        began = int(sending.sent_at.timestamp())
        for one in sending.messages:
            span = {"BeginTime": began - LOOK_SECONDS, "EndTime": began + 72 * 3600, "Offset": 0, "Limit": 100}
            said = self._call("PullSmsSendStatusByPhoneNumber", {**span, "PhoneNumber": one.number, "SmsSdkAppId": self._app_id})
            rows = said.get("PullSmsSendStatusSet") if said is not None else None
            ours = (
                [row for row in rows if isinstance(row, dict) and row.get("SessionContext") == sending.own_id]
                if isinstance(rows, list)
                else []
            )
            if ours:
                return Sight.DELIVERED if ours[0].get("ReportStatus") == "SUCCESS" else Sight.FAILED
        return Sight.UNTOLD

    def read_reports(self, body: object) -> list[Report]:
        """What the callback posts: a list of objects; `ext` is our own id."""
        return [
            Report(
                text_of(row, "ext"),
                text_of(row, "sid"),
                f"+{text_of(row, 'nationcode', 4)}{text_of(row, 'mobile', 15)}",
                text_of(row, "report_status") == "SUCCESS",
                text_of(row, "errmsg"),
            )
            for row in rows_of(body)
        ]

    def _call(self, action: str, body: Mapping[str, object]) -> Mapping[str, object] | None:
        raw = json.dumps(body, ensure_ascii=False).encode()
        found = posted(self._client, self._url, raw, signed_headers(self._host, action, raw, self._key, datetime.now(UTC)))
        whole = found[1] if found is not None else None
        said = whole.get("Response") if isinstance(whole, dict) else None
        return said if isinstance(said, dict) else None


def _refused(code: str) -> Answer:
    throttled = code.startswith(THROTTLED)
    lost = code.startswith("InternalError")
    return Answer(Outcome.LOST if lost else Outcome.THROTTLED if throttled else Outcome.REFUSED, code)


def _each(row: Mapping[str, object]) -> tuple[str, Accepted]:
    code = str(row.get("Code", ""))[:64]
    return str(row.get("PhoneNumber", "")), Accepted(str(row.get("SerialNo", ""))[:64], "" if code == "Ok" else code)
