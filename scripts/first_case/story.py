"""A whole case in its order, twice: as a rehearsal, and as a real poll."""

from __future__ import annotations

import json
import shutil
import sys
import traceback
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from scripts.first_case.accounts_and_keys import make_accounts_and_keys
from scripts.first_case.announcement import announce
from scripts.first_case.before_the_opening import look_before_the_opening
from scripts.first_case.browser import keep_screens, open_browser
from scripts.first_case.case_opened import open_case, write_rehearsal
from scripts.first_case.case_run import CaseRun
from scripts.first_case.counted_and_decided import decide, open_totals, take_certificate
from scripts.first_case.lenders_vote import await_the_opening, vote
from scripts.first_case.places import Places
from scripts.first_case.plan_admitted import admit_plan, submit_plan
from scripts.first_case.record import Record, StepFailed, say
from scripts.first_case.recounted import recount
from scripts.first_case.register_frozen import freeze_register, import_register
from scripts.first_case.server_set_up import set_up_server
from scripts.first_case.world import open_world
from scripts.generate.claims import generate

REHEARSAL, REAL = "rehearsal", "real"
#: Four lenders, one of them with four accounts.
SEED = 15


def play(folder: Path, kinds: tuple[str, ...], lenders: int) -> int:
    """Both cases, and one line of JSON at the end; 0 when all is documented and every recount agrees."""
    record = Record()
    failed = ""
    try:
        for kind in kinds:
            say.rule({REHEARSAL: "演练 / a rehearsal", REAL: "正式表决，链上时钟拨快 / a real poll, the chain's clock moved on"}[kind])
            play_one(record, folder / kind, lenders, rehearsal=kind == REHEARSAL)
    except StepFailed as failure:
        failed = failure.name
        tell(failure.__cause__ or failure, folder)
    except Exception as error:  # the last line is written whatever happens
        failed = f"outside of the steps: {type(error).__name__}"
        tell(error, folder)
    told = record.summary(failed)
    print(json.dumps(told, ensure_ascii=False))
    sys.stdout.flush()
    good = not failed and told["undocumented_steps"] == 0 and told["recount"] == "agrees" and told["recounts"] == 2 * len(kinds)
    return 0 if good else 1


def tell(error: BaseException, folder: Path) -> None:
    """What went wrong, where, and where to look."""
    say.print("".join(traceback.format_exception(error)[-4:]), markup=False)
    say.print(f"what there is to look at is kept in {folder}")


def play_one(record: Record, folder: Path, lenders: int, *, rehearsal: bool) -> None:
    """From an empty folder to both recounts."""
    places = Places.below(folder)
    claims, _ = generate(lenders=lenders, seed=SEED, out=folder / "people" / "institution")
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, places.journal, ignore_errors=True)
        world = ending.enter_context(open_world(folder / "world"))
        browser = ending.enter_context(open_browser(world))
        run = CaseRun(record, places, world, browser, rehearsal, claims)
        ending.callback(run.stop)
        try:
            follow_the_documents(run)
        except StepFailed:
            keep_screens(browser, folder / "screens")
            raise


def follow_the_documents(run: CaseRun) -> None:
    """Every chapter in its order."""
    prepare(run)
    opens, closes = announce(run)
    if not run.rehearsal:  # what the check asks for is asked of real polls
        look_before_the_opening(run)
    await_the_opening(run, int(opens.timestamp()))
    vote(run)
    conclude(run, closes)


def prepare(run: CaseRun) -> None:
    """To the admitted plan."""
    set_up_server(run)
    if run.rehearsal:
        write_rehearsal(run)
    make_accounts_and_keys(run)
    open_case(run)
    import_register(run)
    freeze_register(run)
    submit_plan(run)
    admit_plan(run)


def conclude(run: CaseRun, closes: datetime) -> None:
    """From the close to the recounts."""
    open_totals(run, int(closes.timestamp()))
    decide(run)
    take_certificate(run)
    recount(run)
