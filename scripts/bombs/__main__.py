"""`python -m scripts.bombs`: throws every bomb at a running installation. The last line is JSON."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from rich.console import Console

from scripts.bombs import others
from scripts.bombs.catalogue import BOMBS, FORM, JSON, PICTURE, PLAN, Bomb
from scripts.bombs.watching import Watch, family, processor_seconds, resident_mb
from scripts.generate.claims import generate
from scripts.rig.api import Api
from scripts.rig.logins import make_members
from scripts.rig.processes import Stack, free_port
from scripts.rig.steps import OFFICIALS, announce_poll, import_and_freeze, open_case, submit_and_admit_plan
from scripts.rig.vote import Vote

MOST_MB, MOST_SECONDS = 300, 2.0
MOST_AGAIN = 4
say = Console(stderr=True)


@dataclass(frozen=True)
class Cost:
    """What one bomb cost the service that it was thrown at, with all that this started.

    `status` is the answer's, 0 for none; `peak_mb` all that was held, `grown_mb` what was held above the moment before.
    """

    status: int
    seconds: float
    processor_s: float
    peak_mb: float
    grown_mb: float


class Target:
    """A running installation with one case, the institution that sends files, and the issuer's operator who sends photos."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._register_file, mobiles = generate(lenders=20, seed=1, out=folder / "files")
        admin, officials, institution = make_members(stack, OFFICIALS)
        self._vote = Vote(stack, 1, admin, officials, institution, mobiles)
        open_case(self._vote)
        self._stack = stack
        self._case = self._vote.case["id"]
        self._client: httpx.Client = institution.api.raw
        self._token = (folder / "issuer" / "operator_token").read_text().strip()

    def prepare(self, entrance: str) -> None:
        """Photos need an open poll, after which no register is taken; the first photo starts the process that reads them."""
        if entrance == PICTURE and not self._vote.poll:
            import_and_freeze(self._vote, self._register_file)
            submit_and_admit_plan(self._vote)
            announce_poll(self._vote)
            self._send_picture(others.honest_picture())

    def throw(self, bomb: Bomb) -> Cost:
        """Send it and watch."""
        content = bomb.make()
        backend, issuer = self._stack.pids
        attacked = [issuer if bomb.entrance == PICTURE else backend]
        before = sum(resident_mb(pid) for pid in family(attacked))
        worked = processor_seconds(attacked)
        with Watch(attacked) as watch:
            began = time.monotonic()
            try:
                status = self._send(bomb, content).status_code
            except httpx.HTTPError:
                status = 0
            seconds = time.monotonic() - began
        worked = processor_seconds(attacked) - worked
        return Cost(status, seconds, worked, watch.peak_mb, watch.peak_mb - before)

    def lives(self) -> bool:
        """Whether both services still answer."""
        try:
            addresses = (f"{self._stack.url}/api/healthz", f"{self._stack.issuer_url}/healthz")
            return all(httpx.get(address, timeout=10).status_code == 200 for address in addresses)
        except httpx.HTTPError:
            return False

    def _send(self, bomb: Bomb, content: bytes) -> httpx.Response:
        if bomb.entrance == PICTURE:
            return self._send_picture(content)
        if bomb.entrance == JSON:
            headers = {"Content-Type": "application/json"}
            return httpx.post(f"{self._stack.url}/api/polls/x/lender/session", content=content, headers=headers, timeout=60)
        if bomb.entrance == FORM:
            headers = {"Content-Type": "multipart/form-data; boundary=x"}
            return self._client.post(f"/api/cases/{self._case}/plans", content=content, headers=headers, timeout=60)
        if bomb.entrance == PLAN:
            files = {"pdf": ("plan.pdf", content, "application/pdf")}
            return self._client.post(f"/api/cases/{self._case}/plans", data={"plan": others.plan()}, files=files, timeout=60)
        path = f"/api/cases/{self._case}/register/imports?dry_run=true"
        return self._client.post(path, files={"file": ("register.xlsx", content)}, timeout=60)

    def _send_picture(self, content: bytes) -> httpx.Response:
        form = {"poll": self._vote.poll["address"], "index": "0"}
        headers = {"Authorization": f"Bearer {self._token}"}
        return httpx.post(f"{self._stack.issuer_url}/v1/references", data=form, files={"image": content}, headers=headers, timeout=60)


class Tally:
    """What all bombs cost; a run that ends early has what was counted until then."""

    def __init__(self) -> None:
        self.costs: list[Cost] = []
        self.killed = self.not_done = self.again = 0

    def figures(self) -> dict[str, int | float]:
        """The line for programs."""
        costs = self.costs
        return {
            "bombs": len(costs),
            "answered": sum(200 <= cost.status < 500 for cost in costs),
            "killed_service": self.killed,
            "worst_mb": round(max((cost.grown_mb for cost in costs), default=0)),
            "worst_held_mb": round(max((cost.peak_mb for cost in costs), default=0)),
            "worst_s": round(max((cost.seconds for cost in costs), default=0), 1),
            "worst_processor_s": round(max((cost.processor_s for cost in costs), default=0), 1),
            "thrown_again": self.again,
            "not_done": self.not_done,
        }

    def good(self) -> bool:
        """Whether every bomb was answered within its bounds and nothing was killed."""
        figures = self.figures()
        bounded = figures["worst_mb"] <= MOST_MB and figures["worst_s"] <= MOST_SECONDS
        return bounded and bool(self.costs) and not self.killed and not self.not_done and figures["answered"] == figures["bombs"]


def cheapest(target: Target, bomb: Bomb) -> tuple[Cost, int]:
    """What the bomb costs, and how often it was thrown again: other programs on the machine only ever add to the time."""
    cost, again = target.throw(bomb), 0
    while cost.seconds > MOST_SECONDS >= cost.processor_s and again < MOST_AGAIN:
        other, again = target.throw(bomb), again + 1
        cost = replace(min(cost, other, key=lambda each: each.seconds), grown_mb=max(cost.grown_mb, other.grown_mb))
    return cost, again


def throw_all(bombs: list[Bomb], tally: Tally) -> None:
    """Every bomb at one installation."""
    with tempfile.TemporaryDirectory(prefix="bombs-") as folder:
        stack = Stack(Path(folder), port=free_port(), issuer_port=free_port(), anvil_port=free_port(), database_url="")
        with stack:
            target = Target(stack, Path(folder))
            Api(stack.url).get("/api/rules")
            for bomb in bombs:
                target.prepare(bomb.entrance)
                cost, again = cheapest(target, bomb)
                tally.again += again
                alive = target.lives()
                tally.costs.append(cost)
                tally.killed += not alive
                tally.not_done -= 1
                times = f"{cost.status:>4} {cost.seconds:6.2f} s ({cost.processor_s:5.2f} of processor)"
                say.print(f"{times} {cost.peak_mb:6.0f} MB (+{cost.grown_mb:.0f})  {bomb.name}{'' if alive else '  KILLED'}")
                if not alive:
                    return


def main() -> int:
    """0 when every bomb was answered within its bounds and nothing was killed."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bombs", description=__doc__)
    parser.add_argument("--only", help="bombs whose name holds this")
    asked = parser.parse_args()
    bombs = [bomb for bomb in BOMBS if not asked.only or asked.only in bomb.name]
    tally = Tally()
    tally.not_done = len(bombs)
    try:
        throw_all(bombs, tally)
    except Exception:  # the line of figures comes whatever happens
        say.print_exception()
    print(json.dumps(tally.figures()))
    return 0 if tally.good() else 1


if __name__ == "__main__":
    sys.exit(main())
