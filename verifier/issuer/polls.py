"""What a poll is held to: what is believed of it (roots), and the time by the newest block."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.issuer.errors import PollOfAnotherVerifier
from verifier.issuer.roots.book import RootsBook
from verifier.issuer.roots.reading import PollRoots
from verifier.issuer.typed_data import PollDomain


@dataclass(frozen=True)
class PollFacts:
    """A poll at a moment: `roots` does not change, `now` is the newest block's time in seconds since 1970."""

    roots: PollRoots
    now: int

    @property
    def address(self) -> str:
        """0x lower case."""
        return self.roots.poll

    @property
    def chain_id(self) -> int:
        """Of the case and its polls."""
        return self.roots.case.chain_id

    @property
    def closes_at(self) -> int:
        """In seconds since 1970."""
        return self.roots.closes_at

    @property
    def leaf_count(self) -> int:
        """Indexes of lenders are below it."""
        return self.roots.leaf_count

    @property
    def domain(self) -> PollDomain:
        """Where signatures for this poll belong."""
        return self.roots.domain

    @property
    def closed(self) -> bool:
        """The window is over by the chain's clock."""
        return self.now >= self.closes_at


@dataclass(frozen=True)
class PollReader:
    """Reads polls that name `verifier` (0x lower case) among their verifiers."""

    book: RootsBook
    verifier: str

    def read(self, poll: str) -> PollFacts:
        """Raises: PollUnknown, PollOfAnotherVerifier, ChainSilent, and what keeps a poll from being believed (roots/errors.py)."""
        roots = self.roots(poll)
        return PollFacts(roots, self.book.now(roots.case.chain_id))

    def roots(self, poll: str) -> PollRoots:
        """What is believed of the poll, without a look at the clock of the chain. Raises: as `read`."""
        roots = self.book.poll(poll, self.verifier)
        if self.verifier not in roots.verifiers:
            raise PollOfAnotherVerifier(poll=poll)
        return roots
