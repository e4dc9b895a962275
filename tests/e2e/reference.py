#!/usr/bin/python3
"""What a cell is at an instant, worked out a second time: the judge of the program in C, written from the rules alone.

Slow and plain on purpose. Each rule stands below the sentence it implements (the lines that begin with #:). Nothing here is
taken from the programs. Exact arithmetic throughout (Fraction); days are date, instants are datetime in UTC+8.

An event is a dict: kind, uid, target, area, as_of, value | numerator + denominator | done, known_at, reporter, unit and role
(of its stream), replaces, reason, document, more (a list). A cell's answer has the keys of `duban status --json`.
"""
import copy
import csv
import io
from bisect import bisect_right
from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
CHINA = timezone(timedelta(hours=8))
DAY = timedelta(days=1)
CITY = "510800"
FIGURE, CORRECTION, NO_CHANGE, RETRACTION, CONFIRM, RELEASE, EXTENSION, REVERSAL = 1, 2, 3, 6, 32, 34, 36, 40
EPOCH = date(1970, 1, 1)
SEVERITY = {"none": 0, "grey": 0, "green": 1, "blue": 2, "yellow": 3, "red": 4}
FINISHING = ("cumulative", "per_entity", "ratio", "milestone", "baseline")


def start_of(day):
    return datetime.combine(day, time(), CHINA)


def end_of(day):
    return start_of(day + DAY) - timedelta(milliseconds=1)


def day_of(instant):
    return instant.astimezone(CHINA).date()


# ── Printing ───────────────────────────────────────────────────────────────────────────────────────────────────────────

def plain(number):
    """An exact decimal as it is written, without superfluous zeros; a quotient cut to ten places (compared by value only)."""
    if number is None:
        return None
    sign, number = ("-" if number < 0 else ""), abs(Fraction(number))
    places = next((p for p in range(11) if number * 10**p % 1 == 0), 10)
    digits = str(int(number * 10**places)).rjust(places + 1, "0")
    return sign + (digits[:-places].rstrip() + "." + digits[-places:] if places else digits)


def cut_toward_zero(number, places):
    scaled = abs(number) * 10**places
    return Fraction(int(scaled), 10**places) * (-1 if number < 0 else 1)


def half_up(number, places):
    #: planned rounds half up to 2
    return Fraction((number * 10**places + Fraction(1, 2)) // 1, 10**places)


def cut_quotient(number, comparator, places):
    #: a quotient with the target's decimals, at most 4, cut away from the goal (99.96 prints 99.9; 100 only when met):
    #: what is to rise is cut down, what is to fall is cut up, so that printing never flatters
    scaled = number * 10**min(places, 4)
    return Fraction(-(-scaled // 1) if comparator == "<=" else scaled // 1, 10**min(places, 4))


def tenths(points):
    """Deviation as printed: one decimal; there is no -0.0."""
    if points is None:
        return None
    whole = int(points * 10)
    return f"{'-' if whole < 0 else ''}{abs(whole) // 10}.{abs(whole) % 10}"


# ── Plan ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

class Reporting:
    """The reporting calendar: periods (known by their first day), their closing days, working days."""

    def __init__(self, exceptions, months=1, closing_day=5, first=date(2021, 1, 1)):
        self.exceptions, self.months, self.closing_day, self.first = exceptions, months, closing_day, first

    def working(self, day):
        kind = self.exceptions.get(day)
        return kind == "workday" or (kind is None and day.weekday() < 5)

    def period(self, day):
        return date(day.year, (day.month - 1) // self.months * self.months + 1, 1)

    def shift(self, period, count):
        month = period.year * 12 + period.month - 1 + count * self.months
        return date(month // 12, month % 12 + 1, 1)

    def last_day(self, period):
        return self.shift(period, 1) - DAY

    def closing(self, period):
        #: closing day of the following period (1-28, moved to the next working day)
        day = self.shift(period, 1).replace(day=self.closing_day)
        while not self.working(day):
            day += DAY
        return day

    def name(self, period):
        return f"{period:%Y-%m}"


class Cell:
    """A target in an area, with what the plan says of both."""

    def __init__(self, target, area, reporting, **own):
        self.target, self.area, self.reporting = target["code"], area, reporting
        self.kind, self.comparator = target["kind"], target.get("comparator", ">=")
        self.unit, self.decimals = target.get("unit", ""), target.get("decimals", 0)
        self.firmness, self.reporter = target.get("firmness", "hard"), target.get("reporter", "county")
        self.due, self.due_original = target.get("due"), target.get("due_original", target.get("due"))
        #: `from` missing -> the programme's start, marked assumed
        self.assumed_from = "from" not in target
        self.start = target.get("from", own.get("programme_start", date(2021, 1, 1)))
        self.programme_start = own.get("programme_start", date(2021, 1, 1))
        self.target_value = None if target.get("value") is None else Fraction(str(target["value"]))
        self.parts = own.get("parts")            # of a roll-up: its county cells
        self.nodes = sorted(own.get("nodes", []))
        denominator = own.get("denominator")     # declared
        self.denominator = None if denominator is None else Fraction(denominator)
        per_cent = self.unit == "%"
        self.per_cent = per_cent
        #: Averages (ratios with `denominator: reported` or a unit without %) are never counted.
        self.average = self.kind == "ratio" and (target.get("denominator", "declared") == "reported" or not per_cent)
        #: per_entity and per-cent ratios with a declared denominator count entities
        self.entities = self.denominator is not None and (self.kind == "per_entity" or (self.kind == "ratio" and per_cent and not self.average))
        self.counted = self.entities or (self.kind == "cumulative" and bool(target.get("counted")))
        #: A target's own opening serves levels only; a sum's is in the allocation (absent = 0).
        level = self.kind in ("latest", "ratio", "hold")
        given = target.get("opening") if level else own.get("opening")
        self.opening_given = given is not None
        self.opening = Fraction(str(given)) if given is not None else Fraction(0)
        self.goal = self.target_value            # in the unit of the printed value
        if self.kind in ("cumulative", "baseline"):
            share = own.get("share")
            self.goal = None if share is None else Fraction(str(share))
        elif self.kind == "milestone":
            self.goal = Fraction(1)
        elif self.kind == "per_entity":
            self.goal = self.denominator
        self.goal_units, self.opening_units = self.goal, self.opening
        if self.entities:                        # in whole entities
            scale = self.denominator / 100 if self.kind == "ratio" else 1
            self.goal_units, self.opening_units = self.goal * scale, self.opening * scale
        #: A share of 0 (or a denominator of 0) is `no_task`
        self.no_task = self.parts is None and ((self.kind == "cumulative" and self.goal == 0) or self.denominator == 0)
        if self.parts is not None:
            self.no_task = bool(self.parts) and all(p.no_task for p in self.parts)
        #: Milestone, hold, activity and parameter have no curve; nor have `<=`, `latest` and averages without an opening
        self.curveless = (self.kind in ("milestone", "hold", "activity", "parameter") or self.due is None or self.no_task
                          or ((self.comparator == "<=" or self.kind == "latest" or self.average) and not self.opening_given))
        self.small = self.counted and self.goal_units is not None and self.goal_units < 20
        if self.parts is not None:
            self.counted = self.kind in ("cumulative", "ratio", "per_entity") and any(p.counted for p in self.parts)
            self.small = False                   # asked for its own units, below
        self.memo = {}

    def met(self, figure):
        if self.kind == "milestone":
            return figure.units >= 1
        if self.comparator == "<=":
            return figure.units <= self.goal_units
        if self.comparator == "==":
            return figure.units == self.goal_units
        return figure.units >= self.goal_units

    # ── Planned value ──

    def planned_units(self, day):
        """Planned on a day; None without a curve."""
        if self.curveless:
            return None
        before = self.start - DAY
        #: Before `from` the opening, after due the goal.
        if day < self.start:
            value = self.opening_units
        elif day >= self.due:
            value = self.goal_units
        elif self.nodes:
            #: With nodes: linear in days between them, starting from the opening on the day before `from`.
            line = [(before, self.opening_units)] + [(d, v) for d, v in self.nodes if before < d < self.due] + [(self.due, self.goal_units)]
            i = next(i for i in range(1, len(line)) if day <= line[i][0])
            (d0, v0), (d1, v1) = line[i - 1], line[i]
            value = v0 + (v1 - v0) * Fraction((day - d0).days, (d1 - d0).days)
        else:
            #: planned = (place of the day - place of the day before `from`) / (place of due - place of the day before `from`)
            value = self.opening_units + (self.goal_units - self.opening_units) * (place(day) - place(before)) / (place(self.due) - place(before))
        #: Counted cells are planned in whole units, rounded down.
        return Fraction(value // 1) if self.counted else value

    def points(self, figure):
        planned = self.planned_units(figure.as_of)
        if planned is None or self.goal_units == self.opening_units:
            return None
        #: Points = 100 x (value - planned) / |goal - opening|, sign turned for `<=`, cut toward zero to one decimal
        ahead = (planned - figure.units) if self.comparator == "<=" else (figure.units - planned)
        return cut_toward_zero(100 * ahead / abs(self.goal_units - self.opening_units), 1)

    def units_behind(self, figure):
        planned = self.planned_units(figure.as_of)
        if planned is None:
            return None
        #: Units behind = planned - value (sign turned for `<=`; in entities where entities are counted), 0 when ahead
        behind = (figure.units - planned) if self.comparator == "<=" else (planned - figure.units)
        return max(behind, Fraction(0))

    def days_behind(self, figure):
        points = self.points(figure)
        if points is None:
            return None
        #: 0 on plan or ahead. On plan = printed points of 0.0 or more.
        if points >= 0:
            return 0
        #: Days behind = as-of day - the last day on which the figure was still enough for the plan, not before `from`
        day = figure.as_of
        while day > self.start:
            planned = self.planned_units(day)
            if (figure.units <= planned) if self.comparator == "<=" else (figure.units >= planned):
                break
            day -= DAY
        return (figure.as_of - day).days

    def missed_nodes(self, figure):
        return [d for d, v in self.nodes if d <= figure.as_of and figure.units < v]


def place(day):
    #: a day's place is its month's number + day / days in the month
    return day.year * 12 + day.month + Fraction(day.day, monthrange(day.year, day.month)[1])


def clerk_table(path):
    """A clerk's table: the rows below the header that holds 指标代码."""
    rows = list(csv.reader(io.StringIO(Path(path).read_text("utf-8-sig"))))
    start = next(i for i, row in enumerate(rows) if "指标代码" in row)
    return [dict(zip(rows[start], row)) for row in rows[start + 1:] if row and row[0]]


def given(text):
    #: Blank, `-`, `—`, `/` are "not reported"; 0 is zero
    return None if text is None or text.strip() in ("", "-", "—", "/") else text.strip()


def read_calendar(path=ROOT / "deploy/calendar/china-2021-2026.csv"):
    return {date.fromisoformat(r["date"]): r["kind"] for r in csv.DictReader(io.StringIO(Path(path).read_text()))}


def read_programme(plan=ROOT / "deploy/plan/guangyuan.yaml", sample=ROOT / "deploy/sample"):
    """(target, area) -> Cell, of the whole programme with its tables."""
    plan = yaml.safe_load(Path(plan).read_text())
    areas = {a["code"]: a["name"] for a in plan["areas"]}
    words = plan.get("reporting", {})
    first = date.fromisoformat(str(words.get("first_period", "2021-01")) + "-01")
    reporting = Reporting(read_calendar(), 3 if words.get("period") == "quarterly" else 1, words.get("closing_day", 5), first)
    shares = {r["指标代码"]: {c: given(r.get(n)) for c, n in areas.items()} for r in clerk_table(sample / "allocation.csv")}
    lower = {r["指标代码"]: {c: given(r.get(n)) for c, n in areas.items()} for r in clerk_table(sample / "denominators.csv")}
    nodes = {}
    codes = {n: c for c, n in areas.items()}
    for r in clerk_table(sample / "nodes.csv"):
        nodes.setdefault((r["指标代码"], codes[r["县区"]]), []).append((date.fromisoformat(r["日期"]), Fraction(r["应达"])))
    cells, start = {}, plan.get("start", date(2021, 1, 1))
    for task in plan["tasks"]:
        for target in task["targets"]:
            code, named = target["code"], target.get("areas")
            if named == [plan["city"]["code"]]:
                #: Figures reported for 510800 are an ordinary cell.
                cells[code, CITY] = Cell(target, CITY, reporting, programme_start=start)
                continue
            if target["kind"] in ("activity", "parameter"):
                #: words only, carried and shown: once, for the whole
                cells[code, CITY] = Cell(target, CITY, reporting, programme_start=start)
                continue
            parts = []
            for area in named or areas:
                own = {"programme_start": start, "nodes": nodes.get((code, area), [])}
                declared = target.get("denominator", "declared") == "declared"
                if target["kind"] in ("cumulative", "baseline"):
                    own["share"] = (shares if target["kind"] == "cumulative" else lower).get(code, {}).get(area)
                    #: A county without a share, and a baseline target without a baseline, has no cell
                    if own["share"] is None:
                        continue
                elif target["kind"] in ("ratio", "per_entity") and declared:
                    own["denominator"] = lower.get(code, {}).get(area)
                    if own["denominator"] is None:
                        continue
                parts.append(Cell(target, area, reporting, **own))
            city = Cell(target, CITY, reporting, programme_start=start, parts=parts)
            cells[code, CITY] = city
            for part in parts:
                cells[code, part.area] = part
    return cells


# ── Ledger ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

class Figure:
    """One figure, no-change or correction of record: the value in the printed unit, and in the units that are counted."""

    def __init__(self, event, as_of, known_at, behalf):
        self.event, self.uid, self.as_of, self.known_at, self.behalf = event, event["uid"], as_of, known_at, behalf
        self.known_day = day_of(known_at)
        self.value = self.units = self.numerator = self.denominator = None
        self.word = event["kind"] == NO_CHANGE
        self.held = False
        self.gone = None  # "retracted" "replaced" "moved" "superseded"

    def take(self, cell, value=None, numerator=None, denominator=None):
        self.numerator, self.denominator = numerator, denominator
        if denominator is not None:
            #: Per cent figures are in per cent: n/d x 100 when the unit is %, else n/d.
            self.value = numerator / denominator * (100 if cell.per_cent else 1)
            self.units = numerator if cell.entities else self.value
            #: per_entity (how many of n entities have it); its goal is its denominator, so its value is the number that have it
            if cell.kind == "per_entity":
                self.value = self.units = numerator
        else:
            self.value = self.units = value
        return self

    def copy_of(self, cell, other):
        return self.take(cell, other.value, other.numerator, other.denominator)

    def same_as(self, other):
        return (self.value, self.numerator, self.denominator) == (other.value, other.numerator, other.denominator)


class Ledger:
    """The events of a cell known at an instant, in order: what stands, what is held, what others say."""

    def __init__(self, cell, events, today, cut):
        self.cell = cell
        self.confirmed = {}    # as-of day -> Figure
        self.all = []          # of record, in order of arrival
        self.seconds = {}      # reporter -> [Figure]
        self.freed = set()
        self.retractions = []  # held ones
        taken_back = {e["more"][1] for e in events if e["kind"] == REVERSAL and e["known_at"] <= cut}
        queue = []
        for number, event in enumerate(events):
            at = event["known_at"]
            if event["as_of"] and event["kind"] in (FIGURE, CORRECTION, NO_CHANGE):
                #: A figure as of a day after its known-at day is held and reports nothing until that day.
                at = max(at, start_of(event["as_of"]))
                #: figures with as-of <= D and known-at <= T count
                if event["as_of"] > today:
                    continue
            if at <= cut and event["uid"] not in taken_back:
                queue.append((at, number, event))
        for at, _number, event in sorted(queue, key=lambda q: q[:2]):
            self.happens(event, at)
            self.settle()

    def source_of(self, event):
        """own, behalf (代报) or second."""
        role, wanted = event["role"], self.cell.reporter
        if wanted == "county":
            return {"county": "own", "office": "behalf"}.get(role, "second")
        if wanted == "office":
            return "own" if role == "office" else "second"
        if role == "department" and event["unit"] == wanted:
            return "own"
        return "behalf" if role == "office" else "second"

    def figure_of(self, event, at, behalf):
        figure = Figure(event, event["as_of"], at, behalf)
        if event["kind"] == NO_CHANGE:
            return figure
        if event.get("denominator") is not None:
            #: 0 of 0 is not a figure.
            return figure.take(self.cell, None, event["numerator"], event["denominator"]) if event["denominator"] != 0 else None
        if event.get("done") is not None:
            return figure.take(self.cell, Fraction(bool(event["done"])))
        return figure.take(self.cell, event["value"]) if event.get("value") is not None else None

    def happens(self, event, at):
        kind = event["kind"]
        if kind in (FIGURE, CORRECTION, NO_CHANGE):
            source = self.source_of(event)
            figure = self.figure_of(event, at, source == "behalf")
            if figure is None:
                return
            day = [f for f in self.all if f.as_of == figure.as_of and not f.gone]
            #: a 代报 after the county's own is a second source
            if source == "second" or (source == "behalf" and any(not f.behalf for f in day)):
                if not figure.word:
                    self.seconds.setdefault(event["unit"] or event["reporter"], []).append(figure)
                return
            #: A held figure is superseded by a later one for its as-of day
            for other in day:
                if other.held and not figure.word:
                    other.gone, other.held = "superseded", False
            self.all.append(figure)
            figure.held = True
        elif kind == RETRACTION:
            self.retractions.append(event)
        elif kind == CONFIRM:
            self.freed.add(event["more"][1])

    def settle(self):
        """Everything held that may take effect now, in order of arrival, until nothing changes."""
        changed = True
        while changed:
            changed = False
            for event in list(self.retractions):
                figure = next((f for f in self.all if f.uid == event["replaces"]), None)
                #: A retraction with a reason takes effect at once, without one it is held. A held figure is withdrawn freely.
                if event.get("reason") or event["uid"] in self.freed or (figure and figure.held):
                    self.retractions.remove(event)
                    changed = True
                    for figures in self.seconds.values():
                        figures[:] = [f for f in figures if f.uid != event["replaces"]]
                    if figure:
                        figure.gone, figure.held = "retracted", False
                        if self.confirmed.get(figure.as_of) is figure:
                            del self.confirmed[figure.as_of]
            #: a held figure ... takes effect by itself when what it contradicted is gone
            for figure in self.all:
                if figure.held and not self.causes(figure):
                    self.take_effect(figure)
                    changed = True

    def before(self, day, without=None):
        days = [d for d, f in self.confirmed.items() if d < day and f is not without]
        return self.confirmed[max(days)] if days else None

    def after(self, day, without=None):
        days = [d for d, f in self.confirmed.items() if d > day and f is not without]
        return self.confirmed[min(days)] if days else None

    def replaced(self, figure):
        uid = figure.event.get("replaces")
        return next((f for f in self.all if f.uid == uid and f is not figure), None) if uid else None

    def causes(self, figure):
        """Why it is held; empty = it is not."""
        cell, causes = self.cell, set()
        if figure.word or figure.uid in self.freed:
            return causes
        #: Neighbours are taken without the figure replaced
        old = self.replaced(figure)
        before, after = self.before(figure.as_of, old), self.after(figure.as_of, old)
        same = self.confirmed.get(figure.as_of)
        same = None if same is old else same
        if not figure.event.get("reason"):
            #: a cumulative or milestone that falls against either neighbour by as-of day
            if cell.kind in ("cumulative", "milestone") and (
                    (before and figure.value < before.value) or (after and figure.value > after.value)):
                causes.add("fall")
            #: a changed value for a reported as-of day (except the current day's, not yet over, when it only grows)
            if same and not figure.same_as(same):
                grows = figure.as_of == figure.known_day and figure.value >= same.value
                #: for the same as-of day the county's own figure replaces it (代报) without being held
                if not grows and not (same.behalf and not figure.behalf):
                    causes.add("changed")
            #: a replacement without a reason is held; a held figure is withdrawn freely
            if old and not old.gone and not old.held:
                causes.add("replacement")
        if cell.kind in ("milestone", "activity", "parameter"):
            return causes
        #: for `>=` more than 1.5 x the goal when the last confirmed was not
        bound = None if cell.goal_units is None else cell.goal_units * 3 / 2
        if cell.comparator == ">=" and bound is not None and figure.units > bound and not (before and before.units > bound):
            causes.add("much")
        #: exactly x10, x100, x1000 (or that part) of the last non-zero value, not for counted goals below 20
        #: x10 looks at the last non-zero value before the as-of day
        days = sorted(d for d, f in self.confirmed.items() if d < figure.as_of and f is not old and f.value != 0)
        if days and not cell.small:
            times = figure.value / self.confirmed[days[-1]].value
            if times in (10, 100, 1000) or (times and 1 / times in (10, 100, 1000)):
                causes.add("factor")
        #: per cent above 100
        if cell.per_cent and figure.value > 100:
            causes.add("above_100")
        return causes

    def take_effect(self, figure):
        figure.held = False
        if figure.word:
            #: No-change repeats the last confirmed value before its as-of day.
            last = self.before(figure.as_of)
            if last and figure.as_of not in self.confirmed:
                self.confirmed[figure.as_of] = figure.copy_of(self.cell, last)
            return
        #: A correction that names what it replaces removes that and puts the new one (the day may move).
        old = self.replaced(figure)
        if old and not old.gone:
            old.gone, old.held = ("replaced" if old.as_of == figure.as_of else "moved"), False
            if self.confirmed.get(old.as_of) is old:
                del self.confirmed[old.as_of]
        same = self.confirmed.get(figure.as_of)
        if same and same.same_as(figure) and same.behalf == figure.behalf:
            figure.gone = "replaced"  # says again what stands
            return
        if same:
            same.gone = "replaced"
        self.confirmed[figure.as_of] = figure

    # ── what it says ──

    def figures(self):
        return [self.confirmed[d] for d in sorted(self.confirmed)]

    def held(self):
        return [f for f in self.all if f.held]

    def two_sources(self):
        #: shown as 口径不一 when no equal figure of record stands for the same as-of day; the newest figure of each reporter is compared
        for figures in self.seconds.values():
            if figures:
                newest = max(figures, key=lambda f: (f.as_of, f.known_at))
                record = self.confirmed.get(newest.as_of)
                if not record or record.value != newest.value:
                    return True
        return False

    def reports(self):
        """Period -> the figures and words that report it, in order of arrival."""
        reporting, found = self.cell.reporting, {}
        begin = max(reporting.first, reporting.period(self.cell.start))
        for figure in self.all:
            #: A retracted figure is no report. (Nor one whose day was moved elsewhere.)
            if figure.gone in ("retracted", "moved"):
                continue
            period = reporting.period(figure.as_of)
            #: or as of a later day if it came by the closing day of a still unreported period (it then reports that, not its own)
            earlier = reporting.shift(period, -1)
            if earlier >= begin and earlier not in found and figure.known_day <= reporting.closing(earlier):
                period = earlier
            found.setdefault(period, []).append(figure)
        return found


# ── Judgement of one cell, without the memory of its history ───────────────────────────────────────────────────────────

class Judgement:
    """State and computed light of an ordinary cell at one moment."""

    def __init__(self, cell, events, today, cut):
        self.cell, self.today = cell, today
        self.ledger = Ledger(cell, events, today, cut)
        self.figures = self.ledger.figures()
        self.newest = self.figures[-1] if self.figures else None
        self.find_finish()
        self.find_report_state()
        self.find_reports()
        self.state = self.find_state()
        self.light = self.find_light()

    # ── done ──

    def find_finish(self):
        """The figure that is judged, and the one that finished."""
        cell, figures = self.cell, self.figures
        self.finish = self.judged = None
        if not figures or cell.no_task or cell.kind in ("activity", "parameter", "hold"):
            return
        self.judged = figures[-1]
        if cell.kind in ("latest", "ratio") and cell.due:
            #: A level (latest, ratio) is judged on the last figure up to the end of the due date's period, or on any figure as of >= due that meets
            meets = [f for f in figures if f.as_of >= cell.due and cell.met(f)]
            end = cell.reporting.last_day(cell.reporting.period(cell.due))
            upto = [f for f in figures if f.as_of <= end]
            self.judged = meets[0] if meets else upto[-1] if upto else figures[-1]
            #: nor have `<=`, `latest` and averages without an opening: they are on plan until due and judged then
            if cell.curveless and not meets and self.today <= cell.reporting.closing(cell.reporting.period(cell.due)):
                return
        if not cell.met(self.judged):
            return
        run = figures[:figures.index(self.judged) + 1]
        self.finish = run[-1]
        for figure in reversed(run):
            if not cell.met(figure):
                break
            self.finish = figure

    def finished_late(self):
        cell = self.cell
        #: after a finish later than due (a goal met as of <= due or known by the closing day is never that)
        return bool(self.finish and cell.due and self.finish.as_of > cell.due
                    and self.finish.known_day > cell.reporting.closing(cell.reporting.period(cell.due)))

    # ── reporting ──

    def find_report_state(self):
        cell, reporting = self.cell, self.cell.reporting
        self.report_state = self.report_period = None
        self.silent = False
        #: or null: ... for no task, parameters and activities
        if cell.no_task or cell.kind in ("activity", "parameter"):
            return
        reports = self.ledger.reports()
        begin = max(reporting.first, reporting.period(cell.start))
        #: that of the newest period that is closed or already reported
        newest, period = None, begin
        while reporting.closing(period) < self.today:
            newest, period = period, reporting.shift(period, 1)
        early = [p for p in reports if p < reporting.first] if reporting.period(cell.start) <= reporting.first else []
        known = [p for p in reports if p >= begin] + ([newest] if newest else []) + early
        #: null: before the period of `from`
        if not known:
            return
        newest = max(known)
        #: from the period after the one that finished a cumulative, per_entity, ratio, milestone or baseline cell
        #: (it owes nothing more, unless a later figure of it is held)
        if self.finish and cell.kind in FINISHING:
            done_in = next((p for p, fs in reports.items() if self.finish in fs), reporting.period(self.finish.as_of))
            later_held = any(f.as_of > self.finish.as_of for f in self.ledger.held())
            if newest > done_in and not later_held:
                return
        self.report_period = newest
        of_it = reports.get(newest)
        if not of_it:
            self.report_state, self.silent = "missing", True
        elif newest < reporting.first:
            self.report_state = "back_filled"
        elif of_it[0].known_day > reporting.closing(newest):
            self.report_state = "late"
        elif all(self.unchanged(f) for f in of_it):
            self.report_state = "unchanged"
        else:
            self.report_state = "on_time"

    def unchanged(self, figure):
        #: a known figure with a new as-of day, or the word
        if figure.word:
            return True
        before = self.ledger.before(figure.as_of)
        return bool(before and before.same_as(figure))

    # ── light of one report ──

    def find_reports(self):
        #: a report = the last figure of each reporting period, and the newest figure
        last = {}
        for figure in self.figures:
            last[self.cell.reporting.period(figure.as_of)] = figure
        self.reports = [last[p] for p in sorted(last)]

    def reached_by(self, figure):
        return any(self.cell.met(f) for f in self.figures if f.as_of <= figure.as_of)

    def report_light(self, figure):
        cell = self.cell
        if cell.kind == "hold":
            if cell.met(figure):
                return "blue"
            if self.reached_by(figure):
                return "yellow"
            return "blue" if cell.due else "none"
        finished = cell.met(figure) and not (cell.curveless and cell.kind in ("latest", "ratio") and cell.due and figure.as_of < cell.due)
        if finished:
            return "green"
        if cell.due is None:
            return "none"
        light, points = "blue", cell.points(figure)
        if points is not None:
            behind = -points
            if cell.small:
                #: Below a goal of 20 counted units: yellow from 1 unit behind, red when overdue or 3 units and more than 30 points behind.
                units = cell.units_behind(figure)
                light = "red" if units >= 3 and behind > 30 else "yellow" if units >= 1 else "blue"
            #: `yellow` 10.0-30.0 points behind; `red` from 30.1 points; or 10.0 points or more *and* out of reach
            elif behind > 30 or (behind >= 10 and self.out_of_reach(figure)):
                light = "red"
            elif behind >= 10:
                light = "yellow"
        #: or a node missed
        if light == "blue" and cell.missed_nodes(figure):
            light = "yellow"
        return self.at_most(light)

    def at_most(self, light):
        #: aspire is at most yellow
        return "yellow" if light == "red" and self.cell.firmness == "aspire" else light

    def out_of_reach(self, figure):
        cell = self.cell
        #: where a forecast was possible at that report (only cumulative, per_entity, baseline; four points; no small goal)
        past = [f for f in self.figures if f.as_of <= figure.as_of]
        if cell.kind not in ("cumulative", "per_entity", "baseline") or cell.comparator != ">=" or cell.small or len(past) < 4:
            return False
        #: best pace = the largest increment per day over all pairs of figures at least 28 days apart up to that report
        paces = [(b.units - a.units) / (b.as_of - a.as_of).days for i, a in enumerate(past) for b in past[i + 1:] if (b.as_of - a.as_of).days >= 28]
        if not paces:
            return False
        rest = max((cell.due - figure.as_of).days, 0)
        #: value + 1.5 x the larger of best pace and the plan's own pace for the rest x (due - as-of) < goal
        possible = max(max(paces) * rest, cell.goal_units - cell.planned_units(figure.as_of))
        return figure.units + possible * 3 / 2 < cell.goal_units

    # ── state and light of the cell ──

    def find_state(self):
        cell, today = self.cell, self.today
        if cell.no_task:
            return "no_task"
        if cell.kind in ("parameter", "activity"):
            return "words"
        past_due = bool(cell.due and today > cell.due)
        if cell.kind == "hold" and self.newest and self.reached_by(self.newest):
            if cell.met(self.newest):
                #: silent while holding it is not_reported
                return "not_reported" if self.silent else "holding"
            #: fell_back stays; a dated hold below its goal at due is overdue like others
            if not past_due:
                return "fell_back"
        if self.finish:
            return "done"
        if past_due:
            return self.past_due_state()
        if today < cell.start:
            return "not_started"
        if not self.newest:
            return "no_figure"
        if self.silent:
            return "not_reported"
        if cell.due is None:
            return "undated"
        #: `behind` (the newest report's own light is yellow or red) / `on_plan`
        return "behind" if self.report_light(self.newest) in ("yellow", "red") else "on_plan"

    def past_due_state(self):
        cell = self.cell
        closing = cell.reporting.closing(cell.reporting.period(cell.due))
        #: while a held figure that would meet the goal, known by the closing day, waits for the office it stays awaiting_final
        if any(f.units is not None and cell.met(f) and f.known_day <= closing for f in self.ledger.held()):
            return "awaiting_final"
        #: `awaiting_final` until a figure as of >= due is short or the closing day of the period that holds the due date has passed
        short = any(f.as_of >= cell.due and not cell.met(f) for f in self.figures)
        return "overdue" if short or self.today > closing else "awaiting_final"

    def two_reports(self):
        #: Shown = the worse of the last two reports' lights
        lights = [self.report_light(f) for f in self.reports[-2:]]
        worse = max(lights, key=SEVERITY.get)
        if lights[-1] == "green":
            return "green"
        #: red is never kept over a newest figure on or ahead of plan (it shows yellow)
        points = self.cell.points(self.newest)
        if worse == "red" and points is not None and points >= 0:
            return "yellow"
        return worse

    def find_light(self):
        state = self.state
        if state in ("no_task", "words", "not_started", "undated"):
            return "none"
        #: none: undated unless done or a hold once reached; `grey`: no figure, not reported, overdue without any figure ever
        if state in ("no_figure", "not_reported"):
            reached = self.cell.kind == "hold" and self.newest and self.reached_by(self.newest)
            return "grey" if self.cell.due or reached else "none"
        if state == "done":
            return "green"
        if state == "overdue":
            return self.at_most("red") if self.newest else "grey"
        #: awaiting_final keeps its light, grey if silent or without a figure
        if state == "awaiting_final" and (self.silent or not self.newest):
            return "grey"
        return self.two_reports()

    def flags(self):
        cell, flags = self.cell, set()
        newest = self.newest
        if newest and self.state not in ("done", "no_task") and cell.missed_nodes(newest):
            flags.add("node_missed")
        if self.ledger.two_sources():
            flags.add("two_sources")
        if newest and newest.behalf:
            flags.add("on_behalf")
        if newest and newest.denominator is not None and cell.denominator is not None and newest.denominator != cell.denominator:
            flags.add("denominator_differs")
        held = [f for f in self.ledger.held() if f.value is not None]
        if held:
            last = max(held, key=lambda f: (f.as_of, f.known_at))
            flags.add(f"held {printed(cell, newest) or ''}→{printed(cell, last)}")
        elif self.ledger.retractions:
            flags.add("held")
        if self.report_state in ("late", "back_filled"):
            flags.add(self.report_state)
        return flags

    def answer(self):
        cell, newest = self.cell, self.newest
        planned = cell.planned_units(newest.as_of) if newest else None
        if planned is not None and cell.entities and cell.kind == "ratio":
            planned = planned / cell.denominator * 100
        missing = None
        if newest and cell.goal_units is not None and cell.kind not in ("milestone", "activity", "parameter"):
            judged = self.judged or newest
            #: a quotient is printed cut, and what it lacks is counted from what is printed
            short = cell.goal_units - (judged.units if cell.entities or judged.denominator is None
                                       else cut_quotient(judged.value, cell.comparator, cell.decimals))
            missing = max(-short if cell.comparator == "<=" else short, Fraction(0))
        return {"value": printed(cell, newest), "figure_as_of": newest and newest.as_of,
                "planned": None if planned is None else plain(half_up(planned, 2)),
                "deviation_points": tenths(cell.points(newest)) if newest else None,
                "units_behind": plain(cell.units_behind(newest)) if newest else None,
                "days_behind": cell.days_behind(newest) if newest else None,
                "missing": plain(missing), "report_state": self.report_state,
                "report_period": self.report_period and cell.reporting.name(self.report_period),
                "counties_in": None, "counties_expected": None, "unfinished": None}


def printed(cell, figure):
    #: A reported number prints as reported; a quotient with the target's decimals, cut away from the goal
    if figure is None:
        return None
    if figure.denominator is None or cell.kind == "per_entity":
        return plain(figure.value)
    return plain(cut_quotient(figure.value, cell.comparator, cell.decimals))


# ── Roll-up ────────────────────────────────────────────────────────────────────────────────────────────────────────────

class RollUp:
    """The city's cell at one moment, from its counties' judgements at that moment."""

    def __init__(self, cell, parts, today):
        self.cell, self.today, self.parts = cell, today, [p for p in parts if p.state != "no_task"]
        self.inside = [p for p in self.parts if p.newest]
        self.silent = bool(self.parts) and all(p.silent for p in self.parts)
        self.ledger = None
        self.points = self.behind = self.planned = None
        self.value = self.sum_up()
        self.measure()
        self.done = self.find_done()
        self.own_light = self.find_own_light()
        self.state = self.find_state()
        self.light = self.find_light()

    def sum_up(self):
        cell, inside = self.cell, self.inside
        if not inside:
            return None
        #: milestone: count. latest, baseline, other holds: no city value.
        if cell.kind == "milestone":
            return Fraction(sum(1 for p in inside if p.finish))
        #: cumulative and counted: sum of all last confirmed figures
        if cell.kind == "cumulative":
            return sum(p.newest.value for p in inside)
        #: ratio, per_entity, and a hold reported with n and d: sum n / sum d; without a denominator 不能合计
        if cell.kind == "per_entity":
            return sum(p.newest.numerator for p in inside)
        if cell.kind in ("ratio", "hold") and all(p.newest.denominator for p in inside):
            return sum(p.newest.numerator for p in inside) / sum(p.newest.denominator for p in inside) * (100 if cell.per_cent else 1)
        return None

    def measure(self):
        """Points, units behind and planned of the counties in, each at its own as-of day."""
        cell = self.cell
        curved = [p for p in self.inside if not p.cell.curveless]
        if self.value is None or not curved or cell.kind not in ("cumulative", "ratio", "per_entity"):
            return
        planned = [p.cell.planned_units(p.newest.as_of) for p in curved]
        less = cell.comparator == "<="
        #: min(value, share): one county's surplus never hides another's gap; the points of a ratio cap each county at the goal
        capped = [(max if less else min)(p.newest.units, p.cell.goal_units) for p in curved]
        span = sum(abs(p.cell.goal_units - p.cell.opening_units) for p in curved)
        ahead = (sum(planned) - sum(capped)) if less else (sum(capped) - sum(planned))
        self.behind = max(-ahead, Fraction(0))
        #: Points = (sum min(value, share) - sum planned, each at its own as-of day) / sum |share - opening| of the counties in
        self.points = cut_toward_zero(100 * ahead / span, 1) if span else None
        self.planned = sum(planned)
        if curved[0].cell.entities and cell.kind == "ratio":
            self.planned = self.planned / sum(p.cell.denominator for p in curved) * 100

    def own_goal(self):
        """The city's goal in its own units."""
        cell = self.cell
        return cell.target_value if cell.kind == "cumulative" else sum(p.cell.goal_units for p in self.parts)

    def find_done(self):
        cell = self.cell
        if not self.parts or cell.kind in ("hold", "activity", "parameter") or not all(p.state == "done" for p in self.parts):
            return False
        #: Done when every county met its own and, for sums, the sum reaches the city's value
        return cell.kind != "cumulative" or cell.target_value is None or self.value >= cell.target_value

    def find_own_light(self):
        if self.points is None:
            return "blue"
        behind, light = -self.points, "blue"
        #: the same states and the below-20 rule on its own units
        if self.cell.counted and self.own_goal() < 20:
            light = "red" if self.behind >= 3 and behind > 30 else "yellow" if self.behind >= 1 else "blue"
        elif behind > 30:
            light = "red"
        elif behind >= 10:
            light = "yellow"
        return self.at_most(light)

    def at_most(self, light):
        return "yellow" if light == "red" and self.cell.firmness == "aspire" else light

    def find_state(self):
        cell, today = self.cell, self.today
        if not self.parts:
            return "no_task"
        #: latest, baseline, other holds: no city value; 不能合计 (`no_rollup`)
        if cell.kind in ("latest", "baseline") or (self.inside and self.value is None):
            return "done" if self.done else "no_rollup"
        if cell.kind == "hold":
            #: a hold is holding when all are in and it meets, fell_back when a county fell back
            if any(p.state == "fell_back" for p in self.parts):
                return "fell_back"
            if len(self.inside) == len(self.parts) and self.value is not None and not self.silent and (
                    self.value <= cell.target_value if cell.comparator == "<=" else self.value >= cell.target_value):
                return "holding"
        if self.done:
            return "done"
        if cell.due and today > cell.due:
            #: Overdue when due passed, not done, and a county is overdue or the closing day passed.
            closing = cell.reporting.closing(cell.reporting.period(cell.due))
            return "overdue" if today > closing or any(p.state == "overdue" for p in self.parts) else "awaiting_final"
        if today < cell.start:
            return "not_started"
        if not self.inside:
            return "no_figure"
        #: not_reported when every county is silent
        if self.silent:
            return "not_reported"
        if cell.due is None:
            return "undated"
        return "behind" if self.own_light in ("yellow", "red") else "on_plan"

    def find_light(self):
        state = self.state
        if state in ("no_task", "no_rollup", "not_started", "undated"):
            return "none"
        if state in ("no_figure", "not_reported"):
            return "grey" if self.cell.due or self.cell.kind == "hold" else "none"
        if state == "done":
            return "green"
        if state == "overdue":
            return self.at_most("red") if self.inside else "grey"
        if state == "awaiting_final" and (self.silent or not self.inside):
            return "grey"
        if state == "fell_back":
            return "yellow"
        #: Its light is from its own points, without the two-report rule
        return "blue" if state == "holding" else self.own_light

    def finished_late(self):
        return self.done and any(p.finished_late() for p in self.parts)

    def flags(self):
        stale = [p.cell.area for p in self.inside if p.silent]
        return {"stale_parts " + ",".join(stale)} if stale else set()

    def answer(self):
        cell, value = self.cell, self.value
        if value is not None and cell.kind in ("ratio", "hold"):
            value = cut_quotient(value, cell.comparator, cell.decimals)
        missing = self.missing()
        #: figure_as_of = the oldest in the sum; no days behind, no forecast, report state null
        oldest = None if self.state == "no_rollup" or cell.kind in ("latest", "baseline") else min((p.newest.as_of for p in self.inside), default=None)
        return {"value": plain(value), "figure_as_of": oldest, "planned": None if self.planned is None else plain(half_up(self.planned, 2)),
                "deviation_points": tenths(self.points), "units_behind": plain(self.behind), "days_behind": None, "missing": plain(missing),
                "report_state": None, "report_period": None, "counties_in": len(self.inside), "counties_expected": len(self.parts),
                "unfinished": [p.cell.area for p in self.parts if p.state != ("holding" if cell.kind == "hold" else "done")]}

    def missing(self):
        """What the whole lacks, in its own units; None where nothing can be added up."""
        cell = self.cell
        if self.value is None or cell.kind == "milestone":
            return None
        if cell.kind == "cumulative":
            return max(cell.target_value - self.value, Fraction(0))
        if any(p.cell.entities for p in self.parts):
            return sum(max(p.cell.goal_units - (p.newest.units if p.newest else 0), Fraction(0)) for p in self.parts)
        short = cell.target_value - cut_quotient(self.value, cell.comparator, cell.decimals)
        return max(-short if cell.comparator == "<=" else short, Fraction(0))


# ── History: proposed red, release, made_good, light_since ─────────────────────────────────────────────────────────────

class Reference:
    """All cells of a programme with all events ever, asked for any D and T."""

    def __init__(self, cells, events):
        self.cells, self.events = cells, {key: [] for key in cells}
        owner = {}
        for event in sorted(events, key=lambda e: e["known_at"]):
            key = (event.get("target"), event.get("area"))
            if event["kind"] in (FIGURE, CORRECTION, NO_CHANGE, RETRACTION, RELEASE, EXTENSION) and key in self.events:
                self.events[key].append(event)
                owner[event["uid"]] = key
            elif event["kind"] == CONFIRM and event["more"][1] in owner:
                self.events[owner[event["more"][1]]].append(event)
                owner[event["uid"]] = owner[event["more"][1]]
            elif event["kind"] == REVERSAL and event["more"][1] in owner:
                self.events[owner[event["more"][1]]].append(event)
        self.days = {key: self.own_days(key) for key in cells}
        self.variants, self.trails, self.all_moments = {}, {}, {}

    def extension(self, key, known):
        """The extension in force as known at an instant; None."""
        taken_back = {e["more"][1] for e in self.events[key] if e["kind"] == REVERSAL and e["known_at"] <= known}
        granted = [e for e in self.events[key] if e["kind"] == EXTENSION and e["known_at"] <= known and e["more"][1] is not None
                   and e["uid"] not in taken_back]
        return granted[-1] if granted else None

    def cell(self, key, known):
        """The cell as known at an instant: an extension moves its due day, from the instant at which it is known."""
        extension = self.extension(key, known)
        if not extension:
            return self.cells[key]
        due = EPOCH + DAY * extension["more"][1]
        if (key, due) not in self.variants:
            moved = self.variants[key, due] = copy.copy(self.cells[key])
            moved.due, moved.memo = due, {}
        return self.variants[key, due]

    def own_days(self, key):
        """The days on which something about a cell can change by itself, or an event came."""
        cell, reporting = self.cells[key], self.cells[key].reporting
        days = {cell.programme_start, cell.start}
        dues = [cell.due] + [EPOCH + DAY * e["more"][1] for e in self.events[key] if e["kind"] == EXTENSION and e["more"][1] is not None]
        days.update(due + DAY for due in dues if due)
        period = min(reporting.first, reporting.period(cell.programme_start))
        for _ in range(60 // reporting.months):
            days.add(reporting.closing(period) + DAY)
            period = reporting.shift(period, 1)
            if period.year > 2025:
                break
        for event in self.events[key]:
            days.add(day_of(event["known_at"]))
            if event["as_of"]:
                days.add(event["as_of"])
        return sorted(d for d in days if d >= cell.programme_start)

    def judge(self, key, today, cut):
        """A cell's judgement, remembered: it changes only on its own days and with its own events."""
        cell = self.cell(key, cut)
        known = sum(1 for e in self.events[key] if e["known_at"] <= cut)
        if cell.parts is not None:
            parts = [self.judge((cell.target, p.area), today, cut) for p in cell.parts]
            return RollUp(cell, parts, today)
        memo = (known, bisect_right(self.days[key], today), cut < start_of(today))
        if memo not in cell.memo:
            cell.memo[memo] = Judgement(cell, self.events[key], today, cut)
        return cell.memo[memo]

    def moments(self, key):
        """(day, instant) at which the light may change, in order, of a cell and of its parts."""
        if key not in self.all_moments:
            keys = [key] + [(key[0], p.area) for p in self.cells[key].parts or []]
            found = {(d, start_of(d)) for one in keys for d in self.days[one]}
            found |= {(day_of(e["known_at"]), e["known_at"]) for one in keys for e in self.events[one]}
            self.all_moments[key] = sorted(found, key=lambda m: (m[1], m[0]))
        return self.all_moments[key]

    def ask(self, target, area, today=None, cut=None):
        """A cell as of D, known at T (the end of D when not given)."""
        key = (target, area)
        cut = cut or end_of(today)
        cell = self.cell(key, cut)
        #: today := the earlier of D and T's day
        today = min(today or day_of(cut), day_of(cut))
        reversed_ones = {e["more"][1] for e in self.events[key] if e["kind"] == REVERSAL and e["known_at"] <= cut}
        #: After an extension the history has no red: release and made_good lapse.
        extended = self.extension(key, cut)
        releases = [e for e in self.events[key] if e["kind"] == RELEASE and e["known_at"] <= cut and e["uid"] not in reversed_ones
                    and not (extended and e["known_at"] < extended["known_at"])]
        # what was found for an earlier moment is gone on from, while nothing of the past has changed
        name = (key, cell.due, tuple(e["uid"] for e in releases))
        trail = self.trails.get(name)
        if not trail or trail.at > (today, cut):
            trail = self.trails[name] = Trail()
        moments = self.moments(key)
        while trail.next < len(moments) and moments[trail.next][0] <= today and moments[trail.next][1] <= cut:
            day, instant = moments[trail.next]
            trail.follow(self.judge(key, day, instant).light, day, instant, releases)
            trail.next, trail.at = trail.next + 1, (day, instant)
        end = copy.copy(trail)
        now = self.judge(key, today, cut)
        end.follow(now.light, today, cut, releases)
        light, since, released_before = end.light, end.since, end.released_before
        answer = now.answer()
        flags = now.flags()
        state = now.state
        #: made_good stands while blue or green follows an earlier released red, or after a finish later than due; aspire never
        if cell.firmness != "aspire" and light in ("blue", "green") and (released_before or now.finished_late()):
            flags.add("made_good")
        #: due_soon 30|7 (until due or met)
        if cell.due and cell.start <= today <= cell.due and state not in ("done", "holding", "no_task", "words"):
            left = (cell.due - today).days
            if left <= 30:
                flags.add("due_soon 7" if left <= 7 else "due_soon 30")
        #: extended 延 (due later than original)
        if cell.due and cell.due_original and cell.due > cell.due_original:
            flags.add("extended")
        #: `from` missing -> the programme's start, marked assumed: where a curve starts from it
        if cell.assumed_from and cell.parts is None and not cell.curveless:
            flags.add("assumed_from")
        overdue = state == "overdue"
        return {"target": target, "area": area, **answer, "due": cell.due, "state": state,
                #: then `overdue`, counted from the day after due
                "overdue_since": cell.due + DAY if overdue else None, "days_overdue": (today - cell.due).days if overdue else None,
                "light": light, "proposed_light": now.light, "light_since": since, "light_changed": since != cell.programme_start,
                "flags": sorted(flags)}


class Trail:
    """What became of a light, moment by moment."""

    def __init__(self):
        self.next, self.at = 0, (date.min, datetime.min.replace(tzinfo=CHINA))
        self.light = self.since = None
        self.released = self.released_before = False
        self.spells, self.spell = [], 0  # (instant, computed light, number of its red spell)

    def follow(self, computed, day, instant, releases):
        #: holds until the computed light is yellow, blue or green (grey and overdue do not end it)
        if computed in ("yellow", "blue", "green"):
            self.released, self.spell = False, self.spell + 1
        self.spells = [*self.spells, (instant, computed, self.spell)] if releases else self.spells
        for release in releases:
            if release["known_at"] == instant and computed == "red":
                #: A release frees the red that stands at its instant, counts from its own day
                at = release_instant(release)
                stood = [s for s in self.spells if s[0] <= at]
                if stood and stood[-1][1] == "red" and stood[-1][2] == self.spell:
                    self.released = True
        #: until a person of the office releases it, `light` is yellow and `proposed_light` red
        shown = "yellow" if computed == "red" and not self.released else computed
        self.released_before |= shown == "red"
        #: `light_since` = the day the shown light last changed
        if shown != self.light:
            self.light, self.since = shown, day


def release_instant(event):
    given_at = event["more"][2] if event.get("more") and len(event["more"]) > 2 else None
    return event["known_at"] if given_at is None else datetime.fromtimestamp(given_at / 1000, CHINA)
