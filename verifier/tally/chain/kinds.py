"""The rules by which chains hash, by the names under which whoever recounts chooses one (protocol §13)."""

from verifier.tally.chain.kaia import Kaia
from verifier.tally.chain.rules import ChainRule, Ethereum

RULES: dict[str, ChainRule] = {"ethereum": Ethereum(), "kaia": Kaia()}
