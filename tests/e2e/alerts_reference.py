#!/usr/bin/python3
"""Who is told what in which window, worked out a second time from the rules alone, for every cell of a played year.

Built on the reference judge (reference.py): it says what a cell is at an instant; here stands what is made of it. Plain
and slow on purpose; nothing is taken from the programs. Run through reference_test's events; prints ok / not ok lines."""
import heapq
import sys
from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
from reference import CHINA, CITY, DAY, EPOCH, ROOT, Reference, day_of, read_programme, start_of  # noqa: E402
from reference_test import read_events  # noqa: E402
from service import verdict  # noqa: E402

import csv  # noqa: E402
import io  # noqa: E402

REPLY, ISSUE, REVERSAL = 16, 35, 40
MINUTE = timedelta(minutes=1)
SETTLE = MINUTE  # of domain time, until a commit is looked at
WINDOWS = (time(8, 30), time(16, 30))
#: 提醒 -> 催办 after 5 working days without an answer -> proposal of 黄牌, 10 more -> proposal of 红牌 / 通报, 10 more
RUNG_DAYS = (5, 10, 10)
RUNG_STEPS = (None, "urged", "yellow_card", "red_card")
TOP = {"overdue": 3, "slipping": 2, "fell_back": 1}
HELD_DAYS = 3  # unconfirmed after three working days: said again
GOOD_ENDS = ("done", "holding", "progress")
REMEMBERED_RECOVERY = ("slipping", "overdue", "fell_back")


class Office:
    """Windows, working days, and who hears of what."""

    def __init__(self, reporting, plan=ROOT / "deploy/plan/guangyuan.yaml", sample=ROOT / "deploy/sample"):
        self.reporting = reporting
        document = yaml.safe_load(Path(plan).read_text())
        self.leads = {t["code"]: task.get("leads", []) for task in document["tasks"] for t in task["targets"]}
        self.reporters = {t["code"]: t.get("reporter", "county") for task in document["tasks"] for t in task["targets"]}
        names = {a["name"]: a["code"] for a in document["areas"]}
        rows = list(csv.reader(io.StringIO((Path(sample) / "contacts.csv").read_text("utf-8-sig"))))
        start = next(i for i, row in enumerate(rows) if "角色" in row)
        self.reachable = {"office"}
        for row in rows[start + 1:]:
            contact = dict(zip(rows[start], row))
            if not contact.get("渠道") or not contact.get("地址"):
                continue
            if contact["角色"] == "联络员" and contact["县区"]:
                self.reachable.add("area:" + names[contact["县区"]])
            elif contact["单位"]:
                self.reachable.add("unit:" + contact["单位"])

    def window(self, instant):
        """The first window at or after an instant."""
        day = day_of(instant)
        while True:
            for clock in WINDOWS:
                at = datetime.combine(day, clock, CHINA)
                if at >= instant and self.reporting.working(day):
                    return at
            day += DAY

    def add_working(self, day, count):
        while count:
            day += DAY
            count -= self.reporting.working(day)
        return day

    def working_between(self, after, until):
        return sum(self.reporting.working(after + DAY * n) for n in range(1, (until - after).days + 1))

    def route(self, rule, cell):
        #: County, every lead, the office; participants nothing. A red goes to the office alone.
        if rule in ("review", "correction"):
            return {"office"}
        told = {"unit:" + name for name in self.leads[cell.target]}
        reporter = self.reporters[cell.target]
        if cell.parts is None:
            told.add("area:" + cell.area if cell.area != CITY else "unit:" + reporter if reporter not in ("county", "office") else "office")
        if rule in ("overdue", "fell_back") or not told:
            told.add("office")
        #: No recipient or no working channel -> the office
        return {r if r in self.reachable else "office" for r in told}


class Alert:
    def __init__(self, rule, now, step, rank):
        self.rule, self.opened, self.step, self.rank = rule, now, step, rank
        self.rung, self.said, self.issued = 0, None, 0
        self.suppressed = False
        self.stopped = None       # since when it stands still
        self.about = None         # the due day of an approaching one
        self.promise = None       # (until the end of this day, answer)
        self.steps_said = set()
        self.told = set()         # who was told of it
        self.pending = []         # (step, recipients), waits for a window


class Story:
    """The alerts of one cell over the year."""

    def __init__(self, judge, office, key, numbers):
        self.judge, self.office, self.key, self.numbers = judge, office, key, numbers
        self.standing, self.sent, self.promises, self.ended = {}, [], [], []
        self.light = None
        self.recoveries = []      # (recipients, ends) wait for a window

    # ── what ought to stand ──

    def wants(self, now):
        """rule -> (step, rank, inhibited, stands only)"""
        cell, answer = self.judge.cell(self.key, now), self.judge.ask(*self.key, day_of(now), now)
        state, flags, wants = answer["state"], answer["flags"], {}
        self.state, self.shown, self.answer = state, answer["light"], answer
        if state == "overdue":
            wants["overdue"] = ("first", 1, False, False)
        #: A computed red waits for a person of the office.
        if answer["proposed_light"] == "red" and answer["light"] != "red":
            wants["review"] = ("first", 1, False, False)
        if cell.parts is not None:
            return wants          # the counties' own alerts say the rest
        held = any(f.startswith("held") for f in flags)
        if state == "fell_back":
            wants["fell_back"] = ("first", 1, False, False)
        if state in ("behind", "not_reported", "awaiting_final"):
            red = "red" in (answer["light"], answer["proposed_light"])
            #: a silent county inhibits its slip alerts; a held correction inhibits slip for that cell
            wants["slipping"] = ("red" if red else "yellow", 1 + red, state == "not_reported" or held, state != "behind")
        soon = "due_soon 7" in flags
        if (soon or "due_soon 30" in flags) and state not in ("overdue", "done"):
            wants["due_soon"] = ("7" if soon else "30", 1 + soon, False, False)
        if held:
            newest = max((f for f in self.judge.judge(self.key, day_of(now), now).ledger.held()), key=lambda f: f.known_at, default=None)
            since = newest.known_day if newest else day_of(now)
            long_ago = now >= start_of(self.office.add_working(since, HELD_DAYS) + DAY)
            wants["correction"] = ("days_3" if long_ago else "first", 1 + long_ago, False, False)
        return wants

    def end_cause(self, rule):
        state = self.state
        if rule == "review" and self.shown == "red":
            return "released"
        if state in ("done", "holding", "overdue"):
            return state
        if state == "on_plan":
            extension = self.judge.extension(self.key, self.now)
            #: better only because the date moved: that is no progress
            if rule == "slipping" and extension and extension["known_at"] + SETTLE == self.now:
                return "extension"
            return "progress"
        return "changed"

    # ── one look ──

    def look(self, now):
        self.now = now
        before = self.light
        wants = self.wants(now)
        for rule, alert in list(self.standing.items()):
            #: another due day is another matter
            moved = rule == "due_soon" and alert.about != self.answer["due"]
            if rule not in wants or moved:
                self.end(alert, self.end_cause(rule))
                del self.standing[rule]
        for rule, (step, rank, inhibited, only) in wants.items():
            alert = self.standing.get(rule)
            if alert is None:
                if only:
                    continue
                alert = self.standing[rule] = Alert(rule, now, step, rank)
                alert.suppressed, alert.about = inhibited, self.answer["due"]
                if not inhibited:
                    self.say(alert, step)
                continue
            further = rank > alert.rank and not only
            if further:
                alert.step, alert.rank = step, rank
            if inhibited:
                if not alert.suppressed:
                    alert.suppressed, alert.pending, alert.stopped = True, [], now
            elif alert.suppressed:
                alert.suppressed = False
                self.say(alert, alert.step)
                self.resume(alert)
            elif further:
                #: A promise ends when things get worse.
                if alert.promise:
                    self.end_promise(alert, "worse")
                self.say(alert, step)
                alert.said = None  # asked anew: the present rung counts from that saying
            if not inhibited:
                self.climb(alert, only)
        self.light = self.shown
        return before

    def say(self, alert, step):
        alert.pending.append((step, self.office.route(alert.rule, self.judge.cells[self.key])))

    def end_promise(self, alert, outcome):
        self.promises.append((alert.promise[0], outcome, day_of(self.now)))
        alert.promise = None

    def end(self, alert, cause):
        if alert.promise:
            self.end_promise(alert, "kept")
        self.ended.append((alert.rule, day_of(alert.opened), day_of(self.now), cause))
        #: Those who were told hear that it is over; nobody else does.
        if alert.rule in REMEMBERED_RECOVERY and cause in GOOD_ENDS and alert.told:
            self.recoveries.append(set(alert.told))

    # ── the ladder ──

    def top(self, alert):
        #: aspire never escalates past 提醒
        return 0 if self.judge.cells[self.key].firmness == "aspire" else TOP.get(alert.rule, 0)

    def resume(self, alert):
        #: The ladder stands still while suppressed; a rung that was not said before is said now.
        if alert.said is None and alert.rung > 0 and not alert.promise:
            alert.pending.append((RUNG_STEPS[alert.rung], self.rung_route(alert)))
        if alert.said is not None:
            still = self.office.working_between(day_of(alert.stopped), day_of(self.now))
            alert.said += self.office.add_working(day_of(alert.said), still) - day_of(alert.said)

    def rung_route(self, alert):
        return self.office.route(alert.rule, self.judge.cells[self.key]) if alert.rung == 1 else {"office"}

    def rung_due(self, alert):
        if alert.said is None or alert.promise or alert.rung >= self.top(alert):
            return None
        return datetime.combine(self.office.add_working(day_of(alert.said), RUNG_DAYS[alert.rung]), WINDOWS[0], CHINA)

    def climb(self, alert, only):
        #: An answered alert escalates only when its promise fails.
        if alert.promise and not only and self.now >= start_of(alert.promise[0] + DAY):
            self.end_promise(alert, "broken")
            #: nobody is urged for a question he was not asked: what was not said comes first
            if alert.said is None:
                alert.pending.append((RUNG_STEPS[alert.rung] or alert.step, self.rung_route(alert) if alert.rung else self.office.route(alert.rule, self.judge.cells[self.key])))
            elif alert.rung < self.top(alert):
                self.step_up(alert)
            return
        due = self.rung_due(alert)
        if due and self.now >= due and not only:
            self.step_up(alert)

    def step_up(self, alert):
        alert.rung += 1
        alert.said = None
        alert.pending.append((RUNG_STEPS[alert.rung], self.rung_route(alert)))

    # ── what people said and decided ──

    def happens(self, event):
        if event["kind"] == REPLY:
            until = EPOCH + DAY * event["more"][2] if event["more"][2] is not None else None
            for alert in self.standing.values():
                if alert.rule not in TOP:
                    continue
                if until and alert.promise:
                    self.end_promise(alert, "replaced")
                if until:
                    alert.promise = (until, event)
                    alert.pending = [p for p in alert.pending if p[0] not in RUNG_STEPS]
        elif event["kind"] == ISSUE:
            level = {"yellow_card": 2}.get(event["more"][3], 3)
            for alert in self.standing.values():
                if alert.rule in TOP and alert.rung >= level:
                    alert.issued = level
                    alert.pending.append(("issued", self.office.route(alert.rule, self.judge.cells[self.key]) | {"office"}))

    # ── a window ──

    def window(self, now):
        self.now = now
        wants = self.wants(now)
        for rule, alert in self.standing.items():
            want = wants.get(rule)
            true = want and not want[2] and not want[3] and not alert.suppressed
            for step, recipients in alert.pending:
                if not true or (step, "said") in alert.steps_said:
                    continue
                alert.steps_said.add((step, "said"))
                self.sent += [(rule, now, r, step) for r in recipients]
                alert.told |= recipients
                if step != "issued":
                    alert.said = now
            alert.pending = []
        for recipients in self.recoveries:
            self.sent += [("recovered", now, r, "recovered") for r in recipients]
        self.recoveries = []

    def tell(self, until):
        """The whole year of this cell, look by look."""
        cell, heap = self.judge.cells[self.key], []
        keys = [self.key] + [(cell.target, p.area) for p in cell.parts or []]
        events = sorted((e for k in keys for e in self.judge.events[k]), key=lambda e: e["known_at"])
        spoken = [e for e in self.numbers if e["key"] == self.key]
        looks = {start_of(d) for k in keys for d in self.judge.days[k]} | {e["known_at"] + SETTLE for e in events + spoken}
        for due in {cell.due} | {self.judge.cell(self.key, e["known_at"]).due for e in events}:
            if due:
                looks |= {start_of(due - DAY * n) for n in (30, 7)} | {start_of(due + DAY)}
        for e in events:
            looks.add(start_of(self.office.add_working(day_of(e["known_at"]), HELD_DAYS) + DAY))
        heap = [(at, 0) for at in looks if at <= until]
        heapq.heapify(heap)
        waiting, seen = sorted(spoken, key=lambda e: e["known_at"]), set()
        while heap:
            now, kind = heapq.heappop(heap)
            if now > until or (now, kind) in seen:
                continue
            seen.add((now, kind))
            while waiting and waiting[0]["known_at"] + SETTLE <= now:
                self.now = now
                self.happens(waiting.pop(0))
            if kind == 0:
                self.look(now)
            else:
                self.window(now)
            for alert in self.standing.values():
                ends = [self.rung_due(alert)] + ([start_of(alert.promise[0] + DAY)] if alert.promise else [])
                for at in ends:
                    if at and at > now:  # else it stands still: what ends that is a look of its own
                        heapq.heappush(heap, (at, 0))
            if self.recoveries or any(a.pending for a in self.standing.values()):
                heapq.heappush(heap, (self.office.window(now), 1))
        return self


def said_by(service):
    """(rule, target, area, window, recipient, step) of everything the service said of a cell; and number/item -> cell."""
    said, numbers = Counter(), {}
    for alert in service.ask("alerts", "--all")["alerts"]:
        for notice in alert["notices"]:
            if notice.get("number"):
                numbers[f"{notice['number']}/{notice['item']}"] = numbers.setdefault(notice["number"], (alert["target"], alert["area"]))
                numbers[f"{notice['number']}/{notice['item']}"] = (alert["target"], alert["area"])
            if alert["target"] and notice["window_at"]:
                rule = "recovered" if notice["step"] == "recovered" else alert["rule"]
                said[rule, alert["target"], alert["area"], notice["window_at"][:16], notice["recipient"], notice["step"]] += 1
    return said, numbers


def check(service):
    """The whole year's messages about cells, against this reference."""
    events = read_events(str(service.state))
    judge = Reference(read_programme(), events)
    theirs, numbers = said_by(service)
    spoken = []
    for event in events:
        if event["kind"] not in (REPLY, ISSUE):
            continue
        key = (event["target"], event["area"])
        if event["kind"] == REPLY and not event["target"]:
            key = numbers.get(event["more"][0])
        spoken.append({**event, "key": key})
    until = datetime.fromisoformat(service.ask("status")["known_at"])
    office = Office(next(iter(judge.cells.values())).reporting)
    mine = Counter()
    for key in sorted(judge.cells):
        story = Story(judge, office, key, spoken).tell(until)
        for rule, window, recipient, step in story.sent:
            mine[rule, *key, window.isoformat()[:16], recipient, step] = 1
    theirs = Counter(dict.fromkeys(theirs, 1))
    missing, extra = sorted((mine - theirs).elements()), sorted((theirs - mine).elements())
    good = verdict(f"reference: {sum(mine.values())} messages about cells, none missing", "; ".join(map(str, missing[:6])) + f" ({len(missing)})" if missing else None)
    return good & verdict("reference: none beyond them", "; ".join(map(str, extra[:6])) + f" ({len(extra)})" if extra else None)


if __name__ == "__main__":
    from reference_test import Standing
    sys.exit(0 if check(Standing(sys.argv[1])) else 1)
