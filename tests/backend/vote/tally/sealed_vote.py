"""A sealed poll on a real chain: its ceremony held by six seats with the trustees' tool, ballots sealed as a lender's device does."""

from __future__ import annotations

from typing import Any

from coincurve import PublicKey

from backend.case.trustees.schemas import CeremonyOut
from backend.case.trustees.status import Step
from backend.ground.chain import sealed_types, typed_data
from backend.ground.chain.signatures import address_of, sign
from backend.ground.common import seals
from backend.ground.common.voting import SealedChoices
from backend.vote.ballots.rules import SignedBallot
from backend.vote.polls.views import PollView
from scripts.rig.sealing import seal
from scripts.rig.seats import Seats
from scripts.tampers.recounts import FIRST, SECOND, ask
from tests.backend.vote.ballots.world import FOR, Vote, World, key_of

NONSENSE = SealedChoices(bytes(31) + b"\5", b"nonsense")
"""The x of no point: nobody can open it, and the contract must go on all the same."""


class Ceremony:
    """Six seats, three of whom open; appointed at once, since the case is a rehearsal."""

    def __init__(self, world: World, threshold: int = 3, count: int = 6) -> None:
        self.world, self.seats = world, Seats(count)
        official = world.members["official 0"]
        signers = [bytes.fromhex(trustee.signer[2:]) for trustee in self.seats.seats]
        world.sign_together(world.trustees.propose_appointment(world.case.id, signers, self.seats.names, official))
        self.id = world.trustees.begin(world.case.id, threshold, self.seats.names, official).id
        for seat in range(count):
            self._hand_in(seat, Step.ENTRY, self.seats.entry(self.shown(), seat))
        world.trustees.close_roll(self.id, official)
        rolled = self.shown()
        for seat in range(count):
            self._hand_in(seat, Step.DEALING, self.seats.dealing(rolled, seat))
        dealt = self.shown()
        for seat in range(count):
            self._hand_in(seat, Step.CONFIRMATION, self.seats.confirmation(dealt, seat))

    def shown(self) -> dict[str, Any]:
        return CeremonyOut.of(self.world.trustees.ceremony(self.id)).model_dump(mode="json")

    def share(self, seat: int) -> int:
        return self.seats.share(self.shown(), seat)

    def _hand_in(self, seat: int, step: Step, paper: dict[str, Any]) -> None:
        self.world.trustees.hand_in(self.id, seat, step, paper)


class SealedVote(Vote):
    """What lenders do in it; a choice, or a choice for each motion."""

    ceremony: Ceremony

    @property
    def key(self) -> PublicKey:
        assert self.poll.sealing is not None
        found = self.poll.sealing.key
        return PublicKey.from_point(found.x, found.y)

    def ballot(self, index: int, choice: int | tuple[int, ...] = FOR, sequence: int = 1, **changes: Any) -> SignedBallot:
        key = changes.pop("key", None) or self.ballot_key(index, sequence)
        place, sealing = (self.world.chain.chain_id, self.poll.address), self.poll.sealing
        assert sealing is not None
        expires_at = changes.get("credential_expires_at", self.poll.parameters.closes_at)
        credential = typed_data.credential(*place, index, address_of(key), expires_at)
        choices = choice if isinstance(choice, tuple) else (choice,)
        separator = typed_data.domain_separator(*place)
        sealed = changes.get("sealed") or seal(self.key, separator, index, sequence, seals.plain_value(choices))
        numbers = int.from_bytes(sealed.seal, "big"), int.from_bytes(sealed.sealed_choice, "big")
        digest = sealed_types.sealed_ballot(*place, index, sequence, *numbers, self.poll.plan_hash, sealing.key_hash).digest()
        facts = {
            "index": index,
            "choice": 0,
            "sequence": sequence,
            "ballot_key": address_of(key),
            "ballot_signature": "0x" + sign(key, digest).hex(),
            "credential_expires_at": expires_at,
            "credential_signature": "0x" + sign(key_of("verifier"), credential.digest()).hex(),
            "sealed": sealed,
        }
        return SignedBallot(**(facts | changes))


def announced(world: World, ceremony: Ceremony, abandon_after_seconds: int = 3600, **plan: Any) -> PollView:
    plan_id = world.admit_plan(**plan)
    terms = world.terms_of(plan_id)
    act = world.sealed_polls.propose(world.case.id, terms, ceremony.id, world.members["official 0"], abandon_after_seconds)
    world.sign_together(act)
    return world.poll_on(plan_id)


def opened_poll(world: World, ceremony: Ceremony | None = None, **more: Any) -> SealedVote:
    held = ceremony or Ceremony(world)
    poll = announced(world, held, **more)
    world.anvil.move_to(poll.parameters.opens_at)
    vote = SealedVote(world, poll)
    vote.ceremony = held
    return vote


def both_recounts_agree(vote: SealedVote) -> None:
    """What we publish is what the tools of auditors read, to the field."""
    [folder] = {path.parent for path in vote.world.publication.publish(vote.poll.id)}
    for tool in (FIRST, SECOND):
        said = ask(tool, ["--rpc", vote.world.anvil.url, "--published", str(folder)], folder)
        assert (said.verdict, said.names) == ("agrees", frozenset()), said.line
