#!/usr/bin/python3
"""Answers a message as a county's liaison does: reads its number off the newest message and puts 回复.csv into the
agent's drop folder. Part of the sample year (the director runs it in the state folder).

    answer.py AGENT TARGET DAY REASON TEXT WHO
"""
import csv
import io
import json
import subprocess
import sys
from pathlib import Path

AREAS = {"lizhou": "510802", "zhaohua": "510811", "chaotian": "510812", "wangcang": "510821", "qingchuan": "510822",
         "jiange": "510823", "cangxi": "510824"}


def newest_number(target, area):
    """NUMBER/ITEM of the last message to the county that speaks of this target."""
    done = subprocess.run(["duban", "alerts", "--json"], capture_output=True, text=True, check=True)
    notices = [n for a in json.loads(done.stdout)["alerts"] if a["target"] == target and a["area"] == area
               for n in a["notices"] if n["recipient"] == f"area:{area}" and n["number"]]
    if not notices:
        sys.exit(f"no message about {target} went to {area}")
    last = max(notices, key=lambda n: n["window_at"])
    return f"{last['number']}/{last['item']}"


def main():
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    agent, target, day, reason, text, who = sys.argv[1:]
    table = io.StringIO()
    csv.writer(table, lineterminator="\r\n").writerows(
        [["编号", "完成日期", "原因", "说明", "经办人"], [newest_number(target, AREAS[agent]), day, reason, text, who]])
    inbox = Path("agents") / agent / "inbox"
    temporary = inbox / ".回复.csv.new"
    temporary.write_bytes(("\ufeff" + table.getvalue()).encode())
    temporary.rename(inbox / "回复.csv")


if __name__ == "__main__":
    main()
