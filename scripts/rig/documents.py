"""The demo's plan: the four parts that art. 14 names, a ladder, and a PDF."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

LADDER = [
    {"months": 6, "ratio_bps": 1000},
    {"months": 12, "ratio_bps": 1500},
    {"months": 24, "ratio_bps": 2500},
    {"months": 36, "ratio_bps": 1500},
]


def plan_of(version: int) -> dict[str, Any]:
    """Title, parts and ladder of a version."""
    return {
        "title": "DEMO 演示退出方案",
        "parts": {
            "settlement": f"【演示】第 {version} 稿：按登记金额分四期兑付，合计兑付本金的 65%；先本金，后收益。"
            "第二期资金来自不良资产处置回款。",
            "liquidation_period": "【演示】清产核资自公告之日起 90 日内完成，由会计师事务所出具报告。",
            "existing_business": "【演示】存量借款继续催收，回款进入监管账户；不再发生新业务。",
            "dispute_resolution": "【演示】对登记金额有异议的，可在异议期内提出；协商不成的，可申请调解或向法院起诉。",
        },
        "ladder": LADDER,
    }


def make_pdf(text: str) -> bytes:
    """A one-page PDF with one line of Latin text."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=595, height=842)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 18 Tf 72 760 Td ({text}) Tj ET".encode("ascii"))
    page[NameObject("/Contents")] = stream
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
