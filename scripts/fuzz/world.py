"""An installation with something in every room: two cases, an open poll, people of every role with a session."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from scripts.fuzz import roles
from scripts.fuzz.forms import Materials
from scripts.generate.claims import generate
from scripts.rig.documents import make_pdf, plan_of
from scripts.rig.logins import make_member, make_members
from scripts.rig.people import FOR, Member, Phone
from scripts.rig.postgresql import PrivatePostgreSQL
from scripts.rig.processes import Stack, free_port
from scripts.rig.steps import OFFICIALS, announce_poll, import_and_freeze, open_case, submit_and_admit_plan, submit_plan
from scripts.rig.vote import Vote
from scripts.rig.voting import vouch

LENDERS = 12


@dataclass
class Session:
    """What a role shows with each request."""

    headers: tuple[tuple[str, str], ...] = ()
    csrf: str = ""


@dataclass
class World:
    """Sessions by role, honest values by the name of a parameter or field, and honest files."""

    sessions: dict[str, Session]
    known: dict[str, list[str]]
    materials: Materials
    issuer_bodies: dict[str, Any] = field(default_factory=dict)


@contextmanager
def installation(database: str, folder: Path) -> Iterator[tuple[Stack, World]]:
    """Both services on "sqlite" or "postgresql", with something in every room."""
    with ExitStack() as ends:
        url = ""
        if database == "postgresql":
            server = PrivatePostgreSQL()
            ends.callback(server.stop)
            url = server.url_for(folder)
        stack = ends.enter_context(Stack(folder, port=free_port(), issuer_port=free_port(), anvil_port=free_port(), database_url=url))
        yield stack, build(stack, folder)


def build(stack: Stack, folder: Path) -> World:
    """Through the real API, as the demo does."""
    register_file, mobiles = generate(lenders=LENDERS, seed=2, out=folder / "files")
    admin, officials, institution = make_members(stack, OFFICIALS)
    vote = Vote(stack, 2, admin, officials, institution, mobiles)
    open_case(vote)
    import_and_freeze(vote, register_file)
    submit_and_admit_plan(vote)
    announce_poll(vote)
    phone = Phone(stack.url, mobiles[0], folder / "outbox" / "sms.jsonl", vote.poll)
    phone.sign_in()
    request_id = phone.ask_for_vouchers(method=1)
    ticket = phone._request(phone._ticket)
    for official in officials[:2]:
        vouch(vote, official, request_id)
    receipt = phone.cast(phone.ballot(phone.credential_by_vouchers(stack.issuer_url, request_id), FOR, 1))
    complaint = phone.api.post(f"/api/polls/{vote.poll['id']}/lender/complaints", {"kind": "other", "text": "DEMO"})
    waiting = phone.ask_for_vouchers(method=1)
    other = make_member(stack, "demo-institution-2", "institution")
    case = _second_case(vote, other, officials)
    token = (folder / "issuer" / "operator_token").read_text().strip()
    known = _known(vote, officials, receipt["number"])
    known |= {
        "case_id": [vote.case["id"], case["id"]],
        "complaint_id": [complaint["id"]],
        "request_id": [waiting, request_id],
        "phone": mobiles[1:4],
    }
    sessions = {
        roles.ANONYMOUS: Session(),
        roles.ADMIN: _session(admin),
        roles.OFFICIAL: _session(officials[1]),
        roles.INSTITUTION: _session(other),
        roles.LENDER: _session(phone),
        roles.OPERATOR: Session((("Authorization", f"Bearer {token}"),)),
    }
    _wake_the_faces(stack, token, vote.poll["address"])
    materials = Materials(register_file.read_bytes(), json.dumps(plan_of(1), ensure_ascii=False).encode(), make_pdf("DEMO"), _picture())
    return World(sessions, known, materials, {"ticket": ticket})


def _known(vote: Vote, officials: list[Member], number: str) -> dict[str, list[str]]:
    """Honest values by the name of a parameter or field."""
    api = officials[0].api
    return {
        "poll_id": [vote.poll["id"]],
        "plan_id": [vote.plan["id"], submit_plan(vote, version=3)["id"]],
        "act_id": [act["id"] for act in api.get(f"/api/acts?case_id={vote.case['id']}")],
        "import_id": [api.get(f"/api/cases/{vote.case['id']}/register")["import"]["id"]],
        "number": [number],
        "finding": ["same_person", "different", "documents", "explained", "look_further"],
        "name": ["register.json", "poll.json", "ballots.csv"],
        "signer": [official.key.address for official in officials],
        "poll": [vote.poll["address"]],
        "verifiers": [vote.poll["verifiers"][0]],
        "dry_run": ["true", "false"],
        "approve": ["true", "false"],
        "index": ["0", "3"],
        "after": ["0"],
        "pair_id": ["a" * 20],
        "item_id": ["a" * 20],
        "objection_id": ["a" * 20],
        "session_id": ["a" * 32],
        "since": [vote.plan["id"]],
    }


def _wake_the_faces(stack: Stack, token: str, poll: str) -> None:
    """The first photo starts the process that reads them, which takes some seconds."""
    form = {"poll": poll, "index": "0"}
    headers = {"Authorization": f"Bearer {token}"}
    httpx.post(f"{stack.issuer_url}/v1/references", data=form, files={"image": _picture()}, headers=headers, timeout=120)


def _second_case(vote: Vote, institution: Member, officials: list[Member]) -> dict[str, Any]:
    second = Vote(vote.stack, 3, vote.admin, officials, institution, [])
    body = {
        "name": "DEMO 第二案",
        "institution": {"name": "DEMO 第二平台", "credit_code": "91999900MA00000006", "signer": institution.key.address},
        "officials": [{"name": m.name, "signer": m.key.address, "account_name": m.name} for m in officials],
        "institution_account_name": institution.name,
        "threshold": 2,
        "rehearsal": True,
    }
    second.case = vote.admin.api.post("/api/cases", body)
    institution.sign_in()
    return second.case


def _session(person: Member | Phone) -> Session:
    client = person.api.raw
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
    return Session((("Cookie", cookies),), client.headers["X-CSRF-Token"])


def _picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (320, 240), "grey").save(out, "JPEG")
    return out.getvalue()
