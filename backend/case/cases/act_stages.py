"""Where a case stands while an act waits for officials or is on its way."""

from __future__ import annotations

from backend.case.cases.views import NextStep, Stage
from backend.people.accounts.visitor import OFFICIAL

_ACT_WORDS = {
    "register_freeze": ("冻结登记表", "freeze the register"),
    "plan_admission": ("准予方案表决", "admit the plan to the vote"),
    "poll_announcement": ("公告表决", "announce the poll"),
    "trustee_appointment": ("任命密钥保管人", "appoint trustees"),
    "sealed_poll_announcement": ("公告密封表决", "announce the sealed poll"),
    "poll_abandonment": ("放弃密封表决", "abandon the sealed poll"),
    "identity_file": ("绑定照片和身份信息", "bind photos and persons to indexes"),
    "openings_escrow": ("托管登记表明细", "put the register's openings into escrow"),
    "succession": ("公告接任名单", "name who comes after them"),
    "succession_withdrawal": ("撤回接任名单", "withdraw the succession"),
}
_NOT_ON_CHAIN = {
    "identity_file": ("没有送达身份核验机构", "did not reach the identity verifier"),
    "openings_escrow": ("没有办成", "was not carried out"),
}


def stage_under_way(kind: str) -> Stage:
    """Enough officials signed it, and the service carries it out."""
    zh, en = _ACT_WORDS.get(kind, (kind, kind))
    step = NextStep("", "wait", f"“{zh}”已由足够的成员签署，正在办理；系统会自动完成，无需操作。",
                    f"Enough officials signed to {en}; the service is carrying it out, and nothing has to be done.")  # fmt: skip
    return Stage(f"{kind}_under_way", step)


def stage_of_act(kind: str, signed: int, needed: int, *, failed: bool) -> Stage:
    """It waits for signatures, or for somebody to look why it failed."""
    zh, en = _ACT_WORDS.get(kind, (kind, kind))
    if failed:
        lost_zh, lost_en = _NOT_ON_CHAIN.get(kind, ("没有写入区块链", "was not recorded on the blockchain"))
        step = NextStep(OFFICIAL, kind, f"“{zh}”{lost_zh}，请专项工作组成员查看原因后重试或撤回。",
                        f"“{en}” {lost_en}: an official should read the reason, then retry or withdraw it.")  # fmt: skip
    else:
        step = NextStep(OFFICIAL, kind, f"请专项工作组成员签署“{zh}”：已有 {signed} 人签名，需要 {needed} 人。",
                        f"Officials should sign to {en}: {signed} of {needed} have signed.")  # fmt: skip
    return Stage(f"{kind}_signing", step)
