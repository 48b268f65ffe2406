"""A case with real rooms on a real Anvil: officials, institution, a frozen register of a dozen lenders, and as many polls as tests want.

Anvil mines at once here, so that a poll costs a second or two, and its clock is moved through its own RPC.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from backend.case.cases.rules import NewCase, NewOfficial
from backend.case.cases.service import CaseService
from backend.case.cases.views import ActView, CaseView, Check
from backend.case.escrows.service import EscrowService
from backend.case.plans.service import PlanService
from backend.case.register.service import RegisterService
from backend.case.successions.service import SUCCESSION, WITHDRAWAL, SuccessionService
from backend.case.trustees.service import APPOINTMENT, TrusteeService
from backend.ground.audit.service import AuditService
from backend.ground.chain import typed_data
from backend.ground.chain.service import Chain
from backend.ground.chain.signatures import address_of, sign
from backend.ground.chain.typed_data import address_bytes
from backend.ground.common.clock import Clock
from backend.ground.common.hashing import keccak
from backend.ground.common.hex_text import to_hex
from backend.ground.common.sealed import FieldCipher
from backend.ground.common.settings import Settings
from backend.ground.db.base import Base
from backend.ground.db.sessions import open_engine, open_sessions
from backend.ground.http.services import wire
from backend.people.accounts.routes import router as accounts_router
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import LENDER, Visitor
from backend.people.notices.service import NoticeService
from backend.people.passkeys.service import PasskeyService
from backend.public.publication.routes import router as publication_router
from backend.public.publication.service import PublicationService
from backend.shell.errors import install_error_handlers
from backend.vote.approvals.routes import router as approvals_router
from backend.vote.approvals.service import ApprovalService
from backend.vote.ballots.routes import router as ballots_router
from backend.vote.ballots.rules import SignedBallot
from backend.vote.ballots.service import BallotService
from backend.vote.complaints.service import ComplaintService
from backend.vote.credentials.issuer import IssuerClient
from backend.vote.credentials.routes import router as credentials_router
from backend.vote.credentials.rules import CodeLimits
from backend.vote.credentials.service import CredentialService
from backend.vote.credentials.sms import ConsoleGateway
from backend.vote.identities.routes import router as identities_router
from backend.vote.identities.service import IdentityService
from backend.vote.leaks.service import LeakService
from backend.vote.likenesses.routes import router as likenesses_router
from backend.vote.likenesses.service import LikenessService
from backend.vote.polls.checkpoints import Checkpoints
from backend.vote.polls.sealed import ABANDONMENT, SealedPollService
from backend.vote.polls.sealed import ANNOUNCEMENT as SEALED_ANNOUNCEMENT
from backend.vote.polls.service import PollService
from backend.vote.polls.terms import Announcement
from backend.vote.polls.views import PollView
from backend.vote.tally.conditions import ConditionService
from backend.vote.tally.routes import router as tally_router
from backend.vote.tally.sealed import SealedTallyService
from backend.vote.tally.service import TallyService
from backend.vote.tally.views import ResultView
from scripts.rig.documents import make_pdf, plan_of
from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.browser import Browser
from tests.databases import url_for

FOR, AGAINST, ABSTAIN = 1, 2, 3
PASSWORD = "correct horse battery"
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
CHALLENGE_SECONDS = 3600
WINDOW_SECONDS = 86_400
LENDERS = 12
SHARED_MOBILE = "17007190000"


def key_of(name: str) -> bytes:
    """A private key that is the same in every run."""
    return keccak(b"ballots " + name.encode())


def address(name: str) -> str:
    return address_of(key_of(name))


def signer(name: str) -> bytes:
    return address_bytes(address(name))


def id_number(serial: int) -> str:
    """A resident identity number with a right check digit (GB 11643) in a region that does not exist."""
    body = f"99900119800101{serial:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return body + "10X98765432"[rest]


def register_file(path: Path) -> Path:
    """A dozen lenders in two classes; the first two share a phone. No account name can be read in hex by chance."""
    lines = ["claim_no,lender_type,name,id_type,id_no,mobile,account,principal_yuan,voting_class,related,note"]
    surnames = "赵钱孙李周吴郑王冯陈褚卫"
    for i in range(LENDERS):
        mobile = SHARED_MOBILE if i < 2 else mobile_of(i)
        voting_class = "普通组" if i % 3 else "小额组"
        lines.append(
            f"C{i:04d},个人,{surnames[i]}测试,居民身份证,{id_number(i)},{mobile},user{i},{1000 + 137 * i}.{i:02d},{voting_class},否,"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def mobile_of(i: int) -> str:
    # Not 1700000…: the last byte 17 of a call's data and the zeros that fill it up read the same.
    return f"1700719{i:04d}"


class World:
    """All rooms over one database and one chain, and the people of one case."""

    def __init__(
        self, folder: Path, chain_node: AutomineAnvil, issuer_url: str, clock: Clock | None = None, *, funded: bool = True, **chain: Any
    ) -> None:
        self.folder, self.anvil, self.clock = folder, chain_node, clock
        self.settings = Settings(
            data_dir=folder,
            verifier_url=issuer_url,
            relay_hold_seconds=0,
            minimum_notice_seconds=0,
            chain_look_milliseconds=0,
            _env_file=None,
        )
        engine = open_engine(url_for(folder / "db.sqlite3"))
        Base.metadata.create_all(engine)
        self.sessions = open_sessions(engine)
        self.cipher = FieldCipher(keccak(b"field key"))
        chain_node.node.ask("anvil_setBalance", address("relay"), hex(10**24 if funded else 0))
        self.chain = Chain(chain_node.url, self.sessions, key_of("relay"), clock=clock, **{"confirmations": 2} | chain)
        self.chain.start(pump=False)
        self.build_rooms()
        self.members: dict[str, Visitor] = {}
        self.panel, self.submitter = "official", "institution"
        self._standing: Vote | None = None
        self.case = self._open_case()
        self._freeze_register()

    def close(self) -> None:
        """Close what would warn when it is forgotten with its connections open."""
        self.issuer.close()

    def build_rooms(self) -> None:
        """As backend.app does it."""
        self.accounts = AccountService(self.sessions, self.cipher, hasher=QUICK_HASHER)
        self.cases = CaseService(self.sessions, self.chain, self.accounts, PasskeyService(self.sessions, self.chain, self.accounts))
        self.register = RegisterService(self.sessions, self.cipher, self.chain, self.cases)
        self.plans = PlanService(self.sessions, self.chain, self.cases)
        self.polls = PollService(self.sessions, self.chain, self.cases, self.plans, self.register, self.settings)
        self.successions = SuccessionService(self.chain, self.cases, self.accounts)
        self.cases.on_signed(SUCCESSION, self.successions.complete_announcement)
        self.cases.on_signed(WITHDRAWAL, self.successions.complete_withdrawal)
        self.trustees = TrusteeService(self.sessions, self.chain, self.cases)
        self.escrows = EscrowService(self.sessions, self.chain, self.cases)
        self.sealed_polls = SealedPollService(self.chain, self.cases, self.trustees, self.polls, self.escrows)
        self.cases.on_signed(APPOINTMENT, self.trustees.complete_appointment)
        self.cases.on_signed(SEALED_ANNOUNCEMENT, self.sealed_polls.complete)
        self.cases.on_signed(ABANDONMENT, self.sealed_polls.complete_abandonment)
        self.cases.on_signed("register_freeze", self.register.complete_freeze)
        self.cases.on_signed("plan_admission", self.plans.complete_admission)
        self.cases.on_signed("poll_announcement", self.polls.complete_announcement)
        self.checkpoints = Checkpoints(self.sessions, self.chain, self.cases, self.polls)
        self.issuer = IssuerClient(self.settings.verifier_url, self.chain, timeout_seconds=20)
        self.identities = IdentityService(self.sessions, self.cipher, self.chain, self.cases, self.register, self.issuer)
        self.cases.on_signed("identity_file", self.identities.complete)
        self.credentials = CredentialService(
            self.sessions, self.cipher, self.chain, self.accounts, self.cases, self.register, self.polls, self.issuer, self.settings,
            limits=CodeLimits(),
        )  # fmt: skip
        self.ballots = BallotService(self.sessions, self.chain, self.polls, self.register, self.issuer, self.settings, self.clock)
        self.audit = AuditService(self.sessions, self.chain, self.clock)
        self.leaks = LeakService(self.register, self.audit)
        self.tally = TallyService(self.chain, self.cases, self.register, self.polls, self.ballots, self.leaks)
        self.sealed_tally = SealedTallyService(self.sessions, self.chain, self.register, self.polls, self.sealed_polls)
        self.complaints = ComplaintService(self.sessions, self.cipher, self.cases, self.register, self.polls, self.ballots)
        self.approvals = ApprovalService(self.chain, self.cases, self.polls, self.complaints)
        self.notices = NoticeService(self.sessions, self.cipher, self.chain, self.settings)
        self.conditions = ConditionService(self.sessions, self.register, self.polls, self.tally, self.audit)
        self.publication = PublicationService(
            self.chain, self.register, self.plans, self.polls, self.ballots, self.tally, self.settings, self.sealed_polls, self.conditions
        )
        self.likenesses = LikenessService(self.sessions, self.cases, self.register, self.polls)

    def app(self) -> FastAPI:
        app = FastAPI()
        wire(app, self.settings, self.chain, self.audit, self.accounts, self.credentials, self.ballots, self.tally, self.approvals)
        wire(app, self.sealed_tally, self.publication, self.likenesses, self.identities, self.notices, ConsoleGateway(self.folder))
        for router in (accounts_router, credentials_router, ballots_router, tally_router, approvals_router, publication_router):
            app.include_router(router)
        app.include_router(likenesses_router)
        app.include_router(identities_router)
        install_error_handlers(app)
        return app

    def browser(self) -> Browser:
        return Browser(self)

    def _open_case(self) -> CaseView:
        officials = []
        for number in range(3):
            account = self.accounts.create_account(f"official {number}", "official", PASSWORD)
            officials.append(NewOfficial(f"官员{number}", signer(f"official {number}"), account.id))
            self.members[f"official {number}"] = Visitor(account.id, "official", account.name)
        account = self.accounts.create_account("institution", "institution", PASSWORD)
        self.members["institution"] = Visitor(account.id, "institution", account.name)
        stranger = self.accounts.create_account("stranger", "official", PASSWORD)
        self.members["stranger"] = Visitor(stranger.id, "official", stranger.name)
        case = NewCase("测试案件", "测试平台", "91999900MA00000006", signer("institution"), tuple(officials), 2, account.id, rehearsal=True)
        return self.cases.open_case(case)

    def _freeze_register(self) -> None:
        file = register_file(self.folder / "register.csv")
        report = self.register.import_file(self.case.id, file, file.name, dry_run=False)
        assert report.lenders == LENDERS, report
        self.sign_together(self.register.propose_freeze(self.case.id, self.members["official 0"]))

    def sign_together(self, act: ActView) -> None:
        for number in (0, 1):
            name = f"{self.panel} {number}"
            digest = typed_data.from_json(act.typed_data).digest()
            unchecked = Check(unchecked_reason="a test of ballots")
            act = self.cases.sign_act(act.id, signer(name), sign(key_of(name), digest), self.members[name], unchecked)
        assert act.status == "done", act

    def announce(self) -> PollView:
        """A new plan, admitted, and a poll on it that opens a minute from now."""
        plan_id = self.admit_plan()
        self.sign_together(self.polls.propose_poll(self.case.id, self.terms_of(plan_id), self.members[f"{self.panel} 0"]))
        return self.poll_on(plan_id)

    def poll_on(self, plan_id: str) -> PollView:
        return next(poll for poll in self.polls.list_polls(self.case.id) if poll.plan_id == plan_id)

    def terms_of(self, plan_id: str) -> Announcement:
        opens_at = self.chain.chain_time() + 60
        return Announcement(plan_id, "CN_SZ_A", opens_at, opens_at + WINDOW_SECONDS, CHALLENGE_SECONDS, (address("verifier"),))

    def admit_plan(self, **more: Any) -> str:
        """A new plan, admitted; its id."""
        draft = self.plans.draft_plan(self.case.id, json.dumps(plan_of(1) | more), make_pdf("plan"), self.members[self.submitter])
        signature = sign(key_of(self.submitter), self.plans.submission_typed(draft).digest())
        self.plans.submit_plan(draft.id, signature, self.members[self.submitter])
        self.sign_together(self.plans.propose_admission(draft.id, self.members[f"{self.panel} 0"]))
        return draft.id

    def open_poll(self) -> Vote:
        poll = self.announce()
        self.anvil.move_to(poll.parameters.opens_at)
        return Vote(self, poll)

    def standing_vote(self) -> Vote:
        """The poll that tests share: the last one, as long as there is an hour left of it."""
        if self._standing is None or self.chain.chain_time() > self._standing.poll.parameters.closes_at - 3600:
            self._standing = self.open_poll()
        return self._standing


@dataclass
class Vote:
    """One poll and what lenders, officials and the verifier do in it."""

    world: World
    poll: PollView

    def ballot_key(self, index: int, sequence: int = 1) -> bytes:
        return key_of(f"{self.poll.id} lender {index} key {sequence}")

    def key_address(self, index: int, sequence: int = 1) -> str:
        return address_of(self.ballot_key(index, sequence))

    def ballot(self, index: int, choice: int = FOR, sequence: int = 1, **changes: Any) -> SignedBallot:
        """A signed ballot with a credential by the poll's verifier; `changes` overwrite fields after signing, a `key` signs in the usual
        one's place."""
        key = changes.pop("key", None) or self.ballot_key(index, sequence)
        plan_hash, contract, chain_id = self.poll.plan_hash, self.poll.address, self.world.chain.chain_id
        expires_at = changes.get("credential_expires_at", self.poll.parameters.closes_at)
        credential = typed_data.credential(chain_id, contract, index, address_of(key), expires_at)
        digest = typed_data.ballot(chain_id, contract, index, choice, sequence, plan_hash).digest()
        facts = {
            "index": index,
            "choice": choice,
            "sequence": sequence,
            "ballot_key": address_of(key),
            "ballot_signature": "0x" + sign(key, digest).hex(),
            "credential_expires_at": expires_at,
            "credential_signature": "0x" + sign(key_of("verifier"), credential.digest()).hex(),
        }
        return SignedBallot(**(facts | changes))

    def take(self, index: int, choice: int = FOR, sequence: int = 1) -> Any:
        return self.world.ballots.take(self.poll.id, self.ballot(index, choice, sequence))

    def issue(self, index: int, sequence: int = 1) -> None:
        """Have the real issuer issue the credential for this ballot key, by two officials' vouchers."""
        chain_id, contract, now = self.world.chain.chain_id, self.poll.address, self.world.chain.chain_time()
        key = self.key_address(index, sequence)
        ticket = typed_data.phone_ticket(chain_id, contract, index, key, now + 600)
        voucher = typed_data.voucher(chain_id, contract, index, key, 1, now).digest()
        body = {
            "poll": contract,
            "index": index,
            "ballot_key": key,
            "ticket": {"expires_at": now + 600, "signature": self.world.chain.sign(ticket)},
            "vouchers": [
                {"signer": address(name), "method": 1, "vouched_at": now, "signature": "0x" + sign(key_of(name), voucher).hex()}
                for name in ("official 0", "official 2")
            ],
        }
        httpx.post(f"{self.world.settings.verifier_url}/v1/credentials/vouched", json=body, timeout=30).raise_for_status()

    def status(self, receipt: Any) -> str:
        return self.world.ballots.receipt(receipt.number).status

    def recorded(self, index: int) -> tuple[int, int]:
        ballot = self.world.polls.contract(self.poll).ballot_of(index)
        return int(ballot.choice), ballot.sequence

    def close(self) -> None:
        self.world.anvil.move_to(self.poll.parameters.closes_at)

    def open_sums(self, visitor: Visitor | None = None, **options: Any) -> ResultView:
        """Have the sums opened by whoever has seen what they tell."""
        report = self.world.tally.leaks(self.poll.id)
        return self.world.tally.open_sums(self.poll.id, visitor, acknowledged=to_hex(report.hash), **options)

    def settle(self) -> None:
        """Blocks enough for what is recorded to be final, then one round of the relay."""
        self.world.anvil.mine(3)
        self.world.chain.pump()
        self.world.ballots.relay_once()

    def attestation(self, name: str, *, approve: bool = True) -> bytes:
        typed = typed_data.attestation(
            self.world.chain.chain_id, self.poll.address, self.world.chain.poll(self.poll.address).result_hash(), approve=approve
        )
        return sign(key_of(name), typed.digest())

    def lender(self, index: int) -> Visitor:
        return Visitor(None, LENDER, "某某", case_id=self.poll.case_id, lender_index=index, poll_id=self.poll.id)


def high_s(signature: str) -> str:
    """The other signature that recovers the same key."""
    raw = bytes.fromhex(signature[2:])
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    s = order - int.from_bytes(raw[32:64], "big")
    return "0x" + (raw[:32] + s.to_bytes(32, "big") + bytes([55 - raw[64]])).hex()
