"""From a call, a role and a die: one request, and whether whoever takes it is wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from scripts.fuzz import roles
from scripts.fuzz.bodies import Body, dumps, honest, odd_body
from scripts.fuzz.calls import Call
from scripts.fuzz.forms import Part, odd_form
from scripts.fuzz.odd_values import ODD_NUMBERS, marked_text, not_text, odd_text
from scripts.fuzz.wire import Sent
from scripts.fuzz.world import Session, World

ODD_HEADERS = (
    ("Accept-Language", "\ud800"), ("Accept-Language", "en;q=x,\u202e" + "a" * 3_000), ("Accept", "\xff"), ("Expect", "100-continue"),
    ("Cookie", "lendervote_session=\x01; =; a"), ("Cookie", "a=" + "b" * 4_000), ("Cookie", "lendervote_lang=\u5b57"),
    ("Authorization", "Bearer \u00e9"), ("Authorization", "Basic ="), ("X-CSRF-Token", "\u5b57"), ("Upgrade", "websocket"),
    ("Range", "bytes=-1"), ("Range", "bytes=0-" + "9" * 30), ("If-None-Match", '"' + "a" * 1_000), ("X-Request-ID", "a" * 5_000),
    ("Origin", "null"), ("Origin", "http://evil.example"), ("Content-Encoding", "gzip"), ("Content-Type", "\u5b57"),
    ("X-Forwarded-For", "\0"),
)  # fmt: skip
ODD_METHODS = ("PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "DELETE", "get", "字", "A" * 300)


@dataclass(frozen=True)
class Throw:
    """A request, by whom, and what would be wrong about an answer of 2xx; empty when nothing would."""

    call: Call
    role: str
    sent: Sent
    wrong_when_taken: str


class Maker:
    """Makes requests out of one world."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self._world, self._dice = world, dice

    def throw(self, call: Call, role: str) -> Throw:
        """One request."""
        dice = self._dice
        faults = [] if role in roles.may(call) else ["not a call of this role"]
        path, fault = self._path(call)
        faults += [fault] if fault else []
        session = self._world.sessions[role]
        body = self._body(call)
        if body is not None and body.must_be_refused:
            faults.append("a body that is not as the document says")
        headers = [*session.headers, *self._csrf(call, session, faults)]
        if body is not None and body.kind:
            headers.append(("Content-Type", body.kind))
        if dice.random() < 0.08:
            headers.append(dice.choice(ODD_HEADERS))
        method = call.method
        if dice.random() < 0.03 and call.path != "/api/session":  # DELETE would sign out, and the role be nobody's from then on
            method, faults = dice.choice(ODD_METHODS), []
        content = body.content if body is not None else b""
        length = len(content) // 2 if content and dice.random() < 0.01 else None
        sent = Sent(method, path, tuple(headers), content, length)
        return Throw(call, role, sent, "; ".join(faults) if length is None else "")

    def _csrf(self, call: Call, session: Session, faults: list[str]) -> list[tuple[str, str]]:
        """The token, or for once a wrong one. Nobody of our sessions signs out: they are needed until the end."""
        if not session.csrf:
            return []
        open_to_all = roles.ANONYMOUS in roles.may(call)
        if call.method != "GET" and (self._dice.random() < 0.05 or call.name == "DELETE /api/session"):
            if not open_to_all or call.method == "DELETE":
                faults.append("a wrong token against forged requests")
            return [("X-CSRF-Token", self._dice.choice(("", "a", session.csrf[:-1], session.csrf + "a")))]
        return [("X-CSRF-Token", session.csrf)]

    def _path(self, call: Call) -> tuple[str, str]:
        path, query, fault = call.path, [], ""
        for parameter in call.parameters:
            value, wrong = self._parameter(parameter)
            fault = fault or wrong
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", value)
            elif parameter.get("required") or self._dice.random() < 0.6:
                query.append(f"{parameter['name']}={value}")
            else:
                fault = ""
        if self._dice.random() < 0.05:
            query.append(self._dice.choice(("lang=en", "lang=%ff", "a=1&a=2", "=", "&&", "a" * 3_000, "lang[]=en", "%", "%zz", "a=b;c=d")))
        elif self._dice.random() < 0.04:
            query.append("note=" + quote(not_text(self._dice, "a").encode("utf-8", "surrogatepass"), safe=""))
            fault = "no text in the query"
        return path + ("?" + "&".join(query) if query else ""), fault

    def _parameter(self, parameter: dict[str, Any]) -> tuple[str, str]:
        """A value as it goes on the wire, and what is wrong with it."""
        dice = self._dice
        known = dice.choice(self._world.known.get(parameter["name"], ["a"]))
        roll = dice.random()
        if roll < 0.72:
            return quote(known, safe=""), ""
        if roll < 0.77:
            return quote(marked_text(dice, known).encode(), safe=""), ""
        if roll < 0.82:
            return quote(not_text(dice, known).encode("utf-8", "surrogatepass"), safe=""), "no text in the address"
        if roll < 0.88:
            return dice.choice(("%ff%fe", "%c0%80", "%ed%a0%80", "%f4%90%80%80", "%", "%0", "%zz")), ""
        if roll < 0.94:
            return quote(str(dice.choice(ODD_NUMBERS))[:4_000], safe=""), ""
        return quote(odd_text(dice, known).encode("utf-8", "surrogatepass")[:20_000], safe=dice.choice(("", "/"))), ""

    def _body(self, call: Call) -> Body | None:
        if not call.kind:
            return None if self._dice.random() < 0.9 else Body(b"{}", must_be_refused=False)
        if call.kind == "multipart/form-data":
            return odd_form(self._parts(call), self._dice)
        value = call.example if call.example is not None else honest(call.schema, self._dice)
        body = odd_body(self._with_known(value), call.schema, self._dice)
        return body if call.needed else Body(body.content, must_be_refused=False, kind=body.kind)

    def _with_known(self, value: Any) -> Any:
        """With names that mean something in this world, half of the time."""
        if isinstance(value, dict):
            return {key: self._known(key, part) for key, part in value.items()}
        return [self._with_known(part) for part in value] if isinstance(value, list) else value

    def _known(self, key: str, value: Any) -> Any:
        if isinstance(value, str) and key in self._world.known and self._dice.random() < 0.7:
            return self._dice.choice(self._world.known[key])
        return self._with_known(value)

    def _parts(self, call: Call) -> list[Part]:
        files = self._world.materials
        if "image" in call.schema.get("properties", {}):
            return [("poll", None, self._world.known["poll"][0].encode()), ("index", None, b"0"), ("image", "a.jpg", files.picture)]
        if "probe" in call.schema.get("properties", {}):
            return [("request", None, dumps(self._world.issuer_bodies["ticket"])), ("probe", "a.jpg", files.picture)]
        if "frame" in call.schema.get("properties", {}):
            return [("nonce", None, b"a" * 32), ("frame", "a.jpg", files.picture)]
        if "plan" in call.schema.get("properties", {}):
            return [("plan", None, files.plan), ("pdf", "plan.pdf", files.pdf)]
        return [("file", "register.csv", files.register)]
