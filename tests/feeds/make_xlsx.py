#!/usr/bin/python3
"""Makes the workbooks of this folder: each is written cell by cell as flat OpenDocument, saved as .xlsx by LibreOffice,
and, where LibreOffice cannot write the shape, changed byte by byte inside. Run it only to make them anew; the tests read
the files that stand here. Usage: make_xlsx.py [WORD-IN-PATH]."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from xml.sax.saxutils import escape, quoteattr

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = ["指标", "地区", "数据日期", "数值", "单位"]

STYLES = """
<number:date-style style:name="nd"><number:year number:style="long"/><number:text>/</number:text><number:month/>
<number:text>/</number:text><number:day/></number:date-style>
<number:date-style style:name="nm"><number:year number:style="long"/><number:text>年</number:text><number:month/>
<number:text>月</number:text></number:date-style>
<number:percentage-style style:name="np"><number:number number:decimal-places="0" number:min-integer-digits="1"/>
<number:text>%</number:text></number:percentage-style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="nd"/>
<style:style style:name="month" style:family="table-cell" style:data-style-name="nm"/>
<style:style style:name="percent" style:family="table-cell" style:data-style-name="np"/>
<style:style style:name="struck" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"
 style:text-line-through-type="single"/></style:style>
<style:style style:name="red" style:family="table-cell"><style:text-properties fo:color="#ff0000"/></style:style>
<style:style style:name="fill" style:family="table-cell"><style:table-cell-properties fo:background-color="#ffff00"/>
</style:style>"""


class Cell:
    """A cell that is more than its text: how = date month percent struck red formula comment."""

    def __init__(self, value, how, across=1, down=1):
        self.value, self.how, self.across, self.down = value, how, across, down


def wide(text, across=1, down=1):
    return Cell(text, "plain", across, down)


def date(text):
    return Cell(text, "date")


def cell_xml(cell):
    if cell is None:
        return "<table:table-cell/>"
    if not isinstance(cell, Cell):
        cell = Cell(cell, "plain")
    merge = ""
    if cell.across > 1 or cell.down > 1:
        merge = f' table:number-columns-spanned="{cell.across}" table:number-rows-spanned="{cell.down}"'
    style = f' table:style-name="{cell.how}"' if cell.how in ("date", "month", "percent", "struck", "red", "fill") else ""
    if cell.how in ("date", "month"):
        value = f' office:value-type="date" office:date-value="{cell.value}"'
        text = ""
    elif cell.how == "formula":
        value = f" table:formula={quoteattr('of:=' + cell.value)}"
        text = ""
    elif isinstance(cell.value, str):
        value, text = ' office:value-type="string"', f"<text:p>{escape(cell.value)}</text:p>"
    elif cell.value is None:
        value, text = "", ""
    else:
        kind = "percentage" if cell.how == "percent" else "float"
        value, text = f' office:value-type="{kind}" office:value="{cell.value}"', ""
    note = "<office:annotation><text:p>请核对</text:p></office:annotation>" if cell.how == "comment" else ""
    return f"<table:table-cell{style}{merge}{value}>{note}{text}</table:table-cell>"


class Sheet:
    def __init__(self, name, rows, hidden_rows=(), hidden_columns=(), protected=False, hidden=False, repeat=0):
        self.name, self.rows, self.hidden_rows, self.hidden_columns = name, rows, hidden_rows, hidden_columns
        self.protected, self.repeat = protected, repeat

    def xml(self):
        width = max([len(row) for row in self.rows] + [1])
        columns = "".join(
            f'<table:table-column{" table:visibility=" + chr(34) + "collapse" + chr(34) if i in self.hidden_columns else ""}/>'
            for i in range(width))
        covered, body = set(), []
        for y, row in enumerate(self.rows):
            cells = []
            for x, cell in enumerate(row):
                if (y, x) in covered:
                    cells.append("<table:covered-table-cell/>")
                    continue
                if isinstance(cell, Cell):
                    covered |= {(y + dy, x + dx) for dy in range(cell.down) for dx in range(cell.across)} - {(y, x)}
                cells.append(cell_xml(cell))
            shown = ' table:visibility="collapse"' if y in self.hidden_rows else ""
            body.append(f"<table:table-row{shown}>{''.join(cells)}</table:table-row>")
        if self.repeat:
            cells = '<table:table-cell table:style-name="fill"/>' * width
            body.append(f'<table:table-row table:number-rows-repeated="{self.repeat}">{cells}</table:table-row>')
        protect = ' table:protected="true"' if self.protected else ""
        return f"<table:table table:name={quoteattr(self.name)}{protect}>{columns}{''.join(body)}</table:table>"


def document(sheets, null_date):
    names = {"office": "office", "table": "table", "text": "text", "style": "style", "number": "datastyle",
             "fo": "xsl-fo-compatible"}
    spaces = " ".join(f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{value}:1.0"' for key, value in names.items())
    spaces += ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
    null = f'<table:calculation-settings><table:null-date table:date-value="{null_date}"/></table:calculation-settings>'
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.3"'
            ' office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
            f"<office:automatic-styles>{STYLES}</office:automatic-styles><office:body><office:spreadsheet>{null}"
            f"{''.join(sheet.xml() for sheet in sheets)}</office:spreadsheet></office:body></office:document>")


def change_inside(path, change):
    """change(name, bytes) → bytes for every part of the workbook."""
    kept = tempfile.mktemp(suffix=".xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    shutil.move(kept, path)


BOOKS = []


def book(path, sheets, null_date="1899-12-30", change=None, cut=None):
    BOOKS.append((path, sheets, null_date, change, cut))


def in_sheet(old, new):
    def change(name, data):
        if not name.startswith("xl/worksheets/sheet"):
            return data
        text = re.sub(old, new, data.decode())
        return text.encode()
    return change


# --- the books ---

book("02-header-rows/merged-cells/就业.xlsx", [Sheet("就业", [
    [wide("2021年就业情况表 截至2021年6月30日", 7)] + [None] * 6,
    [wide("县区", 1, 3), wide("就业", 6)] + [None] * 5,
    [None, wide("城镇新增就业(人)", 3), None, None, wide("返乡创业人数(人)", 3), None, None],
    [None, "目标任务", "进度", "完成比例(%)", "目标任务", "进度", "完成比例(%)"],
    ["利州区", 3000, 1500, 50, 400, 210, 52.5],
    ["青川县", 1200, 640, 53.3, 300, None, None],
    ["合计", 4200, 2141, None, 700, 210, None]])])

MERGED = [HEAD, [wide("直连道路", 1, 3), "利州区", "2021-06-30", 20, "公里"], [None, "青川县", "2021-06-30", 31, "公里"],
          [None, "旺苍县", "2021-06-30", 40, "公里"], [None, "昭化区", "2021-06-30", 4, "公里"]]
book("03-merged-data/inside-merged-cells/道路.xlsx", [Sheet("道路", MERGED)])
book("03-merged-data/merged-but-not-marked/道路.xlsx", [Sheet("道路", MERGED)])

book("06-layouts/matrix-in-a-workbook/进度.xlsx", [Sheet("6月", [
    [wide("2021年进度表 截至2021年6月30日", 4), None, None, None],
    ["县区", "直连道路（公里）", "新增就业（人）", "产业投资（万元）"],
    ["利州区", 20, 1500, 1234.5], ["青川县", 31, 640, None], ["合计", 51, 2140, 1234.5]])])

book("10-doubles/in-a-workbook/线路.xlsx", [Sheet("线路", [HEAD, ["T08.3", "青川县", "2021-06-30", 0.58, "公里"],
     ["T06.1", "青川县", "2021-06-30", 31.1, "公里"], ["T08.3", "旺苍县", "2021-06-30", 73.6641, "公里"],
     ["T01.1", "青川县", "2021-06-30", 1200, "人"]])],
     change=lambda name, data: in_sheet("<v>1200</v>", "<v>1.2E3</v>")(name, in_sheet("<v>31.1</v>", "<v>31.100000000000001</v>")(
         name, in_sheet("<v>0.58</v>", "<v>0.57999999999999996</v>")(name, data))))

FORMULAS = [HEAD, ["T06.1", "青川县", "2021-06-30", Cell("SUM([.G1:.G2])", "formula"), "公里", None, 11],
            ["T06.1", "利州区", "2021-06-30", Cell("1/0", "formula"), "公里", None, 20]]
FORMULAS[0] = HEAD + [None, 20]
book("12-formulas/with-results/道路.xlsx", [Sheet("道路", FORMULAS)])
book("12-formulas/without-results/道路.xlsx", [Sheet("道路", FORMULAS)],
     change=in_sheet(r"(<f[^>]*>[^<]*</f>)<v>[^<]*</v>", r"\1"))

book("13-percent/formats-in-a-workbook/普及率.xlsx", [Sheet("普及率", [HEAD,
     ["T13.6", "利州区", "2021-06-30", Cell(0.87, "percent"), None], ["T13.6", "昭化区", "2021-06-30", 0.87, None],
     ["T13.6", "朝天区", "2021-06-30", Cell(0.875, "percent"), "%"], ["T13.6", "青川县", "2021-06-30", "87%", None],
     ["T13.6", "旺苍县", "2021-06-30", 88, "%"]])])

DATES = [HEAD, ["T06.1", "利州区", date("2021-03-01"), 1, "公里"], ["T06.1", "昭化区", Cell("2021-03-01", "month"), 2, "公里"],
         ["T06.1", "旺苍县", 44256, 3, "公里"], ["T06.1", "青川县", date("2021-03-01T08:00:00"), 4, "公里"],
         ["T06.1", "市本级", date("2021-03-01"), date("2021-03-05"), "公里"], ["T06.1", "经开区", "2021.3.1", 6, "公里"]]
book("17-dates/cells-of-a-workbook/道路.xlsx", [Sheet("道路", DATES)])
book("17-dates/workbook-of-1904/道路.xlsx", [Sheet("道路", DATES[:2])], null_date="1904-01-01")

book("20-areas/codes-as-numbers/道路.xlsx", [Sheet("道路", [HEAD, ["T06.1", 510822, "2021-06-30", 31, "公里"],
     ["T06.1", 510821000000, "2021-06-30", 40, "公里"], ["T06.1", 510821100, "2021-06-30", 4, "公里"]])])

book("26-marks/struck-red-comment/道路.xlsx", [Sheet("道路", [HEAD,
     ["T06.1", "利州区", "2021-06-30", Cell(20, "struck"), "公里"], ["T06.1", "青川县", "2021-06-30", Cell(31, "red"), "公里"],
     ["T06.1", "旺苍县", "2021-06-30", Cell(40, "comment"), "公里"],
     ["T06.1", Cell("昭化区", "struck"), "2021-06-30", 4, "公里"]])])
book("26-marks/hidden-and-protected/道路.xlsx", [Sheet("道路", [HEAD + ["审核"],
     ["T06.1", "利州区", "2021-06-30", 20, "公里", "甲"], ["T06.1", "青川县", "2021-06-30", 31, "公里", "乙"],
     ["T06.1", "旺苍县", "2021-06-30", 40, "公里", "丙"]], hidden_rows=(2,), hidden_columns=(5,), protected=True)])

ROW = ["T06.1", "青川县", "2021-06-30", 31, "公里"]
MAY = ["T06.1", "青川县", "2021-05-31", 25, "公里"]
book("27-sheets/month-of-the-period/道路.xlsx", [Sheet("说明", [["填表说明"]]), Sheet("5月", [HEAD, MAY]),
                                            Sheet("6月", [HEAD, ROW]), Sheet("Sheet2", [[None]])])
book("27-sheets/the-only-one-with-a-header/道路.xlsx", [Sheet("说明", [["填表说明"]]), Sheet("道路", [HEAD, ROW]),
                                                  Sheet("Sheet2", [[None]])])
book("27-sheets/two-match/道路.xlsx", [Sheet("6月", [HEAD, ROW]), Sheet("6月(2)", [HEAD, ROW])])
book("27-sheets/two-have-a-header/道路.xlsx", [Sheet("5月", [HEAD, MAY]), Sheet("6月", [HEAD, ROW])])
book("27-sheets/none-matches/道路.xlsx", [Sheet("5月", [HEAD, MAY])])

book("28-other-kinds/ods/报表.ods", [Sheet("道路", [HEAD, ROW])])

book("30-being-written/half-a-copy/道路.xlsx", [Sheet("道路", [HEAD, ROW])], cut=0.5)

book("32-oversized/formatted-rows-in-a-workbook/道路.xlsx", [Sheet("道路", [HEAD, ROW], repeat=65000)])


def make(path, sheets, null_date, change, cut):
    target = os.path.join(HERE, path)
    ending = os.path.splitext(path)[1][1:]
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        source = os.path.join(work, "book.fods")
        with open(source, "w", encoding="utf-8") as out:
            out.write(document(sheets, null_date))
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{tempfile.gettempdir()}/duban-feeds-soffice",
                        "--convert-to", ending, "--outdir", work, source], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=120)
        shutil.copy(os.path.join(work, "book." + ending), target)
    if change:
        change_inside(target, change)
    if cut:
        with open(target, "rb+") as out:
            out.truncate(int(os.path.getsize(target) * cut))
    print(path, os.path.getsize(target))


for item in BOOKS:
    if len(sys.argv) < 2 or sys.argv[1] in item[0]:
        make(*item)
