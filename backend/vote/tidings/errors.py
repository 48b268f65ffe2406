"""What stands against a contest."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, NotFound


class ContestCodeWrong(NotFound):
    """The code is of no message that tells of a ballot."""

    zh = "这个核对码不是“已记录表决票”的通知，不能用来提出异议。请用收到的那条通知里的网址，或登录后提出异议。"
    en = "This code is of no notice that a ballot was recorded. Use the link of that notice, or sign in and object."


class ContestNotUnderstood(BadInput):
    """What came from the alarms' process is no contest that it signed."""

    zh = "这份异议没有工作组报警程序的有效签名，没有采用。"
    en = "This contest does not bear the signature of the working group's alarms, and was not taken."
