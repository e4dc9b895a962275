#!/usr/bin/python3
"""A played year told again by `duban rehearse` under the rules it was played by: exactly what it said of cells, no more
and no less; and what other rules would have changed. Prints ok / not ok lines."""
import json
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from service import ROOT, verdict  # noqa: E402

RULES = ROOT / "deploy/plan/rules.yaml"


def said_by_year(service):
    """(target, area, rule or kind, step, window, recipient, meant for) of every notice about a cell that a message says."""
    said = set()
    for alert in service.ask("alerts", "--all")["alerts"]:
        for notice in alert["notices"]:
            if alert["target"] and notice["window_at"] and notice["number"]:
                said.add((alert["target"], alert["area"], kind(alert["rule"], notice["step"]), notice["step"], notice["window_at"], notice["recipient"],
                          notice.get("meant_for") or ""))
    return said


def kind(rule, step):
    return step if step in ("urged", "yellow_card", "red_card", "issued", "withdrawn", "recovered") else rule


def said_again(telling):
    return {(i["target"], i["area"], i["kind"], i["step"], i["window"], i["recipient"], i["meant_for"] or "") for i in telling["said"]}


def schema_wrong(document):
    import jsonschema
    schema = json.loads((ROOT / "services/cli/schema/rehearse.json").read_text())
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(document))
    return "; ".join(f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in errors[:3])


def check(service):
    year = said_by_year(service)
    # read by the services' own user, as the service's duban runs
    with tempfile.TemporaryDirectory(prefix="duban-rules-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        same, stricter, wrong = (Path(folder) / name for name in ("same.yaml", "stricter.yaml", "wrong.yaml"))
        text = RULES.read_text()
        same.write_text(text)
        stricter.write_text(re.sub(r"(points_30, .*behind: )30.1", r"\g<1>15.1", text))
        wrong.write_text(text.replace("light: yellow", "light: pink").replace("urge_days: 5", "urge_days: soon"))
        again = service.ask("rehearse", "--rules", same, "--full")
        now, new = said_again(again["now"]), said_again(again["new"])
        missing, extra = sorted(year - now), sorted(now - year)
        good = verdict(f"rehearse: the rules in force say the year's {len(year)} messages about cells",
                       f"{len(missing)} missing: {missing[:4]}; {len(extra)} beyond: {extra[:4]}" if missing or extra or not year else None)
        good &= verdict("rehearse: the same rules say the same", f"{len(again['differences'])} differ" if again["differences"] or now != new else None)
        good &= verdict("schema of rehearse --full", schema_wrong(again))
        # a red from 15.1 points on: 朝天's road (16.1 behind at the end of August) becomes one, 青川's (18.2) a month sooner
        other = service.ask("rehearse", "--rules", stricter, "--from", "2021-02-01", "--to", "2021-12-31")
        good &= verdict("rehearse: stricter rules make more reds", f"{other['now']['reds']} / {other['new']['reds']}"
                        if other["new"]["reds"]["total"] != other["now"]["reds"]["total"] + 1 else None)
        reviews = {(d["by"], d["area"], d["window"][:10]) for d in other["differences"] if d["kind"] == "review" and d["target"] == "T06.1"}
        good &= verdict("rehearse: and says which", str(reviews) if reviews != {("new", "510822", "2021-09-03"), ("now", "510822", "2021-10-08"),
                                                                                ("new", "510812", "2021-09-03")} else None)
        good &= verdict("schema of rehearse", schema_wrong(other))
        page = service.duban("rehearse", "--rules", stricter, check=False)
        good &= verdict("duban rehearse", page.stderr if page.returncode or "差别" not in page.stdout else None)
        refused = service.duban("rehearse", "--rules", wrong, check=False)
        good &= verdict("rehearse: all mistakes of a rules file are told", refused.stdout + refused.stderr
                        if refused.returncode != 1 or len(re.findall("pink|soon", refused.stdout)) < 2 else None)
        for words, why in ((("--from", "2021-12-31", "--to", "2021-02-01"), "after --to"), (("--from", "2020-12-31"), "first plan"),
                           (("--to", "2020-12-31"), "first plan")):
            refused = service.duban("rehearse", "--rules", same, *words, check=False)
            good &= verdict(f"rehearse: refuses {' '.join(words)}", refused.stderr if refused.returncode != 2 or why not in refused.stderr else None)
    return good


if __name__ == "__main__":
    from reference_test import Standing
    sys.exit(0 if check(Standing(sys.argv[1])) else 1)
