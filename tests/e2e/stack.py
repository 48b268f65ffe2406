"""The running system of the browser's journeys: a small case, prepared through the API by the demo's people, with its poll open."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.rig import steps
from scripts.rig.binding import bind
from scripts.rig.logins import make_members
from scripts.rig.people import Member
from scripts.rig.processes import Stack, free_port
from scripts.rig.vote import Vote
from verifier.issuer.bindings.file import SALT_BYTES, Line, person_hash, photo_hash

LENDERS = 20
#: A phone gets one code a minute and a ballot stays, so each journey before the stack that all share has lenders of its own among
#: `OpenVote.story.mobiles`: test_lender 0 to 5, test_no_camera 6 and 14, test_mishaps 7 to 10, test_face 11 and 12,
#: test_obstacles 15 to 18.


@dataclass
class OpenVote:
    """A stack with an open poll, and its people."""

    stack: Stack
    story: Vote
    folder: Path
    photos: dict[int, list[bytes]] = field(default_factory=dict)
    persons: dict[int, tuple[str, str]] = field(default_factory=dict)
    """What officials have bound to lenders by index; a new identity file has to have everybody."""

    @property
    def url(self) -> str:
        """The backend's address."""
        return self.stack.url

    @property
    def poll(self) -> dict[str, Any]:
        """The poll as the API gave it when it opened."""
        poll: dict[str, Any] = self.story.poll
        return poll

    def documents_of(self, mobile: str) -> list[str]:
        """The document numbers of the lenders whom the register has under a phone."""
        [register_file] = (self.folder / "data" / "files").glob("*.csv")
        with register_file.open(encoding="utf-8-sig", newline="") as file:
            return sorted({row["证件号码"] for row in csv.DictReader(file) if row["手机号"] == mobile})

    @property
    def outbox(self) -> Path:
        """Where the codes go that lenders get."""
        return self.stack.data_dir / "outbox" / "sms.jsonl"

    @property
    def operator(self) -> dict[str, str]:
        """The header by which the issuer knows its operator."""
        token = (self.stack.data_dir / "issuer" / "operator_token").read_text().strip()
        return {"Authorization": f"Bearer {token}"}

    def bind(self, index: int, photo: bytes | None = None, person: tuple[str, str] | None = None) -> None:
        """Two officials bind a photo, or a name and number, to a lender."""
        if photo is not None:
            self.photos.setdefault(index, []).append(photo)
        if person is not None:
            self.persons[index] = person
        lines = []
        for each in sorted({*self.photos, *self.persons}):
            salt = os.urandom(SALT_BYTES)
            hashed = person_hash(salt, *self.persons[each]) if each in self.persons else None
            lines.append(Line(each, salt, tuple(map(photo_hash, self.photos.get(each, []))), hashed).as_text())
        bind(self.story, "".join(lines).encode())

    def key_file(self, member: Member) -> Path:
        """A member's key as a file, as its owner holds it."""
        path = self.folder / f"{member.name}.key.json"
        path.write_text(json.dumps({"private_key": "0x" + bytes(member.key.account.key).hex()}))
        return path

    def vouch(self, official: Member, code: str) -> None:
        """An official has seen the lender whose phone shows the code, and signs."""
        waiting = official.api.get(f"/api/polls/{self.poll['id']}/voucher-requests")
        request = next(item for item in waiting if item["code"] == code)
        message = request["typed_data"]["message"]
        official.api.post(
            f"/api/voucher-requests/{request['id']}/vouchers",
            {
                "signer": official.key.address,
                "method": int(message["method"]),
                "vouched_at": int(message["vouchedAt"]),
                "signature": official.key.sign(request["typed_data"]),
            },
        )


def share_a_phone(register_file: Path, mobiles: list[str]) -> None:
    """Two lenders of one family use one phone: the fifth has the fourth's."""
    register_file.write_bytes(register_file.read_bytes().replace(mobiles[4].encode(), mobiles[3].encode()))
    mobiles[4] = mobiles[3]


def announce_by_api(opened: OpenVote) -> None:
    """The poll names the issuer alone."""
    steps.announce_poll(opened.story)


@contextmanager
def open_vote(
    folder: Path,
    liveness: str = "off",
    open_case: Callable[[Vote], None] = steps.open_case,
    announce: Callable[[OpenVote], None] = announce_by_api,
) -> Iterator[OpenVote]:
    """Start backend, issuer and chain on free ports, and bring a case as far as an open poll.

    `liveness` off: the camera of most journeys shows still photos; test_session.py shows one that moves as asked.
    `open_case` differs where officials sign in another way than by key files, `announce` where the poll names more than the issuer itself;
    the issuer has two sandboxes in any case, so that a page which offered what does not count would be seen.
    """
    register_file, mobiles = steps.make_register(folder / "data", LENDERS, seed=7)
    share_a_phone(register_file, mobiles)
    started = Stack(folder / "data", port=free_port(), issuer_port=free_port(), anvil_port=free_port(), issuer_waits=True)
    started.environment["LENDERVOTE_ISSUER_LIVENESS"] = liveness
    started.environment["LENDERVOTE_ISSUER_PROVIDERS"] = '["bank_card=sandbox", "counter=sandbox"]'
    with started as stack:
        admin, officials, institution = make_members(stack, steps.OFFICIALS)
        vote = Vote(stack, 7, admin, officials, institution, mobiles)
        open_case(vote)
        steps.import_and_freeze(vote, register_file)
        steps.submit_and_admit_plan(vote)
        opened = OpenVote(stack, vote, folder)
        stack.await_issuer()
        announce(opened)
        yield opened
