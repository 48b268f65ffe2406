"""`python -m scripts.witness_drill [--stories N]` (make witness-drill): a vote's chain is made anew, again and again, with all keys.

A vote is held on a local Anvil; an authority (DEMO, our own) stamps it, a witness follows it. Then the chain is taken back to the opening
and held otherwise by the same keys: by itself each such chain is a right vote, and only outsiders can tell. Each has to be named, by the
recount with stamps that somebody kept and the witness's file (Python by the node, JavaScript by the bundle), and the witness has to alarm.
It is killed with SIGKILL in between, has to say that the chain halts, and that a receipted ballot is missing. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scripts.build.contracts import ROOT
from scripts.evidence.bundle import write_bundle
from scripts.rig.stamp_authority import Authority
from scripts.rig.stamping import Stamper
from scripts.rig.steps import say
from scripts.witness_drill.watching import WitnessProcess
from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR
from tests.contracts.chain import Chain, anvil
from tests.verifier.tally.vote import RELAY, HeldVote
from verifier.tally.recount import Options
from verifier.tally.stamps import Roots

OUTSIDERS = {"stamps.chain", "witness.chain"}
ALARM_SECONDS, HALT_SECONDS, LAG_SECONDS = 60, 5.0, 4.0
HONEST = dict.fromkeys(range(8), FOR) | {8: AGAINST, 9: ABSTAIN}


@dataclass(frozen=True)
class Story:
    """How the vote is held: choices by lender, seconds after the opening, all in one transaction or each in its own; whether it ends."""

    name: str
    choices: dict[int, int]
    later: int = 0
    apart: bool = False
    ends: bool = True

    def tell(self, vote: HeldVote) -> None:
        """Hold it, from the opening on."""
        chain, poll = vote.poll.chain, vote.poll
        chain.warp(poll.terms.opens_at + self.later)
        votes = [vote.vote(index, choice) for index, choice in self.choices.items()]
        for part in [[one] for one in votes] if self.apart else [votes]:
            poll.cast_batch(part)
        vote.count(votes)
        vote.note()
        if self.ends:
            vote.close()


#: Each by the same keys; all but the last are right votes by themselves.
STORIES = (
    Story("a choice turned", HONEST | {9: FOR}),
    Story("a ballot left out", {index: choice for index, choice in HONEST.items() if index != 9}),
    Story("a ballot more", HONEST | {10: FOR}),
    Story("the same ballots an hour later", HONEST, later=3600),
    Story("the same ballots one by one", HONEST, apart=True),
    Story("cut off before its close", HONEST, ends=False),
)


@dataclass
class Drilled:
    """What came of it."""

    rewrites: int = 0
    named: int = 0
    named_by_the_second: int = 0
    unseen_without_outsiders: int = 0
    honest_agrees: bool = False
    resumed: bool = False
    alarms: list[float | None] = field(default_factory=list)

    @property
    def alarm_s(self) -> int | None:
        """The longest; None where one did not come."""
        came = [one for one in self.alarms if one is not None]
        return math.ceil(max(came)) if came and len(came) == len(self.alarms) else None

    def figures(self) -> dict[str, Any]:
        """The last line."""
        return {
            "rewrites": self.rewrites, "named": self.named, "named_by_the_second": self.named_by_the_second, "alarm_s": self.alarm_s,
            "alarms": len([one for one in self.alarms if one is not None]), "alarms_due": len(self.alarms),
            "unseen_without_outsiders": self.unseen_without_outsiders, "honest_agrees": int(self.honest_agrees),
            "resumed_after_kill": int(self.resumed),
        }  # fmt: skip

    def is_good(self) -> bool:
        """Whether all was named in time."""
        named = self.rewrites >= 5 and self.named == self.named_by_the_second == self.rewrites
        return named and self.honest_agrees and self.resumed and self.alarm_s is not None and self.alarm_s <= ALARM_SECONDS


class Drill:
    """One chain, its vote, its outsiders."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address, self.chain = folder, address, Chain(address)
        self.vote = HeldVote.announce(self.chain)
        self.opening = self.chain.rpc("evm_snapshot")
        self.authority, self.found = Authority.new("DEMO authority"), Drilled()
        self.root, self.kept = folder / "root.pem", folder / "kept.jsonl"
        self.root.write_bytes(self.authority.pem())
        self.bundles: list[tuple[str, Path]] = []

    def published(self, name: str, vote: HeldVote) -> Path:
        """The published files of a telling."""
        target = self.folder / name
        target.mkdir()
        vote.publish(target)
        return target

    def honest(self) -> Path:
        """The vote as it was, stamped; what somebody keeps of it."""
        vote = self._fresh()
        Story("honest", HONEST).tell(vote)
        self.chain.rpc("anvil_mine", hex(3))
        target = self.published("honest", vote)
        lines = Stamper.of(self.address, target, self.authority, RELAY).all_lines()
        self.kept.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return target

    def _fresh(self) -> HeldVote:
        return replace(self.vote, receipts=[], newest={}, books=[], notes=[], excluded=[])

    def options(self, witness: WitnessProcess) -> Options:
        """What whoever recounts brings."""
        return Options(
            stamps=(self.kept,),
            authorities=Roots.of([self.root]),
            witnesses=(witness.file,),
            witness_keys=frozenset({self.address_in(witness)}),
        )

    @staticmethod
    def address_in(witness: WitnessProcess) -> bytes:
        """Whose file it is, by its first line."""
        return bytes.fromhex(json.loads(witness.file.read_bytes().split(b"\n")[0])["address"][2:])

    def check_honest(self, target: Path, witness: WitnessProcess) -> None:
        """With all that outsiders say, the vote as it was agrees."""
        out = self.folder / "honest.zip"
        self.found.honest_agrees = write_bundle(self.address, target, out, self.options(witness)).agrees
        self.bundles.append(("honest", out))

    def rewrite(self, number: int, story: Story, witness: WitnessProcess) -> None:
        """Take the chain back to the opening, hold the vote otherwise, and see who notices."""
        began, self.chain_before = time.monotonic(), self.chain.rpc("eth_blockNumber")
        assert self.chain.rpc("evm_revert", self.opening)
        self.opening = self.chain.rpc("evm_snapshot")
        vote = self._fresh()
        story.tell(vote)
        self.chain.rpc("anvil_mine", hex(3))
        self.found.rewrites += 1
        after = witness.alarm_after(began, "rewritten")
        self.found.alarms.append(after)
        target, out = self.published(f"story-{number}", vote), self.folder / f"story-{number}.zip"
        names = {one.name for one in write_bundle(self.address, target, out, self.options(witness)).findings}
        self.bundles.append((story.name, out))
        self.found.named += names >= OUTSIDERS
        self.found.unseen_without_outsiders += not names - OUTSIDERS
        say.print(f"{story.name}: {', '.join(sorted(names))}; alarm after {'none' if after is None else f'{after:.1f} s'}")

    def second(self, witness: WitnessProcess) -> None:
        """All bundles once more, by JavaScript."""
        brought = ["--stamps", str(self.kept), "--authority", str(self.root), "--witness", str(witness.file)]
        brought += ["--witness-key", "0x" + self.address_in(witness).hex()]
        index = [{"arguments": ["--evidence", str(out), *brought]} for _, out in self.bundles]
        (self.folder / "index.json").write_text(json.dumps(index))
        command = ["node", str(ROOT / "verifier" / "second" / "scenes.mjs"), str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
        for (name, _), line in zip(self.bundles, done.stdout.splitlines(), strict=False):
            named = set(json.loads(line)["names"])
            if name != "honest":
                self.found.named_by_the_second += named >= OUTSIDERS
                say.print(f"second recount, {name}: {', '.join(sorted(named))}")

    def kill(self, witness: WitnessProcess) -> None:
        """SIGKILL in the middle; it goes on where its file ends."""
        before = witness.entries()
        witness.kill()
        with witness.file.open("ab") as file:
            file.write(b'{"block":')  # as if it had been killed in the middle of a line
        witness.start()
        self.chain.rpc("anvil_mine", hex(3))
        height = int(self.chain.rpc("eth_blockNumber"), 16)
        self.found.resumed = witness.signed(height - 1) and witness.entries() > before

    def miss(self, witness: WitnessProcess) -> None:
        """A receipt whose ballot never comes; and no block either."""
        began = time.monotonic()
        vote = self._fresh()
        vote.vote(11, FOR)  # receipted, never sent
        (witness.receipts / "lender-11.json").write_text(json.dumps(vote.receipts[-1]))
        self.found.alarms.append(witness.alarm_after(began, "missing"))
        self.found.alarms.append(witness.alarm_after(began, "halted"))


def drilled(drill: Drill, stories: int) -> None:
    """The whole drill; what came of it is in `drill.found`, also when it ends early."""
    target = drill.honest()
    with WitnessProcess(drill.folder, drill.address, target, halt_seconds=HALT_SECONDS, lag_seconds=LAG_SECONDS) as witness:
        assert witness.signed(int(drill.chain.rpc("eth_blockNumber"), 16) - 1), "the witness signs nothing"
        drill.check_honest(target, witness)
        drill.kill(witness)
        for number, story in enumerate((STORIES * stories)[:stories]):
            drill.rewrite(number, story, witness)
            witness.signed(int(drill.chain.rpc("eth_blockNumber"), 16) - 1)
        drill.miss(witness)
        drill.second(witness)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 only if every chain was named, by both, and every alarm came in time."""
    parser = argparse.ArgumentParser(prog="python -m scripts.witness_drill", description=__doc__)
    parser.add_argument("--stories", type=int, default=5, help="how often the chain is made anew")
    given = parser.parse_args(arguments)
    began, found = time.monotonic(), Drilled()
    try:
        with tempfile.TemporaryDirectory() as name, anvil() as address:
            drill = Drill(Path(name), address)
            found = drill.found
            drilled(drill, given.stories)
    except Exception as error:  # the last line is due also then
        say.print(f"{type(error).__name__}: {error}")
    print(json.dumps({**found.figures(), "seconds": round(time.monotonic() - began)}))
    return 0 if found.is_good() else 1


if __name__ == "__main__":
    sys.exit(main())
