"""What the settings say that the issuer may believe."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.issuer.roots.fingerprints import RootsNotUsable, read_fingerprints
from verifier.issuer.roots.organisations import read_organisations
from verifier.issuer.settings import IssuerSettings

ORGANISATIONS_NEEDED = 2


@dataclass(frozen=True)
class RootsChoice:
    """`pinned` fingerprints, addresses of nodes by organisation, and how many organisations have to agree."""

    pinned: tuple[str, ...]
    organisations: dict[str, str]
    one_node: bool

    @property
    def least(self) -> int:
        """Organisations that have to agree."""
        return 1 if self.one_node else ORGANISATIONS_NEEDED

    @classmethod
    def read(cls, settings: IssuerSettings) -> RootsChoice:
        """Raises: RootsNotUsable, also for what PRODUCTION does not allow."""
        if settings.rpc_url:
            raise RootsNotUsable(
                "LENDERVOTE_ISSUER_RPC_URL is read no more: write LENDERVOTE_ISSUER_RPC_URLS=Organisation=http://..., "
                "Another organisation=http://..."
            )
        chosen = cls(read_fingerprints(settings.cases), read_organisations(settings.rpc_urls), settings.one_node)
        if settings.production and not chosen.pinned:
            raise RootsNotUsable(
                "LENDERVOTE_ISSUER_PRODUCTION is set and LENDERVOTE_ISSUER_CASES names no case: "
                "type the fingerprint from the working group's paper"
            )
        if settings.production and len(chosen.organisations) < chosen.least:
            raise RootsNotUsable(
                "LENDERVOTE_ISSUER_PRODUCTION is set and LENDERVOTE_ISSUER_RPC_URLS names one organisation only: name a second one, "
                "or set LENDERVOTE_ISSUER_ONE_NODE=yes, which the log says and every recount names"
            )
        return chosen
