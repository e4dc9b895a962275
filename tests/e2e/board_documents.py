#!/usr/bin/python3
"""The board's documents, held against two things: services/board/openapi.json, for every answer that can be reached, and
`duban status --json`, for several days as they were known then and as they are known now.

    board_documents.py STATE [BIN]     of a played state that is being looked at; prints ok / not ok lines

Counts, worst lights and order are computed here anew, from the commands' cells alone."""
import contextlib
import gzip
import http.client
import json
import os
import pwd
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import jsonschema

sys.path.insert(0, str(Path(__file__).resolve().parent))
from service import ROOT, verdict  # noqa: E402

API = ROOT / "services/board/openapi.json"
WORST = ["red", "proposed_red", "yellow", "grey", "blue", "green", "undated", "none", "no_task"]
MOMENTS = (  # as_of, known_at: as it was known, as it is known now, both, a day before anything came
    ("2021-10-09", "2021-10-09T08:40:00+08:00"),
    ("2021-06-30", None),
    (None, "2021-11-08T16:30:00+08:00"),
    ("2021-12-31", "2022-01-06T08:40:00+08:00"),
    ("2021-01-04", "2021-01-04T08:40:00+08:00"),
)


# --- a board of its own ---

class Board:
    def __init__(self, state, programme=None, binary=None, role="office"):
        self.state, self.folder = Path(state), tempfile.TemporaryDirectory(prefix="duban-board-")
        owner = pwd.getpwuid(self.state.stat().st_uid)
        os.chown(self.folder.name, owner.pw_uid, owner.pw_gid) if os.geteuid() == 0 else None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = Path(self.folder.name, "board.yaml")
        config.write_text(f'database: "host={self.state}/pg-socket dbname=duban user=duban_board"\nclock: {self.state}/clock\n'
                          f"status: {self.folder.name}/status\nlisten: 127.0.0.1:{self.port}\nassets: {ROOT}/services/board/assets\n"
                          f"rehearsal_role: {role}\n" + (f"programme: {programme}\n" if programme else ""))
        as_owner = ["setpriv", f"--reuid={owner.pw_name}", f"--regid={owner.pw_gid}", "--init-groups"] if os.geteuid() == 0 else []
        self.log = open(Path(self.folder.name, "log"), "wb+")
        self.process = subprocess.Popen([*as_owner, str(binary or self.state / "bin/duban-board"), "--config", str(config)], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        self.wait()

    def wait(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get("/api/v1/overview")[0] == 200:
                    return
            time.sleep(0.1)
        self.log.seek(0)
        raise RuntimeError(f"the board does not answer: {self.log.read()[-800:].decode(errors='replace')}")

    def get(self, path, headers=None):
        """status, headers, parsed body. 503 with Retry-After is asked again: it says so itself."""
        for _ in range(20):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request("GET", path, headers={"Accept-Encoding": "gzip", **(headers or {})})
            answer = connection.getresponse()
            body, told = answer.read(), dict(answer.getheaders())
            connection.close()
            if answer.status != 503:
                break
            time.sleep(0.5)
        if told.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return answer.status, told, json.loads(body) if body else None

    def document(self, path, **asked):
        asked = {name: value for name, value in asked.items() if value is not None}
        status, _, body = self.get(f"/api/v1/{path}" + (f"?{urlencode(asked)}" if asked else ""))
        if status != 200:
            raise RuntimeError(f"{path} {asked}: {status} {body}")
        return body

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        self.folder.cleanup()


# --- the description ---

class Description:
    def __init__(self):
        self.api = json.loads(API.read_text())
        self.validators, self.seen = {}, set()

    def validator(self, schema):
        if schema not in self.validators:
            resolver = jsonschema.RefResolver(API.as_uri(), self.api)
            self.validators[schema] = jsonschema.Draft202012Validator({"$ref": f"{API.as_uri()}#/components/schemas/{schema}"}, resolver=resolver)
        return self.validators[schema]

    def wrong(self, schema, body):
        errors = sorted(self.validator(schema).iter_errors(body), key=lambda e: len(e.path))
        return "; ".join(f"{'/'.join(map(str, e.path))}: {e.message[:160]}" for e in errors[:3])

    def document(self, pattern):
        """The schema of what a path answers."""
        self.seen.add(pattern)
        answers = self.api["paths"][pattern]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        return answers["$ref"].rsplit("/", 1)[1]


def reach(board, overview):
    """(pattern, path) of every document that leads on from the overview."""
    yield "/overview", "/overview"
    yield "/plan", "/plan"
    yield "/session", "/session"
    for area in overview["areas"]:
        yield "/areas/{code}", f"/areas/{area['code']}"
    plan = board.document("plan")["plan"]
    for unit in plan["units"]:
        yield "/units/{name}", f"/units/{quote(unit['name'])}"
    for task in plan["tasks"]:
        yield "/tasks/{code}", f"/tasks/{task['code']}"
        for target in task["targets"]:
            yield "/targets/{code}", f"/targets/{target['code']}"
            yield "/targets/{code}/series", f"/targets/{target['code']}/series"
    for state in ("open", "promised", "suppressed", "resolved"):
        yield "/alerts", f"/alerts?state={state}&limit=20"
    yield "/alerts", "/alerts"
    yield "/alerts", f"/alerts?area={overview['areas'][1]['code']}"
    yield "/feeds", "/feeds"
    yield "/quarantine", "/quarantine"
    files = board.document("feeds", limit=5)["files"]
    for file in files:
        yield "/feeds/{id}", f"/feeds/{file['id']}"
    explained = [f"/explain/{c['target']}/{c['area']}" for area in overview["areas"][:3] for c in board.document(f"areas/{area['code']}")["cells"][:2]]
    for path in explained:
        yield "/explain/{target}/{area}", path


def check_description(board, description):
    overview = board.document("overview")
    wrong, count = [], 0
    for pattern, path in reach(board, overview):
        while path:
            status, told, body = board.get(f"/api/v1{path}")
            problem = f"status {status}" if status != 200 else description.wrong(description.document(pattern), body)
            if problem:
                wrong.append(f"{path}: {problem}")
            count += 1
            following = (body or {}).get("next")
            path = following[len("/api/v1"):] if following and count < 600 else None
    verdict(f"openapi describes each of {count} documents", "; ".join(wrong[:4]))
    described = {p for p in description.api["paths"] if "get" in description.api["paths"][p]} - {"/events"}
    verdict("every described document was asked for", ", ".join(described - description.seen))
    row, cell = description.api["components"]["schemas"]["Cell"], json.loads((ROOT / "services/cli/schema/status.json").read_text())["properties"]["cells"]["items"]
    verdict("a cell of the board has all that a cell of duban status has", ", ".join(set(cell["properties"]) - set(row["properties"])))


def check_refusals(board, description):
    asked = ("/areas/999999", "/tasks/T99", "/targets/T99.9", "/targets/T99.9/series", "/units/%E6%97%A0", "/feeds/F999999", "/explain/T06.1/999999", "/nothing",
             "/overview?colour=red", "/alerts?state=loud", "/alerts?after=x", "/areas/510823?after=T01.1%2F999999", "/overview?as_of=2021-02-30", "/feeds?limit=0")
    wrong = []
    for path in asked:
        status, told, body = board.get(f"/api/v1{path}")
        problem = None if status in (400, 404) else f"status {status}"
        problem = problem or (None if told.get("Content-Type", "").startswith("application/problem+json") else f"type {told.get('Content-Type')}")
        problem = problem or description.wrong("Problem", body)
        if problem:
            wrong.append(f"{path}: {problem}")
    verdict(f"{len(asked)} wrong questions are refused with a problem", "; ".join(wrong[:4]))


# --- the figures ---

def lamp(cell):
    if cell["state"] == "no_task":
        return "no_task"
    if cell["proposed_light"] == "red" and cell["light"] != "red" and not cell["override"]:
        return "proposed_red"
    if cell["light"] != "none":
        return cell["light"]
    undated = cell["state"] == "undated" or (cell["state"] in ("no_figure", "not_reported") and not cell["due"])
    return "undated" if undated else "none"


def counted(cells):
    lamps = [lamp(c) for c in cells]
    owed = [c for c in cells if c["state"] != "no_task"]
    stale = sum(c["report_state"] == "missing" or any(f.startswith("stale_parts") for f in c["flags"]) for c in owed)
    flags = {name: sum(flag in c["flags"] for c in owed) for name, flag in (("extended", "extended"), ("made_good", "made_good"))}
    return {**{name: lamps.count(name) for name in WORST}, **flags, "cells": len(owed), "stale": stale,
            "awaiting_final": sum(c["state"] == "awaiting_final" for c in owed)}


def differ(told, wanted):
    return ", ".join(f"{key} {told.get(key)} is {value}" for key, value in wanted.items() if told.get(key) != value)


def in_order(cells):
    key = [(WORST.index(lamp(c)), -(c["days_overdue"] or 0), float(c["deviation_points"]) if c["deviation_points"] else float("inf")) for c in cells]
    return key == sorted(key)


def wrong_matrix(overview, cells, task_of, city):
    for task in overview["tasks"]:
        here = {}
        for cell in cells:
            if task_of[cell["target"]] == task["code"] and lamp(cell) != "no_task":
                here.setdefault(cell["area"], []).append(lamp(cell))
        told = {field["area"]: (field["light"], field["count"], field["of"]) for field in task["cells"]}
        wanted = {}
        for area, lamps in here.items():
            worst = min(lamps, key=WORST.index)
            wanted[area] = (worst, lamps.count(worst), len(lamps))
        if told != wanted:
            return f"{task['code']}: {differ(told, wanted) or set(told) - set(wanted)}"
    return None


def wrong_cells(board, overview, cells, moment):
    """Every area's rows are the command's cells, each figure of them."""
    by_name = {(c["target"], c["area"]): c for c in cells}
    seen = set()
    for area in overview["areas"]:
        path, rows = f"areas/{area['code']}", []
        answer = board.document(path, limit=200, **moment)
        rows += answer["cells"]
        if differ(answer["counts"], counted([c for c in rows])) or not in_order(rows):
            return f"{area['code']}: counts or order: {differ(answer['counts'], counted(rows))}"
        for row in rows:
            cell = by_name.get((row["target"], row["area"]))
            seen.add((row["target"], row["area"]))
            # since when a city's light stands is what the alerter noted when it changed; of the past it is replayed
            apart = {"complete_to"} | (set() if moment or not row["rollup"] else {"light_since"})
            for key, value in (cell or {"target": None}).items():
                if key not in apart and row[key] != value:
                    return f"{row['target']} {row['area']} {key}: {row[key]} is {value}"
    missing = {name for name, c in by_name.items() if c["state"] != "no_task"} - seen
    return f"not shown: {sorted(missing)[:3]}" if missing else None


def check_moment(board, duban, as_of, known_at):
    words = [w for option, value in (("--as-of", as_of), ("--known-at", known_at)) if value for w in (option, value)]
    moment = {key: value for key, value in (("as_of", as_of), ("known_at", known_at)) if value}
    name = " ".join(words) or "now"
    status = duban("status", *words)
    overview = board.document("overview", **moment)
    plan = board.document("plan", **moment)["plan"]
    task_of = {target["code"]: task["code"] for task in plan["tasks"] for target in task["targets"]}
    city = next(a["code"] for a in overview["areas"] if a["city"])
    cells = status["cells"]
    head = {key: status[key] for key in ("as_of", "known_at", "plan_version", "rules_version", "trial")} if moment else {}
    verdict(f"{name}: the head says which moment it is", differ(overview, head) or (None if overview["past"] == bool(moment) else "past"))
    verdict(f"{name}: counts of the overview", differ(overview["counts"], counted([c for c in cells if c["area"] != city])) or
            differ(overview["city"], counted([c for c in cells if c["area"] == city])))
    verdict(f"{name}: worst lights of the matrix", wrong_matrix(overview, cells, task_of, city))
    verdict(f"{name}: figures of every area", wrong_cells(board, overview, cells, moment))
    told = [{k: d[k] for k in ("kind", "id", "target", "area")} for d in overview["decisions"]]
    verdict(f"{name}: what waits for the office", None if told == [{k: d[k] for k in ("kind", "id", "target", "area")} for d in status["decisions"]] else f"{told[:2]}")
    moved = {(c["target"], c["area"], c["direction"]) for c in overview["changes"]}
    wanted = {(c["target"], c["area"], c["direction"]) for c in status["changes"]}
    hidden = sum(one["began"] + one["ended"] for one in overview["changes_silent"])
    verdict(f"{name}: what changed", None if moved <= wanted and overview["changes_total"] + hidden == len(wanted) else f"{len(moved)} {hidden} {len(wanted)}")


def check_alerts(board, duban, as_of, known_at):
    """Each alert that stands is the command's, with the number of the newest message that said it."""
    words = [w for option, value in (("--as-of", as_of), ("--known-at", known_at)) if value for w in (option, value)]
    answer = board.document("alerts", limit=200, as_of=as_of, known_at=known_at)
    told = {alert["id"]: alert for alert in answer["alerts"]}
    listed = [alert for alert in duban("alerts", *words)["alerts"] if alert["rule"] != "recovered"]
    wrong = "" if {a["id"] for a in listed} == set(told) else f"not the same: {sorted({a['id'] for a in listed} ^ set(told))[:5]}"
    for alert in listed if not wrong else []:
        mine = told[alert["id"]]
        for key in set(alert) - {"notices"}:
            if mine[key] != alert[key]:
                wrong = f"{alert['id']} {key}: {mine[key]} is {alert[key]}"
        said = [(n["window_at"], f"{n['number']}/{n['item']}") for n in alert["notices"] if n["number"] and (not known_at or n["window_at"] <= known_at)]
        newest = {number for window, number in said if window == max(said)[0]}
        if (mine["number"] is None) != (not said) or (said and mine["number"] not in newest):
            wrong = f"{alert['id']} number {mine['number']} of {said}"
        if mine["next_step"] and mine["next_step"]["on"] < answer["as_of"]:
            wrong = f"{alert['id']}: its next step {mine['next_step']} is over"
    over = sum(a["state"] == "resolved" and a["rule"] != "recovered" for a in duban("alerts", "--all", *words)["alerts"])
    if answer["counts"] != {**{state: sum(a["state"] == state for a in listed) for state in ("open", "promised", "suppressed")}, "resolved": over}:
        wrong = wrong or f"counts {answer['counts']}, {over} over"
    verdict(f"{' '.join(words) or 'now'}: the {len(listed)} alerts that stand", wrong)


def check_file(board, duban):
    """A file with refused rows, and one that was refused whole: told as `duban feeds FILE` tells it."""
    wrong, seen = "", 0
    for listed in duban("feeds")["files"]:
        if not listed["refused"]:
            continue
        file, seen = duban("feeds", listed["id"])["files"][0], seen + 1
        told = board.document(f"feeds/{listed['id']}")["file"]
        bare = [{key: value for key, value in figure.items() if key not in ("target_name", "area_name")} for figure in told["figures"]]
        if {**told, "figures": bare} != file:
            wrong = wrong or f"{listed['id']}: {differ(told, {key: value for key, value in file.items() if key != 'figures'}) or 'figures'}"
    verdict(f"what became of {seen} files with refused rows", wrong or (None if seen else "there is none"))


def check_silence(board):
    """incidents.yaml: 剑阁 did not export August and September, owed by 6 September and 8 October; both came on 20 October."""
    def months(known_at):
        feeds = board.document("feeds", known_at=known_at)["feeds"]
        return {feed["stream"]: {one["period"]: one["state"] for one in feed["periods"]} for feed in feeds}
    overview = board.document("overview", known_at="2021-10-09T08:40:00+08:00")
    silent = [(s["area"], s["state"], s["since"], s["days"], s["period"], s["due"], s["missing"]) for s in overview["silences"]]
    verdict("a silent county: since when, which period, owed when", None if silent == [("510823", "missing", "2021-09-07", 33, "2021年9月", "2021-10-08", 37)] else silent)
    verdict("the heading says so", None if overview["heading"].endswith("；剑阁9月数据未到（应10月8日）") else overview["heading"])
    area = board.document("areas/510823", known_at="2021-10-09T08:40:00+08:00")
    verdict("its figures stop where its last report did", None if area["figures_stop"] == "2021-07-31" else area["figures_stop"])
    then, now = months("2021-10-09T08:40:00+08:00"), months("2021-11-08T08:40:00+08:00")
    told = [then["jiange"][m] for m in ("2021-07", "2021-08", "2021-09", "2021-10")] + [now["jiange"][m] for m in ("2021-08", "2021-09", "2021-10")]
    verdict("its periods: missing then, late now", None if told == ["on_time", "missing", "missing", "open", "late", "late", "on_time"] else told)
    others = {state for stream, periods in now.items() if stream not in ("jiange", "office-desk", "board") for state in periods.values()}
    verdict("the others were on time", None if others <= {"on_time", "open", "none"} else others)


COLOURED = {"lamp", "light", "proposed_light", "computed_light", "lamp_before", "lamp_after"}


def reds(document, path=""):
    """Where a document says red."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in COLOURED and value in ("red", "proposed_red"):
                yield f"{path}/{key}"
            yield from reds(value, f"{path}/{key}")
    elif isinstance(document, list):
        for i, value in enumerate(document):
            yield from reds(value, f"{path}/{i}")
    elif isinstance(document, str) and any(word in document for word in ("待核定", "points_30", "落后超过30")):
        yield f"{path}: {document}"


def check_viewer(state, programme, binary, description):
    """On 9 October 2021 two reds waited for the office, none was released: whoever is not of the office sees none."""
    moment = {"known_at": "2021-10-09T08:40:00+08:00"}
    board = Board(state, programme, binary, role="viewer")
    try:
        wrong = []
        for pattern, path in (("/overview", "overview"), ("/areas/{code}", "areas/510822"), ("/tasks/{code}", "tasks/T06"), ("/targets/{code}", "targets/T06.1"),
                              ("/units/{name}", "units/" + quote("市交通运输局")), ("/targets/{code}/series", "targets/T06.1/series"), ("/alerts", "alerts"),
                              ("/feeds", "feeds"), ("/explain/{target}/{area}", "explain/T06.1/510822"), ("/explain/{target}/{area}", "explain/T06.1/510800")):
            body = board.document(path, **moment)
            found = [*reds(body)][:2] + ([description.wrong(description.document(pattern), body)] if description.wrong(description.document(pattern), body) else [])
            found += [f"review {a['id']}" for a in body.get("alerts", []) if isinstance(a, dict) and a["rule"] == "review"]
            wrong += [f"{path}: {one}" for one in found]
        verdict("no red that is not released is seen outside the office", "; ".join(wrong[:3]))
    finally:
        board.stop()


def run(state, duban, binary=None, programme=None):
    description = Description()
    board = Board(state, programme, binary)
    try:
        status, told, body = board.get("/api/v1/overview")
        again = board.get("/api/v1/overview", {"If-None-Match": told["ETag"]})
        verdict("the overview is a 304 for who has it", None if again[0] == 304 else f"{again[0]}")
        check_description(board, description)
        check_refusals(board, description)
        check_moment(board, duban, None, None)
        check_file(board, duban)
        check_silence(board)
        check_alerts(board, duban, None, None)
        for as_of, known_at in MOMENTS:
            check_moment(board, duban, as_of, known_at)
            check_alerts(board, duban, as_of, known_at)
    finally:
        board.stop()
    check_viewer(state, programme, binary, description)


def check(service):
    """Of the sample year, while it is being looked at."""
    run(service.state, service.ask, programme="guangyuan-2021")


def main():
    state, binary = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None
    environment = {**os.environ, "DUBAN_CONFIG": str(state / "duban.yaml"), "LC_ALL": "C.UTF-8"}
    command = binary.parent / "duban" if binary else state / "duban"

    def duban(*words):
        done = subprocess.run([command, *words, "--programme", "guangyuan-2021", "--json"], capture_output=True, text=True, check=True, env=environment)
        return json.loads(done.stdout)
    run(state, duban, binary, "guangyuan-2021")


if __name__ == "__main__":
    main()
