#!/usr/bin/python3
"""The board in a browser: journeys with Debian's chromium (tests/e2e/board/) on a board of its own beside a played year,
and the built files against their sources. Prints ok / not ok lines; skipped, and said so, where there is no chromium or
node, except in CI.

    board_browser.py STATE [JOURNEY…]    of a service that stands (quickstart --look)"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from board_accounts import PASSWORDS, Board  # noqa: E402
from service import ROOT, verdict  # noqa: E402

WEB = ROOT / "services/board/web"
ASSETS = ROOT / "services/board/assets"
BUDGET_BYTES = 50_000
PATIENCE_S = 900
PEOPLE = (("李四", "--role", "office"), ("管理员", "--role", "admin"), ("剑阁王五", "--role", "county", "--area", "剑阁"), ("看客", "--role", "viewer"),
          ("交通赵六", "--role", "lead", "--unit", "市交通运输局"))
SILENT_COUNTY = "2021-10-11T08:30:00+08:00"  # in the sample's year: one county has not reported, one red waits


def needed():
    """What is missing to run a browser; empty when nothing is."""
    for program in ("chromium", "node", "npm", "pdftotext"):
        if not shutil.which(program):
            return f"{program} is not installed"
    installed = WEB / "node_modules/.package-lock.json"
    lock = WEB / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=WEB, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"npm ci failed: {done.stderr.strip()[-300:]}"
    return ""


def check_built():
    done = subprocess.run(["node", "build", "--check"], cwd=WEB, capture_output=True, text=True, check=False)
    verdict("the built files are what the sources give", done.stderr.strip() if done.returncode else None)
    size = sum(path.stat().st_size for path in ASSETS.rglob("*.gz"))
    verdict(f"all static files are within {BUDGET_BYTES} bytes, gzip", None if 0 < size <= BUDGET_BYTES else size)


def make_people(state):
    """The accounts of the journeys, as far as they are not there yet."""
    listed = subprocess.run([state / "duban", "user", "list", "--json"], capture_output=True, text=True, check=True).stdout
    there = {account["name"] for account in json.loads(listed)["accounts"]}
    for name, *words in PEOPLE:
        if name not in there:
            subprocess.run([state / "duban", "user", "add", name, *words, "--by", "测试"], input=PASSWORDS[name] + "\n", text=True, check=True,
                           stdout=subprocess.DEVNULL)


def check(state, journeys=()):
    state = Path(state)
    missing = needed()
    if missing:
        print(f"not ok the board in a browser: {missing}" if os.environ.get("CI") else f"skip the board in a browser: {missing}", flush=True)
        return
    check_built()
    make_people(state)
    board = Board(state, f"assets: {ASSETS}" if "assets:" not in (state / "board.yaml").read_text() else "")
    try:
        settings = {"board": f"http://127.0.0.1:{board.port}", "people": PASSWORDS, "moment": SILENT_COUNTY, "duban": str(state / "duban"), "clock": str(state / "clock"), "state": str(state),
                    "chromium": shutil.which("chromium")}
        done = subprocess.run(["node", ROOT / "tests/e2e/board/run.mjs", *journeys], env={**os.environ, "DUBAN_BROWSER": json.dumps(settings), "LANGUAGE": "zh_CN"},
                              timeout=PATIENCE_S, check=False)
        if done.returncode not in (0, 3):
            verdict("the board in a browser", f"it ended with {done.returncode}")
    except subprocess.TimeoutExpired:
        verdict("the board in a browser", f"not done in {PATIENCE_S} s")
    finally:
        board.stop()


if __name__ == "__main__":
    check(sys.argv[1], sys.argv[2:])
