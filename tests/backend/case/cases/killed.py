"""A service that is killed in the middle of an official act: run as a program, it ends by its own SIGKILL."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from argon2 import PasswordHasher

from backend.case.cases.rules import NewCase, NewOfficial
from backend.case.cases.service import CaseService
from backend.case.cases.views import Check, SignedAct
from backend.ground.chain.outbox import Outbox
from backend.ground.chain.post import Post
from backend.ground.chain.service import Chain
from backend.ground.chain.signatures import sign
from backend.ground.chain.typed_data import from_json
from backend.ground.chain.values import NO_RANGE_PROOFS, ClassTotals, class_names_hash
from backend.ground.common.sealed import FieldCipher
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import OFFICIAL, Visitor
from backend.people.passkeys.service import PasskeyService
from tests.backend.ground.chain.world import RELAY_KEY, key_of, open_database, signer_of

QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
ROOT = b"\x07" * 32
TOTALS = [ClassTotals(1, 100, 5)]
HASHES = class_names_hash(["普通组"]), NO_RANGE_PROOFS
#: Before the bytes are handed in, and after they were, before the outcome is stored.
MOMENTS = {"before sending": (Post, "_hand_in"), "after sending": (Outbox, "wait")}


class Office:
    """Chain and cases over the database in a folder, as one process of the service has them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.sessions = open_database(folder / "db.sqlite3")
        self.chain = Chain(url, self.sessions, RELAY_KEY)
        self.accounts = AccountService(self.sessions, FieldCipher(bytes(32)), hasher=QUICK_HASHER)
        self.cases = CaseService(self.sessions, self.chain, self.accounts, PasskeyService(self.sessions, self.chain, self.accounts))
        self.cases.on_signed("register_freeze", self.freeze)

    def freeze(self, act: SignedAct) -> None:
        case = self.chain.case(act.case_address)
        if not case.register_count():
            self.chain.transact(case.freeze_register(ROOT, 1, TOTALS, *HASHES, act.signers, act.signatures), act.key)

    def new_case(self) -> NewCase:
        named = {account.name: account.id for account in self.accounts.list_accounts()}
        officials = tuple(NewOfficial(f"official {n}", signer_of(f"official {n}"), named.get(f"official {n}", "")) for n in range(3))
        return NewCase("测试案件", "测试平台", "91999900MA00000006", signer_of("institution"), officials, 2, rehearsal=True)

    def sign(self, act_id: str, number: int) -> None:
        act = self.cases.get_act(act_id)
        name = f"official {number}"
        account = next(one for one in self.accounts.list_accounts() if one.name == name)
        signature = sign(key_of(name), from_json(act.typed_data).digest())
        self.cases.sign_act(act_id, signer_of(name), signature, Visitor(account.id, OFFICIAL, name), Check(unchecked_reason="a test"))


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    folder, url, moment, act_id = sys.argv[1:]
    office = Office(Path(folder), url)
    setattr(*MOMENTS[moment], _die)
    if act_id:
        office.sign(act_id, 1)
    else:
        office.cases.open_case(office.new_case())
