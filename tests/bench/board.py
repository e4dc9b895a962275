#!/usr/bin/python3
"""What the board costs and how quick it is, on the played sample year: 1,000 live streams and a change, its memory, the
answers from what is published against a constant buffer of libmicrohttpd in the same run. One JSON line a figure.

    board.py BENCH_BOARD [STATE]    the tools of board.c; STATE: of a played service that stands, with pg_stat_statements loaded"""
import itertools
import json
import os
import re
import resource
import select
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))
from board_server import PG_BIN, Board, catch_up, change_sql, wait_until  # noqa: E402
from service import Service  # noqa: E402

STREAMS, CHANGES, SECONDS, CONNECTIONS = 1000, 20, 4, 100
MEMORY_MIB, LATENCY_MS = 80, 1000
board_changes = itertools.count(1)


def say(figure, value, unit, **more):
    print(json.dumps({"bench": "board", "figure": figure, "value": round(value, 3), "unit": unit, **more}), flush=True)


def rise(state):
    owner = state.stat().st_uid
    return ["setpriv", f"--reuid={owner}", f"--regid={state.stat().st_gid}", "--init-groups"] if os.getuid() == 0 and owner else []


class Psql:
    """One open session, so that a statement's commit is a moment and not the start of a program."""

    def __init__(self, state):
        host = re.search(r"host=(\S+)", (state / "board.yaml").read_text()).group(1)
        self.process = subprocess.Popen([*rise(state), f"{PG_BIN}/psql", "-X", "-A", "-t", "-q", "-h", host, "-U", "duban_owner", "-d", "duban"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, sql):
        self.process.stdin.write(sql + ";\n\\echo done\n")
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline().strip()) != "done":
            lines.append(line)
        return lines

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Crowd:
    """So many streams of one session."""

    def __init__(self, board, count):
        head = f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nCookie: {board.cookie}\r\n\r\n".encode()
        self.poll, self.wires, self.rest = select.epoll(), {}, {}
        for _ in range(count):
            wire = socket.create_connection((board.host, board.port))
            wire.sendall(head)
            self.wires[wire.fileno()] = wire
            self.rest[wire.fileno()] = b""
            self.poll.register(wire.fileno(), select.EPOLLIN)
        self.until(b"retry: ", 60)

    def until(self, words, patience):
        """Waits until each stream has sent the words: when each of them did."""
        heard, deadline = {}, time.monotonic() + patience
        while len(heard) < len(self.wires):
            left = deadline - time.monotonic()
            if left <= 0:
                raise RuntimeError(f"{len(self.wires) - len(heard)} streams heard nothing")
            for number, _ in self.poll.poll(left):
                text = self.rest[number] + self.wires[number].recv(65536)
                if number not in heard and words in text:
                    heard[number] = time.monotonic()
                self.rest[number] = text[-len(words):] if number not in heard else b""
        return list(heard.values())

    def close(self):
        for wire in self.wires.values():
            wire.close()


def one_change(psql, crowd):
    """Milliseconds from just before the statement to each event."""
    began = time.monotonic()
    psql.run(change_sql(next(board_changes)))
    return [(moment - began) * 1000 for moment in crowd.until(b"event: changed", 60)]


def statements(psql):
    return int(psql.run("SELECT coalesce(sum(calls), 0) FROM public.pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid "
                        "WHERE r.rolname = 'duban_board' AND query ~* '^(select|with)' AND query !~ 'account_no|FROM account|FROM session'")[0])


def reads_of_a_change(board, psql, streams):
    """Statements that read, for one change with so many looking."""
    crowd = Crowd(board, streams)
    one_change(psql, crowd)  # what was not read yet is behind it
    before, looks = statements(psql), board.metric("refreshes_total")
    latencies = one_change(psql, crowd)
    calls, looked = statements(psql) - before, board.metric("refreshes_total") - looks
    crowd.close()
    return calls, looked, latencies


def memory_mib(board, field):
    pid = (board.state / "run/board.pid").read_text().split()[0]
    return int(re.search(rf"{field}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def live(board, psql):
    board.get("/api/v1/overview")
    few, _, _ = reads_of_a_change(board, psql, 1)
    many, looked, _ = reads_of_a_change(board, psql, STREAMS)
    say("statements_per_change_1_stream", few, "statements")
    say("statements_per_change", many, "statements", streams=STREAMS, readings=looked, documents=board.metric("kept"))
    crowd = Crowd(board, STREAMS)
    one_change(psql, crowd)
    latencies = sorted(ms for _ in range(CHANGES) for ms in one_change(psql, crowd))
    say("commit_to_event_p99", latencies[len(latencies) * 99 // 100], "ms", streams=STREAMS, changes=CHANGES, median=round(statistics.median(latencies), 1), wanted=LATENCY_MS)
    say("reading", board.metric("refresh_ms"), "ms", documents=board.metric("kept"))
    say("memory", memory_mib(board, "VmRSS"), "MiB", streams=STREAMS, most=round(memory_mib(board, "VmHWM"), 1), wanted=MEMORY_MIB)
    crowd.close()


def ask(tool, port, *headers, path="/"):
    head = "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""])
    return json.loads(subprocess.run([tool, "ask", str(port), str(CONNECTIONS), str(SECONDS), head], capture_output=True, text=True, check=True).stdout)


def throughput(board, tool):
    first = board.get("/api/v1/overview", Accept_Encoding="gzip")
    size, tag = len(first.body), first.getheader("ETag")
    constant = subprocess.Popen([tool, "serve", str(size)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = int(constant.stdout.readline())
    cookie = f"Cookie: {board.cookie}"
    # each once and once more, in turn: a busy machine is busy for all of them
    runs = {"constant": [], "document": [], "not_modified": []}
    for _ in range(3):
        runs["constant"].append(ask(tool, port, cookie, "Accept-Encoding: gzip"))
        runs["document"].append(ask(tool, board.port, cookie, "Accept-Encoding: gzip", path="/api/v1/overview"))
        runs["not_modified"].append(ask(tool, board.port, cookie, f"If-None-Match: {tag}", path="/api/v1/overview"))
    constant.stdin.close()
    constant.wait()
    best = {name: max(many, key=lambda run: run["per_second"]) for name, many in runs.items()}
    for name, status in (("constant", "200"), ("document", "200"), ("not_modified", "304")):
        run = best[name]
        assert run["status"] == status and not run["refused"], run
        say(f"{name}_answers", run["per_second"], "per second", bytes=size if status == "200" else 0, p99_ms=run["p99_ms"], connections=CONNECTIONS)
    say("document_of_constant", best["document"]["per_second"] / best["constant"]["per_second"], "ratio", wanted=0.5)
    say("not_modified_of_document", best["not_modified"]["per_second"] / best["document"]["per_second"], "ratio", wanted=1)
    say("overview_gzip", size, "bytes", wanted=15000)


def lighthouse(board):
    """What Lighthouse says of two pages; it comes by npm, by its lock file, and is no part of what is shipped."""
    folder = ROOT / "tests/e2e/board/lighthouse"
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["node", folder / "run.mjs", f"http://127.0.0.1:{board.port}", board.cookie], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        score = json.loads(line)
        say(f"lighthouse_{score['figure']}", score["value"], "of 100", page=score["page"], form=score["form"], mend=score["mend"], wanted=100)


def measure(state, tool):
    board = Board(state)
    wait_until(lambda: board.get("/readyz").status == 200)
    board.log_in("office")
    psql = Psql(state)
    psql.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public")
    live(board, psql)
    psql.run(change_sql(None))
    psql.close()
    catch_up(board)
    throughput(board, tool)
    lighthouse(board)


def main(tool, state=None):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    if state:
        measure(Path(state), tool)
        return
    service = Service("bench-board")
    try:
        if service.play():
            sys.exit(f"the year could not be played: {service.said[-500:]}")
        settings = service.state / "pg/postgresql.conf"
        subprocess.run([*rise(service.state), "sh", "-c", f"echo \"shared_preload_libraries = 'pg_stat_statements'\" >> {settings}"], check=True)
        service.look()
        measure(service.state, tool)
    finally:
        service.remove()


if __name__ == "__main__":
    main(*sys.argv[1:])
