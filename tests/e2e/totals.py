"""Adds up the sample files by code of its own and compares the final figures and the city's totals with it."""
import csv
import io
import json
from decimal import Decimal

import yaml

from service import ROOT, verdict

NAMES = {"指标": ("指标", "指标名称"), "地区": ("地区", "县区"), "数据日期": ("数据日期", "截止日期"), "数值": ("数值", "累计完成")}
COUNTIES = ("lizhou", "zhaohua", "chaotian", "wangcang", "qingchuan", "jiange", "cangxi")


def rows_of(data):
    """The rows of one sample file, whatever its encoding and shape."""
    if data.startswith(b"\xff\xfe"):
        text = data[2:].decode("utf-16-le")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
    if text.startswith("{"):
        for line in text.splitlines():
            yield json.loads(line)
        return
    table = list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text.splitlines()[0] else ","))
    start = next(i for i, row in enumerate(table) if row and row[0] in NAMES["指标"])
    for row in table[start + 1:]:
        yield dict(zip(table[start], row))


def pick(row, name):
    for header in NAMES.get(name, (name,)):
        if header in row:
            return row[header]
    return ""


def last_values(service):
    """(target code, area code) → the last value by day of every county's plain figures; T06.2 from its department."""
    plan = yaml.safe_load((ROOT / "deploy/plan/guangyuan.yaml").read_text())
    codes, department = {}, set()
    for task in plan["tasks"]:
        for target in task["targets"]:
            if target["kind"] == "cumulative":
                codes[target["code"]] = codes[target["name"]] = target["code"]
                if target.get("reporter", "county") != "county":
                    department.add(target["code"])
    areas = {a["name"]: a["code"] for a in plan["areas"]}
    values = {}
    halves = {}
    for line in (service.state / "script.txt").read_text().splitlines():
        words = line.split(" ")
        if len(words) < 4 or words[1] not in ("drop", "append"):
            continue
        agent = words[3].split("/")[1]
        data = (service.state / words[2]).read_bytes()
        if words[1] == "append":
            data = halves.pop(words[3]) + data
        elif not data.endswith(b"\n") and not data.endswith(b"\n\0"):
            halves[words[3]] = data
            continue
        if not data or agent == "office":
            continue
        try:
            rows = list(rows_of(data))
        except StopIteration:
            continue
        for row in rows:
            code, value = codes.get(pick(row, "指标")), pick(row, "数值")
            if not code or (code in department) != (agent == "jiaotong") or row.get("备注") == "样例坏行":
                continue
            try:
                number = Decimal(value)
            except ArithmeticError:
                continue
            if value:
                key, day = (code, areas[pick(row, "地区")]), pick(row, "数据日期")
                if key not in values or day >= values[key][0]:
                    values[key] = (day, number)
    return {key: number for key, (_day, number) in values.items()}


def check(service):
    expected = last_values(service)
    cells = {(c["target"], c["area"]): c for c in service.ask("status")["cells"]}
    wrong = []
    for key, number in sorted(expected.items()):
        cell = cells.get(key)
        if not cell or cell["value"] is None or Decimal(cell["value"]) != number:
            wrong.append(f"{key}: {cell and cell['value']} instead of {number}")
    good = verdict(f"final figures of {len(expected)} cells", "; ".join(wrong[:5]))
    wrong = []
    for code in sorted({code for code, _ in expected}):
        total = sum(number for (other, _), number in expected.items() if other == code)
        city = cells.get((code, "510800"))
        if not city or city["value"] is None or Decimal(city["value"]) != total:
            wrong.append(f"{code}: {city and city['value']} instead of {total}")
    return verdict("the city's totals", "; ".join(wrong[:5])) and good and verdict("there is something to add up", None if len(expected) > 100 else f"only {len(expected)}")
