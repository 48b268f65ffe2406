"""DEMO: two authorities that stamp an installation's votes, by the time of its chain (protocol §26)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from scripts.rig.api import Api, Refused
from scripts.rig.processes import Stack
from scripts.rig.stamp_authority import Authority, Service, chain_clock
from scripts.rig.vote import Vote

NAMES = ("demo-one", "demo-two")
LOOK_SECONDS = 0.5


@contextmanager
def two_authorities(stack: Stack) -> Iterator[None]:
    """They answer until the end; the installation, which has not started yet, is told of them."""
    folder = stack.data_dir / "authorities"
    folder.mkdir(parents=True, exist_ok=True)
    urls, files = [], []
    with ExitStack() as running:
        for name in NAMES:
            authority, path = Authority.new(f"DEMO {name}"), folder / f"{name}.pem"
            path.write_bytes(authority.pem())
            service = running.enter_context(Service(authority, clock=chain_clock(stack.rpc_url)))
            urls.append(f"{name}={service.url}")
            files.append(f"{name}={path.resolve()}")
            stack.roots.append(path)
        stack.environment |= {"LENDERVOTE_STAMP_AUTHORITIES": ",".join(urls), "LENDERVOTE_STAMP_CERTIFICATES": ",".join(files)}
        yield


def await_stamps(vote: Vote, subject: str, seconds: float = 25) -> bool:
    """Whether both have stamped that within so many seconds: before the chain's clock is moved on, or it would be too late."""
    public, until = Api(vote.stack.url), time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            lines = public.download(f"/api/polls/{vote.poll['id']}/published/stamps.jsonl").splitlines()
        except Refused:
            lines = []
        if [json.loads(line)["subject"] for line in lines].count(subject) >= len(NAMES):
            return True
        time.sleep(LOOK_SECONDS)
    return False
