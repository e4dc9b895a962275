"""Holds a played year against deploy/sample/incidents.yaml, incident by incident."""
import csv
import io
from datetime import date

import yaml

from service import ROOT, plain_number_text, verdict

AGENTS = {"lizhou": "利州", "zhaohua": "昭化", "chaotian": "朝天", "wangcang": "旺苍", "qingchuan": "青川", "jiange": "剑阁", "cangxi": "苍溪"}
AREAS = {"510802": "lizhou", "510811": "zhaohua", "510812": "chaotian", "510821": "wangcang", "510822": "qingchuan",
         "510823": "jiange", "510824": "cangxi"}


def text_of(value):
    return value.isoformat() if isinstance(value, date) else value


def concerns(alert, wanted):
    """Whether an alert is about what an expectation names. Silence is a stream's, so its area is found by the stream."""
    if alert["word"] != wanted["word"]:
        return False
    if wanted.get("target") and alert["target"] != wanted["target"]:
        return False
    if wanted.get("stream") and alert["stream"] != wanted["stream"]:
        return False
    area = wanted.get("area")
    return not area or alert["area"] == area or alert["stream"] == AREAS.get(area)


def line_matches(line, wanted):
    line, wanted = plain_number_text(line), plain_number_text(wanted)
    return line.startswith(wanted[:-1]) if wanted.endswith("…") else line == wanted


def check_alert(alerts, wanted):
    about = [a for a in alerts if concerns(a, wanted)]
    opened = [a for a in about if a["opened_at"][:10] == text_of(wanted["opened"])]
    if not opened:
        return f"no {wanted['word']} opened on {wanted['opened']} (there are: {[a['opened_at'][:10] for a in about]})"
    window = wanted["sent"].replace(" ", "T")
    notices = [n for a in opened for n in a["notices"] if (n["window_at"] or "").startswith(window)]
    if not notices:
        return f"nothing sent at {wanted['sent']} (windows: {sorted({n['window_at'] for a in opened for n in a['notices']}, key=str)})"
    missing = set(wanted["to"]) - {n["recipient"] for n in notices}
    extra = {n["recipient"] for n in notices} - set(wanted["to"]) if wanted.get("only") else None
    if extra:
        return f"also sent to {sorted(extra)}"
    if missing:
        return f"not sent to {sorted(missing)} (sent to {sorted(n['recipient'] for n in notices)})"
    lines = {n["line"] for n in notices if n["recipient"] in wanted["to"]}
    wrong = [line for line in lines if not line_matches(line, wanted["line"])]
    return f"line {wrong} instead of {wanted['line']!r}" if wrong else None


def check_never(alerts, unwanted):
    """Nothing opened; with a line, nothing said that begins so."""
    found = [a for a in alerts if concerns(a, unwanted)]
    if "line" not in unwanted:
        return f"opened on {[a['opened_at'][:10] for a in found]}" if found else None
    said = [n["line"] for a in found for n in a["notices"] if line_matches(n["line"] or "", unwanted["line"])]
    return f"said: {said}" if said else None


def check_end(alerts, wanted):
    about = [a for a in alerts if concerns(a, wanted) and a["opened_at"][:10] == text_of(wanted["opened"])]
    if not about:
        return f"no {wanted['word']} opened on {wanted['opened']}"
    ends = [((a["resolved_at"] or "")[:10], a["class"]) for a in about]
    return None if (text_of(wanted["resolved"]), wanted["class"]) in ends else f"ended {ends}"


def check_rows(rows, wanted, by):
    """One row of a list: found by the keys of `by`, equal in all others that are named."""
    rows = [r for r in rows if all(text_of(wanted[k]) == r[k] for k in by)]
    wrong = [{k: r[k] for k in wanted if k != "known" and r[k] != text_of(wanted[k])} for r in rows]
    return None if {} in wrong else f"{len(rows)} rows, with other values: {wrong}"


def check_cell(service, cache, wanted):
    known = text_of(wanted["known"])
    if known not in cache:
        cache[known] = {(c["target"], c["area"]): c for c in service.ask("status", "--known-at", known)["cells"]}
    cell = cache[known].get((wanted["target"], wanted["area"]))
    if not cell:
        return f"no cell {wanted['target']} {wanted['area']}"
    wrong = []
    for key, value in wanted.items():
        if key in ("known", "target", "area"):
            continue
        if key == "flag" and value not in cell["flags"]:
            wrong.append(f"flag {value} missing from {cell['flags']}")
        elif key == "not_flag" and any(f.startswith(value) for f in cell["flags"]):
            wrong.append(f"flag {value} stands")
        elif key not in ("flag", "not_flag") and cell[key] != text_of(value):
            wrong.append(f"{key} is {cell[key]!r}, not {text_of(value)!r}")
    return "; ".join(wrong)


def check_rejected(service, incident):
    """The file that the county gets back: its rows, and words in the reasons."""
    wanted = incident["rejected"]
    agent = next(a for a, name in AGENTS.items() if wanted["file"].startswith(name))
    stem = wanted["file"].rpartition(".")[0]
    found = list((service.state / "agents" / agent).rglob(f"{stem}*rejected.csv"))
    if not found:
        return f"no rejected file for {wanted['file']}"
    rows = list(csv.DictReader(io.StringIO(found[0].read_bytes().decode("utf-8-sig"))))
    if len(rows) != len(wanted["words"]):
        return f"{len(rows)} rows came back, not {len(wanted['words'])}"
    for row, word in zip(rows, wanted["words"]):
        if word not in row["原因"] + row["怎么改"]:
            return f"row {row['行']}: {row['原因']!r} does not speak of {word!r}"
    return None


def check_receipt(service, wanted):
    for row in service.ask("feeds")["files"]:
        if row["stream"] == wanted["county"] and row["file"] == wanted["file"] and row["known_at"].startswith(text_of(wanted["known"])):
            wrong = [f"{k} is {row[k]}, not {wanted[k]}" for k in ("taken", "refused") if k in wanted and row[k] != wanted[k]]
            return "; ".join(wrong)
    return f"no receipt of {wanted['file']} on {wanted['known']}"


def check(service):
    good, cache = True, {}
    alerts = service.ask("alerts", "--all")["alerts"]
    for incident in yaml.safe_load((ROOT / "deploy/sample/incidents.yaml").read_text()):
        name = incident["id"]
        for wanted in incident.get("alerts", []):
            good &= verdict(f"{name}: {wanted['word']} {wanted.get('target', '')} {wanted['opened']}", check_alert(alerts, wanted))
        for unwanted in incident.get("never", []):
            good &= verdict(f"{name}: never {unwanted['word']} {unwanted.get('target', '')} {unwanted.get('line', '')}".rstrip(),
                            check_never(alerts, unwanted))
        for wanted in incident.get("ends", []):
            good &= verdict(f"{name}: end of {wanted['word']} {wanted['target']}", check_end(alerts, wanted))
        for wanted in incident.get("promises", []):
            rows = [{**p, "ended": (p["ended_at"] or "")[:10] or None} for p in service.ask("alerts", "--promises")["promises"]]
            good &= verdict(f"{name}: promise of {wanted['who']} until {wanted['by_day']}", check_rows(rows, wanted, ("target", "area", "by_day")))
        for wanted in incident.get("extensions", []):
            rows = service.ask("extensions", "--known-at", text_of(wanted["known"]))["extensions"]
            good &= verdict(f"{name}: extension {wanted['id']} known {wanted['known']}", check_rows(rows, wanted, ("target", "area")))
        for wanted in incident.get("closeouts", []):
            rows = service.ask("closeouts", "--known-at", text_of(wanted["known"]))["closeouts"]
            good &= verdict(f"{name}: close-out known {wanted['known']}", check_rows(rows, wanted, ("target", "area")))
        for wanted in incident.get("cells", []):
            good &= verdict(f"{name}: cell {wanted['target']} {wanted['area']} known {wanted['known']}", check_cell(service, cache, wanted))
        for wanted in incident.get("receipts", []):
            good &= verdict(f"{name}: receipt {wanted['file']}", check_receipt(service, wanted))
        if "rejected" in incident:
            good &= verdict(f"{name}: rejected rows", check_rejected(service, incident))
    return good
