"""What a case waits for in the register room."""

from __future__ import annotations

from backend.case.cases.views import NextStep, Stage
from backend.case.register.views import RegisterStatus
from backend.people.accounts.visitor import INSTITUTION, OFFICIAL

_IMPORT = NextStep(INSTITUTION, "import", "请机构导入债权登记表。", "The institution imports the claims register.")
_FREEZE = NextStep(OFFICIAL, "freeze", "请专项工作组冻结登记表。", "The officials freeze the register.")


def stage_of(status: RegisterStatus) -> Stage | None:
    """The next step; None once a register is frozen."""
    if status == RegisterStatus.FROZEN:
        return None
    return Stage("register", _IMPORT if status == RegisterStatus.EMPTY else _FREEZE)
