"""One quickstart in a folder of its own, as a test drives it: play the year, look around in it, ask it, stop it."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
QUICKSTART = ROOT / "deploy" / "quickstart"
PATIENCE_S = 120
LAST_DAY = "2022-01-15T"  # of the sample year, as deploy/quickstart plays it


def verdict(name, wrong):
    """Prints one line for one check; `wrong` is what is wrong with it, None or empty when nothing is."""
    print(f"not ok {name}: {wrong}" if wrong else f"ok {name}", flush=True)
    return not wrong


class Service:
    def __init__(self, name):
        # below /var/tmp: the system user of the services must be able to enter it
        self.state = Path(tempfile.mkdtemp(prefix=f"duban-{name}-", dir="/var/tmp"))
        self.state.chmod(0o755)
        self.looking = self.player = None

    def play(self, meanwhile=None, alerters=1):
        """The whole year, as fast as it goes. `meanwhile(self)` is called again and again while it plays."""
        log = open(self.state.parent / f"{self.state.name}.log", "wb")
        self.player = player = subprocess.Popen([QUICKSTART, "--once", "--state", self.state], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  env={**os.environ, "DUBAN_ALERTERS": str(alerters)})
        while player.poll() is None:
            if meanwhile:
                meanwhile(self)
            time.sleep(0.05)
        log.close()
        self.said = Path(log.name).read_text(errors="replace")
        return player.returncode

    def plays(self):
        """Whether the year goes on: not before its first line, and not when its last day has come and the figures are shown."""
        try:
            return (self.state / "script.txt.done").exists() and LAST_DAY not in (self.state / "clock").read_text()
        except FileNotFoundError:
            return False

    def look(self):
        self.looking = subprocess.Popen([QUICKSTART, "--look", "--state", self.state], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.looking.stdout:
            if "Ctrl-C stops it all" in line:
                return
        raise RuntimeError("the service did not come up to be looked at")

    def stop(self):
        if self.player and self.player.poll() is None:
            self.player.send_signal(signal.SIGTERM)
            self.player.wait(PATIENCE_S)
        if self.looking:
            self.looking.send_signal(signal.SIGTERM)
            self.looking.wait(PATIENCE_S)
            self.looking.stdout.close()
            self.looking = None

    def duban(self, *words, check=True):
        done = subprocess.run([self.state / "duban", *map(str, words)], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"duban {' '.join(map(str, words))}: exit {done.returncode}: {done.stderr.strip() or done.stdout[-500:]}")
        return done

    def ask(self, *words):
        return json.loads(self.duban(*words, "--json").stdout)

    def received(self, book):
        path = self.state / "received" / book
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def pids(self):
        """(name, pid) of every supervised process that lives."""
        found = []
        for pidfile in (self.state / "run").glob("*.pid"):
            try:
                pid, started = pidfile.read_text().split()
                if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19] == started:
                    found.append((pidfile.stem, int(pid)))
            except (OSError, ValueError):
                continue
        return sorted(found)

    def kill(self, name):
        for other, pid in self.pids():
            if other == name:
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    def remove(self):
        self.stop()
        shutil.rmtree(self.state, ignore_errors=True)
        (self.state.parent / f"{self.state.name}.log").unlink(missing_ok=True)


def plain_number_text(text):
    """A line with superfluous zeros gone: 62.0 and 62 say the same."""
    return re.sub(r"(\d)\.0+(?=\D|$)", r"\1", text or "")


def masked(text):
    """A message with its number masked: the order in which recipients are served may differ, what is said may not."""
    return re.sub(r"D\d\d-\d{4}-\d\d", "D--", text or "")


def figures_of(service):
    """What the year came to: every cell without what may lawfully differ between two runs."""
    status = service.ask("status")
    cells = status["cells"]
    for cell in cells:
        for volatile in ("complete_to", "known_at"):
            cell.pop(volatile, None)
    return {(c["target"], c["area"]): json.dumps(c, ensure_ascii=False, sort_keys=True) for c in cells}


def alerts_of(service):
    """The set (word, subject, day, recipient, step, text) of everything that was said."""
    said = set()
    for alert in service.ask("alerts", "--all")["alerts"]:
        subject = (alert["target"], alert["area"], alert["stream"], alert["period"])
        said.add((alert["word"], subject, alert["opened_at"][:10], alert["state"], (alert["resolved_at"] or "")[:10]))
        for notice in alert["notices"]:
            said.add((alert["word"], subject, (notice["window_at"] or "")[:16], notice["recipient"], notice["step"], notice["state"],
                      masked(notice["line"])))
    return said
