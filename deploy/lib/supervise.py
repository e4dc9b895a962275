#!/usr/bin/python3
"""Keeps the quickstart's processes: starts them, starts again what dies, stops what it started and nothing else.

    supervise.py run STATE [NAME…]  in the foreground, until SIGTERM or SIGINT; only those named
    supervise.py start STATE NAME   lets NAME run (again) and waits until it shows itself
    supervise.py stop STATE NAME    stops NAME in order and keeps it stopped
    supervise.py sweep STATE        stops whatever an earlier run left (found by pid and start time)

STATE/services.json lists [{"name": …, "argv": […], "steps": whether it keeps a status file}, …]. For each there is STATE/run/NAME.pid (pid and start time, so that
a reused pid is never taken for it), STATE/run/NAME.stopped while it is to stay stopped, and STATE/log/NAME.log.
A process that shows itself has renamed its status file STATE/status/NAME.json into place; one that ends in order removes it.
"""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE_S = 30
AGAIN_S = 0.2  # between two starts of one process


def start_time(pid):
    """The kernel's start time of a live process, None when there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def alive(pidfile):
    try:
        pid, started = pidfile.read_text().split()
    except (OSError, ValueError):
        return None
    return int(pid) if start_time(pid) == started else None


def stop_process(pidfile, patience=PATIENCE_S):
    """In order first, by force when that takes too long. A postgres is told to be quick about it (SIGINT)."""
    pid = alive(pidfile)
    if pid:
        os.kill(pid, signal.SIGINT if pidfile.stem == "postgres" else signal.SIGTERM)
        deadline = time.monotonic() + patience
        while alive(pidfile) and time.monotonic() < deadline:
            time.sleep(0.01)
        if alive(pidfile):
            os.kill(pid, signal.SIGKILL)
    pidfile.unlink(missing_ok=True)


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"duban: {what} did not happen within {PATIENCE_S} s")
        time.sleep(0.01)


class Supervisor:
    def __init__(self, state, names):
        self.state, self.names = state, names
        self.run_folder = state / "run"
        self.services, self.read_at = [], None
        self.children, self.started = {}, {}
        self.leaving = False

    def read_services(self):
        """services.json may grow while we run: it is renamed into place, so a new time means a whole new list."""
        changed = (self.state / "services.json").stat().st_mtime_ns
        if changed != self.read_at:
            services = json.loads((self.state / "services.json").read_text())
            self.services = [s for s in services if not self.names or s["name"] in self.names]
            self.read_at = changed

    def spawn(self, service):
        name = service["name"]
        if time.monotonic() - self.started.get(name, -AGAIN_S) < AGAIN_S:
            return
        self.started[name] = time.monotonic()
        with open(self.state / "log" / f"{name}.log", "ab") as log:
            child = subprocess.Popen(service["argv"], cwd=self.state, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                     start_new_session=True)
        pidfile = self.run_folder / f"{name}.pid"
        temporary = pidfile.with_suffix(".new")
        temporary.write_text(f"{child.pid} {start_time(child.pid)}\n")
        temporary.rename(pidfile)
        self.children[name] = child

    def turn(self):
        self.read_services()
        for service in self.services:
            name = service["name"]
            child = self.children.get(name)
            stopped = (self.run_folder / f"{name}.stopped").exists()
            if child and child.poll() is not None:
                (self.run_folder / f"{name}.pid").unlink(missing_ok=True)
                del self.children[name]
                child = None
            if stopped and child:
                child.terminate()
            elif not stopped and not child:
                self.spawn(service)

    def run(self):
        def leave(_signal, _frame):
            self.leaving = True
        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)
        own = self.run_folder / "supervise.pid"
        own.write_text(f"{os.getpid()} {start_time(os.getpid())}\n")
        while not self.leaving:
            self.turn()
            time.sleep(0.02)
        # in reverse order of their start, so that the database goes last
        for name in reversed(self.children):
            stop_process(self.run_folder / f"{name}.pid")
        own.unlink(missing_ok=True)


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("run", "start", "stop", "sweep"):
        sys.exit(__doc__)
    verb, state = sys.argv[1], Path(sys.argv[2]).absolute()
    run_folder = state / "run"
    if verb == "run":
        Supervisor(state, sys.argv[3:]).run()
    elif verb == "sweep":
        stop_process(run_folder / "supervise.pid", 2 * PATIENCE_S)
        for pidfile in sorted(run_folder.glob("*.pid"), key=lambda path: path.stem == "postgres"):
            stop_process(pidfile)
    else:
        name = sys.argv[3]
        stopped, pidfile, status = run_folder / f"{name}.stopped", run_folder / f"{name}.pid", state / "status" / f"{name}.json"
        if verb == "stop":
            stopped.touch()
            wait_for(lambda: not alive(pidfile), f"the end of {name}")
            status.unlink(missing_ok=True)
        else:
            stopped.unlink(missing_ok=True)
            wait_for(lambda: alive(pidfile) and status.exists(), f"the start of {name}")


if __name__ == "__main__":
    main()
