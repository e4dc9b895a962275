#!/usr/bin/python3
"""A real agent and the programs that bring it documents: HTTP, TLS, CURVE PUSH, the standard input.

    push_test.py COLLECTOR CATALOGUE_TOOL KILLED_BEFORE_ANSWER.so

No centre is needed: what is asked is what the agent promises to those who bring, and what its spool then holds."""
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import zmq

COLLECTOR, CATALOGUE, KILLER = (Path(word).resolve() for word in sys.argv[1:4])
HERE = Path(__file__).resolve().parent
PATIENCE_S = 30
HEAD = "指标,地区,数据日期,数值,单位\n"
TOKEN = "a-token-of-more-than-sixteen-characters"
SOURCES = """
  - {name: 报表, folder: inbox, rejected: back, quiet: 0s}
  - {name: 进度, source: http, rejected: back}
  - {name: 人数, source: http, mapping: {unit: 人}}
  - {name: 消息, source: zmq, rejected: back, zmq: {listen: "tcp://127.0.0.1:*", keys: [PUBLIC]}}
  - {name: 定时, source: stdin}
"""


def row(value, area="青川县", day="2021-06-30", target="T06.1", unit="公里"):
    return f"{target},{area},{day},{value},{unit}\n"


def until(what, wanted, seconds=PATIENCE_S):
    """What `wanted` gives as soon as that is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = wanted()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s")


def equal(found, wanted, what=""):
    assert found == wanted, f"{what}: {found!r}, wanted {wanted!r}"


class Agent:
    def __init__(self, sources=SOURCES, more=""):
        self.folder = Path(tempfile.mkdtemp(prefix="duban-push-"))
        self.public, self.secret = zmq.curve_keypair()
        own, own_secret = zmq.curve_keypair()
        self.own = own
        (self.folder / "inbox").mkdir()
        (self.folder / "agent.key").write_bytes(b"public " + own + b"\nsecret " + own_secret + b"\n")
        (self.folder / "agent.key").chmod(0o600)
        (self.folder / "catalogue.json").write_bytes(subprocess.run([CATALOGUE, HERE / "plan.yaml"], stdout=subprocess.PIPE, check=True).stdout)
        self.config = self.folder / "collector.yaml"
        self.config.write_text(
            "stream: qingchuan\nunit: 青川县\nkey: agent.key\ncatalogue: catalogue.json\nspool: spool.sqlite\nstatus: status.json\n"
            f"server: [{{address: \"tcp://127.0.0.1:9\", key: \"{own.decode()}\"}}]\nreserve: 64KiB\npoll: 100ms\n"
            + (more or "http: {listen: \"127.0.0.1:0\", body: 64KiB}\n")
            + "sources:" + sources.replace("PUBLIC", f"\"{self.public.decode()}\""))
        self.process = None

    def start(self, killer=False):
        environment = {**os.environ, "LD_PRELOAD": str(KILLER), "ASAN_OPTIONS": "verify_asan_link_order=0"} if killer else None
        (self.folder / "status.json").unlink(missing_ok=True)
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([COLLECTOR, "--config", self.config], env=environment, stderr=self.log)
        self.status_when("the agent listens", lambda s: s["texts"].get("http") or "http" not in self.config.read_text())
        return self

    def status(self):
        try:
            status = json.loads((self.folder / "status.json").read_text())
        except (OSError, ValueError):
            return None
        return status if status["pid"] == self.process.pid else None

    def status_when(self, what, wanted):
        def look():
            assert self.process.poll() is None, f"the agent ended: {(self.folder / 'log').read_text()}"
            status = self.status()
            return status if status and wanted(status) else None
        return until(what, look)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE_S)
        self.log.close()
        return code

    def post(self, source, body, type_="text/csv", tls=None, method="POST", name=None, **headers):
        address = self.status()["texts"]["http"].split("//")[1]
        client = http.client.HTTPSConnection(address, context=tls, timeout=PATIENCE_S) if tls else \
            http.client.HTTPConnection(address, timeout=PATIENCE_S)
        path = "/" + quote(source) + (f"?name={quote(name, safe='')}" if name else "")
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        try:
            client.request(method, path, body.encode() if isinstance(body, str) else body, {"Content-Type": type_, **headers})
            answer = client.getresponse()
            return answer.status, json.loads(answer.read()), dict(answer.getheaders())
        finally:
            client.close()

    def take(self, text, *words):
        return subprocess.run([COLLECTOR, "take", "--config", self.config, *words], input=text.encode() if isinstance(text, str) else text,
                              capture_output=True, timeout=PATIENCE_S, check=False)

    def events(self):
        """How many events the spool holds; the agent must not run."""
        spool = sqlite3.connect(self.folder / "spool.sqlite")
        try:
            return spool.execute("SELECT count(*) FROM event").fetchone()[0]
        finally:
            spool.close()

    def remove(self):
        if self.process and self.process.poll() is None:
            self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder)


def with_agent(test):
    def run():
        agent = Agent()
        try:
            test(agent)
        finally:
            agent.remove()
    run.__name__ = test.__name__
    return run


@with_agent
def receipts_are_those_of_a_file(agent):
    agent.start()
    status, answer, headers = agent.post("进度", HEAD + row("31") + row("12", "广安区"))
    equal(status, 200)
    equal(headers["Content-Type"], "application/json; charset=utf-8")
    equal([answer[k] for k in ("result", "source", "taken", "unchanged", "held", "refused", "period")],
          ["taken", "进度", 1, 0, 0, 1, "2021-06"])
    refused = answer["refused_rows"]
    equal([(r["line"], r["place"], r["code"]) for r in refused], [(3, ":3", "unknown_area")])
    assert "广安区" in refused[0]["reason"] and refused[0]["remedy"], refused
    back = list((agent.folder / "back").iterdir())
    equal([p.name for p in back], [answer["document"].replace(".csv", ".rejected.csv")])
    # the same figure for another day in JSON lines, another source: the memory of figures is one
    line = {"指标": "T06.1", "地区": "青川县", "数据日期": "2021-07-31", "数值": 30, "单位": "公里"}
    status, answer, _ = agent.post("进度", json.dumps(line) + "\n", "application/x-ndjson; charset=utf-8")
    equal([status, answer["taken"], answer["held"]], [200, 1, 1])
    equal([answer["held_rows"][0]["codes"], answer["held_rows"][0]["line"]], [["fall"], 1])
    agent.stop()
    equal(agent.events(), 4, "two figures, two receipts")


@with_agent
def the_same_again_is_known_and_answered_as_before(agent):
    agent.start()
    body = HEAD + row("31") + row("12", "广安区")
    _, first, _ = agent.post("进度", body)
    status, answer, _ = agent.post("进度", body)
    equal([status, answer["result"], answer["message"], answer["taken"], answer["refused"]], [200, "again", "已收过", 1, 1])
    equal([answer["first_document"], answer["refused_rows"][0]["code"]], [first["document"], "unknown_area"])
    # another source keeps its own account of documents: there it is new, and nothing in it has changed
    status, answer, _ = agent.post("人数", body)
    equal([status, answer["result"], answer["taken"], answer["unchanged"]], [200, "taken", 0, 1])
    shown = agent.status_when("both are counted", lambda s: s["numbers"].get("source/人数/documents"))
    equal([shown["numbers"][f"source/进度/{k}"] for k in ("documents", "again", "taken", "refused")], [1, 1, 1, 1])
    equal(shown["texts"]["again"][:1], "“")
    agent.stop()
    equal(agent.events(), 3)


def the_answer_of_a_killed_agent_is_given_to_the_next_question():
    agent = Agent()
    try:
        agent.start(killer=True)
        body = HEAD + row("31") + row("12", "广安区")
        try:
            raise AssertionError(f"answered {agent.post('进度', body)}")
        except (http.client.HTTPException, ConnectionError):
            pass
        equal(agent.process.wait(PATIENCE_S), -signal.SIGKILL)
        agent.log.close()
        agent.start()
        status, answer, _ = agent.post("进度", body)
        equal([status, answer["result"], answer["taken"], answer["refused"]], [200, "again", 1, 1])
        equal(answer["refused_rows"][0]["code"], "unknown_area")
        agent.stop()
        equal(agent.events(), 2, "the figure and the receipt, once")
    finally:
        agent.remove()


@with_agent
def what_is_refused_as_a_whole_says_why_and_may_come_again(agent):
    agent.start()
    wrong = (HEAD + row("31")).replace("数值", "累计完成数")
    for _ in range(2):  # never 已收过: nothing was taken
        status, answer, headers = agent.post("进度", wrong)
        equal([status, answer["status"], answer["result"], answer["code"]], [422, 422, "refused", "column_missing"])
        equal(headers["Content-Type"], "application/problem+json; charset=utf-8")
    status, answer, _ = agent.post("进度", b"\x00\x01\x02 not a table")
    equal([status, answer["code"]], [400, "not_text"])
    status, answer, _ = agent.post("进度", b"PK\x05\x06" + bytes(18))
    equal([status, answer["code"]], [400, "archive"])
    line = {"指标": "T06.1", "地区": "青川县", "数据日期": "2021-06-30", "数值": 31, "单位": "公里"}
    for text in (json.dumps([line, line]), json.dumps(line, indent=1)):
        status, answer, _ = agent.post("进度", text, "application/x-ndjson")
        equal([status, answer["code"]], [422, "json_lines"])
    agent.stop()
    equal(agent.events(), 5, "one receipt for each content")
    agent.config.write_text(agent.config.read_text().replace("name: 进度, source: http", "name: 进度, source: http, mapping: {columns: {value: 累计完成数}}"))
    agent.start()
    status, answer, _ = agent.post("进度", wrong)
    equal([status, answer["result"], answer["taken"]], [200, "taken", 1], "the mapping was mended")


@with_agent
def doors_are_narrow(agent):
    agent.start()
    body = HEAD + row("31")
    for wanted, code, words in [
            (404, "no_source", dict(source="报表")), (404, "no_source", dict(source="没有")), (404, "no_source", dict(source="")),
            (405, "method", dict(method="PUT")), (405, "method", dict(method="GET")),
            (415, "content_type", dict(type_="application/x-www-form-urlencoded")), (415, "content_type", dict(type_="text/html")),
            (403, "host", dict(Host="feeds.example.com")), (403, "host", dict(Host="127.example.com:8610")),
            (400, "document_name", dict(name="../../etc/passwd")), (400, "document_name", dict(name=".hidden")),
            (413, "too_large", dict(body=HEAD + row("31") * 3000)), (400, "no_content", dict(body=""))]:
        status, answer, headers = agent.post(**{"source": "进度", "body": body, **words})
        equal([status, answer.get("code"), answer.get("status")], [wanted, code, wanted], str(words)[:80])
        assert answer["title"] and answer["remedy"], answer
        equal(headers.get("Allow"), "POST" if wanted == 405 else None)
    # the body without its length in front
    status, answer, _ = agent.post("进度", iter([(HEAD + row("31") * 1000).encode()] * 3))
    equal([status, answer["code"]], [413, "too_large"])
    status, answer, _ = agent.post("进度", body, name="8月报表.csv", Host="localhost:1")
    equal([status, answer["document"]], [200, "8月报表.csv"])
    agent.stop()
    equal(agent.events(), 2, "nothing of all that but the last")


@with_agent
def a_slow_client_is_cut_off_and_holds_nobody_up(agent):
    agent.config.write_text(agent.config.read_text().replace("body: 64KiB", "body: 64KiB, patience: 2s"))
    agent.start()
    host, port = agent.status()["texts"]["http"].split("//")[1].split(":")
    slow = [socket.create_connection((host, int(port)), PATIENCE_S) for _ in range(4)]
    heads = [b"", b"POST /x HTTP/1.1\r\nHost: loc", f"POST /{quote('进度')} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
             "Content-Length: 1000\r\n\r\n".encode(), b"\x16\x03\x01"]
    begun = time.monotonic()
    for connection, head in zip(slow, heads):
        connection.sendall(head)
    status, answer, _ = agent.post("进度", HEAD + row("31"))
    equal([status, answer["taken"]], [200, 1])
    ended = set()
    while len(ended) < len(slow) and time.monotonic() - begun < PATIENCE_S:
        for i, connection in enumerate(slow):
            if i in ended:
                continue
            try:  # trickling does not help
                connection.sendall(b"x")
                connection.settimeout(0.05)
                if connection.recv(1000) == b"":
                    ended.add(i)
            except TimeoutError:
                pass
            except OSError:
                ended.add(i)
    equal(len(ended), len(slow), "cut off")
    for connection in slow:
        connection.close()
    agent.stop()
    equal(agent.events(), 2)


def a_full_spool_takes_nothing_and_says_when_to_come_again():
    agent = Agent(more="http: {listen: \"127.0.0.1:0\"}\nlimit: 64KiB\n")
    try:
        agent.start()
        for month in range(1, 7):  # each some 20 KB of events
            rows = "".join(row(f"{month}.{i % 10}", area, f"2021-{month:02d}-{i + 1:02d}") for i in range(20) for area in ("利州区", "昭化区", "旺苍县", "青川县"))
            status, answer, headers = agent.post("进度", HEAD + rows)
            if status == 503:
                break
            equal([status, answer["taken"]], [200, 80])
        equal([status, answer["code"], headers["Retry-After"]], [503, "not_now", "60"])
        assert "上限" in answer["reason"], answer
        status, again, _ = agent.post("进度", HEAD + rows)
        equal([status, again["code"]], [503, "not_now"], "still not 已收过")
        # a message waits in the agent
        push = pusher(agent)
        push.send((HEAD + rows).encode())
        shown = agent.status_when("the message waits", lambda s: s["numbers"]["files_pending"] == 1)
        assert "消息" in shown["texts"]["trouble"], shown["texts"]
        push.close(0)
        agent.stop()
        before = agent.events()
        agent.config.write_text(agent.config.read_text().replace("64KiB", "1MiB"))
        agent.start()
        status, answer, _ = agent.post("进度", HEAD + rows)
        equal([status, answer["result"], answer["taken"]], [200, "taken", 80])
        agent.stop()
        equal(agent.events(), before + 81)
    finally:
        agent.remove()


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=feeds", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "tls.key", "-out", folder / "tls.pem"],
                   check=True, capture_output=True)
    (folder / "tls.key").chmod(0o600)


def other_machines_need_tls_and_a_token():
    agent = Agent(sources="\n  - {name: 进度, source: http, http: {token: token}}\n",
                  more="http: {listen: \"0.0.0.0:0\", certificate: tls.pem, key: tls.key, patience: 2s}\n")
    try:
        check = subprocess.run([COLLECTOR, "--config", agent.config, "--check-config"], capture_output=True, text=True, check=False)
        equal(check.returncode, 0, check.stderr)
        full = agent.config.read_text()
        for gone, words in ((", certificate: tls.pem, key: tls.key", "certificate"), (", key: tls.key", "together"), (", http: {token: token}", "token")):
            agent.config.write_text(full.replace(gone, ""))
            check = subprocess.run([COLLECTOR, "--config", agent.config, "--check-config"], capture_output=True, text=True, check=False)
            assert check.returncode != 0 and words in check.stderr + check.stdout, (gone, check)
        agent.config.write_text(full)
        make_certificate(agent.folder)
        (agent.folder / "token").write_text(TOKEN + "\n")
        (agent.folder / "token").chmod(0o644)
        agent.process = subprocess.Popen([COLLECTOR, "--config", agent.config], stderr=subprocess.DEVNULL)
        agent.log = open(os.devnull, "wb")
        shown = agent.status_when("an open token file is refused", lambda s: s["texts"]["trouble"])
        assert "chmod" in shown["texts"]["trouble"], shown
        (agent.folder / "token").chmod(0o600)  # and the door opens by itself
        agent.status_when("the door opens", lambda s: s["texts"].get("http", "").startswith("https://0.0.0.0:"))
        tls = ssl.create_default_context(cafile=agent.folder / "tls.pem")
        body = HEAD + row("31")
        real = agent.status
        agent.status = lambda: {"texts": {"http": real()["texts"]["http"].replace("0.0.0.0", "127.0.0.1")}, **{k: v for k, v in real().items() if k != "texts"}}
        for words in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic " + TOKEN}, {"Authorization": "Bearer " + TOKEN[:-1]},
                      {"Authorization": "Bearer " + TOKEN + "x"}):
            status, answer, headers = agent.post("进度", body, tls=tls, **words)
            equal([status, answer["code"], headers["WWW-Authenticate"]], [401, "token", "Bearer"])
        equal(agent.post("别的", body, tls=tls)[0], 401, "who has no token hears of no names")
        status, answer, _ = agent.post("进度", body, tls=tls, Authorization="Bearer " + TOKEN)
        equal([status, answer["taken"]], [200, 1])
        try:
            raise AssertionError(f"without TLS: {agent.post('进度', body, Authorization='Bearer ' + TOKEN)}")
        except (http.client.HTTPException, ConnectionError):
            pass
        agent.stop()
    finally:
        agent.remove()


context = zmq.Context()


def pusher(agent, keys=None):
    push = context.socket(zmq.PUSH)
    push.curve_publickey, push.curve_secretkey = keys or (agent.public, agent.secret)
    push.curve_serverkey = agent.own
    push.setsockopt(zmq.IMMEDIATE, 1)
    push.setsockopt(zmq.SNDTIMEO, PATIENCE_S * 1000)
    push.connect(agent.status_when("it listens", lambda s: s["texts"].get("source/消息/address"))["texts"]["source/消息/address"])
    return push


@with_agent
def messages_are_documents(agent):
    agent.start()
    push = pusher(agent)
    body = HEAD + row("31") + row("12", "广安区")
    push.send(body.encode())
    push.send_multipart([b"a", b"b"])  # not one document
    push.send(body.encode())
    push.send(json.dumps({"指标": "T06.1", "地区": "利州区", "数据日期": "2021-06-30", "数值": 5, "单位": "公里"}).encode())
    push.send(b"")
    shown = agent.status_when("all have come", lambda s: s["numbers"]["source/消息/documents"] == 3)
    equal([shown["numbers"][f"source/消息/{k}"] for k in ("again", "taken", "refused", "whole_refused")], [1, 2, 2, 1])
    push.close(0)
    back = sorted(p.name for p in (agent.folder / "back").iterdir())
    equal(len(back), 2, back)
    assert all(name.startswith("消息-") and name.endswith(".rejected.csv") for name in back), back
    stranger = pusher(agent, zmq.curve_keypair())
    stranger.setsockopt(zmq.SNDTIMEO, 500)
    try:
        stranger.send((HEAD + row("99")).encode())
        raise AssertionError("a stranger was let in")
    except zmq.Again:
        pass
    stranger.close(0)
    agent.stop()
    equal(agent.events(), 5, "two figures, three receipts")


@with_agent
def one_agent_has_several_sources(agent):
    (agent.folder / "inbox" / "a.csv").write_text(HEAD + row("20", day="2021-05-31"))
    agent.start()
    equal(agent.post("进度", HEAD + row("31"))[1]["taken"], 1)
    equal(agent.post("人数", "指标,地区,数据日期,数值\nT01.1,青川县,2021-06-30,400\n")[1]["taken"], 1, "its own mapping: no unit is needed")
    push = pusher(agent)
    push.send((HEAD + row("40", day="2021-07-31")).encode())
    shown = agent.status_when("four receipts", lambda s: s["numbers"]["last_seq"] == 8)
    push.close(0)
    equal(shown["numbers"]["files_pending"], 0)
    assert "source/报表/documents" not in shown["numbers"] and "source/定时/documents" not in shown["numbers"]
    busy = agent.take(HEAD + row("50", day="2021-08-31"))
    equal(busy.returncode, 3, busy.stderr.decode())
    assert "agent_running" in busy.stderr.decode(), busy.stderr.decode()
    agent.stop()
    equal(agent.events(), 8, "nothing of it was taken")


@with_agent
def a_port_in_use_stops_nobody_else(agent):
    held = socket.create_server(("127.0.0.1", 0))
    agent.config.write_text(agent.config.read_text().replace("127.0.0.1:0", f"127.0.0.1:{held.getsockname()[1]}"))
    (agent.folder / "inbox" / "a.csv").write_text(HEAD + row("20"))
    agent.process = subprocess.Popen([COLLECTOR, "--config", agent.config], stderr=subprocess.DEVNULL)
    agent.log = open(os.devnull, "wb")
    shown = agent.status_when("the folder is read", lambda s: s["numbers"]["last_seq"] == 2)
    assert "http" in shown["texts"]["trouble"], shown["texts"]
    held.close()
    agent.status_when("the door opens once the port is free", lambda s: s["texts"].get("http"))
    equal(agent.post("进度", HEAD + row("31"))[1]["taken"], 1)
    agent.stop()


@with_agent
def cron_brings_its_document_by_the_standard_input(agent):
    done = agent.take(HEAD + row("31"))
    equal(done.returncode, 0, done.stderr.decode())
    assert "收 1" in done.stdout.decode(), done.stdout.decode()
    again = agent.take(HEAD + row("31"), "--source", "定时")
    equal(again.returncode, 0)
    assert "已收过" in again.stdout.decode()
    refused = agent.take(HEAD + row("约45", day="2021-07-31"), "--json", "--name", "7月.csv")
    answer = json.loads(refused.stdout)
    equal([refused.returncode, answer["document"], answer["refused_rows"][0]["code"]], [1, "7月.csv", "not_exact"])
    for text, code in (("", "no_content"), (HEAD + row("45", day="2021-08-31")[:-1], "cut_short"), ("a,b\n1,2\n", "column_missing")):
        bad = agent.take(text)
        equal(bad.returncode, 1, text)
        assert code in bad.stderr.decode() + bad.stdout.decode(), (code, bad)
    equal(agent.take("x\n", "--source", "进度").returncode, 2, "of another kind")
    equal(agent.take("x\n", "--name", "../x").returncode, 2)
    once = agent.take(HEAD + row("32", day="2021-07-31"), "--once", "--wait", "1s")
    equal(once.returncode, 0, "kept, though the centre cannot be reached")
    assert "还没有送到中心" in once.stderr.decode(), once.stderr.decode()
    equal(agent.events(), 6, "two figures, four receipts")
    agent.start()
    status, answer, _ = agent.post("进度", HEAD + row("31"))
    equal([status, answer["unchanged"]], [200, 1], "the spool is the agent's again")
    agent.stop()


TESTS = [receipts_are_those_of_a_file, the_same_again_is_known_and_answered_as_before, the_answer_of_a_killed_agent_is_given_to_the_next_question,
         what_is_refused_as_a_whole_says_why_and_may_come_again, doors_are_narrow, a_slow_client_is_cut_off_and_holds_nobody_up,
         a_full_spool_takes_nothing_and_says_when_to_come_again, other_machines_need_tls_and_a_token, messages_are_documents,
         one_agent_has_several_sources, a_port_in_use_stops_nobody_else, cron_brings_its_document_by_the_standard_input]
wrong = 0
for test in TESTS:
    if len(sys.argv) > 4 and test.__name__ not in sys.argv[4:]:
        continue
    started = time.monotonic()
    try:
        test()
        print(f"ok {test.__name__} ({time.monotonic() - started:.1f} s)", flush=True)
    except Exception as why:  # every test is run, whatever becomes of one
        wrong += 1
        print(f"not ok {test.__name__}: {type(why).__name__}: {why}", flush=True)
sys.exit(wrong > 0)
