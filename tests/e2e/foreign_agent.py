#!/usr/bin/python3
"""An agent of your own, written from proto/README.md alone (§: its sections), with zmq, msgpack and the standard library.

    agent = ForeignAgent(address, server_key, public, secret, "my-stream", "spool.sqlite")
    agent.deliver([event(FIGURE, "剑阁县", "T13.5", "510823", day("2021-12-31"), decimal("12"))])

One batch at a time; without what one centre and a small store do not need: a list of servers, a monitor, forgetting.
"""
import datetime
import hashlib
import os
import random
import re
import shutil
import sqlite3
import time
import unicodedata
from decimal import Decimal

import msgpack
import zmq

FIGURE, CORRECTION, NO_CHANGE, RECEIPT, WORDS, RETRACTION = range(1, 7)                                             # §6
HELLO, WELCOME, BATCH, ACK, STATUS, ERROR = range(1, 7)                                                             # §2
OK, NEVER, BATCH_BYTES = 0, 1, 512 * 1024


class Refused(Exception):
    """The events are safe in the store, but the centre does not take them: the code of §7, or the name in §4."""

class Lost(Exception):
    """This session is over; the next one may do better."""

def canonical(value):                                                                                               # §5
    def clean(part):
        if isinstance(part, str):
            return unicodedata.normalize("NFC", re.sub("[\0-\x1f\x7f-\x9f]", " ", part))
        return [clean(element) for element in part] if isinstance(part, (list, tuple)) else part
    return msgpack.packb(clean(value), use_bin_type=True)

def event(kind, reporter, target=None, area=None, as_of=None, figure=None, *, uid=None, reported_at=None, source=None,
          replaces=None, reason=None, note=None, blocked_by=None, doubts=(), more=None):
    return canonical([kind, uid or os.urandom(16), target, area, as_of, figure, reported_at or now_ms(), reporter, source,
                      replaces, reason, note, blocked_by, doubts, more])

def decimal(text):
    scale = max(0, -Decimal(text).normalize().as_tuple().exponent)
    return [int(Decimal(text).scaleb(scale)), scale]

def day(iso):
    return (datetime.date.fromisoformat(iso) - datetime.date(1970, 1, 1)).days

def now_ms():
    return time.time_ns() // 1_000_000

def chain(head, events):                                                                                            # §3
    """[h(n), h(n + 1) …] from h(n) and the events behind it."""
    def digest(data):
        return hashlib.blake2b(data, digest_size=32).digest()
    heads = [head]
    for body in events:
        heads.append(digest(heads[-1] + digest(body)))
    return heads

def envelope(kind, gen, body):                                                                                      # §2
    return msgpack.packb(["duban", 1, kind, gen, body], use_bin_type=True)

def connect(address, server_key, public, secret):                                                                   # §1
    wire = zmq.Context.instance().socket(zmq.DEALER)        # of one session; send() raises zmq.Again after ten seconds without a connection
    for option, value in {zmq.CURVE_SERVERKEY: server_key.encode(), zmq.CURVE_PUBLICKEY: public.encode(),
                          zmq.CURVE_SECRETKEY: secret.encode(), zmq.LINGER: 0, zmq.RECONNECT_IVL: -1, zmq.MAXMSGSIZE: 1 << 20,
                          zmq.HANDSHAKE_IVL: 3000, zmq.HEARTBEAT_IVL: 5000, zmq.HEARTBEAT_TIMEOUT: 15000, zmq.SNDHWM: 16,
                          zmq.RCVHWM: 16, zmq.SNDTIMEO: 10000}.items():
        wire.setsockopt(option, value)
    wire.connect(address)
    return wire


class ForeignAgent:
    """A stream and its store. Nothing here is remembered only in memory: kill it at any line and start it again."""
    def __init__(self, address, server_key, public, secret, stream, store):
        self.centre, self.stream, self.rejected = (address, server_key, public, secret), stream, {}
        self.store = sqlite3.connect(store)                 # rollback journal, synchronous=FULL: fsynced when `with` ends
        with self.store:
            self.store.execute("CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, body BLOB, kept_ms INT)")
            self.store.execute("CREATE TABLE IF NOT EXISTS life (epoch BLOB, gen INT, acked INT, head0 BLOB, halted TEXT, centre_gen INT)")
            self.store.execute("INSERT INTO life SELECT ?, 0, 0, ?, '', 0 WHERE NOT EXISTS (SELECT 1 FROM life)", [os.urandom(16), bytes(32)])
        self.epoch, self.gen, self.acked, self.head0, self.halted, self.centre_gen = self.store.execute("SELECT * FROM life").fetchone()
        self.events = [body for body, in self.store.execute("SELECT body FROM event ORDER BY seq")]     # events[n - 1] is event n
        self.heads = chain(self.head0, self.events)                                                     # heads[n] is h(n)

    def save(self, **changes):
        with self.store:
            self.store.execute(f"UPDATE life SET {', '.join(f'{name} = ?' for name in changes)}", list(changes.values()))
        vars(self).update(changes)

    def deliver(self, events=(), patience=60.0):
        """Keeps the events, returns when the centre has them all: {seq: code} of what it put in quarantine. Or raises Refused."""
        with self.store:
            self.store.executemany("INSERT INTO event VALUES (NULL, ?, ?)", [(body, now_ms()) for body in events])
        self.events += events
        self.heads += chain(self.heads[-1], events)[1:]
        until, attempt, before = time.monotonic() + patience, 0, self.acked
        while self.acked < len(self.events):
            try:
                with connect(*self.centre) as wire:
                    self.converse(wire, self.hello(wire), until)
            except (Lost, zmq.Again) as lost:
                before, attempt = self.acked, attempt + 1 if self.acked == before else 0
                pause = random.uniform(0.5, min(60, 2 ** attempt))
                if time.monotonic() + pause > until:
                    raise Refused(str(lost)) from None
                time.sleep(pause)
        return self.rejected

    def hello(self, wire):                                                                                          # §4, 1 and 2
        if self.halted:
            raise Refused(self.halted)
        self.save(gen=self.gen + 1)                         # first in the store, then on the wire
        acked_hash = self.heads[self.acked] if self.acked else bytes(32)
        wire.send(envelope(HELLO, self.gen, [1, 1, self.stream, self.epoch, 1, len(self.events), self.acked, acked_hash, now_ms(), "foreign 1"]))
        welcome = self.answer(wire, WELCOME, 10)
        self.settle(*welcome[1:3])
        return welcome

    def converse(self, wire, welcome, until):                                                                       # §4, 3 to 5
        window_events, window_bytes, max_batch, heartbeat_ms = welcome[3:7]
        while self.acked < len(self.events):
            batch = self.events[self.acked:self.acked + min(window_events, max_batch)]
            while len(batch) > 1 and sum(map(len, batch)) > min(window_bytes, BATCH_BYTES):
                batch = batch[:len(batch) // 2]
            sent, flag = self.acked + len(batch), OK
            wire.send(envelope(STATUS, self.gen, self.status()))
            wire.send(envelope(BATCH, self.gen, [1, self.acked + 1, self.heads[self.acked], batch, self.heads[sent]]))
            while self.acked < sent and flag == OK:         # rewind, busy: again from what is committed
                committed, head, flag, retry_after_ms, rejected = self.answer(wire, ACK, min(4 * heartbeat_ms / 1000, until - time.monotonic()))[:5]
                self.settle(committed, head)
                self.rejected.update(rejected)
            time.sleep(retry_after_ms / 1000)

    def status(self):
        oldest = self.store.execute("SELECT kept_ms FROM event WHERE seq = ?", [self.acked + 1]).fetchone() or [now_ms()]
        return [len(self.events), len(self.events) - self.acked, max(0, now_ms() - oldest[0]), shutil.disk_usage(".").free, now_ms()]

    def answer(self, wire, wanted, seconds):
        until = time.monotonic() + seconds
        while wire.poll(max(0, until - time.monotonic()) * 1000):
            kind, gen, body = msgpack.unpackb(wire.recv())[2:5]
            if kind == ERROR:
                raise self.halt(f"{body[0]} {body[2]}", gen) if body[1] == NEVER else Lost(f"{body[0]} {body[2]}")
            if (kind, gen) == (wanted, self.gen):
                return body
        raise Lost("no answer")

    def settle(self, committed, head):                                                                              # §4, 2
        if committed == 0 and head != self.head0:
            self.save(head0=head)
            self.heads = chain(head, self.events)
        if committed > len(self.events) or self.heads[committed] != head:
            raise self.halt("STALE_SPOOL" if committed > len(self.events) else "FORK")
        if committed < self.acked:
            print(f"{self.stream}: the centre went back from {self.acked} to {committed}")
        self.save(acked=committed)

    def halt(self, why, centre_gen=0):
        self.save(halted=why, centre_gen=centre_gen)
        return Refused(why)

    def resume(self):                                       # after a FORK: a new store with this gen and what is not acknowledged
        self.save(gen=max(self.gen, self.centre_gen), halted="")
