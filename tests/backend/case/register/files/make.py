"""Makes the fixtures of this folder: a sheet typed by hand with the mistakes people make, saved by a real LibreOffice.

Run `python -m tests.backend.case.register.files.make` where `soffice` is installed; the results are committed.
`by_hand.csv` is the typed text.
LibreOffice opens it as any CSV: what looks like a number becomes one, unless the column was set to text (here: phone, account).
"""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from backend.case.register.rules.identity import resident_check_digit
from tests.backend.case.register.office import credit_code

HERE = Path(__file__).parent
HEADER = [
    "债权编号",
    "出借人类型",
    "姓名或名称",
    "证件类型",
    "证件号码",
    "手机号",
    "平台账号",
    "待收本金（元）",
    "表决组",
    "关联方",
    "备注",
    "登记人",
]


def ending_in_x(serial: int) -> str:
    """A number that no spreadsheet takes for a quantity."""
    while True:
        first_17 = f"99900119850615{serial % 1000:03d}"
        if resident_check_digit(first_17) == "X":
            return first_17 + "X"
        serial += 1


A, B, C, D, E, F, G = (ending_in_x(serial) for serial in (0, 100, 200, 300, 400, 500, 600))
NUMERIC = "99900119850615777" + resident_check_digit("99900119850615777")
WIDE = A.translate(str.maketrans("0123456789X", "０１２３４５６７８９ｘ"))
WRONG = B[:15] + str((int(B[15]) + 1) % 10) + B[16:]

ROWS = [
    ["L001", "个人", "王小明", "身份证", A, "120 0000 0001", "u001", "12,345.60", "", "否", "", "小李"],
    ["L002", "个人", "王 小明", "身份证", WIDE, "+8612000000001", "u002", "￥1000", "", "否", "同一人第二个账户", "小李"],
    ["L003", "企业", "示例（北京）科技有限公司", "营业执照", credit_code(3), "12000000003", "u003", "500000", "", "否", "", "小李"],
    [],
    ["L004", "个人", "李四", "身份证", NUMERIC, "12000000004", "u004", "100", "", "否", "", ""],
    ["L005", "个人", "赵六", "身份证", WRONG, "12000000005", "u005", "100", "", "否", "", ""],
    ["L006", "个人", "孙七", "身份证", C, "1200000006", "u006", "100", "", "否", "", ""],
    ["L007", "个人", "周八", "身份证", D, "12000000007", "u007", "-5", "", "否", "", ""],
    ["L008", "个人", "吴九", "身份证", E, "12000000008", "u008", "33.333", "", "否", "", ""],
    ["L008", "个人", "郑十", "身份证", F, "12000000009", "u009", "约三万", "", "", "", ""],
    ["", "", "", "", "", "", "", "", "", "", "", ""],
    ["L010", "个人", "王大明", "身份证", A, "12000000010", "u010", "100", "", "否", "", ""],
    ["L011", "个人", "冯?", "身份证", G, "12000000011", "u001", "100", "大额组", "不清楚", "", ""],
    ["合计", "", "", "", "", "", "", "613845.6", "", "", "", ""],
]  # fmt: skip


def main() -> None:
    """Write the typed text and let LibreOffice save it as XLSX and as a GB18030 CSV."""
    with (HERE / "by_hand.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    with TemporaryDirectory() as profile:
        for target in ("xlsx:Calc MS Excel 2007 XML", "csv:Text - txt - csv (StarCalc):44,34,85,1"):
            columns = "/".join(f"{place}/{2 if place in {6, 7} else 1}" for place in range(1, 13))
            with TemporaryDirectory() as out:
                subprocess.run(
                    ["soffice", "--headless", f"-env:UserInstallation=file://{profile}", f"--infilter=CSV:44,34,76,1,{columns}",
                     "--convert-to", target, "--outdir", out, str(HERE / "by_hand.csv")],
                    check=True,
                )  # fmt: skip
                made = next(Path(out).iterdir())
                name = "by_hand.xlsx" if made.suffix == ".xlsx" else "by_hand_gb18030.csv"
                (HERE / name).write_bytes(made.read_bytes())


if __name__ == "__main__":
    main()
