#!/usr/bin/python3
"""Makes the sample year: the files that the sample agents find in their folders, and the director's script.

    make_feeds.py OUT

OUT/feeds/NNNN.EXT are the files; OUT/script.txt is what `duban play` does with them, paths relative to OUT. Everything is
an even path along the plan, except where incidents.yaml says otherwise. All of it is sample data and says so: nothing
here is a real figure. The same input gives the same bytes.
"""
import csv
import io
import json
import sys
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
YEAR = 2021
CHINA = timezone(timedelta(hours=8))

# The sample reporters, in the order in which their files come in.
COUNTIES = {
    "lizhou": ("510802", "利州"), "zhaohua": ("510811", "昭化"), "chaotian": ("510812", "朝天"),
    "wangcang": ("510821", "旺苍"), "qingchuan": ("510822", "青川"), "jiange": ("510823", "剑阁"),
    "cangxi": ("510824", "苍溪"),
}
WEEKLY = ("lizhou", "cangxi")  # send T06.1 every Friday as well; owed is a figure a month all the same
# The working day on which a month's report comes in: before or on the closing day of the following month.
REPORT_DAY = {1: "2021-02-03", 2: "2021-03-03", 3: "2021-04-02", 4: "2021-05-06", 5: "2021-06-03", 6: "2021-07-02",
              7: "2021-08-03", 8: "2021-09-03", 9: "2021-10-08", 10: "2021-11-03", 11: "2021-12-03", 12: "2022-01-04"}
LATE_REPORTERS = {("qingchuan", 12): "2022-01-05"}
HEADERS = ["指标", "地区", "数据日期", "数值", "分子", "分母", "单位", "备注"]
OWN_HEADERS = {"zhaohua": {"指标": "指标名称", "地区": "县区", "数据日期": "截止日期", "数值": "累计完成"}}
# Undated targets still move: done after so many months.
UNDATED_MONTHS = 14


def at(day, hour, minute=0):
    return datetime.combine(day if isinstance(day, date) else date.fromisoformat(day), datetime.min.time(), CHINA) + \
        timedelta(hours=hour, minutes=minute)


def month_end(month):
    return date(YEAR, month, monthrange(YEAR, month)[1])


def read_table(name):
    """A clerk's table: rows below the header that holds 指标代码, as dicts."""
    rows = list(csv.reader(io.StringIO((HERE / name).read_text("utf-8-sig"))))
    start = next(i for i, row in enumerate(rows) if "指标代码" in row)
    return [dict(zip(rows[start], row)) for row in rows[start + 1:] if row and row[0]]


class Year:
    def __init__(self, out):
        self.out = out
        self.plan = yaml.safe_load((HERE.parent / "plan" / "guangyuan.yaml").read_text())
        self.incidents = yaml.safe_load((HERE / "incidents.yaml").read_text())
        self.areas = {a["code"]: a for a in self.plan["areas"]}
        self.targets = {t["code"]: t for task in self.plan["tasks"] for t in task["targets"]}
        self.shares = {r["指标代码"]: {c: r[a["name"]] for c, a in self.areas.items()} for r in read_table("allocation.csv")}
        self.parts = {r["指标代码"]: {c: r[a["name"]] for c, a in self.areas.items()} for r in read_table("denominators.csv")}
        self.overrides, self.feed = {}, {}
        self.script = [(at(date(YEAR, 1, 1), 0), "run duban go-live --by 市两改办值班")]
        for incident in self.incidents:
            for target, areas in incident.get("figures", {}).items():
                for area, months in areas.items():
                    for month, value in months.items():
                        self.overrides[target, area, month] = str(value)
            for word, what in (incident.get("feed") or {}).items():
                self.feed.setdefault(word, []).append(what)
            for line in incident.get("at", []):
                when, _, action = line.partition(" ")
                self.script.append((datetime.fromisoformat(when), self.action(action)))
        self.count = 0

    @staticmethod
    def action(text):
        verb, _, rest = text.partition(" ")
        return f"run share/duban/lib/supervise.py {verb} . {rest}" if verb in ("stop", "start") else text

    # ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────

    def place(self, target, day):
        """How far along the plan a day is, in whole months, as offices compute it."""
        first = target.get("from", date(YEAR, 1, 1))
        due = target.get("due")
        months = (due.year - first.year) * 12 + due.month - first.month + 1 if due else UNDATED_MONTHS
        gone = (day.year - first.year) * 12 + day.month - first.month + Fraction(day.day, monthrange(day.year, day.month)[1])
        return min(max(gone / months, Fraction(0)), Fraction(1))

    def even(self, target, area, day):
        """(value, numerator, denominator) on an even path: never behind the plan; None = no such cell."""
        code, kind = target["code"], target["kind"]
        part = self.place(target, day)
        if kind == "cumulative":
            share = self.shares.get(code, {}).get(area, "")
            if share in ("", "0"):
                return None
            places = target.get("decimals", 0)
            whole = (floor if target.get("counted") else ceil)(Fraction(share) * part * 10**places)
            return str(Decimal(whole).scaleb(-places)), "", ""
        if kind in ("ratio", "per_entity") and target.get("denominator", "declared") == "declared":
            whole = self.parts.get(code, {}).get(area, "")
            if whole in ("", "0"):
                return None
            return "", str(floor(int(whole) * part)), whole
        if kind == "baseline":
            base = self.parts.get(code, {}).get(area, "")
            if base == "":
                return None
            return str(Decimal(floor(Fraction(base) * day.month * 101 / 12)).scaleb(-2)), "", ""
        if kind == "ratio":  # an average: days over cases, falling to the bound and below it at the year's end
            cases = 200 + 10 * day.month + int(area[-2:])
            average = Fraction(target["value"]) * (130 - 3 * day.month) / 100
            return "", str(floor(average * cases)), str(cases)
        if kind == "hold":
            return "", str(880 + day.month), "1000"
        if kind == "milestone":
            return ("未完成" if target.get("due") or day.month < 6 + int(area[-1]) else "已完成"), "", ""
        return None

    def row(self, target, area, month):
        day = month_end(month)
        figure = self.even(target, area, day)
        if figure is None:
            return None
        override = self.overrides.get((target["code"], area, month))
        if override is not None:
            figure = (*["", *override.split("/")],) if "/" in override else (override, "", "")
        unit = target["unit"] if figure[0] and target["kind"] not in ("milestone",) else ""
        name = target["name"] if target["code"].startswith(("T06", "T12", "T13")) else target["code"]
        return {"指标": name, "地区": self.areas[area]["name"], "数据日期": day.isoformat(), "数值": figure[0], "分子": figure[1],
                "分母": figure[2], "单位": unit, "备注": "样例数据"}

    def county_rows(self, area, month):
        rows = []
        for target in self.targets.values():
            named = target.get("areas")
            if target.get("reporter", "county") == "county" and (not named or area in named):
                rows.append(self.row(target, area, month))
        return [r for r in rows if r]

    def department_rows(self, month):
        rows = [self.row(self.targets[code], area, month) for code in ("T06.2", "T06.3") for area in self.areas]
        for extra in self.feed.get("department_rows", []):
            for code, area, value in extra.get(month, []):
                row = self.row(self.targets[code], area, month)
                rows.append({**row, "数值": value})
        return rows

    def office_rows(self, month):
        """City-wide milestones (代报 for their lead departments) and words on tasks without a measure."""
        rows = []
        done_in = {"T05.1": 11, "T05.2": 10, "T05.3": 12, "T08.10": 9, "T24.5": 12, "T03.1": 8, "T22.1": 7}
        for code, target in self.targets.items():
            if target["kind"] == "milestone" and target.get("areas") == ["510800"]:
                done = month >= done_in.get(code, 99)
                rows.append({"指标": code, "地区": "广元市", "数据日期": month_end(month).isoformat(),
                             "数值": "已完成" if done else "未完成", "分子": "", "分母": "", "单位": "", "备注": "样例数据",
                             "文号": f"样例纪要〔{YEAR}〕{month}号"})
        for code in ("T07", "T09", "T14", "T18"):
            if month % 3 == 0:
                rows.append({"指标": code, "地区": "广元市", "数据日期": month_end(month).isoformat(), "数值": "", "分子": "",
                             "分母": "", "单位": "", "备注": f"样例文字：{month}月推进情况", "文号": f"样例纪要〔{YEAR}〕{month}号"})
        return rows

    # ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def table(self, agent, rows, rename=None):
        """The bytes of a file as this reporter's system writes it."""
        headers = HEADERS + (["文号"] if agent == "office" else [])
        names = {**OWN_HEADERS.get(agent, {}), **(rename or {})}
        if agent == "jiange":
            return "".join(json.dumps({k: r[k] for k in headers if r.get(k)}, ensure_ascii=False) + "\n" for r in rows).encode()
        separator = "\t" if agent == "qingchuan" else ","
        text = io.StringIO()
        writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
        if agent == "wangcang":
            writer.writerow(["旺苍县重点任务进展情况表（样例数据）"] + [""] * (len(headers) - 1))
        writer.writerow([names.get(OWN_HEADERS.get(agent, {}).get(h, h), names.get(h, h)) for h in headers])
        for r in rows:
            writer.writerow([r.get(h, "") for h in headers])
        if agent == "wangcang":
            writer.writerow(["填表人：样例", "审核人：样例"] + [""] * (len(headers) - 2))
        text = text.getvalue()
        if agent == "chaotian":
            return text.encode("gb18030")
        if agent == "qingchuan":
            return b"\xff\xfe" + text.encode("utf-16-le")
        return (b"\xef\xbb\xbf" if agent == "cangxi" else b"") + text.encode()

    def keep(self, data, extension):
        self.count += 1
        path = Path("feeds") / f"{self.count:04d}{extension}"
        (self.out / path).write_bytes(data)
        return path

    def drop(self, agent, when, name, data, verb="drop"):
        self.script.append((when, f"{verb} {self.keep(data, Path(name).suffix)} agents/{agent}/inbox/{name}"))

    def find(self, word, agent, month=None):
        for what in self.feed.get(word, []):
            if what["county"] == agent and (month is None or what.get("month", month) == month):
                return what
        return None

    def county_month(self, agent, area, short, order, month):
        when = at(LATE_REPORTERS.get((agent, month), REPORT_DAY[month]), 9, 30 + 3 * order)
        late = self.find("late", agent)
        if late and month in late["months"]:
            when = datetime.fromisoformat(late["at"])
        name = f"{short}{month}月报表" + {"jiange": ".jsonl", "qingchuan": ".txt"}.get(agent, ".csv")
        rows = self.county_rows(area, month)
        if self.find("full_width", agent, month):
            wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
            rows = [{**r, "数值": r["数值"].translate(wide), "分子": r["分子"].translate(wide)} for r in rows]
        bad = self.find("bad_rows", agent, month)
        if bad:
            rows += [dict(zip(("指标", "地区", "数据日期", "数值", "单位"), map(str, r)), 分子="", 分母="", 备注="样例坏行")
                     for r in bad["rows"]]
        renamed = self.find("renamed_column", agent, month)
        half, grown = self.find("half_written", agent, month), self.find("grown", agent, month)
        data = self.table(agent, rows)
        if renamed:
            self.drop(agent, datetime.fromisoformat(renamed["at"]), name,
                      self.table(agent, rows, {renamed["from"]: renamed["to"]}))
            self.drop(agent, datetime.fromisoformat(renamed["again"]), name, data)
        elif half:
            cut = len(data) * 2 // 3
            while data[cut - 1:cut] == b"\n":
                cut -= 1
            self.drop(agent, when, name, data[:cut])
            self.drop(agent, datetime.fromisoformat(half["rest"]), name, data[cut:], "append")
        elif grown:
            self.drop(agent, when, name, self.table(agent, rows[:-grown["held_back"]]))
            self.drop(agent, datetime.fromisoformat(grown["again"]), name, data)
        else:
            self.drop(agent, when, name, data)
        again = self.find("dropped_twice", agent, month)
        if again:
            self.drop(agent, datetime.fromisoformat(again["at"]), again["as"], data)
        moved = self.find("renamed", agent, month)
        if moved:
            inbox = f"agents/{agent}/inbox"
            self.script.append((datetime.fromisoformat(moved["at"]), f"rename {inbox}/{name} {inbox}/{moved['to']}"))

    def weekly(self, agent, area, short):
        day = date(YEAR, 1, 8)
        while day.year == YEAR:
            value = self.even(self.targets["T06.1"], area, day)[0]
            row = {"指标": "T06.1", "地区": self.areas[area]["name"], "数据日期": day.isoformat(), "数值": value, "分子": "",
                   "分母": "", "单位": "公里", "备注": "样例数据"}
            self.drop(agent, at(day, 17), f"{short}周报{day:%m%d}.csv", self.table(agent, [row]))
            day += timedelta(days=7)

    def make(self):
        (self.out / "feeds").mkdir(parents=True, exist_ok=True)
        for order, (agent, (area, short)) in enumerate(COUNTIES.items()):
            for month in range(1, 13):
                self.county_month(agent, area, short, order, month)
            if agent in WEEKLY:
                self.weekly(agent, area, short)
        for month in range(1, 13):
            self.drop("jiaotong", at(REPORT_DAY[month], 11), f"交通{month}月报表.csv", self.table("jiaotong", self.department_rows(month)))
            self.drop("office", at(REPORT_DAY[month], 11, 30), f"市级{month}月.csv", self.table("office", self.office_rows(month)))
        for extra in self.feed.get("extra", []):
            rows = [{"指标": code, "地区": self.areas[area]["name"], "数据日期": str(day), "数值": value, "分子": "", "分母": "",
                     "单位": "", "备注": "样例数据", "文号": document} for code, area, day, value, document in extra["rows"]]
            for r in rows:
                r["单位"] = self.targets[r["指标"]]["unit"]
            self.drop(extra["county"], datetime.fromisoformat(extra["at"]), extra["name"], self.table(extra["county"], rows))
        for file in self.feed.get("file", []):
            text = io.StringIO()
            csv.writer(text, lineterminator="\r\n").writerows(file["rows"])
            self.drop(file["county"], datetime.fromisoformat(file["at"]), file["name"], ("\ufeff" + text.getvalue()).encode())
        for empty in self.feed.get("empty", []):
            self.drop(empty["county"], datetime.fromisoformat(empty["at"]), empty["name"], b"")
        self.script.sort(key=lambda line: line[0])
        (self.out / "script.txt").write_text(
            "# 样例剧本（示例数据）：时刻 动作\n" + "".join(f"{when.isoformat()} {action}\n" for when, action in self.script))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    Year(Path(sys.argv[1])).make()
