#!/usr/bin/python3
"""Accounts of the board against a state that was played and stands (quickstart --look): who gets in, what each sees, what
each may do, and what is refused. Prints ok / not ok lines.

    board_accounts.py STATE

Boards of its own, beside the one that stands; the decisions made are taken back."""
import http.client
import json
import os
import pwd
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from service import verdict  # noqa: E402

PATIENCE_S = 60
RED = {"target": "T06.1", "area": "510822"}  # waits for release at the end of the sample's year
OTHER = {"target": "T06.1", "area": "510800"}
PASSWORDS = {"李四": "password-of-li4", "孙七": "password-of-sun7", "剑阁王五": "password-of-wang5", "交通赵六": "password-of-zhao6",
             "看客": "password-of-viewer", "管理员": "password-of-admin"}


class Board:
    """One duban-board on a port of its own."""

    def __init__(self, state, extra=""):
        self.state, self.owner = state, pwd.getpwuid((state / "duban.yaml").stat().st_uid).pw_name
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        text = (state / "board.yaml").read_text()
        text = re.sub(r'(?m)^listen:.*$', f'listen: "127.0.0.1:{self.port}"', text)
        text = re.sub(r"(?m)^rehearsal_role:.*$", "", text)
        text = re.sub(r"(?m)^status:.*$", f"status: {state}/run/board-{self.port}.json", text)
        self.config = state / "run" / f"board-{self.port}.yaml"
        self.config.write_text(text + "\n" + extra + "\n")
        self.config.chmod(0o644)
        self.log = open(state / "log" / f"board-{self.port}.log", "wb")
        self.process = subprocess.Popen(self.as_owner(state / "bin/duban-board", "--config", self.config), stdout=self.log, stderr=self.log,
                                        start_new_session=True)
        end = time.monotonic() + PATIENCE_S
        while self.get("/readyz")[0] != 200:
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(Path(self.log.name).read_text()[-800:])
            time.sleep(0.05)

    def as_owner(self, *words):
        words = [str(word) for word in words]
        return ["runuser", "-u", self.owner, "--", *words] if os.geteuid() == 0 else words

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        try:
            connection.request(method, path, data, headers or {})
            answer = connection.getresponse()
            raw = answer.read()
            return answer.status, dict(answer.getheaders()), raw
        except OSError:
            return 0, {}, b""
        finally:
            connection.close()

    def get(self, path, headers=None):
        return self.ask("GET", path, None, headers)

    def stop(self):
        os.killpg(self.process.pid, 15)
        self.process.wait(PATIENCE_S)
        self.log.close()


SAME_SITE = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}


class Person:
    """A browser that somebody has logged in with."""

    def __init__(self, board, name):
        self.board, self.name = board, name
        status, headers, raw = board.ask("POST", "/api/v1/session", {"name": name, "password": PASSWORDS[name]}, SAME_SITE)
        if status != 200:
            raise RuntimeError(f"{name} cannot log in: {status} {raw[:300]}")
        self.set_cookie = headers["Set-Cookie"]
        self.cookie = self.set_cookie.partition(";")[0]
        self.session = json.loads(raw)
        self.csrf = self.session["csrf"]
        self.keys = 0

    def get(self, path):
        status, _headers, raw = self.board.get(path, {"Cookie": self.cookie})
        return status, json.loads(raw)

    def post(self, path, body, **headers):
        given = {**SAME_SITE, "Cookie": self.cookie, "X-CSRF-Token": self.csrf, **{k.replace("_", "-"): v for k, v in headers.items()}}
        status, answered, raw = self.board.ask("POST", path, body, {k: v for k, v in given.items() if v is not None})
        return status, json.loads(raw) if raw else None, answered

    def act(self, verb, body, key=None, **headers):
        self.keys += 1
        status, answer, _headers = self.post(f"/api/v1/actions/{verb}", body, Idempotency_Key=key or f"{self.csrf[:12]}-{self.keys}", **headers)
        return status, answer


def kind(answer):
    return (answer or {}).get("type", "").rpartition("/")[2]


def duban(state, *words, text=None):
    done = subprocess.run([state / "duban", *words], input=text, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    return done


def until(what, wanted=True, patience_s=5.0):
    """Seconds until what() is as wanted; None when it does not come to that."""
    begun = time.monotonic()
    while time.monotonic() - begun < patience_s:
        if what() == wanted:
            return time.monotonic() - begun
        time.sleep(0.05)
    return None


# --- the parts ---

def check_first_start(board):
    status, _headers, raw = board.get("/")
    said = raw.decode()
    verdict("without accounts the page says how to make one", None if status == 200 and "duban user add" in said else f"{status} {said[:200]}")
    for path in ("overview", "areas/510823", "plan", "alerts", "events"):
        status, _headers, raw = board.get(f"/api/v1/{path}")
        verdict(f"without accounts /{path} says nothing else", None if status == 403 and kind(json.loads(raw)) == "no-accounts" else f"{status} {raw[:200]}")


def make_accounts(state):
    rows = (("李四", "--role", "office"), ("孙七", "--role", "office"), ("剑阁王五", "--role", "county", "--area", "剑阁"),
            ("交通赵六", "--role", "lead", "--unit", "市交通运输局"), ("看客", "--role", "viewer"), ("管理员", "--role", "admin"))
    for name, *words in rows:
        done = duban(state, "user", "add", name, *words, "--by", "测试", text=PASSWORDS[name] + "\n")
        verdict(f"duban user add {name}", None if done.returncode == 0 else done.stderr)
    for words, text, says in ((("user", "add", "短", "--role", "viewer"), "short\n", "characters"), (("user", "add", "李四", "--role", "viewer"), "another-password\n", "already"),
                              (("user", "add", "乙", "--role", "county"), "another-password\n", "--area"),
                              (("user", "add", "丙", "--role", "county", "--area", "全市"), "another-password\n", "no such county"),
                              (("user", "add", "丁", "--role", "owner"), "another-password\n", "one of")):
        done = duban(state, *words, text=text)
        verdict(f"duban {' '.join(words)} is refused", None if done.returncode and says in done.stderr else f"{done.returncode} {done.stderr}")
    listed = json.loads(duban(state, "user", "list", "--json").stdout)["accounts"]
    verdict("duban user list knows them", None if {a["name"] for a in listed} == set(PASSWORDS) else listed)


def check_login(board):
    body = {"name": "李四", "password": "not-the-password"}
    wrong = board.ask("POST", "/api/v1/session", body, SAME_SITE)
    unknown = board.ask("POST", "/api/v1/session", {**body, "name": "nobody"}, SAME_SITE)
    verdict("a wrong password is refused", None if wrong[0] == 401 and kind(json.loads(wrong[2])) == "wrong-login" else wrong)
    verdict("an unknown name is told the same", None if (wrong[0], wrong[2]) == (unknown[0], unknown[2]) else unknown)
    verdict("a refused login gives no cookie", None if "Set-Cookie" not in wrong[1] else wrong[1])
    for body, field in (({"name": "李四"}, "password"), ({"name": "李四", "password": 7}, "password"), ({"name": "李四", "password": "x", "role": "admin"}, "role")):
        status, _headers, raw = board.ask("POST", "/api/v1/session", body, SAME_SITE)
        verdict(f"a login body wrong in {field}", None if status == 422 and json.loads(raw)["field"] == field else raw)
    person = Person(board, "李四")
    flags = {part.strip() for part in person.set_cookie.split(";")[1:]}
    verdict("the cookie is of this host alone, and out of reach", None if person.cookie.startswith("__Host-duban=") and {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= flags
            and not any(flag.startswith("Domain") for flag in flags) else person.set_cookie)
    again = Person(board, "李四")
    verdict("each login has a secret of its own", None if again.cookie != person.cookie and again.csrf != person.csrf else "it was the same")
    verdict("the answer to a login is the session, with the head of every body", None if {"resource", "as_of", "plan_version", "csrf"} <= set(person.session) else person.session)
    status, session = person.get("/api/v1/session")
    verdict("session says who it is", None if status == 200 and session["account"]["name"] == "李四" and session["csrf"] == person.csrf and "release" in session["may"] else session)
    for cookie in (person.cookie[:-1], person.cookie + "A", person.cookie + "; " + again.cookie, "__Host-duban=", "__Host-duban=" + "A" * 43):
        status, _headers, _raw = board.get("/api/v1/overview", {"Cookie": cookie})
        verdict(f"a cookie of {len(cookie)} characters that is not ours", None if status == 401 else status)


def check_equal_time(board):
    """Names that exist answer no slower: medians of four, on a board whose limits were not touched (5 an account)."""
    taken = {}
    for name in ("管理员", "nobody-at-all"):
        times = []
        for _ in range(4):
            begun = time.monotonic()
            board.ask("POST", "/api/v1/session", {"name": name, "password": "not-the-password"}, SAME_SITE)
            times.append(time.monotonic() - begun)
        taken[name] = statistics.median(times)
    ratio = taken["管理员"] / taken["nobody-at-all"]
    verdict("unknown names take as long", None if 0.4 < ratio < 2.5 else f"{taken}")


def check_limits(board):
    def attempt(name, password="not-the-password"):
        return board.ask("POST", "/api/v1/session", {"name": name, "password": password}, SAME_SITE)
    said = [attempt("看客")[0] for _ in range(5)]
    verdict("five times it is the password", None if said == [401] * 5 else said)
    status, headers, raw = attempt("看客", PASSWORDS["看客"])
    verdict("the sixth time is not heard, right or wrong", None if status == 429 and kind(json.loads(raw)) == "too-many-logins" and 0 < int(headers.get("Retry-After", 0)) <= 900
            else f"{status} {headers} {raw[:200]}")
    verdict("another account is heard", None if attempt("管理员", PASSWORDS["管理员"])[0] == 200 else "refused")
    said = [attempt(f"nobody-{i}")[0] for i in range(16)]
    verdict("twenty failures of one address are enough", None if said == [401] * 15 + [429] else said)


def check_scopes(board, people):
    office, county, lead, viewer = people["李四"], people["剑阁王五"], people["交通赵六"], people["看客"]
    for path in ("areas/510822", "areas/510800", "explain/T06.1/510822"):
        theirs, unknown = county.get(f"/api/v1/{path}"), county.get("/api/v1/" + path.replace("510822", "999999").replace("510800", "999999"))
        verdict(f"another's {path} is like none", None if theirs == unknown and theirs[0] == 404 else f"{theirs} / {unknown}")
    status, own = county.get("/api/v1/areas/510823")
    verdict("a county sees its own area", None if status == 200 and {c["area"] for c in own["cells"]} == {"510823"} else (status, str(own)[:300]))
    status, overview = county.get("/api/v1/overview")
    verdict("its overview has no other's column", None if status == 200 and {a["code"] for a in overview["areas"]} <= {"510823"} and not overview["decisions"]
            else (status, [a["code"] for a in overview.get("areas", [])]))
    status, alerts = county.get("/api/v1/alerts?state=open")
    verdict("nor its alerts", None if status == 200 and {a["area"] for a in alerts["alerts"]} <= {"510823"} else (status, str(alerts)[:300]))
    status, feeds = county.get("/api/v1/feeds")
    verdict("nor its feeds", None if status == 200 and {f["stream"] for f in feeds["feeds"]} <= {"jiange", "foreign"} else (status, [f["stream"] for f in feeds.get("feeds", [])]))
    status, own = lead.get("/api/v1/tasks/T06")
    verdict("a lead sees its task in all counties", None if status == 200 and len({c["area"] for c in own["cells"]}) > 3 else (status, str(own)[:200]))
    verdict("and no other's", None if lead.get("/api/v1/tasks/T01") == lead.get("/api/v1/tasks/T99") and lead.get("/api/v1/tasks/T01")[0] == 404 else lead.get("/api/v1/tasks/T01"))
    for name, sees in (("李四", True), ("看客", False), ("交通赵六", False)):
        status, document = people[name].get("/api/v1/targets/T06.1")
        cell = next((c for c in document.get("cells", []) if c["area"] == RED["area"]), {})
        shown = (cell.get("light"), cell.get("proposed_light"))
        verdict(f"an unreleased red as {name} sees it", None if shown == (("yellow", "red") if sees else ("yellow", shown[1])) and (sees or shown[1] != "red") else shown)
        waits = bool(people[name].get("/api/v1/overview")[1].get("decisions"))
        verdict(f"what waits for the office, for {name}", None if waits == sees else waits)
    verdict("who may only look is offered nothing", None if viewer.session["may"] == [] and "release" in office.session["may"] else viewer.session["may"])


def check_forged(board, people):
    office, other = people["李四"], people["孙七"]
    status, _headers, _raw = board.get("/api/v1/overview", {"X-Remote-User": "李四".encode().decode("latin-1")})
    verdict("a proxy's word counts for nothing here", None if status == 401 else status)
    path = "/api/v1/actions/release"
    for name, headers, wanted in (
            ("another site", {"Sec_Fetch_Site": "cross-site"}, (403, "cross-site")), ("the same domain's other host", {"Sec_Fetch_Site": "same-site"}, (403, "cross-site")),
            ("another origin", {"Sec_Fetch_Site": None, "Origin": "https://evil.example"}, (403, "cross-site")),
            ("a form", {"Content_Type": "text/plain"}, (415, "not-json")), ("no token", {"X_CSRF_Token": None}, (403, "bad-token")),
            ("another's token", {"X_CSRF_Token": other.csrf}, (403, "bad-token")), ("half a token", {"X_CSRF_Token": office.csrf[:16]}, (403, "bad-token"))):
        status, answer, _headers = office.post(path, RED, Idempotency_Key="forged", **headers)
        verdict(f"an action by {name}", None if (status, kind(answer)) == wanted else (status, answer))
    status, answer, _headers = office.post(path, RED, Idempotency_Key="x", Cookie=None)
    verdict("an action without a login", None if (status, kind(answer)) == (401, "needs-login") else (status, answer))
    old = Person(board, "李四")
    renewed = board.ask("POST", "/api/v1/session", {"name": "李四", "password": PASSWORDS["李四"]}, {**SAME_SITE, "Cookie": old.cookie})
    cookie = renewed[1]["Set-Cookie"].partition(";")[0]
    status, answer, _headers = old.post(path, RED, Idempotency_Key="y", Cookie=cookie)
    verdict("the token of the login before", None if (status, kind(answer)) == (403, "bad-token") else (status, answer))
    verdict("a new login ends the old one", None if old.get("/api/v1/overview")[0] == 401 else "it goes on")


def check_bodies(people):
    office, county = people["李四"], people["剑阁王五"]
    rows = (("release", {"target": "T06.1"}, 422, "area"), ("release", {**RED, "color": "red"}, 422, "color"), ("release", {**RED, "reason": 7}, 422, "reason"),
            ("promise", {**RED, "by_day": "2022-03-01"}, 422, "who"), ("extension-grant", {"id": "E0001", "due": "2022-02-30", "document": "x"}, 422, "due"),
            ("override", {**RED, "light": "purple", "until": "2022-03-01", "reason": "x"}, 422, "light"),
            ("override", {**RED, "light": "yellow", "until": "2021-03-01", "reason": "x"}, 422, "until"),
            ("mute", {**RED, "reason": "x"}, 422, "until"), ("reverse", {"reason": "x"}, 422, "id"), ("reverse", {"uid": "00000000", "reason": "x"}, 404, ""),
            ("release", {"target": "T06.1", "area": "999999"}, 404, ""), ("release", {"number": "D21-0101-99/1"}, 404, ""), ("erase", RED, 404, ""))
    for verb, body, wanted, field in rows:
        status, answer = office.act(verb, body)
        verdict(f"{verb} {json.dumps(body, ensure_ascii=False)}", None if status == wanted and answer.get("field", "") in (field, None) or (status == wanted and not field) else (status, answer))
    for verb, body in (("release", {"target": "T06.1", "area": "510823"}), ("mute", {"area": "510823", "until": "resolved", "reason": "x"}), ("reverse", {"uid": "00000000", "reason": "x"})):
        status, answer = county.act(verb, body)
        verdict(f"a county may not {verb}", None if (status, kind(answer)) == (403, "not-allowed") else (status, answer))
    promise = {"who": "王五", "by_day": "2022-03-01"}
    theirs, unknown = county.act("promise", {**RED, **promise}), county.act("promise", {"target": "T06.1", "area": "999999", **promise})
    verdict("a county cannot answer for another", None if theirs == unknown and theirs[0] == 404 else (theirs, unknown))
    for key in ("", "a b", "x" * 80):
        status, answer, _headers = office.post("/api/v1/actions/release", RED, Idempotency_Key=key or None)
        verdict(f"an Idempotency-Key of {len(key)} characters", None if (status, kind(answer)) == (400, "no-idempotency-key") else (status, answer))


def decisions(state):
    return json.loads(duban(state, "decisions", "--json").stdout)["decisions"]


def check_actions(state, people):
    """Two at once: one is recorded, the other is told how it stands; a repeated request does nothing twice."""
    first, second = people["李四"], people["孙七"]
    before, answers = len(decisions(state)), {}

    def release(person):
        answers[person.name] = person.act("release", RED, key=f"race-{person.name.encode().hex()}")
    threads = [threading.Thread(target=release, args=(person,)) for person in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [name for name, (status, _answer) in answers.items() if status == 200]
    lost = [name for name in answers if name not in won]
    if not verdict("of two who release at once one is recorded", None if len(won) == 1 else answers):
        return
    status, answer = answers[lost[0]]
    verdict("the other is told who did it", None if (status, kind(answer)) == (409, "already-decided") and won[0] in answer["state"] else (status, answer))
    said = answers[won[0]][1]
    made = decisions(state)[before:]
    verdict("it is one event, in his name", None if len(made) == 1 and made[0]["by"] == won[0] and made[0]["uid"] == said["recorded"]["uid"] and said["by"] == won[0] else (made, said))
    again = people[won[0]].act("release", RED, key=f"race-{won[0].encode().hex()}")
    verdict("asked again by the same key: the same answer", None if again == answers[won[0]] else again)
    status, answer = people[won[0]].act("release", OTHER, key=f"race-{won[0].encode().hex()}")
    verdict("another question by the same key", None if (status, kind(answer)) == (422, "idempotency-key-reused") else (status, answer))
    verdict("nothing more was recorded", None if len(decisions(state)) == before + 1 else len(decisions(state)) - before)
    status, answer = second.act("reverse", {"uid": said["recorded"]["uid"], "reason": "文号有误"})
    verdict("it is taken back", None if status == 200 and answer["recorded"]["kind"] == "reversal" else (status, answer))
    status, answer = first.act("reverse", {"uid": said["recorded"]["uid"], "reason": "文号有误"})
    verdict("and not twice", None if (status, kind(answer)) == (409, "already-decided") else (status, answer))
    status = json.loads(duban(state, "status", "--json").stdout)
    cell = next(c for c in status["cells"] if (c["target"], c["area"]) == (RED["target"], RED["area"]))
    verdict("the red waits again", None if (cell["light"], cell["proposed_light"]) == ("yellow", "red") else cell)


def check_other_actions(state, people):
    office, other = people["李四"], people["孙七"]
    mute = {**RED, "until": "2022-02-28", "reason": "演练"}
    override = {**RED, "light": "yellow", "until": "2022-02-28", "reason": "专班推进"}
    for verb, body in (("mute", mute), ("override", override)):
        status, answer = office.act(verb, body)
        verdict(f"{verb} is recorded", None if status == 200 else (status, answer))
        uid = answer["recorded"]["uid"] if status == 200 else ""
        status, answer = other.act(verb, body)
        verdict(f"{verb} of another meanwhile", None if (status, kind(answer)) == (409, "already-decided") and "李四" in answer["state"] else (status, answer))
        status, answer = office.act("reverse", {"uid": uid, "reason": "演练完毕"})
        verdict(f"{verb} is taken back", None if status == 200 else (status, answer))


def check_ends(board, state, people):
    """A lock and a logout end session and stream within five seconds."""
    for name, end in (("看客", lambda: duban(state, "user", "lock", "看客", "--by", "测试").returncode == 0),
                      ("孙七", lambda: board.ask("DELETE", "/api/v1/session", None, {"Cookie": people["孙七"].cookie, "X-CSRF-Token": people["孙七"].csrf,
                                                                                    "Sec-Fetch-Site": "same-origin"})[0] == 200)):
        connection = http.client.HTTPConnection("127.0.0.1", board.port, timeout=10)
        connection.request("GET", "/api/v1/events", None, {"Cookie": people[name].cookie})
        stream = connection.getresponse()
        verdict(f"a stream of {name} is open", None if stream.status == 200 else stream.status)
        ended = threading.Event()

        def drain(source=stream, over=ended):
            try:
                while source.read1(4096):
                    pass
            except OSError:
                pass
            over.set()
        threading.Thread(target=drain, daemon=True).start()
        verdict(f"{name} is ended", None if end() else "it failed")
        verdict(f"the stream of {name} ends within 5 s", None if ended.wait(5) else "it goes on")
        verdict(f"the session of {name} too", None if until(lambda who=name: people[who].get("/api/v1/overview")[0], 401) is not None else "it goes on")
        connection.close()
    status, _headers, raw = board.ask("POST", "/api/v1/session", {"name": "看客", "password": PASSWORDS["看客"]}, SAME_SITE)
    verdict("a locked account is told nothing of it", None if (status, kind(json.loads(raw))) == (401, "wrong-login") else (status, raw))
    duban(state, "user", "lock", "看客", "--off", "--by", "测试")


def check_header(state):
    """A proxy's word: from a listed address, for an account there is."""
    name = "李四".encode().decode("latin-1")
    trusting = Board(state, 'auth: {by: header, proxies: ["127.0.0.1"]}')
    try:
        status, _headers, raw = trusting.get("/api/v1/session", {"X-Remote-User": name})
        session = json.loads(raw)
        verdict("a listed proxy names the account", None if status == 200 and (session["account"] or {}).get("name") == "李四" and session["csrf"] else session)
        status, _headers, _raw = trusting.get("/api/v1/overview", {"X-Remote-User": "nobody"})
        verdict("a name without an account is nobody", None if status == 401 else status)
        status, _headers, raw = trusting.ask("POST", "/api/v1/session", {"name": "李四", "password": PASSWORDS["李四"]}, SAME_SITE)
        verdict("there is no password login beside it", None if (status, kind(json.loads(raw))) == (403, "not-allowed") else raw)
    finally:
        trusting.stop()
    wary = Board(state, 'auth: {by: header, proxies: ["192.0.2.7"]}')
    try:
        status, _headers, raw = wary.get("/api/v1/overview", {"X-Remote-User": name})
        verdict("the same word from elsewhere is forged", None if (status, kind(json.loads(raw))) == (403, "forged-proxy") else (status, raw))
    finally:
        wary.stop()


def in_database(state, role, sql):
    socket_folder = re.search(r"host=(\S+)", (state / "board.yaml").read_text()).group(1)
    owner = pwd.getpwuid((state / "duban.yaml").stat().st_uid).pw_name
    psql = ["/usr/lib/postgresql/15/bin/psql", "-X", "-q", "-A", "-t", "-h", socket_folder, "-U", role, "-d", "duban", "-c", sql]
    return subprocess.run((["runuser", "-u", owner, "--"] if os.geteuid() == 0 else []) + psql, capture_output=True, text=True, check=False)


def check_record(state):
    done = in_database(state, "duban_admin", "SELECT what, count(*) FROM duban.audit GROUP BY what")
    counts = dict(line.split("|") for line in done.stdout.split())
    wanted = {"login", "login_refused", "logout", "action", "action_refused", "account"}
    verdict("the record has each of them", None if set(counts) == wanted else (counts, done.stderr))


def forget_accounts(state):
    """Those of the sample: the service's first start is tested, too."""
    done = in_database(state, "duban_owner", "TRUNCATE duban.account CASCADE")
    verdict("the sample's accounts are forgotten", None if done.returncode == 0 else done.stderr)


def check(state):
    state = Path(state)
    forget_accounts(state)
    board = Board(state)
    try:
        check_first_start(board)
        make_accounts(state)
        until(lambda: board.get("/")[2].find(b"duban user add"), -1)
        check_login(board)
        people = {name: Person(board, name) for name in ("李四", "孙七", "剑阁王五", "交通赵六", "看客")}
        check_scopes(board, people)
        check_forged(board, people)
        check_bodies(people)
        check_actions(state, people)
        check_other_actions(state, people)
        check_ends(board, state, people)
    finally:
        board.stop()
    check_header(state)
    for part in (check_equal_time, check_limits):
        fresh = Board(state)
        try:
            part(fresh)
        finally:
            fresh.stop()
    check_record(state)


if __name__ == "__main__":
    check(sys.argv[1])
