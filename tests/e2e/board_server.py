#!/usr/bin/python3
"""The board as a server, on the database of a played year: documents and their tags, hostile requests, slow ones, live
streams, the past, the database away and back. Prints ok / not ok lines.

    board_server.py STATE    of a service that stands (quickstart --look)"""
import gzip
import http.client
import itertools
import json
import os
import re
import select
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))
from service import verdict  # noqa: E402

PATIENCE_S = 60
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
          "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
PG_BIN = "/usr/lib/postgresql/15/bin"


def change_sql(number):
    """One change that is seen: the programme's title, which every body has, with a number behind it; None = without."""
    title = "regexp_replace(title, '·\\d+$', '')" + ("" if number is None else f" || '·{number}'")
    return (f"BEGIN; UPDATE duban.programme SET title = {title} WHERE code = 'guangyuan-2021'; "
            "UPDATE duban.cell_light SET light = light WHERE cell = (SELECT min(cell) FROM duban.cell_light); COMMIT")


class Board:
    """What a browser with one session does."""

    def __init__(self, state):
        self.state = Path(state)
        self.host, port = (self.state / "board-address").read_text().strip().rsplit(":", 1)
        self.port, self.cookie = int(port), None

    def connect(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_S)

    def ask(self, path, method="GET", body=None, **headers):
        connection = self.connect()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            sent.setdefault("Cookie", self.cookie)
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        answer.body = answer.read()
        connection.close()
        return answer

    def get(self, path, **headers):
        return self.ask(path, **headers)

    def json(self, path):
        return json.loads(self.get(path).body)

    def raw(self, text, patience=PATIENCE_S):
        """What comes back for these bytes, until the other side closes or has nothing more for the moment."""
        with socket.create_connection((self.host, self.port), timeout=patience) as wire:
            wire.sendall(text if isinstance(text, bytes) else text.encode())
            got = b""
            while not re.search(rb"\r\n\r\n", got):
                part = wire.recv(65536)
                if not part:
                    break
                got += part
            return got

    def log_in(self, name):
        accounts = dict(line.split() for line in self.owned("cat", str(self.state / "board-accounts")).splitlines())
        answer = self.ask("/api/v1/session", "POST", json.dumps({"name": name, "password": accounts[name]}),
                          Content_Type="application/json", Sec_Fetch_Site="same-origin")
        cookie = answer.getheader("Set-Cookie") or ""
        self.cookie = cookie.partition(";")[0] or None
        return answer

    def owned(self, *words):
        """Run as the user who owns the service."""
        owner = self.state.stat().st_uid
        rise = ["setpriv", f"--reuid={owner}", f"--regid={self.state.stat().st_gid}", "--init-groups"] if os.getuid() == 0 and owner else []
        done = subprocess.run([*rise, *words], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def sql(self, text):
        database = re.search(r"host=(\S+)", (self.state / "board.yaml").read_text()).group(1)
        return self.owned(f"{PG_BIN}/psql", "-X", "-A", "-t", "-q", "-h", database, "-U", "duban_owner", "-d", "duban", "-c", text).strip()

    changes = itertools.count(1)

    def change(self, undo=False):
        self.sql(change_sql(None if undo else next(self.changes)))

    def metric(self, name):
        return int(re.search(rf"^duban_board_{name} (-?\d+)$", self.get("/metrics").body.decode(), re.M).group(1))


class Stream:
    """A reader of /api/v1/events."""

    def __init__(self, board, last=None):
        headers = f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nCookie: {board.cookie or 'none'}\r\n"
        if last is not None:
            headers += f"Last-Event-ID: {last}\r\n"
        self.wire = socket.create_connection((board.host, board.port), timeout=PATIENCE_S)
        self.wire.sendall((headers + "\r\n").encode())
        self.got = b""

    def until(self, pattern, patience=PATIENCE_S):
        """The match, once it has come; None when it does not within patience, False when the stream ended first."""
        deadline = time.monotonic() + patience
        while not (found := re.search(pattern, self.got, re.S)):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.wire], [], [], left)[0]:
                return None
            part = self.wire.recv(65536)
            if not part:
                return False
            self.got += part
        self.got = self.got[found.end():]
        return found

    def close(self):
        self.wire.close()


def wait_until(condition, patience=PATIENCE_S):
    """Asks again and again, with a breath between; whether it came true."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if condition():
            return True
        select.select([], [], [], 0.05)
    return False


def catch_up(board):
    """Everything that was changed by now is in what the board shows."""
    number = int(board.sql("SELECT last_value FROM duban.change_no"))
    return wait_until(lambda: board.get("/api/v1/overview") and board.metric("change") >= number)


def problem(answer):
    if answer.getheader("Content-Type") != "application/problem+json":
        return f"{answer.status} {answer.getheader('Content-Type')}"
    body = json.loads(answer.body)
    wrong = [k for k in ("type", "title", "status", "detail") if k not in body] or (body["status"] != answer.status and ["status"])
    return f"lacks {wrong}" if wrong else body["type"]


def check_documents(board):
    first = board.get("/api/v1/overview", Accept_Encoding="gzip")
    tag = first.getheader("ETag")
    plain = board.get("/api/v1/overview")
    wrong = None
    if first.status != 200 or not re.fullmatch(r'"[0-9a-f]{32}"', tag or ""):
        wrong = f"{first.status}, tag {tag}"
    elif first.getheader("Content-Encoding") != "gzip" or gzip.decompress(first.body) != plain.body:
        wrong = "gzip holds something else"
    elif first.getheader("Cache-Control") != "private, no-cache" or "Accept-Encoding" not in first.getheader("Vary", ""):
        wrong = f"{first.getheader('Cache-Control')}, Vary {first.getheader('Vary')}"
    verdict("board: a document has a tag, and its gzip is the same", wrong)
    verdict("board: the overview is at most 15 kB", f"{len(first.body)}" if len(first.body) > 15000 else None)
    again = board.get("/api/v1/overview", If_None_Match=tag)
    verdict("board: the same tag is answered by 304", None if (again.status, again.body, again.getheader("ETag")) == (304, b"", tag) else f"{again.status} {len(again.body)} bytes")
    head = board.ask("/api/v1/overview", "HEAD")
    verdict("board: HEAD is GET without a body", None if head.status == 200 and not head.body and head.getheader("ETag") == tag else f"{head.status}")
    names = ["areas/510823", "tasks/T06", "targets/T06.1", "targets/T06.1/series", "units/" + quote("市交通运输局"), "alerts", "feeds", "quarantine",
             "explain/T06.1/510823", "plan", "session"]
    wrong = []
    for name in names:
        answer = board.get(f"/api/v1/{name}")
        body = json.loads(answer.body)
        lacking = [k for k in ("as_of", "complete_to", "plan_version", "rules_version", "change") if k not in body]
        if answer.status != 200 or lacking:
            wrong.append(f"{name}: {answer.status} lacks {lacking}")
    verdict("board: each document is there and says as of when", "; ".join(wrong))
    security = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}
    wrong = [f"{path}: {name}" for path in ("/", "/api/v1/overview", "/api/v1/nothing", "/healthz", "/areas/510823?as_of=2021-09-30")
             for name, value in security.items() if board.get(path).getheader(name) != value]
    verdict("board: every answer has the guarding headers", "; ".join(wrong))


def check_pages(board):
    page = board.get("/")
    names = re.findall(r'(?:src|href)="(/a/[^"]+)"', page.body.decode())
    verdict("board: the page names its files", None if page.status == 200 and len(names) >= 2 and page.getheader("Cache-Control") == "no-cache" else f"{page.status} {names}")
    wrong, size = [], len(board.get("/", Accept_Encoding="gzip").body)
    for name in names:
        answer = board.get(name, Accept_Encoding="gzip")
        size += len(answer.body)
        if answer.status != 200 or answer.getheader("Cache-Control") != "public, max-age=31536000, immutable":
            wrong.append(f"{name}: {answer.status} {answer.getheader('Cache-Control')}")
        elif board.get(name, If_None_Match=answer.getheader("ETag")).status != 304:
            wrong.append(f"{name}: no 304")
    verdict("board: hashed files never change", "; ".join(wrong))
    print(f"# all static files: {size} bytes gzip")
    verdict("board: every address of a page is the page", None if all(board.get(p).body == page.body for p in ("/areas/510823", "/targets/T06.1", "/explain/T06.1/510823", "/login")) else "not all")


def check_hostile(board):
    cases = {
        "/api/v1/overview?asof=2021-09-30": (400, "/problems/unknown-parameter"),
        "/api/v1/overview?as_of=2021-02-30": (400, "/problems/bad-parameter"),
        "/api/v1/overview?as_of=2021-09-30&as_of=2021-09-29": (400, "/problems/bad-parameter"),
        "/api/v1/alerts?limit=201": (400, "/problems/bad-parameter"),
        "/api/v1/areas/999999": (404, "/problems/unknown-area"),
        "/api/v1/tasks/T99": (404, "/problems/unknown-task"),
        "/api/v1/targets/T99.9": (404, "/problems/unknown-target"),
        "/api/v1/units/" + quote("没有的局"): (404, "/problems/unknown-unit"),
        "/api/v1/feeds/F999999": (404, "/problems/unknown-file"),
        "/api/v1/nothing": (404, "/problems/unknown-resource"),
        "/api/v1/areas/%ff": (400, "/problems/bad-target"),
        "/api/v1/areas/%00": (400, "/problems/bad-target"),
        "/a/%2e%2e/%2e%2e/etc/passwd": (400, "/problems/bad-target"),
        "/a/..%2f..%2fetc%2fpasswd": (400, "/problems/bad-target"),
        "/a/../index.html": (400, "/problems/bad-target"),
        "//etc/passwd": (400, "/problems/bad-target"),
        "/a/index.html": (404, "/problems/unknown-resource"),
        "/" + "x" * 3000: (414, "/problems/target-too-long"),
    }
    wrong = []
    for path, (status, kind) in cases.items():
        answer = board.get(path)
        if (answer.status, problem(answer)) != (status, kind):
            wrong.append(f"{path[:60]}: {answer.status} {problem(answer)}")
    verdict(f"board: {len(cases)} wrong requests have their problems", "; ".join(wrong))
    answer = board.ask("/api/v1/overview", "POST", "{}")
    verdict("board: another method is told which there are", None if answer.status == 405 and answer.getheader("Allow") == "GET, HEAD" else f"{answer.status} {answer.getheader('Allow')}")
    answer = board.ask("/api/v1/session", "POST", b"x" * (64 * 1024 + 1), Content_Type="application/json")
    verdict("board: a body over 64 KiB is refused", None if answer.status == 413 else answer.status)
    got = board.raw(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
    verdict("board: a body that is only announced is refused at once", None if b" 413 " in got[:20] else got[:60])
    got = board.raw(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n" + b"8000\r\n" + b"x" * 0x8000 + b"\r\n" + b"8001\r\n" + b"x" * 0x8001 + b"\r\n0\r\n\r\n")
    verdict("board: a body in chunks over 64 KiB is refused", None if re.match(rb"HTTP/1.1 4(13|03|00) ", got) else got[:60])
    got = board.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 70000 + b"\r\n\r\n")
    verdict("board: headers over 64 KiB are refused", None if re.match(rb"HTTP/1.1 (431|413) ", got) or not got else got[:60])
    for rubbish in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 100 + b"G"):
        with socket.create_connection((board.host, board.port), timeout=PATIENCE_S) as wire:
            wire.sendall(rubbish)
    verdict("board: it is well after rubbish", None if board.get("/healthz").status == 200 else "it is not")
    answer = board.get("/metrics", X_Forwarded_For="203.0.113.9")
    verdict("board: numbers are for this machine alone", None if answer.status == 404 and board.get("/metrics").status == 200 else answer.status)


def drip(board, request):
    """Sends a byte now and then until the other side closes: how long that took."""
    began = time.monotonic()
    with socket.create_connection((board.host, board.port), timeout=PATIENCE_S) as wire:
        for byte in request:
            try:
                wire.send(bytes([byte]))
            except OSError:
                break
            if select.select([wire], [], [], 0.5)[0] and not wire.recv(4096):
                break
    return time.monotonic() - began


def check_slow(board, seconds):
    verdict("board: a request that drips is dropped after ten seconds", None if 8 < seconds < 20 else f"after {seconds:.1f} s")
    verdict("board: and others were served meanwhile", None if board.get("/healthz").status == 200 and board.metric("slow_dropped_total") >= 1 else "they were not")


def check_streams(board):
    before = board.get("/api/v1/overview")
    one, two = Stream(board), Stream(board)
    hello = one.until(rb"retry: \d+\r?\n")
    verdict("board: a stream says when to come back", None if hello and two.until(rb"retry: ") else f"{one.got[:200]}")
    began = time.monotonic()
    board.change()
    told = one.until(rb'id: (\d+)\nevent: changed\ndata: (\{[^\n]*\})\n\n')
    took = time.monotonic() - began
    wrong = None
    if not told:
        wrong = "nothing came"
    else:
        data = json.loads(told.group(2))
        after = board.get("/api/v1/overview")
        if data["resources"].get("overview") != after.getheader("ETag") or after.getheader("ETag") == before.getheader("ETag"):
            wrong = f"{data} / {after.getheader('ETag')}"
    verdict("board: a change is told with the new tags", wrong)
    print(f"# from the statement to the event: {took * 1000:.0f} ms")
    verdict("board: to every stream", None if two.until(rb"event: changed") else "the second heard nothing")
    two.close()
    if not told:
        return
    last = int(told.group(1))
    board.change()
    told = one.until(rb"id: (\d+)\nevent: changed")
    back = Stream(board, last)
    missed = back.until(rb"id: (\d+)\nevent: (\w+)")
    verdict("board: who comes back is told what was missed", None if missed and told and missed.groups() == (told.group(1), b"changed") else f"{missed and missed.groups()} / {told and told.groups()}")
    back.close()
    for strange in ("1", "99999999", "x"):
        stream = Stream(board, strange)
        told = stream.until(rb"event: (\w+)")
        stream.close()
        verdict(f"board: a stream that asks from {strange} begins anew", None if told and told.group(1) == b"reset" else f"{told and told.group(1)}")
    verdict("board: a quiet stream says that it is there", None if one.until(rb"\n: [^\n]*\n\n", 25) else "no comment within 25 s")
    one.close()
    verdict("board: closed streams are forgotten", None if wait_until(lambda: board.change() or board.metric("streams") == 0) else f"{board.metric('streams')} are open")
    catch_up(board)
    tag = board.get("/api/v1/overview").getheader("ETag")
    board.sql("UPDATE duban.cell_light SET light = light WHERE cell = (SELECT min(cell) FROM duban.cell_light)")
    catch_up(board)
    verdict("board: what changes nothing that is shown keeps its tag", None if board.get("/api/v1/overview").getheader("ETag") == tag else "it has another")


def check_past(board):
    answer = board.get("/api/v1/overview?as_of=2021-09-24")
    body = json.loads(answer.body)
    verdict("board: a day of the past", None if answer.status == 200 and body["past"] and body["as_of"] == "2021-09-24" else f"{answer.status} {body.get('as_of')}")
    tag = answer.getheader("ETag")
    verdict("board: has a tag, too", None if board.get("/api/v1/overview?as_of=2021-09-24", If_None_Match=tag).status == 304 else "no 304")
    before = board.metric("past_total")
    with ThreadPoolExecutor(16) as pool:
        same = list(pool.map(lambda _: board.get("/api/v1/areas/510823?known_at=2021-08-13").status, range(16)))
    verdict("board: many who ask the same are one computation", None if set(same) == {200} and board.metric("past_total") == before + 1 else f"{same}, {board.metric('past_total') - before} computations")
    with ThreadPoolExecutor(24) as pool:
        many = list(pool.map(lambda day: board.get(f"/api/v1/overview?known_at=2021-07-{day:02}"), range(1, 25)))
    busy = [a for a in many if a.status == 503]
    wrong = None if {a.status for a in many} == {200, 503} and all(a.getheader("Retry-After") and problem(a) == "/problems/busy" for a in busy) else sorted(a.status for a in many)
    verdict("board: too many moments at once are told to come back", wrong)
    verdict("board: and it is well afterwards", None if board.get("/api/v1/overview?known_at=2021-07-01").status in (200, 503) and board.get("/api/v1/overview").status == 200 else "it is not")


def check_database_away(board, stop, start):
    board.change(undo=True)
    catch_up(board)
    fresh = board.json("/api/v1/overview")
    stream = Stream(board)
    stream.until(rb"retry: ")
    stop()
    board_away = wait_until(lambda: board.get("/readyz").status == 503)
    answer = board.get("/api/v1/overview")
    body = json.loads(answer.body)
    wrong = None
    if not board_away:
        wrong = "it says that it is ready"
    elif answer.status != 200 or not body.get("stale_since") or answer.getheader("X-Duban-Stale") is None:
        wrong = f"{answer.status} {body.get('stale_since')} {answer.getheader('X-Duban-Stale')}"
    elif {k: v for k, v in body.items() if k != "stale_since"} != {k: v for k, v in fresh.items() if k != "stale_since"}:
        wrong = "its figures are others"
    verdict("board: without its database it shows the last, and says since when", wrong)
    verdict("board: and tells the streams", None if stream.until(rb"event: changed") else "they heard nothing")
    answer = board.get("/api/v1/overview?as_of=2021-05-05")
    verdict("board: what it would have to read is a problem", None if answer.status == 503 and problem(answer) == "/problems/database-away" and answer.getheader("Retry-After") else f"{answer.status} {problem(answer)}")
    verdict("board: alive all the same", None if board.get("/healthz").status == 200 else "it is not")
    start()
    back = wait_until(lambda: board.get("/readyz").status == 200)
    verdict("board: with its database back it is fresh again", None if back and board.json("/api/v1/overview")["stale_since"] is None else "it is not")
    verdict("board: and tells that, too", None if stream.until(rb"event: changed") else "they heard nothing")
    stream.close()


def check_scopes(board):
    nobody = Board(board.state)
    answer = nobody.get("/api/v1/overview")
    verdict("board: nobody without an account", None if answer.status == 401 and problem(answer) == "/problems/needs-login" else f"{answer.status} {problem(answer)}")
    county = Board(board.state)
    county.log_in("jiange")
    own, other, unknown = (county.get(f"/api/v1/areas/{code}") for code in ("510823", "510824", "999999"))
    verdict("board: a county sees its own", None if own.status == 200 else own.status)
    verdict("board: what is another's is as what does not exist", None if (other.status, other.body.replace(b"510824", b"")) == (404, unknown.body.replace(b"999999", b"")) else f"{other.status} {other.body[-200:]}")
    stream = Stream(county)
    stream.until(rb"retry: ")
    board.change()
    told = stream.until(rb"data: (\{[^\n]*\})")
    names = set(json.loads(told.group(1))["resources"]) if told else set()
    verdict("board: a county's stream names what it read", None if names == {"areas/510823"} else names)
    session = json.loads(county.get("/api/v1/session").body)
    began = time.monotonic()
    out = county.ask("/api/v1/session", "DELETE", "", X_CSRF_Token=session["csrf"] or "", Sec_Fetch_Site="same-origin", Content_Type="application/json")
    ended = stream.until(rb"\Z(?!)", 8) is False
    verdict("board: a logout ends its streams within five seconds", None if out.status in (200, 204) and ended and time.monotonic() - began < 6 else f"{out.status}, ended {ended} after {time.monotonic() - began:.1f} s")
    verdict("board: and its session", None if county.get("/api/v1/overview").status == 401 else "it still reads")
    stream.close()


def check_other_settings(board):
    """Another board on the same database, differently set."""
    text = (board.state / "board.yaml").read_text()
    folder = Path(board.owned("mktemp", "-d", "/tmp/duban-board-XXXXXX").strip())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    board.owned("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/board.pem")
    text = re.sub(r'listen: .*', f'listen: "127.0.0.1:{port}"', re.sub(r"status: .*", "", re.sub(r"rehearsal_role: .*", "", text)))
    text += f"public: true\ntls: {{certificate_file: {folder}/board.pem, key_file: {folder}/key.pem}}\n"
    write = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
    board.owned("/usr/bin/python3", "-c", write, f"{folder}/board.yaml", text)
    program = str(board.state / "bin" / "duban-board")
    owner = board.state.stat().st_uid
    rise = ["setpriv", f"--reuid={owner}", f"--regid={board.state.stat().st_gid}", "--init-groups"] if os.getuid() == 0 and owner else []
    other = subprocess.Popen([*rise, program, "--config", f"{folder}/board.yaml"], stderr=subprocess.PIPE, text=True)
    try:
        line = other.stderr.readline()
        trusted = ssl.create_default_context(cadata=board.owned("cat", f"{folder}/board.pem"))

        def ask(path):
            connection = http.client.HTTPSConnection("localhost", port, timeout=PATIENCE_S, context=trusted)
            connection.connect()
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.body = answer.read()
            connection.close()
            return answer

        ready = "started" in line and wait_until(lambda: ask("/readyz").status == 200)
        verdict("board: with certificate and key it speaks TLS", None if ready else line)
        if ready:
            overview, areas = ask("/api/v1/overview"), ask("/api/v1/areas/510823")
            body = json.loads(overview.body)
            verdict("board: public: true opens the overview and nothing else", None if (overview.status, areas.status) == (200, 401) and body["counts"]["proposed_red"] == 0 else f"{overview.status} {areas.status}")
    finally:
        other.terminate()
        other.wait(PATIENCE_S)
        other.stderr.close()
    verdict("board: told to stop, it stops in order", None if other.returncode == 0 else other.returncode)
    done = subprocess.run([*rise, program, "--config", str(board.state / "board.yaml"), "--listen", "0.0.0.0:8090", "--check-config"], capture_output=True,
                          text=True, timeout=PATIENCE_S, check=False)
    verdict("board: plain HTTP on every address is refused", None if done.returncode and "TLS" in done.stderr else f"{done.returncode} {done.stderr[-200:]}")
    board.owned("rm", "-rf", str(folder))


def check(service):
    """service: as tests/e2e/service.py has it, looked at."""
    board = Board(service.state)
    if not verdict("board: it is ready", None if wait_until(lambda: board.get("/readyz").status == 200) else "it is not"):
        return
    slow = {}
    thread = threading.Thread(target=lambda: slow.setdefault("took", drip(board, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"x" * 1000)))
    thread.start()
    answer = board.log_in("office")
    verdict("board: the sample's office logs in", None if answer.status == 200 and board.cookie else f"{answer.status} {answer.body[:200]}")
    check_pages(board)
    check_documents(board)
    check_hostile(board)
    check_streams(board)
    check_past(board)
    check_scopes(board)
    thread.join(PATIENCE_S)
    check_slow(board, slow.get("took", 0))
    check_other_settings(board)
    stopped, pid = service.state / "run/postgres.stopped", (service.state / "run/postgres.pid").read_text().split()[0]
    check_database_away(board, lambda: (board.owned("touch", str(stopped)), board.owned("kill", "-INT", pid)), lambda: board.owned("rm", str(stopped)))


if __name__ == "__main__":
    class Standing:
        state = Path(sys.argv[1])
    check(Standing())
