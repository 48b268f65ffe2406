"""A poll's contract as nodes show it, held against what the officials signed and what our own register has."""

from __future__ import annotations

from backend.case.cases.views import SignedAct
from backend.case.register.views import FrozenRegister
from backend.ground.chain.addresses import poll_address
from backend.ground.chain.service import Chain
from backend.ground.chain.successions import SUCCESSIONS_SINCE
from backend.ground.chain.values import PollParameters, parameters_hash
from backend.vote.polls.errors import NumberTaken, PollElsewhere, PollTellsOtherwise


def is_announced(chain: Chain, act: SignedAct, hashed: bytes) -> bool:
    """Whether the chain has the poll with these parameters under the act's number. Raises: NumberTaken when it has another one there."""
    contract = chain.case(act.case_address)
    if contract.poll_count() <= act.number:
        return False
    if chain.poll(contract.poll(act.number)).parameters_hash() != hashed:
        raise NumberTaken(number=act.number)
    return True


def address_of(chain: Chain, act: SignedAct, protocol: int) -> str:
    """Where the poll stands, 0x lower case. Raises: PollElsewhere."""
    address = chain.case(act.case_address).poll(act.number).lower()
    if protocol > 1 and address != poll_address(act.case_address, act.number):
        raise PollElsewhere(number=act.number)
    return address


def generation_of(chain: Chain, act: SignedAct, protocol: int) -> int:
    """The number of the generation that announced it, as the contract has it."""
    return chain.case(act.case_address).generation_of_poll(act.number) if protocol >= SUCCESSIONS_SINCE else 0


def held_to(chain: Chain, address: str, act: SignedAct, signed: tuple[PollParameters, FrozenRegister, bytes]) -> PollParameters:
    """The parameters in the contract's writing; register and plan's hash are compared, too. Raises: PollTellsOtherwise."""
    parameters, register, plan_hash = signed
    contract = chain.poll(address)
    held = contract.parameters()
    told = (contract.register_root(), contract.leaf_count(), contract.depth(), contract.plan_hash(), contract.classes())
    totals = tuple(each.totals for each in register.classes)
    ours = (register.root, register.leaf_count, register.depth, plan_hash, totals)
    if told != ours or parameters_hash(held) != parameters_hash(parameters):
        raise PollTellsOtherwise(number=act.number)
    return held
