"""Sentences that make a payment hang on something, where the payout ladder knows no condition."""

from __future__ import annotations

import re

PAY = "(?:兑付|清偿|偿付|支付|返还|归还|偿还|发放|付清|付给|领取|还款)"
_CHANGE = "(?:推迟|延期|延后|延缓|暂停|暂缓|顺延|调整|变更|下调|降低|减少|中止|停止|取消|终止)"

_CONDITIONS = tuple(
    re.compile(pattern)
    for pattern in (
        # Only then is anything paid.
        rf"(?:方可|方能|方予|方才|方得|才可|才能|才予|才会|才|始)(?:予以|获得|可以|能够|向.{{0,8}})?{PAY}",
        rf"{PAY}.{{0,12}}(?:以|须以|需以|应以).{{1,24}}(?:为前提|为条件|为限|为准)",
        rf"(?:以|须以|需以).{{1,24}}(?:为前提|为条件).{{0,20}}{PAY}",
        rf"{PAY}.{{0,14}}(?:取决于|视.{{1,20}}(?:而定|情况|进度)|根据.{{1,16}}(?:确定|而定|决定)|有赖于)",
        rf"{PAY}.{{0,8}}(?:须待|待|需待).{{1,24}}(?:后|时).{{0,4}}(?:进行|办理|开始|实施)",
        rf"(?:在|于).{{1,14}}(?:允许|许可|充足|充裕|宽裕|到位)(?:的)?(?:情况|前提|条件|时)下?.{{0,12}}{PAY}",
        # Somebody may put it off or lower it.
        rf"(?:如果?|若|倘若|倘|一旦|万一|假如|因).{{1,30}}{_CHANGE}.{{0,12}}{PAY}",
        rf"(?:如果?|若|倘若|倘|一旦|万一|假如|因).{{1,24}}{PAY}.{{0,12}}{_CHANGE}",
        rf"(?:有权|可以?|保留|得以?).{{0,16}}{_CHANGE}.{{0,12}}{PAY}",
        rf"{PAY}.{{0,12}}(?:有权|可以?|保留|得以?).{{0,14}}{_CHANGE}",
        # Some get nothing, or less.
        rf"(?:仅|只|只有|仅限|限于).{{0,6}}(?:向|对|给)?.{{0,26}}{PAY}",
        rf"(?:不参与|不纳入|不列入|不予|不再|拒绝|停止).{{0,6}}{PAY}",
        rf"(?:免除|豁免|不承担).{{0,8}}{PAY}",
        r"\b(?:pa(?:y|id)|payments?|repa(?:y|id|yments?)|instal+ments?)\b.{0,60}"
        r"\b(?:only (?:if|when|after)|provided that|on condition|depends? on|subject to|unless)\b",
        r"\bmay (?:be )?(?:postpone|delay|defer|suspend|reduce|lower|cancel).{0,40}\b(?:pay|payments?|repayments?|instal+ments?)\b",
        r"\b(?:payments?|repayments?|instal+ments?)\b.{0,20}"
        r"\bmay be (?:postponed|delayed|deferred|suspended|reduced|lowered|cancelled|changed)\b",
    )
)
#: How money reaches the right person, on a working day, or sooner than promised: no condition on the promise.
_HARMLESS = re.compile(
    rf"节假日|法定假日|工作日|提前{PAY}|异议|争议|账户|账号|继承|身份|本人(?:签字|领取)|公证书|working day|bank account|account number"
)


def is_condition(sentence: str) -> bool:
    """Whether a sentence (as `numerals.plain` writes it) makes a payment hang on something."""
    return not _HARMLESS.search(sentence) and any(pattern.search(sentence) for pattern in _CONDITIONS)
