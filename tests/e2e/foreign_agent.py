#!/usr/bin/python3
"""An agent of your own: everything proto/README.md asks of one, with nothing but zmq, msgpack and the standard library.

    agent = ForeignAgent(address, server_key, public, secret, "my-stream", "spool.sqlite")
    agent.deliver([event(FIGURE, "剑阁县", "T13.5", "510823", day("2021-12-31"), decimal("12"))])

It was written from that page alone, which the numbers below (§) refer to. `foreign_agent.py --selftest` compares it with
proto/vectors. It leaves out what a single centre and a small store do not need: a list of servers, and forgetting old events.
"""
import datetime
import hashlib
import json
import os
import random
import shutil
import sqlite3
import sys
import time
import unicodedata
from decimal import Decimal
from pathlib import Path

import msgpack
import zmq
from zmq.utils.monitor import recv_monitor_message

FIGURE, CORRECTION, NO_CHANGE, RECEIPT, WORDS, RETRACTION = range(1, 7)                                             # §6
HELLO, WELCOME, BATCH, ACK, STATUS, ERROR = range(1, 7)                                                             # §2
OK, REWIND, BUSY = range(3)
NEVER, LATER, REHELLO = range(1, 4)
CODES = {1: "FENCED", 2: "REVOKED", 3: "FORK", 4: "UNSUPPORTED_VERSION", 5: "FORMER_EPOCH", 16: "NOT_AUTHORISED",   # §7
         17: "UNKNOWN_EPOCH", 18: "BUSY", 19: "DRAINING", 32: "MALFORMED", 33: "TOO_LARGE", 34: "NO_SESSION"}
LARGEST_EVENT, LARGEST_BATCH, ANSWER_S = 16384, 512 * 1024, 10


class Refused(Exception):
    """The events are safe in the store, but the centre does not take them: `code` says why, by its name in §7 (or §4)."""
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Lost(Exception):
    """This session is over; the next one may do better."""


def clean(value):                                                                                                   # §5
    """The one form of a value: texts NFC without control characters, no floats, no maps."""
    if isinstance(value, str):
        spaced = unicodedata.normalize("NFC", value).translate({9: " ", 10: " ", 13: " "})
        return "".join(c for c in spaced if unicodedata.category(c) != "Cc")
    if isinstance(value, (list, tuple)):
        return [clean(element) for element in value]
    if value is None or isinstance(value, (bool, int, bytes)):
        return value
    raise TypeError(f"no {type(value).__name__} in an event")


def canonical(value):
    return msgpack.packb(clean(value), use_bin_type=True)


def event(kind, reporter, target=None, area=None, as_of=None, figure=None, *, uid=None, reported_at=None, source=None,
          replaces=None, reason=None, note=None, blocked_by=None, doubts=(), more=None):
    """The canonical bytes of one event."""
    return canonical([kind, uid or os.urandom(16), target, area, as_of, figure, reported_at or now_ms(), reporter, source,
                      replaces, reason, note, blocked_by, doubts, more])


def decimal(text):
    """"485.80" is [4858, 1]: a mantissa, and the smallest scale that is exact."""
    scale = max(0, -Decimal(text).normalize().as_tuple().exponent)
    return [int(Decimal(text).scaleb(scale)), scale]


def day(iso):
    return (datetime.date.fromisoformat(iso) - datetime.date(1970, 1, 1)).days


def now_ms():
    return time.time_ns() // 1_000_000


def digest(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def chain(head, events):                                                                                            # §3
    """[h(n), h(n + 1) …] from h(n) and the events behind it."""
    heads = [head]
    for body in events:
        heads.append(digest(heads[-1] + digest(body)))
    return heads


def envelope(kind, gen, body):                                                                                      # §2
    return msgpack.packb(["duban", 1, kind, gen, body], use_bin_type=True)


class Wire:                                                                                                         # §1
    """One socket, for one session."""
    def __init__(self, address, server_key, public, secret):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        for option, value in {zmq.CURVE_SERVERKEY: server_key.encode(), zmq.CURVE_PUBLICKEY: public.encode(),
                              zmq.CURVE_SECRETKEY: secret.encode(), zmq.LINGER: 0, zmq.RECONNECT_IVL: -1,
                              zmq.MAXMSGSIZE: 1 << 20, zmq.HANDSHAKE_IVL: 3000, zmq.HEARTBEAT_IVL: 5000,
                              zmq.HEARTBEAT_TIMEOUT: 15000, zmq.SNDHWM: 16, zmq.RCVHWM: 16}.items():
            self.socket.setsockopt(option, value)
        self.ended = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED | zmq.EVENT_CLOSED | zmq.EVENT_HANDSHAKE_FAILED_AUTH
                                                    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
        self.socket.connect(address)

    def send(self, kind, gen, body):
        self.send_raw(envelope(kind, gen, body))

    def send_raw(self, frame):
        if not self.ready(zmq.POLLOUT, time.monotonic() + ANSWER_S):    # never a bare send: without a connection it blocks for ever
            raise Lost("NO_ANSWER")
        self.socket.send(frame)

    def receive(self, until):
        """(type, gen, body) of the next message, None when there is none by then; Lost when the connection has ended."""
        if not self.ready(zmq.POLLIN, until):
            return None
        try:
            magic, version, kind, gen, body = msgpack.unpackb(self.socket.recv(), raw=False)
            return (kind, gen, body) if (magic, version) == ("duban", 1) else None
        except (ValueError, TypeError, msgpack.UnpackException):
            return None

    def ready(self, what, until):
        """Whether the socket can be written or read by then; what was received before the end is still read."""
        poller = zmq.Poller()
        poller.register(self.socket, what)
        poller.register(self.ended, zmq.POLLIN)
        found = dict(poller.poll(max(0, until - time.monotonic()) * 1000))
        if self.ended in found and self.socket not in found:
            refused = recv_monitor_message(self.ended)["event"] == zmq.EVENT_HANDSHAKE_FAILED_AUTH
            raise Lost("KEY_NOT_ALLOWED" if refused else "DISCONNECTED")
        return self.socket in found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.disable_monitor()
        self.socket.close()


class ForeignAgent:
    """A stream and its store. Nothing here is remembered only in memory: kill it at any line and start it again."""
    SOFTWARE = "foreign-agent 1"

    def __init__(self, address, server_key, public, secret, stream, store):
        self.centre, self.stream = (address, server_key, public, secret), stream
        self.store = sqlite3.connect(store)                 # rollback journal, synchronous=FULL: fsynced when `with` ends
        with self.store:
            self.store.execute("CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, body BLOB NOT NULL, kept_ms INT)")
            self.store.execute("CREATE TABLE IF NOT EXISTS life (epoch BLOB, gen INT, acked INT, head0 BLOB, halted TEXT, centre_gen INT)")
            self.store.execute("INSERT INTO life SELECT ?, 0, 0, NULL, NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM life)", [os.urandom(16)])
        self.rejected, self.largest = {}, LARGEST_BATCH
        self.load()

    def load(self):
        self.epoch, self.gen, self.acked, self.head0, self.halted, self.centre_gen = self.store.execute("SELECT * FROM life").fetchone()
        self.events = [body for body, in self.store.execute("SELECT body FROM event ORDER BY seq")]     # events[n - 1] is event n
        self.heads = chain(self.head0, self.events) if self.head0 else []                               # heads[n] is h(n)

    def save(self, **changes):
        with self.store:
            for name, value in changes.items():
                self.store.execute(f"UPDATE life SET {name} = ?", [value])
        vars(self).update(changes)

    def keep(self, events):
        """From here on they are promised: in the store, numbered, chained."""
        if any(len(body) > LARGEST_EVENT for body in events):
            raise ValueError(f"an event has at most {LARGEST_EVENT} bytes")
        with self.store:
            self.store.executemany("INSERT INTO event VALUES (?, ?, ?)", [(n, body, now_ms()) for n, body in enumerate(events, len(self.events) + 1)])
        self.events += events
        if self.heads:
            self.heads += chain(self.heads[-1], events)[1:]

    def deliver(self, events=(), patience=60.0):
        """Returns when the centre has acknowledged all there is: {seq: code} of what it put in quarantine. Or raises Refused."""
        self.keep(list(events))
        until, attempt = time.monotonic() + patience, 0
        while self.acked < len(self.events):
            before = self.acked
            try:
                with Wire(*self.centre) as wire:
                    self.converse(wire, self.hello(wire), until)
            except Lost as lost:
                attempt = 0 if self.acked > before else attempt + 1
                pause = random.uniform(0.5, max(0.5, min(60, 2 ** attempt)))
                if time.monotonic() + pause > until:
                    raise Refused(str(lost)) from None
                time.sleep(pause)
        return self.rejected

    def hello(self, wire):                                                                                          # §4, 1 and 2
        """Begins a session; the centre's WELCOME."""
        if self.halted:
            raise Refused(self.halted)
        self.save(gen=self.gen + 1)                         # first in the store, then on the wire
        acked_hash = self.heads[self.acked] if self.acked else bytes(32)
        wire.send(HELLO, self.gen, [1, 1, self.stream, self.epoch, 1, len(self.events), self.acked, acked_hash, now_ms(), self.SOFTWARE])
        welcome = self.answer(wire, WELCOME, time.monotonic() + ANSWER_S)
        if not welcome:
            raise Lost("NO_ANSWER")
        self.settle(*welcome[1:3])
        return welcome

    def converse(self, wire, welcome, until):                                                                       # §4, 3 to 5
        """Sends and listens until everything is acknowledged."""
        window, heartbeat = welcome[3:6], welcome[6] / 1000
        sent, went_back_to = self.acked, None
        moved = status_due = not_before = time.monotonic()
        unanswered = 0
        while self.acked < len(self.events):
            now = time.monotonic()
            if now > until:
                raise Lost("NO_ANSWER")
            if now >= status_due:
                if unanswered == 3:
                    raise Lost("NO_ANSWER")
                wire.send(STATUS, self.gen, self.status())
                unanswered, status_due = unanswered + 1, now + heartbeat
            if now > moved + 4 * heartbeat:
                sent, went_back_to, moved = self.acked, None, now
            while now >= not_before and (batch := self.next_batch(sent, *window)):
                wire.send(BATCH, self.gen, [1, sent + 1, self.heads[sent], batch, self.heads[sent + len(batch)]])
                sent += len(batch)
            ack = self.answer(wire, ACK, min(until, status_due, not_before if not_before > now else until))
            if not ack:
                continue
            unanswered, before = 0, self.acked
            committed, head, flag, retry_after_ms, rejected = ack[:5]
            self.settle(committed, head)
            self.rejected.update(rejected)
            sent = max(sent, committed) if committed >= before else committed
            if committed != before:
                moved, went_back_to = now, None
            if flag == REWIND and went_back_to != committed:        # each batch behind a lost one says so: go back once
                sent = went_back_to = committed
            if flag == BUSY:
                sent, not_before = committed, now + retry_after_ms / 1000

    def status(self):
        oldest = self.store.execute("SELECT kept_ms FROM event WHERE seq = ?", [self.acked + 1]).fetchone()
        age = max(0, now_ms() - oldest[0]) if oldest else 0
        return [len(self.events), len(self.events) - self.acked, age, shutil.disk_usage(".").free, now_ms()]

    def next_batch(self, sent, window_events, window_bytes, max_batch):
        """The events that may go now: within the window, the batch, and one message."""
        room = min(self.largest, window_bytes - sum(map(len, self.events[self.acked:sent])))
        batch = []
        for body in self.events[sent:min(sent + max_batch, self.acked + window_events)]:
            room -= len(body) + 3                           # 3: what msgpack puts before a bin
            if room < 0 and (batch or sent > self.acked):   # one event may always go
                break
            batch.append(body)
        return batch

    def answer(self, wire, wanted, until):
        """The body of the next message of this session and this type, None when there is none by then. ERROR ends it all."""
        while message := wire.receive(until):
            kind, gen, body = message
            if kind == ERROR:
                code = CODES.get(body[0], f"CODE_{body[0]}")
                if body[1] == NEVER:
                    self.halt(code, gen)
                if code == "UNKNOWN_EPOCH":
                    self.save(gen=max(self.gen, gen))       # a new store after a reopening starts above the old one
                if code == "TOO_LARGE":
                    self.largest = max(1, self.largest // 2)
                raise Lost(code)
            if (kind, gen) == (wanted, self.gen):
                return body
        return None

    def settle(self, committed, head):                                                                              # §4, 2
        """What the centre says it has, against what the store says."""
        if committed > len(self.events):
            self.halt("STALE_SPOOL")
        if committed == 0 and head != self.head0:
            self.save(head0=head)
            self.heads = chain(head, self.events)
        if not self.heads or self.heads[committed] != head:
            self.halt("FORK")
        if committed < self.acked:
            print(f"{self.stream}: the centre went back from {self.acked} to {committed}", file=sys.stderr)
        if committed != self.acked:
            self.save(acked=committed)

    def halt(self, code, centre_gen=0):
        """No more connections until people have looked at it and said resume()."""
        self.save(halted=code, centre_gen=centre_gen)
        raise Refused(code)

    def resume(self):
        """People have looked. After these three what is not delivered starts a new life: the centre must `duban stream reopen`."""
        with self.store:
            if self.halted in ("FORK", "FORMER_EPOCH", "STALE_SPOOL"):
                self.store.execute("DELETE FROM event WHERE seq <= ?", [self.acked])
                self.store.execute("UPDATE event SET seq = seq - ?", [self.acked])
                self.store.execute("UPDATE life SET epoch = ?, acked = 0, head0 = NULL", [os.urandom(16)])
            self.store.execute("UPDATE life SET gen = max(gen, centre_gen), halted = NULL, centre_gen = 0")
        self.load()


def selftest():
    """Every vector, computed anew from its description."""
    vectors = {path.stem: json.loads(path.read_text()) for path in (Path(__file__).parents[2] / "proto" / "vectors").glob("*.json")}
    wrong = []

    def expect(vector, computed):
        if computed.hex() != vector["hex"]:
            wrong.append(f"{vector['name']}: {computed.hex()} is not {vector['hex']}")

    def plain(value):
        """{"bin": …} and {"day": …} of `more`."""
        if isinstance(value, dict):
            return bytes.fromhex(value["bin"]) if "bin" in value else day(value["day"])
        return [plain(element) for element in value] if isinstance(value, list) else value

    def figure(value):
        return [decimal(part) for part in value] if isinstance(value, list) else decimal(value) if isinstance(value, str) else value

    def body(message):
        fields = dict(message["body"], **({"events": [events[name] for name in message["body"]["events"]]} if "events" in message["body"] else {}))
        binary = ("epoch", "acked_hash", "head_hash", "prev_hash", "last_hash")
        return [bytes.fromhex(value) if name in binary else value for name, value in fields.items()] + message.get("extra", [])

    for vector in vectors["decimals"]:
        expect(vector, canonical(decimal(vector["text"])))
    events = {}
    for vector in vectors["events"]:
        said = vector["event"]
        source = said.get("source") and [said["source"]["file"], bytes.fromhex(said["source"]["hash"]),
                                         *(said["source"][field] for field in ("place", "raw", "document"))]
        events[vector["name"]] = event(
            said["kind"], said["reporter"], said.get("target"), said.get("area"), said.get("as_of") and day(said["as_of"]),
            figure(said.get("figure")), uid=bytes.fromhex(said["uid"]), reported_at=said["reported_at_ms"], source=source,
            replaces=said.get("replaces") and bytes.fromhex(said["replaces"]), reason=said.get("reason"), note=said.get("note"),
            blocked_by=said.get("blocked_by"), doubts=said["doubts"], more=plain(said.get("more")))
        expect(vector, events[vector["name"]])
    for vector in vectors["chain"]:
        old = vector["old_head"] and bytes.fromhex(vector["old_head"])
        head0 = digest(b"duban1" + canonical([vector["stream"], bytes.fromhex(vector["epoch"]), old]))
        heads = chain(head0, [events[name] for name in vector["events"]])
        expect(vector, heads[-1])
        if [head.hex() for head in heads] != vector["heads"]:
            wrong.append(f"{vector['name']}: heads")
    for vector in vectors["messages"]:
        message = vector["message"]
        expect(vector, envelope(globals()[message["type"]], message["gen"], body(message)))
    print("\n".join(wrong) or f"ok {sum(map(len, vectors.values()))} vectors")
    return bool(wrong)


if __name__ == "__main__":
    if sys.argv[1:] != ["--selftest"]:
        sys.exit(f"usage: {sys.argv[0]} --selftest")
    sys.exit(selftest())
