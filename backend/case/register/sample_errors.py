"""Why a sample is not kept."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict


class SampleOfAnotherRegister(BadInput):
    """No sample of this register, or its proofs are not those that were signed."""

    zh = "这不是本登记表的抽样结果，或抽样证明与签署的不是同一份。请检查文件夹。"
    en = "This is no sample of this register, or its proofs are not those that were signed. Check the folder."


class SampleNotSigned(Conflict):
    """Fewer officials signed than have to."""

    zh = "抽样结果需要 {needed} 名工作组人员签名，现在有 {found} 个。请先运行 lendervote register sample sign。"
    en = "A sample needs {needed} officials' signatures and has {found}. Run lendervote register sample sign first."


class SampleSmaller(Conflict):
    """A sample that was published stays, unless a larger one takes its place: nobody draws until it suits."""

    zh = "已公布抽取 {before} 次的抽样结果（0 为逐人核对），不能用抽取 {draws} 次的替换：只能换成更大的样本。"
    en = "A sample of {before} draws is published (0: every lender), which one of {draws} cannot replace: only a larger one can."
