"""The sample of a forged vote's register, made as the officials' tool makes it (protocol §4.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from eth_hash.auto import keccak

from scripts.tampers.forge.chain import CHAIN_ID
from scripts.tampers.forge.vote import START, ForgedVote
from tests.contracts.ballot_box import sign, signer_of
from tests.contracts.ranged import context_of, opened
from tests.contracts.typed import Domain
from tests.verifier.tally.vote import hex_of
from verifier.sampling import intervals, paper
from verifier.sampling.draw import BLOCKS_LATER, indexes_of, points_of, seed_of

Content = dict[str, Any]


@dataclass(frozen=True)
class Sampler:
    """An honest sample; every field is something that a liar changes, before it is signed.

    `drawn` gets the honest indexes and gives those that are proved, as well as anybody can; `published` are those that are told.
    """

    draws: int = 90
    later: int = BLOCKS_LATER
    root: bytes = b""
    drawn: Callable[[list[int]], list[int]] = list
    published: Callable[[list[int]], list[int]] = list
    context: Callable[[bytes], bytes] = lambda context: context
    findings: Callable[[dict[int, str]], Mapping[int, str]] = lambda found: found
    content: Callable[[Content], Content] = lambda found: found
    signed: Callable[[ForgedVote], Sequence[bytes]] = lambda vote: vote.official_keys[:2]
    domain: Callable[[ForgedVote], Domain] = lambda vote: vote.case_domain
    proofs: Callable[[bytes], bytes] = lambda content: content

    def __call__(self, vote: ForgedVote) -> dict[str, bytes]:
        """Both files; of a register that is looked at whole the first alone."""
        leaves = vote.register.lenders
        block = vote.chain.blocks[vote.acts["freeze"].number - vote.chain.first_number + self.later]
        seed, total = seed_of(self.root or vote.register.root, block.hash), sum(fen for _, fen, _ in vote.classes)
        points = points_of(seed, self.draws, total)
        indexes = self.drawn(indexes_of(points, [one.amount_fen for one in leaves]))
        told, file = self.published(indexes), b""
        if indexes:
            context = self.context(context_of(CHAIN_ID, vote.case, 0, vote.register, vote.classes))
            every = tuple(points), tuple(indexes), tuple(opened(one) for one in leaves)
            file = self.proofs(proved(intervals.context_of(context, seed, told), *every))
        named = sorted(set(told)) if told else range(len(leaves))
        findings = self.findings({index: str(paper.Found.AGREES) for index in named})
        draw = paper.Draw(0, vote.register.root, block.number, block.hash, told, bytes(keccak(file)) if file else bytes(32))
        content = self.content(_content(draw, findings, total))
        digest = self.domain(vote).digest("RegisterSample", 0, vote.register.root, bytes(keccak(paper.written(content))))
        signatures = [{"signature": hex_of(sign(key, digest)), "signer": hex_of(signer_of(key))} for key in self.signed(vote)]
        files = {paper.NAME: paper.written(content | {"signatures": signatures})}
        return files | ({intervals.NAME: file} if file else {})


@dataclass
class SampledVote(ForgedVote):
    """A vote whose register was sampled; blocks without anything stand behind the freeze, so that there is a seed."""

    sampler: Sampler = field(default_factory=Sampler)

    def build(self) -> SampledVote:
        """The vote, and then its sample."""
        super().build()
        self.published |= self.sampler(self)
        return self

    def _freeze(self) -> None:
        super()._freeze()
        for later in range(1, 1 + BLOCKS_LATER):
            self.chain.add(START + 100 + later)


def _content(draw: paper.Draw, findings: Mapping[int, str], total: int) -> Content:
    """With what is told even where findings are missing: those count as though they agreed."""
    every = {index: findings.get(index, str(paper.Found.AGREES)) for index in {*draw.indexes, *findings}}
    found = paper.content_of(draw, every, total)
    return found | {"findings": [{"found": findings[index], "index": index} for index in sorted(findings)]}


@lru_cache(maxsize=64)
def proved(context: bytes, points: tuple[int, ...], indexes: tuple[int, ...], leaves: tuple[tuple[int, int, bytes], ...]) -> bytes:
    """sample_proofs.bin; what is out of range is proved by its lowest 64 bits."""
    commitments = intervals.commitments_of(points, indexes, b"".join(point for _, _, point in leaves))
    openings = intervals.openings_of(points, indexes, [(amount, blind) for amount, blind, _ in leaves])
    lowest = [(amount % 2**64, blind) for amount, blind in openings]
    proofs = [proof for _, proof in intervals.prove_draws(context, lowest, commitments)]
    return intervals.file_of(context, len(lowest), proofs)
