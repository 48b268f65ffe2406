"""What plans say: two halves with sentences of their own. The check was tuned on the first; the published figures are the second's.

`{k}` names a payment, `{r}` its share, `{m}` its months, `{c}` the share of all so far, `{t}` of all, `{n}` how many payments,
`{last}` the months of the last, `{d}` a date, `{yuan}` what somebody with ten thousand yuan gets.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Half:
    """Sentences by what they tell of the payout ladder; `conditions` contradict any ladder, `other` tell nothing of it."""

    step: tuple[str, ...]
    step_months: tuple[str, ...]
    cumulative: tuple[str, ...]
    total: tuple[str, ...]
    count: tuple[str, ...]
    last: tuple[str, ...]
    dated: tuple[str, ...]
    money: tuple[str, ...]
    conditions: tuple[str, ...]
    other: tuple[str, ...]


FIRST = Half(
    step=(
        "{k}于批准后{m}内兑付登记金额的{r}。",
        "{k}：批准后第{m}，兑付{r}。",
        "方案批准之日起{m}内完成{k}兑付，比例为{r}。",
        "{k}兑付比例{r}，时间为批准后{m}。",
        "批准后{m}，向全体出借人支付{r}。",
        "The {k_en} payment of {r_en} is made {m_en} after approval.",
    ),
    step_months=("{k}兑付时间为批准后{m}。", "{k}款项在方案批准后{m}发放。", "{k}不迟于批准后{m}支付给出借人。"),
    cumulative=("至批准后{m}，累计兑付{c}。", "{k}兑付后，出借人累计收到登记金额的{c}。", "批准后{m}累计兑付比例达到{c}。"),
    total=(
        "各期合计兑付登记金额的{t}。",
        "本方案共计向出借人兑付{t}。",
        "总兑付比例为{t}。",
        "In total, {t_en} of the admitted amount is paid to lenders.",
    ),
    count=("登记金额分{n}期兑付。", "兑付共{n}期，按期支付。", "平台机构分{n}次向出借人支付。"),
    last=("全部款项在批准后{last}内兑付完毕。", "兑付期限为{last}。", "最后一期在批准后{last}支付。"),
    dated=("{k}于{d}前兑付。", "{k}兑付日为{d}。"),
    money=("登记金额每1万元，{k}兑付{yuan}元。", "以登记金额一万元为例，{k}可收到{yuan}元。"),
    conditions=(
        "资产处置款到账后方可兑付，未到账的不予兑付。",
        "如回款不足，平台机构有权推迟兑付。",
        "兑付以债务人还款为前提。",
        "各期兑付金额视资金到位情况而定。",
        "仅向登记金额五万元以上的出借人兑付。",
        "平台机构可以根据经营情况调整兑付比例。",
        "出借人签署和解协议的，方予兑付。",
        "若房产未能出售，当期兑付顺延至出售之后。",
        "Payments are made only if the assets are sold.",
    ),
    other=(
        "清产核资期限为90日，由会计师事务所办理。",
        "存量借款共3,256笔，未还本金2.4亿元。",
        "已收回逾期借款1.2亿元，占存量的35%。",
        "催收机构的佣金不超过回款的8%。",
        "房产在12个月内公开拍卖，起拍价为评估价的七成。",
        "出借人对登记金额有异议的，可以在15日内书面提出。",
        "方案须经三分之二以上出借人同意。",
        "平台成立于2014年3月，2019年10月停止发标。",
        "热线电话工作日9时至17时有人接听。",
        "预计资产回收率为40%至55%。",
        "借款人逾期超过六个月的，提起诉讼。",
        "兑付款打入出借人本人的银行账户，遇节假日顺延至下一个工作日。",
        "诉讼费用约占标的额的2.5%，由平台机构承担。",
        "每月15日公布上月的回款与兑付情况。",
        "第三期资产包含车辆210台，评估价三千二百万元。",
        "对有争议的债权，预留相应款项，争议解决后补付。",
        "借款合同约定年利率为10.8%。",
        "调解不成的，可以向仲裁委员会申请仲裁。",
        "资金提前到位的，可以提前兑付。",
        "The platform stopped lending in October 2019.",
    ),
)

SECOND = Half(
    step=(
        "在方案生效满{m}时，平台机构向每位出借人清偿其登记金额的{r}，此为{k}。",
        "{k}偿付{r}，于批准之后{m}到账。",
        "自批准之日起第{m}，出借人可领取{k}款项，占登记金额{r}。",
        "{k}的清偿时点是批准后{m}，清偿比例是{r}。",
        "批准{m}后，返还登记金额的{r}。",
        "Lenders receive {r_en} of their admitted amount in the {k_en} instalment, {m_en} from approval.",
    ),
    step_months=("{k}在批准{m}之时打入出借人账户，用于清偿本金。", "自批准起算，{k}清偿须在{m}届满时完成。", "{k}的发放日为批准后满{m}。"),
    cumulative=(
        "截止批准后{m}，出借人合计可得登记金额的{c}。",
        "连同此前各期，{k}结束时共清偿{c}。",
        "批准满{m}时，累计偿付率应为{c}。",
    ),
    total=(
        "出借人最终可获清偿{t}。",
        "全部各期相加，偿付登记金额的{t}。",
        "清偿率总计{t}。",
        "Altogether lenders are repaid {t_en}.",
    ),
    count=("清偿分作{n}期进行。", "总共安排{n}期偿付。", "上述款项以{n}期返还给出借人。"),
    last=("自批准起{last}内清偿完毕。", "整个偿付过程历时{last}。", "末期清偿于批准后{last}办理。"),
    dated=("{k}清偿安排在{d}。", "不晚于{d}，完成{k}偿付。"),
    money=("登记金额为10万元的出借人，在{k}可领取{ten_yuan}元。", "每一万元登记金额，{k}返还{yuan}元。"),
    conditions=(
        "清偿须待抵押物变现之后进行，变现之前平台机构不承担清偿义务。",
        "在资金允许的情况下偿付出借人。",
        "偿付进度取决于诉讼追回的款项。",
        "平台机构保留变更清偿时间的权利。",
        "登记金额低于一千元的出借人不参与清偿。",
        "只有撤回投诉的出借人才能领取款项。",
        "倘若股东注资未落实，则暂停偿付。",
        "清偿比例可依市场情况下调。",
        "Repayment depends on the sale of the office building.",
    ),
    other=(
        "核查由两家律师事务所在四个月内完成。",
        "名下应收账款5,120万元，其中两成已超过诉讼时效。",
        "车贷资产拟打包转让，折扣率不低于账面价值的60%。",
        "律师报酬按追回金额的百分之五计付。",
        "公司章程于2013年6月18日备案，注册资本五千万元。",
        "表决以登记金额过半数同意为通过。",
        "出借人纠纷先由调解委员会在30日内调解。",
        "收款账户变更的，应在偿付日十个工作日前告知。",
        "抵押率平均为65%，覆盖一千二百余笔借款。",
        "未到期借款剩余期限最长为二十四个月，由原借款人按月还款。",
        "专项工作组每季度检查一次资金专户。",
        "股东承诺出资三千万元，已到位一半。",
        "对失联的出借人，其款项提存三年。",
        "若出借人死亡，由继承人凭公证书领取。",
        "关联企业欠款1.8亿元，分三批诉讼。",
        "审计截止日为2026年6月30日。",
        "咨询请拨打12345，或于周一至周五到访接待窗口。",
        "历史平均逾期率由4.2%升至27%。",
        "员工安置费用不超过资产总额的1%。",
        "如有余款，另行分配。",
        "Recovery agents may keep at most 6% of what they collect.",
    ),
)
HALVES = {"first": FIRST, "second": SECOND}
