"""Step 7: the newest ballot of each lender, once, by class and choice, less the leaves taken out."""

from verifier.tally import curve
from verifier.tally.ballots import ABSTAIN, FOR, Sent
from verifier.tally.findings import StepLog
from verifier.tally.recount import Count, Recount, need
from verifier.tally.steps import sealed_count

CHOICES = ("for", "against", "abstain")


def check(recount: Recount, log: StepLog) -> None:
    """Establishes heads and sums."""
    register, ballots = need(recount.register, 3), need(recount.ballots, 6)
    if need(recount.scene, 1).sealed:
        sealed_count.check(recount, log)
        return
    newest: dict[int, Sent] = {ballot.index: ballot for ballot in ballots.recorded}
    out = {one.index for one in recount.excluded}
    cells: list[list[list[bytes]]] = [[[], [], []] for _ in register.classes]
    for ballot in newest.values():
        if ballot.index in out:
            continue
        place = f"recorded ballot of index {ballot.index}"
        known = ballot.voting_class < len(cells) and FOR <= ballot.choice <= ABSTAIN
        if log.holds("count.class", place, "class or choice does not exist", known, "", (ballot.voting_class, ballot.choice)):
            cells[ballot.voting_class][ballot.choice - FOR].append(ballot.point)
    heads = [(len(yes), len(no), len(abstain)) for yes, no, abstain in cells]
    sums = []
    for voting_class, cell in enumerate(cells):
        try:
            yes, no, abstain = (curve.add(points) for points in cell)
        except ValueError as error:
            log.wrong("count.sums", f"class {voting_class}", "a recorded ballot's commitment is no point of the curve", "", error)
            return
        sums.append((yes, no, abstain))
        yes_heads, no_heads, abstaining = heads[voting_class]
        log.note(f"class {voting_class}: heads for {yes_heads}, against {no_heads}, abstaining {abstaining}")
    recount.count = Count(heads, sums)
    replaced, absent = len(ballots.recorded) - len(newest), register.leaf_count - len(newest)
    log.note(f"{len(newest)} lenders cast, {replaced} ballots were replaced by newer ones, {absent} lenders absent")
