"""Certificates of decided polls, from what the chain holds and nothing else that could change."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import segno

from backend.case.cases.service import CaseService
from backend.case.cases.views import CaseView, Generation
from backend.case.plans.service import PlanService
from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.service import Chain
from backend.ground.chain.turns import turns_to_the_end
from backend.ground.chain.values import rule_hash
from backend.ground.common.clock import from_unix
from backend.ground.common.hashing import keccak
from backend.ground.common.hex_text import to_hex
from backend.ground.common.made_once import MadeOnce
from backend.ground.common.settings import Settings
from backend.ground.common.typesetting import typeset
from backend.ground.common.voting import PollKind
from backend.public.certificates import rules
from backend.public.certificates.errors import NotDecidedYet
from backend.vote.polls.schemas import ConditionOut
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView
from backend.vote.tally.errors import NotTalliedYet, RecordsNotReadYet
from backend.vote.tally.schemas import ResultOut
from backend.vote.tally.service import TallyService

#: What a certificate says of the result. The first protocol knows no leaves that were taken out, and its certificates stay as they are.
_RESULT = {1: ("classes", "passed", "result_hash")}
_OF_KIND: dict[PollKind, tuple[str, ...]] = {PollKind.OPEN: (), PollKind.SEALED: ("motions", "sealed")}
_RESULT_SINCE_2 = ("classes", "excluded", "passed", "result_hash")
TEMPLATE = Path(__file__).with_name("certificate.typ")


class CertificateService:
    """States a decided poll's result and decision."""

    def __init__(
        self, chain: Chain, cases: CaseService, plans: PlanService, polls: PollService, tally: TallyService, settings: Settings
    ) -> None:
        self._chain = chain
        self._cases = cases
        self._plans = plans
        self._polls = polls
        self._tally = tally
        self._settings = settings
        # Once a poll is decided, nothing that is in its certificate can change.
        self._facts: MadeOnce[dict[str, Any]] = MadeOnce(64)
        self._papers: MadeOnce[bytes] = MadeOnce(64)

    def certificate(self, poll_id: str) -> dict[str, Any]:
        """The facts as JSON, made once: times RFC 3339, amounts in fen. Raises: PollUnknown, NotDecidedYet, Unavailable."""
        return self._facts.get(poll_id, lambda: self._make_facts(poll_id))

    def _make_facts(self, poll_id: str) -> dict[str, Any]:
        poll = self._polls.get_poll(poll_id)
        try:
            result = self._tally.result(poll_id)
        except NotTalliedYet as error:
            raise NotDecidedYet from error
        if result.decision is None:
            raise NotDecidedYet
        case, plan = self._cases.get_case(poll.case_id), self._plans.get_plan(poll.plan_id)
        deciding = case.of_generation(poll.generation)
        shown = ResultOut.of(result).model_dump(mode="json")
        return {
            **_mark(poll),
            "format": f"lendervote-certificate/{poll.protocol}",
            "number": rules.number_of(to_hex(result.result_hash)),
            "chain_id": self._chain.chain_id,
            "case": _case_facts(case, deciding),
            "plan": {
                "title": plan.title,
                "version": plan.version,
                "plan_hash": to_hex(plan.plan_hash),
                "pdf_keccak": plan.content["pdf"]["keccak"],
            },
            "poll": {
                "address": poll.address,
                "number": poll.number,
                "announced_at": _text(poll.announced_at),
                "opens_at": _text(from_unix(poll.parameters.opens_at)),
                "closes_at": _text(from_unix(poll.parameters.closes_at)),
                "challenge_ends_at": _text(result.challenge_ends_at),
            },
            "register": {"root": to_hex(poll.register_root), "leaf_count": poll.leaf_count},
            "rule": {
                "name": poll.rule,
                "rule_hash": to_hex(rule_hash(poll.conditions)),
                "conditions": [ConditionOut.of(condition).model_dump() for condition in poll.conditions],
            },
            "result": {name: shown[name] for name in (*_RESULT.get(poll.protocol, _RESULT_SINCE_2), *_OF_KIND[poll.kind])},
            "decision": self._decision(poll, result.decision),
            "url": self._url(poll),
        }

    def paper(self, poll_id: str, language: str) -> bytes:
        """The certificate as PDF/A in `zh` or `en`, made once. Raises: as `certificate`, FontsMissing."""
        return self._papers.get((poll_id, language), lambda: self._make_paper(poll_id, language))

    def _make_paper(self, poll_id: str, language: str) -> bytes:
        facts = self.certificate(poll_id)
        drawn = io.BytesIO()
        segno.make(facts["url"], error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
        setting = rules.paper_facts(facts, language, facts["url"], drawn.getvalue().decode())
        return typeset(TEMPLATE.read_bytes(), setting, datetime.fromisoformat(facts["decision"]["decided_at"]))

    def _decision(self, poll: PollView, outcome: str) -> dict[str, Any]:
        """Who signed what, when, and when the last one needed did; times are the blocks'."""
        deciding = self._cases.get_case(poll.case_id).of_generation(poll.generation)
        names = {keccak(official.signer): official for official in deciding.officials}
        decided = self._events(poll.address, "PollDecided")[0]
        officials = []
        for event in self._events(poll.address, "OfficialAttested"):
            official = names[event.args["signerHash"]]
            officials.append(
                {
                    "name": official.name,
                    "signer": to_hex(official.signer),
                    "approve": event.args["approve"],
                    "signed_at": _text(from_unix(self._chain.block(event.block).timestamp)),
                    "tx_hash": event.tx_hash,
                    "block": event.block,
                }
            )
        agreeing = sum(each["approve"] == (outcome == "approved") for each in officials)
        at = _text(from_unix(self._chain.block(decided.block).timestamp))
        return {"outcome": outcome, "decided_at": at, "count": agreeing, "needed": deciding.threshold, "officials": officials}

    def _events(self, address: str, name: str) -> list[ContractEvent]:
        """All events of a name, once the mirror has come as far as the decision. Raises: RecordsNotReadYet."""
        for _ in turns_to_the_end(self._chain, address):
            if self._chain.events(address, "PollDecided", confirmed=False):
                return list(self._pages(address, name))
        raise RecordsNotReadYet

    def _pages(self, address: str, name: str) -> Iterator[ContractEvent]:
        after = 0
        while page := self._chain.events(address, name, after, confirmed=False):
            yield from page
            after = page[-1].id

    def _url(self, poll: PollView) -> str:
        return f"{self._settings.resolved_public_url}/polls/{poll.id}"


def _mark(poll: PollView) -> dict[str, bool]:
    """Before protocol 3 there were no rehearsals, and certificates stay as they are."""
    return {"rehearsal": poll.rehearsal} if poll.protocol > 2 else {}


def _case_facts(case: CaseView, deciding: Generation) -> dict[str, Any]:
    """The case with the institution of those who decide."""
    named = {"name": case.name, "institution": deciding.institution.name, "credit_code": deciding.institution.credit_code}
    return {**named, "address": case.address, **_generation(deciding)}


def _generation(deciding: Generation) -> dict[str, Any]:
    """Who decided where others had opened the case; certificates of the first generation stay as they are."""
    if deciding.number == 0 or deciding.ended_at is None:
        return {}
    told = {"number": deciding.number, "hash": to_hex(deciding.hash), "in_office_since": _text(deciding.ended_at)}
    return {"generation": told | {"reason": deciding.reason}}


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
