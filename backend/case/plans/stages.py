"""Where a plan stands, and what its case waits for then."""

from __future__ import annotations

from backend.case.cases.views import NextStep, Stage
from backend.case.plans.views import PlanStatus
from backend.people.accounts.visitor import INSTITUTION, OFFICIAL

ADMISSION = "plan_admission"


def _stage(name: str, role: str, act: str, zh: str, en: str) -> Stage:
    return Stage(name, NextStep(role, act, zh, en))


STAGES = {
    "": _stage("plan_missing", INSTITUTION, "plan_draft", "请平台机构上传退出方案。", "The institution should upload its settlement plan."),
    PlanStatus.DRAFT: _stage(
        "plan_draft", INSTITUTION, "plan_submission", "请机构签名提交方案。", "The institution should sign and submit its plan."
    ),
    PlanStatus.SUBMITTING: _stage(
        "plan_draft", INSTITUTION, "plan_submission", "方案正在写入区块链；系统会自动完成，无需再次提交。",
        "The plan is on its way to the chain; the service finishes this by itself, and it need not be submitted again."
    ),
    PlanStatus.SUBMITTED: _stage(
        "plan_submitted", OFFICIAL, ADMISSION, "请专项工作组审阅方案：准予表决，或写明理由退回。",
        "The officials should read the plan, then admit it to the vote or return it with reasons."
    ),
    PlanStatus.RETURNED: _stage(
        "plan_returned", INSTITUTION, "plan_draft", "方案已被退回，请机构按理由修改后重新提交。",
        "The plan was returned; the institution should correct it and submit it again."
    ),
}  # fmt: skip
