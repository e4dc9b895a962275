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
    if missing:
        return f"not sent to {sorted(missing)} (sent to {sorted(n['recipient'] for n in notices)})"
    lines = {n["line"] for n in notices if n["recipient"] in wanted["to"]}
    wrong = [line for line in lines if not line_matches(line, wanted["line"])]
    return f"line {wrong} instead of {wanted['line']!r}" if wrong else None


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
            found = [a["opened_at"][:10] for a in alerts if concerns(a, unwanted)]
            good &= verdict(f"{name}: never {unwanted['word']} {unwanted.get('target', '')}", f"opened on {found}" if found else None)
        for wanted in incident.get("cells", []):
            good &= verdict(f"{name}: cell {wanted['target']} {wanted['area']} known {wanted['known']}", check_cell(service, cache, wanted))
        for wanted in incident.get("receipts", []):
            good &= verdict(f"{name}: receipt {wanted['file']}", check_receipt(service, wanted))
        if "rejected" in incident:
            good &= verdict(f"{name}: rejected rows", check_rejected(service, incident))
    return good
