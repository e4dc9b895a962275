#!/usr/bin/python3
"""The reference judge (reference.py) held against the vectors of the rules, and a played year held against the reference.

Run alone it checks the vectors; run with a state folder (`reference_test.py STATE`) also the service that stands there.
Prints ok / not ok lines. Expected values are worked out by hand."""
import json
import os
import re
import subprocess
import sys
import uuid
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import reference  # noqa: E402
from reference import CHINA, CITY, CONFIRM, CORRECTION, EXTENSION, FIGURE, NO_CHANGE, RELEASE, RETRACTION, Cell, Reference, Reporting, read_calendar, read_programme  # noqa: E402
from service import ROOT, verdict  # noqa: E402

DAYS = ("2021-02-04", "2021-05-06", "2021-07-03", "2021-08-04", "2021-09-10", "2021-10-10", "2021-12-06", "2022-01-03", "2022-01-15")
PROGRAMME = "guangyuan-2021"
COUNTY = "510822"
PATIENCE_S = 120


# ── Vectors ────────────────────────────────────────────────────────────────────────────────────────────────────────────

def instant(text):
    return datetime.fromisoformat(text if "T" in text else text + "T10:00:00").replace(tzinfo=CHINA)


class Case:
    """One cell, or one target in several counties, with hand-made events."""

    def __init__(self, shares=None, **target):
        self.reporting = Reporting(read_calendar())
        target = {"code": "T06.1", "kind": "cumulative", "unit": "公里", "decimals": 1, "from": date(2021, 1, 1), "due": date(2021, 12, 31), **target}
        own = {k: target.pop(k) for k in ("share", "nodes") if k in target}
        self.cells, self.events = {}, []
        if shares:
            name = "denominator" if target["kind"] in ("ratio", "per_entity") else "share"
            parts = [Cell(target, a, self.reporting, **{name: s}) for a, s in shares.items()]
            self.cells = {(target["code"], p.area): p for p in parts}
            self.cells[target["code"], CITY] = Cell(target, CITY, self.reporting, parts=parts)
        else:
            self.cells[target["code"], COUNTY] = Cell(target, COUNTY, self.reporting, **own)
        self.code = target["code"]

    def event(self, kind, known, as_of=None, value=None, area=COUNTY, role="county", unit=None, **more):
        event = {"kind": kind, "uid": str(uuid.uuid4()), "target": self.code, "area": area, "as_of": as_of and date.fromisoformat(as_of),
                 "known_at": instant(known), "role": role, "unit": unit or role, "reporter": unit or role, **more}
        if value is not None and "/" in value:
            event["numerator"], event["denominator"] = map(Fraction, value.split("/"))
        elif value in ("done", "open"):
            event["done"] = value == "done"
        elif value is not None:
            event["value"] = Fraction(value)
        self.events.append(event)
        return event["uid"]

    def figure(self, as_of, value, known=None, **more):
        return self.event(FIGURE, known or as_of, as_of, value, **more)

    def ask(self, day, area=COUNTY, cut=None):
        return Reference(self.cells, self.events).ask(self.code, area, date.fromisoformat(day), cut and instant(cut))


def plain(value):
    return value.isoformat() if isinstance(value, date) else value


def expect(name, answer, **wanted):
    """One verdict; flag and not_flag look into the flags."""
    wrong = []
    for key, value in wanted.items():
        if key == "flag":
            if value not in answer["flags"]:
                wrong.append(f"flag {value} missing from {answer['flags']}")
        elif key == "not_flag":
            if any(f.startswith(value) for f in answer["flags"]):
                wrong.append(f"flag {value} stands")
        elif plain(answer[key]) != value:
            wrong.append(f"{key} is {plain(answer[key])!r}, not {value!r}")
    return verdict(f"reference: {name}", "; ".join(wrong))


def vectors():
    """Every line of the table of vectors."""
    good = True
    case = Case(share="62.0")
    case.figure("2021-09-30", "31.0", "2021-10-08")
    good &= expect("31.0 of 62.0 in September", case.ask("2021-10-09"), planned="46.5", deviation_points="-25.0", units_behind="15.5", days_behind=92,
                   light="yellow", proposed_light="yellow", state="behind")
    case = Case(share="62.0")
    case.figure("2021-09-30", "46.5")
    good &= expect("last month's figure against last month's plan", case.ask("2021-10-07"), deviation_points="0.0", light="blue", state="on_plan",
                   days_behind=0, units_behind="0")
    case = Case(share="62.0")
    case.figure("2021-09-30", "24.6", "2021-10-08")
    good &= expect("24.6: a red is only proposed", case.ask("2021-10-08"), deviation_points="-35.3", light="yellow", proposed_light="red")
    case.event(RELEASE, "2021-10-09T10:00:00", more=["值班", None, None], role="office")
    good &= expect("24.6: until it is released", case.ask("2021-10-09"), light="red", proposed_light="red", light_since="2021-10-09")
    case = Case(share="4", counted=True, unit="台")
    case.figure("2021-11-30", "3")
    good &= expect("counted, 3 of 4 in November", case.ask("2021-12-01"), planned="3", units_behind="0", deviation_points="0.0", light="blue")
    case = Case(share="1", counted=True, unit="台")
    case.figure("2021-11-30", "0")
    good &= expect("counted, 0 of 1 in November", case.ask("2021-11-30"), planned="0", light="blue", not_flag="due_soon")
    good &= expect("counted, 0 of 1: due soon from 1 December", case.ask("2021-12-01"), planned="0", light="blue", flag="due_soon 30")
    case = Case(share="62.0")
    case.figure("2021-11-30", "58.1", "2021-12-03")
    good &= expect("58.1 on 3 January: waits for the final figure", case.ask("2022-01-03"), state="awaiting_final", days_overdue=None, missing="3.9")
    case.figure("2021-12-28", "62.0", "2022-01-05")
    good &= expect("62.0 as of 28 December known on 5 January", case.ask("2022-01-15"), state="done", light="green", report_state="on_time",
                   report_period="2021-12", not_flag="made_good")
    case = Case(share="62.0")
    case.figure("2021-11-30", "58.1", "2021-12-03")
    case.figure("2021-12-31", "61.9", "2022-01-05")
    good &= expect("61.9 is a miss", case.ask("2022-01-05"), state="overdue", overdue_since="2022-01-01", days_overdue=5, missing="0.1", value="61.9",
                   proposed_light="red", light="yellow")
    case = Case(share="62.0")
    case.figure("2021-06-30", "62.0")
    good &= expect("done in June, then silent", case.ask("2021-12-15"), state="done", light="green", report_state=None, report_period=None)
    case = Case(share="62.0")
    case.figure("2021-11-30", "40.0", "2021-12-03")
    good &= expect("behind in November, silent on 5 January", case.ask("2022-01-05"), state="awaiting_final")
    good &= expect("behind in November, silent on 6 January", case.ask("2022-01-06"), state="overdue", report_state="missing", report_period="2021-12",
                   missing="22", proposed_light="red")
    case = Case(code="T13.6", kind="hold", value=87, unit="%", denominator="reported", due=None, decimals=1)
    case.figure("2021-06-30", "87/100", "2021-07-02")
    case.figure("2021-07-31", "86/100", "2021-08-03")
    good &= expect("hold reached", case.ask("2021-07-03"), state="holding", light="blue", value="87")
    good &= expect("hold fallen back", case.ask("2021-08-04"), state="fell_back", light="yellow", value="86")
    case = Case(code="T06.4", kind="milestone", firmness="aspire")
    case.figure("2021-12-31", "open", "2022-01-04")
    good &= expect("力争 missed", case.ask("2022-01-15"), state="overdue", light="yellow", proposed_light="yellow", not_flag="made_good")
    case = Case(share="125", counted=True, unit="名")
    case.figure("2021-05-31", "57", "2021-06-03")
    case.figure("2021-06-30", "51", "2021-07-02")
    good &= expect("57 to 51 without a reason", case.ask("2021-07-03"), value="57", figure_as_of="2021-05-31", flag="held 57→51", report_state="on_time",
                   report_period="2021-06")
    case.event(CORRECTION, "2021-07-07", "2021-06-30", "51", reason="重复计算")
    good &= expect("57 to 51 with a reason", case.ask("2021-07-08"), value="51", deviation_points="-8.8", not_flag="held", light="blue")
    case = Case(share="100")
    for as_of, value, known in (("2021-08-31", "36", "2021-09-03"), ("2021-09-30", "60.9", "2021-10-08"), ("2021-10-31", "80.03", "2021-11-03"),
                                ("2021-11-30", "85", "2021-12-03")):
        case.figure(as_of, value, known)
    case.event(RELEASE, "2021-09-06", more=["值班", None, None], role="office")
    good &= expect("released red in August", case.ask("2021-09-07"), light="red", deviation_points="-30.6", light_since="2021-09-06")
    good &= expect("-14.1 in September", case.ask("2021-10-09"), light="red", deviation_points="-14.1", light_since="2021-09-06")
    good &= expect("-3.3 in October", case.ask("2021-11-04"), light="yellow", deviation_points="-3.3", not_flag="made_good", light_since="2021-11-03")
    return good & expect("the next report", case.ask("2021-12-04"), light="blue", flag="made_good", light_since="2021-12-03")


def hand_made():
    """Sentences of the rules that the table of vectors does not reach."""
    good = True
    closing = Reporting(read_calendar()).closing
    good &= verdict("reference: closing days", "; ".join(f"{p}: {closing(p)}" for p, day in (
        (date(2021, 8, 1), date(2021, 9, 6)), (date(2021, 9, 1), date(2021, 10, 8)), (date(2021, 12, 1), date(2022, 1, 5)),
        (date(2021, 3, 1), date(2021, 4, 6)), (date(2021, 4, 1), date(2021, 5, 6))) if closing(p) != day))
    # 未报: August closes on 6 September
    case = Case(share="90")
    case.figure("2021-07-31", "52.5", "2021-08-03")
    good &= expect("on the closing day", case.ask("2021-09-06"), state="on_plan", report_state="on_time", report_period="2021-07", light="blue")
    good &= expect("past the closing day", case.ask("2021-09-07"), state="not_reported", report_state="missing", report_period="2021-08", light="grey",
                   light_since="2021-09-07", value="52.5")
    case.figure("2021-08-31", "60", "2021-09-09")
    good &= expect("a late report", case.ask("2021-09-09"), report_state="late", flag="late", light="blue")
    case.event(NO_CHANGE, "2021-10-05", "2021-09-30")
    good &= expect("no change", case.ask("2021-10-05"), report_state="unchanged", value="60", figure_as_of="2021-09-30", deviation_points="-8.3")
    # a later day that came by the closing day of an unreported period reports that period
    case = Case(share="90")
    case.figure("2021-02-03", "8")
    good &= expect("as of February, in time for January", case.ask("2021-02-05"), report_state="on_time", report_period="2021-01")
    good &= expect("and February is owed", case.ask("2021-03-06"), report_state="missing", report_period="2021-02")
    # no date, no light; it owes its report all the same
    case = Case(share="2", counted=True, due=None)
    good &= expect("undated without a figure", case.ask("2021-02-08"), state="no_figure", light="none", report_state="missing", report_period="2021-01")
    case.figure("2021-02-28", "0")
    good &= expect("undated with one", case.ask("2021-03-01"), state="undated", light="none", deviation_points=None)
    # holds
    case = Case(share="90")
    first = case.figure("2021-04-30", "6")
    case.figure("2021-05-31", "60")
    good &= expect("ten times is held", case.ask("2021-06-01"), value="6", flag="held 6→60")
    case.event(RETRACTION, "2021-06-03", replaces=first, reason="误报")
    good &= expect("and takes effect when what it contradicted is gone", case.ask("2021-06-03"), value="60", not_flag="held")
    case = Case(share="90")
    case.figure("2021-04-30", "40")
    case.figure("2021-04-30", "41", "2021-05-02")
    good &= expect("a changed value is held", case.ask("2021-05-02"), value="40", flag="held 40→41")
    case.figure("2021-05-02", "42", "2021-05-02T11:00:00")
    case.figure("2021-05-02", "43", "2021-05-02T12:00:00")
    good &= expect("the current day's may grow", case.ask("2021-05-02"), value="43")
    case = Case(share="90")
    case.figure("2021-04-30", "136")
    good &= expect("more than 1.5 times the goal", case.ask("2021-05-01"), value=None, state="no_figure", report_state="on_time", light="grey")
    case.event(CONFIRM, "2021-05-06", more=["值班", case.events[0]["uid"]], role="office")
    good &= expect("confirmed by the office", case.ask("2021-05-06"), value="136", state="done")
    case = Case(share="90")
    wrong = case.figure("2021-05-31", "30", "2021-04-01")
    good &= expect("a day to come is no figure yet", case.ask("2021-05-30"), value=None)
    good &= expect("until that day", case.ask("2021-05-31"), value="30", report_period="2021-05")
    case.event(CORRECTION, "2021-06-02", "2021-04-30", "30", replaces=wrong, reason="日期填错")
    good &= expect("a correction moves the day", case.ask("2021-06-02"), value="30", figure_as_of="2021-04-30")
    # second sources and 代报
    case = Case(share="90")
    case.figure("2021-08-31", "60", "2021-09-03")
    case.figure("2021-08-31", "58", "2021-09-03T11:00:00", role="department", unit="市交通运输局")
    good &= expect("two sources", case.ask("2021-09-04"), value="60", flag="two_sources")
    case.figure("2021-09-30", "67.5", "2021-10-08")
    case.figure("2021-09-30", "67.5", "2021-10-08T11:00:00", role="department", unit="市交通运输局")
    good &= expect("two sources agree", case.ask("2021-10-09"), not_flag="two_sources")
    case = Case(share="90")
    case.figure("2021-08-31", "60", "2021-09-03", role="office", document="电话记录1号")
    good &= expect("on behalf", case.ask("2021-09-03"), value="60", flag="on_behalf", report_state="on_time")
    case.figure("2021-08-31", "59", "2021-09-04")
    good &= expect("the county's own replaces it unheld", case.ask("2021-09-04"), value="59", not_flag="on_behalf")
    case.figure("2021-08-31", "61", "2021-09-05", role="office", document="电话记录2号")
    good &= expect("after the county's own it is a second source", case.ask("2021-09-05"), value="59", flag="two_sources", not_flag="held")
    # a finish reported after the closing day
    case = Case(share="62")
    case.figure("2021-11-30", "60")
    case.figure("2022-01-10", "62", "2022-01-12")
    good &= expect("a late finish", case.ask("2022-01-12"), state="done", light="green", flag="made_good")
    # nodes, and the two-report rule
    case = Case(share="14", nodes=[(date(2021, 6, 30), Fraction("5.6"))])
    case.figure("2021-06-30", "5.5")
    good &= expect("a node missed", case.ask("2021-07-01"), planned="5.6", deviation_points="-0.7", light="yellow", flag="node_missed")
    case.figure("2021-07-31", "7")
    good &= expect("the worse of the last two reports", case.ask("2021-07-31"), light="yellow", state="on_plan", not_flag="node_missed")
    # out of reach: 54 + 1.5 x 8/28 x 92 = 93.4 < 96
    case = Case(share="96")
    for month, value in enumerate((8, 16, 24, 32, 40, 48, 50, 52, 54), 1):
        case.figure(reference.Reporting({}).last_day(date(2021, month, 1)).isoformat(), str(value))
    good &= expect("not yet out of reach", case.ask("2021-08-31"), proposed_light="yellow", deviation_points="-12.5", days_behind=47)
    good &= expect("out of reach", case.ask("2021-09-30"), proposed_light="red", light="yellow", deviation_points="-18.7", days_behind=69)
    # an extension: fifteen months instead of twelve, from the day it is known; what was shown before stays so
    case = Case(share="118", counted=True, unit="名")
    case.figure("2021-09-30", "80", "2021-10-08")
    case.figure("2021-10-31", "84", "2021-11-03")
    case.event(EXTENSION, "2021-11-09", more=["值班", (date(2022, 3, 31) - date(1970, 1, 1)).days, "1号", None], role="office")
    good &= expect("before the extension", case.ask("2021-11-08"), planned="98", deviation_points="-11.8", light="yellow", state="behind", not_flag="extended")
    good &= expect("after the extension", case.ask("2021-11-09"), planned="78", light="blue", state="on_plan", flag="extended", due="2022-03-31", light_since="2021-11-09")
    # the city: one county's surplus never hides another's gap
    case = Case(shares={"510822": "60", "510823": "60", "510824": "0"}, value=125)
    case.figure("2021-06-30", "60")
    case.figure("2021-06-30", "12", area="510823")
    good &= expect("the city caps a surplus", case.ask("2021-07-01", CITY), value="72", counties_in=2, counties_expected=2, unfinished=["510823"],
                   deviation_points="10.0", planned="60", report_state=None, days_behind=None)
    case.figure("2021-12-31", "60", "2022-01-04", area="510823")
    good &= expect("the sum does not reach the city's value", case.ask("2022-01-06", CITY), state="overdue", missing="5", unfinished=[])
    case = Case(shares={"510822": "20", "510823": "10"}, kind="ratio", unit="%", value=100)
    case.figure("2021-12-31", "20/20", "2022-01-04")
    case.figure("2021-12-31", "9/10", "2022-01-04", area="510823")
    good &= expect("the city's ratio is cut away from the goal", case.ask("2022-01-04", CITY), value="96.6", state="overdue", proposed_light="red")
    return good


# ── The played year ────────────────────────────────────────────────────────────────────────────────────────────────────

QUERY = """
SELECT coalesce(json_agg(row_to_json(x) ORDER BY x.known_ms, x.log, x.seq), '[]') FROM (
  SELECT e.log, e.seq, e.kind, e.uid::text AS uid, t.code AS target, a.code AS area, e.as_of::text AS as_of, e.value::text AS value,
         e.denominator::text AS denominator, e.done, (extract(epoch FROM e.known_at) * 1000)::bigint AS known_ms, e.reporter, s.unit, s.role,
         e.replaces::text AS replaces, e.reason, e.source_document AS document, encode(e.more, 'hex') AS more
  FROM duban.event e JOIN duban.log l ON l.id = e.log JOIN duban.stream s ON s.id = l.stream JOIN duban.programme p ON p.id = s.programme
  LEFT JOIN duban.target t ON t.id = e.target LEFT JOIN duban.area a ON a.id = e.area
  WHERE p.code = '%s' AND e.kind IN (1, 2, 3, 6, 16, 32, 34, 35, 36, 40)) x
"""


def read_events(state):
    """The events of the programme, from the service's own database, as its reader may see them."""
    import msgpack
    socket = subprocess.run(["bash", "-c", '. "$0/deploy/lib/cluster.sh"; cluster_socket "$1"', ROOT, state], capture_output=True, text=True, check=True).stdout.strip()
    command = ["/usr/lib/postgresql/15/bin/psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "duban_reader", "-d", "duban"]
    if os.getuid() == 0:
        command = ["setpriv", "--reuid=duban", "--regid=duban", "--init-groups", *command]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    done = subprocess.run(command, input=QUERY % PROGRAMME, cwd=state, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"psql: {done.stderr.strip()[-300:]}")
    events = []
    for row in json.loads(done.stdout):
        more = msgpack.unpackb(bytes.fromhex(row["more"]), raw=False) if row["more"] else None
        if more and row["kind"] in (CONFIRM, reference.REVERSAL):
            more[1] = str(uuid.UUID(bytes=more[1]))
        event = {**row, "more": more, "as_of": row["as_of"] and date.fromisoformat(row["as_of"]),
                 "known_at": datetime.fromtimestamp(row["known_ms"] / 1000, CHINA), "value": None, "denominator": None}
        if row["denominator"] is not None:
            event["numerator"], event["denominator"] = Fraction(row["value"]), Fraction(row["denominator"])
        elif row["value"] is not None:
            event["value"] = Fraction(row["value"])
        events.append(event)
    return events


def same_number(one, other):
    words = {"true": "1", "false": "0", "True": "1", "False": "0"}
    one, other = (None if x is None else words.get(str(x), str(x)) for x in (one, other))
    if one is None or other is None:
        return one is other
    try:
        return abs(Fraction(one) - Fraction(other)) < Fraction(1, 10**6)
    except ValueError:
        return one == other


def same_units(one, other):
    """units_behind is exact here and may be rounded there, to two decimals."""
    if one is None or other is None:
        return one is other
    return abs(Fraction(str(one)) - Fraction(str(other))) <= Fraction(1, 100)


def flag_set(flags):
    return {(f.partition(" ")[0], tuple(re.findall(r"[0-9.]+", f.partition(" ")[2]))) for f in flags}


COMPARED = ("value", "figure_as_of", "planned", "deviation_points", "units_behind", "days_behind", "due", "state", "overdue_since", "days_overdue",
            "missing", "light", "proposed_light", "light_since", "report_state", "report_period", "flags", "counties_in", "counties_expected",
            "unfinished")


def differences(mine, theirs):
    """The keys in which a cell differs, as texts."""
    found = []
    for key in COMPARED:
        if key not in theirs:
            found.append(f"{key} is not there")
            continue
        one, other = plain(mine[key]), theirs[key]
        if key in ("value", "missing"):
            same = same_number(one, other)
        elif key == "planned":
            # what was planned is compared where there is a figure to hold against it
            same = mine["value"] is None or same_number(one, other)
        elif key == "units_behind":
            same = same_units(one, other)
        elif key == "flags":
            same = flag_set(one) == flag_set(other)
        elif key == "light_since":
            # since when a light stands that never changed is nobody's question
            same = not mine["light_changed"] or one == other
        else:
            same = one == other
        if not same:
            found.append(f"{key} {other!r}, by the rules {one!r}")
    return found


def compare_day(judge, service, day):
    cells = service.ask("status", "--known-at", day)["cells"]
    wrong, seen, by_key = [], set(), {}
    for theirs in cells:
        name = (theirs["target"], theirs["area"])
        seen.add(name)
        if name not in judge.cells:
            wrong.append(f"{name[0]} {name[1]} is no cell by the plan")
            continue
        mine = judge.ask(*name, date.fromisoformat(day))
        found = differences(mine, theirs)
        if found:
            wrong.append(f"{name[0]} {name[1]}: {', '.join(found)}")
            for text in found:
                by_key[text.split(" ")[0]] = by_key.get(text.split(" ")[0], 0) + 1
    wrong += [f"{t} {a} is missing" for t, a in sorted(set(judge.cells) - seen)]
    if not cells:
        return "no cells"
    shown = len(wrong) if os.environ.get("DUBAN_REFERENCE_ALL") else 5
    return wrong and f"{len(wrong)} of {len(cells)} cells differ {by_key}: " + "; ".join(wrong[:shown])


def compare(service, known_days=DAYS):
    """Every cell of the played year, on some days, against the reference."""
    try:
        judge = Reference(read_programme(), read_events(str(service.state)))
    except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
        return verdict("reference: read the events", str(error) or type(error).__name__)
    good = verdict("reference: read the events", None if any(judge.events.values()) else "there are none")
    for day in known_days:
        try:
            wrong = compare_day(judge, service, day)
        except (OSError, RuntimeError, ValueError, KeyError, TypeError, subprocess.SubprocessError) as error:
            wrong = f"{type(error).__name__}: {error}"
        good &= verdict(f"reference: every cell known {day}", wrong)
    return good


def check(service):
    """All of it: the judge itself, then the year by the judge."""
    return vectors() & hand_made() & compare(service)


class Standing:
    """A service that somebody else started, in a folder."""

    def __init__(self, state):
        self.state = Path(state).absolute()

    def ask(self, *words):
        done = subprocess.run([self.state / "duban", *words, "--json"], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"duban {' '.join(words)}: exit {done.returncode}: {done.stderr.strip()[-300:]}")
        return json.loads(done.stdout)


def main():
    good = vectors() & hand_made()
    if len(sys.argv) > 1:
        good &= compare(Standing(sys.argv[1]))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
