"""The words and figures of a certificate in one language, ready to be set; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.ground.common.clock import say_beijing
from backend.ground.common.money import say_yuan

CHOICES = ("for", "against", "abstain", "absent")
TEXT_VERSION = "2027-01"
"""Of the sentences below; it is printed on the paper. A change of a sentence needs a new one, and counsel reads it first."""
WORDS: dict[str, tuple[str, str]] = {
    "title": ("表决结果证明书", "Certificate of the result of the vote"),
    "number": ("编号", "No."),
    "case": ("案件", "Case"),
    "institution": ("平台机构", "Institution"),
    "plan": ("退出方案", "Settlement plan"),
    "version": ("第 {version} 稿", "version {version}"),
    "window": ("表决期间", "Voting open"),
    "announced": ("公告时间", "Announced"),
    "challenge": ("异议期满", "Objection period ended"),
    "rule": ("计票规则", "Counting rule"),
    "rule_all": ("每个表决组都须满足下列全部条件，且至少有一张同意票或不同意票，方案才获通过；未投票的计为未参加，不推定为同意。",
                 "The plan passes only if every class meets all of these and has at least one vote for or against. "
                 "Not voting is never counted as consent."),
    "result": ("表决结果", "Result"),
    "choice": ("选择", "Choice"),
    "heads": ("人数", "Lenders"),
    "share": ("占比", "Share"),
    "fen": ("金额（元）", "Amount (CNY)"),
    "for": ("同意", "For"),
    "against": ("不同意", "Against"),
    "abstain": ("弃权", "Abstain"),
    "absent": ("未参加", "Did not vote"),
    "total": ("登记合计", "Admitted"),
    "holds": ("符合", "met"),
    "fails": ("不符合", "not met"),
    "excluded": ("登记表中不含债权的条目", "Entries of the register that hold no claim"),
    "excluded_all": ("下列条目的金额超出允许范围，合约已将其从登记表和计票中剔除，上列数字均不含这些条目。"
                     "这说明登记表编制有误：其他条目合计多出同样的金额。",
                     "The amounts of these entries are out of range, so the contract took them out of register and count; "
                     "no figure above includes them. "
                     "The register was drawn up wrongly: the other entries together hold too much by the same amount."),
    "excluded_one": ("{name}，登记序号 {index}：{yuan} 元，{voted}", "{name}, index {index}: CNY {yuan}, {voted}"),
    "voted": ("已投票", "had voted"),
    "not_voted": ("未投票", "had not voted"),
    "passed": ("表决通过", "The plan passed"),
    "not_passed": ("表决未通过", "The plan did not pass"),
    "decision": ("专项工作组决定", "Decision of the working group"),
    "approved": ("批准", "approved"),
    "refused": ("不批准", "refused"),
    "decided": ("{moment}，专项工作组以 {count} 名成员的签名（至少须 {needed} 名）{decision}该结果。",
                "On {moment} the working group {decision} the result, signed by {count} officials; at least {needed} were required."),
    "official": ("成员", "Official"),
    "opinion": ("意见", "Opinion"),
    "signed_at": ("签署时间", "Signed"),
    "transaction": ("签署记录（区块链交易哈希）", "Transaction hash"),
    "hashes": ("区块链记录", "On the blockchain"),
    "chain": ("链编号", "Chain id"),
    "case_contract": ("案件合约", "Case contract"),
    "poll_contract": ("表决合约", "Poll contract"),
    "register_root": ("登记表根", "Register root"),
    "plan_hash": ("方案的数字指纹", "Plan hash"),
    "pdf_hash": ("方案文件的数字指纹", "Hash of the plan's PDF"),
    "rule_hash": ("规则的数字指纹", "Rule hash"),
    "result_hash": ("结果的数字指纹", "Result hash"),
    "recount": ("任何人都可以用公开的文件和区块链重新计票：扫描二维码，或打开 {url}。",
                "Anyone can recount from the published files and the blockchain: scan the code or open {url}."),
    "limits": ("本证明书记载计票和决定的结果。庭外表决不影响未同意方案的出借人依法另行主张权利。",
               "This records count and decision. "
               "An out-of-court vote does not affect the legal rights of lenders who did not vote for the plan."),
    "issuer": ("出具单位：　　　　　　　　（专项工作组全称）", "Issued by (full name of the working group):"),
    "text_version": ("文本版本：{version}", "Text version: {version}"),
    "seal": ("（盖章处）", "(seal)"),
    "date": ("日期：　　　　年　　月　　日", "Date:"),
    "page": ("第 {page} 页，共 {pages} 页", "page {page} of {pages}"),
}  # fmt: skip
#: Beside them, of sealed polls only: certificates of open ones stay as they are.
SEALED_WORDS: dict[str, tuple[str, str]] = {
    "motion": ("第 {number} 项 {title}（{passed}）", "Motion {number}, {title} ({passed})"),
    "motion_passed": ("通过", "passed"),
    "motion_failed": ("未通过", "did not pass"),
    "sealed": ("密封表决", "Sealed vote"),
    "invalid": ("解封后无效的票 {count} 张（登记序号 {indexes}），按未参加表决计",
                "{count} ballots were invalid when opened (index {indexes}); these lenders count as not taking part"),
    "all_valid": ("解封后没有无效票", "no ballot was invalid when opened"),
    "broken": ("截止前（{moment}）有人证明密钥已泄露，选择可能在截止前被读取",
               "before the close ({moment}) somebody proved that the secret was known; choices may have been read early"),
}  # fmt: skip

#: Beside them, of polls that others announced than those who opened the case.
SUCCESSION_WORDS: dict[str, tuple[str, str]] = {
    "generation": ("专项工作组", "Working group"),
    "generation_said": ("第 {number} 届，自 {moment} 起在任，由前任成员签名指定（名单的数字指纹 {hash}）",
                        "generation {number}, in office since {moment}, named by signatures of those before them (hash {hash})"),
}  # fmt: skip


#: On every page of a rehearsal's paper, and on no other: the line above, and the word across.
REHEARSAL = {
    "zh": ("演练：本次表决没有任何效力，本文件不证明任何结果", "演练"),
    "en": ("Rehearsal: this vote has no effect, and this paper certifies no result", "REHEARSAL"),
}


def say_share(part: int, whole: int) -> str:
    """A share as `66.67%`, rounded half up; `–` of nothing."""
    if whole == 0:
        return "–"
    hundredths = (part * 20_000 + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def number_of(result_hash: str) -> str:
    """The certificate's number: the first 12 digits of the result hash, in threes of four."""
    digits = result_hash[2:14].upper()
    return "-".join(digits[at : at + 4] for at in range(0, 12, 4))


def paper_facts(certificate: Mapping[str, Any], language: str, url: str, code: str) -> dict[str, Any]:
    """What the template sets: words, and the certificate's figures as people read them. `code` is the QR code as SVG."""
    place = 0 if language == "zh" else 1
    words = {name: both[place] for name, both in (WORDS | SEALED_WORDS | SUCCESSION_WORDS).items()}

    def moment(text: str) -> str:
        return say_beijing(datetime.fromisoformat(text), language)

    poll, decision = certificate["poll"], certificate["decision"]
    return {
        "language": language,
        "rehearsal": REHEARSAL[language] if certificate.get("rehearsal") else None,
        "words": {name: words[name] for name in WORDS} | _filled(words, url),
        "number": number_of(certificate["result"]["result_hash"]),
        "heading": _heading(certificate, words, moment, language),
        "conditions": [condition[f"words_{language}"] for condition in certificate["result"]["classes"][0]["conditions"]],
        "classes": _classes(certificate["result"], words, language),
        "excluded": [_excluded(each, words) for each in certificate["result"].get("excluded", ())],
        "passed": certificate["result"]["passed"],
        "decided": words["decided"].format(
            moment=moment(decision["decided_at"]), count=decision["count"], needed=decision["needed"], decision=words[decision["outcome"]]
        ),
        "officials": [
            [each["name"], words["approved" if each["approve"] else "refused"], moment(each["signed_at"]), each["tx_hash"]]
            for each in decision["officials"]
        ],
        "hashes": [
            [words["chain"], str(certificate["chain_id"])],
            [words["case_contract"], certificate["case"]["address"]],
            [words["poll_contract"], poll["address"]],
            [words["register_root"], certificate["register"]["root"]],
            [words["plan_hash"], certificate["plan"]["plan_hash"]],
            [words["pdf_hash"], certificate["plan"]["pdf_keccak"]],
            [words["rule_hash"], certificate["rule"]["rule_hash"]],
            [words["result_hash"], certificate["result"]["result_hash"]],
        ],
        "code": code,
    }


def _filled(words: Mapping[str, str], url: str) -> dict[str, str]:
    return {"recount": words["recount"].format(url=url), "text_version": words["text_version"].format(version=TEXT_VERSION)}


def _heading(certificate: Mapping[str, Any], words: Mapping[str, str], moment: Any, language: str) -> list[list[str]]:
    case, plan, poll = certificate["case"], certificate["plan"], certificate["poll"]
    version = words["version"].format(version=plan["version"])
    to = " 至 " if language == "zh" else " – "
    return [
        [words["case"], case["name"]],
        [words["institution"], f"{case['institution']}　{case['credit_code']}"],
        *_generation(case.get("generation"), words, moment),
        [words["plan"], f"{plan['title']}（{version}）"],
        [words["announced"], moment(poll["announced_at"])],
        [words["window"], f"{moment(poll['opens_at'])}{to}{moment(poll['closes_at'])}"],
        [words["challenge"], moment(poll["challenge_ends_at"])],
        *([[words["sealed"], said] for said in _sealed(certificate["result"].get("sealed"), words, moment)]),
    ]


def _generation(part: Mapping[str, Any] | None, words: Mapping[str, str], moment: Any) -> list[list[str]]:
    """Which generation of officials decided; nothing where those who opened the case did."""
    if part is None:
        return []
    said = words["generation_said"].format(number=part["number"], moment=moment(part["in_office_since"]), hash=part["hash"][:18])
    return [[words["generation"], said]]


def _sealed(part: Mapping[str, Any] | None, words: Mapping[str, str], moment: Any) -> list[str]:
    """What a sealed poll's certificate says besides; nothing in an open poll."""
    if part is None:
        return []
    named = words["invalid"].format(count=len(part["invalid"]), indexes=", ".join(map(str, part["invalid"])))
    said = [named if part["invalid"] else words["all_valid"]]
    return said + ([words["broken"].format(moment=moment(part["seal_broken_at"]))] if part["seal_broken_at"] else [])


def _classes(result: Mapping[str, Any], words: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    """Every class; where there are several motions, motion by motion, each under its title."""
    motions = result.get("motions", ())
    if len(motions) < 2:
        return [_class(each, words, language) for each in result["classes"]]
    found = []
    for number, motion in enumerate(motions, start=1):
        passed = words["motion_passed" if motion["passed"] else "motion_failed"]
        title = words["motion"].format(number=number, title=motion["title"], passed=passed)
        found += [_class({**each, "name": f"{title}: {each['name']}"}, words, language) for each in motion["classes"]]
    return found


def _class(each: Mapping[str, Any], words: Mapping[str, str], language: str) -> dict[str, Any]:
    heads = {c: each[f"heads_{c}"] for c in CHOICES[:3]} | {"absent": each["absent_heads"]}
    fen = {c: each[f"fen_{c}"] for c in CHOICES[:3]} | {"absent": each["absent_fen"]}
    all_heads, all_fen = each["admitted_heads"], each["admitted_fen"]
    lines = [[words[c], f"{heads[c]:,}", say_share(heads[c], all_heads), say_yuan(fen[c]), say_share(fen[c], all_fen)] for c in CHOICES]
    lines.append([words["total"], f"{all_heads:,}", say_share(all_heads, all_heads), say_yuan(all_fen), say_share(all_fen, all_fen)])
    return {"name": each["name"], "lines": lines, "conditions": [_condition(c, words, language) for c in each["conditions"]]}


def _excluded(each: Mapping[str, Any], words: Mapping[str, str]) -> str:
    voted = words["voted" if each["voted"] else "not_voted"]
    return words["excluded_one"].format(index=each["index"], name=each["class_name"], yuan=say_yuan(int(each["amount_fen"])), voted=voted)


def _condition(condition: Mapping[str, Any], words: Mapping[str, str], language: str) -> list[str]:
    above, below = condition["numerator_value"], condition["denominator_value"]
    say: Sequence[str] = [say_yuan(n) if condition["measure"] == "amount" else f"{n:,}" for n in (above, below)]
    figures = f"{say[0]} / {say[1]} = {say_share(above, below)}"
    return [condition[f"words_{language}"], figures, words["holds" if condition["holds"] else "fails"]]
