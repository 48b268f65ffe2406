"""What a case waits for while it has a poll, or none."""

from __future__ import annotations

from backend.case.cases.views import NextStep, Stage
from backend.ground.chain.values import Stage as PollStage
from backend.people.accounts.visitor import OFFICIAL

ANNOUNCEMENT = "poll_announcement"


def _stage(name: str, role: str, act: str, zh: str, en: str) -> Stage:
    return Stage(name, NextStep(role, act, zh, en))


MISSING = _stage("poll_missing", OFFICIAL, ANNOUNCEMENT, "请专项工作组公告表决。", "The officials should announce the vote.")
STAGES = {
    PollStage.ANNOUNCED: _stage(
        "poll_announced", "", "wait", "表决已公告，等待开始。", "The vote is announced; it opens at the announced time."
    ),
    PollStage.OPEN: _stage("poll_open", "lender", "vote", "表决进行中，请出借人投票。", "The vote is open; lenders vote."),
    PollStage.CLOSED: _stage(
        "poll_closed", OFFICIAL, "tally", "表决已截止，请公开合计并计票。", "Voting has closed; open the totals and count."
    ),
    PollStage.TALLIED: _stage(
        "poll_tallied", OFFICIAL, "attestation", "计票完成，异议期满后请专项工作组成员逐一作出决定。",
        "The vote is counted; after the objection period each official should approve or refuse."
    ),
}  # fmt: skip
SEALED_STAGES = {
    PollStage.CLOSED: _stage(
        "poll_sealed", "", "unseal", "表决已截止，等待密钥保管人公布份额；请联系尚未公布的保管人。",
        "Voting has closed; trustees should open the vote now. Ask those who have not opened."
    ),
    PollStage.UNSEALED: _stage(
        "poll_unsealed", "", "wait", "表决已解封，系统正在逐票计入，无需操作。",
        "The vote is unsealed; the service is counting every ballot, and nothing has to be done."
    ),
    PollStage.COUNTED: _stage(
        "poll_closed", OFFICIAL, "tally", "全部票已计入，请公开合计。", "Every ballot is counted; open the totals."
    ),
}  # fmt: skip
