#!/usr/bin/python3
"""foreign_test.py STATE [STREAM]: an agent written from proto/README.md alone, against a standing service of the sample programme.

Prints one line for each check. Changes the service it runs against: take one that is thrown away, or another STREAM each time.
"""
import datetime
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgpack
import zmq
from foreign_agent import (ACK, BATCH, ERROR, FIGURE, HELLO, NEVER, NO_CHANGE, RETRACTION, STATUS, WELCOME, WORDS, ForeignAgent, Lost, Refused,
                           chain, connect, day, decimal, envelope, event, now_ms)
from service import verdict

UNIT, AREA, OTHER_AREA, TARGET, PROGRAMME = "剑阁县", "510823", "510802", "T13.5", "guangyuan-2021"
MALFORMED, TOO_LARGE = 32, 33
PATIENCE_S = 60


def receive(wire, seconds):
    """(type, gen, body) of the next message, None when there is none for so long."""
    return msgpack.unpackb(wire.recv())[2:5] if wire.poll(seconds * 1000) else None


class Check:
    def __init__(self, state, stream):
        self.state, self.stream, self.failed = state, stream, 0
        self.listen = re.search(r"^listen: *(\S+)", (state / "aggregator.yaml").read_text(), re.M).group(1)
        self.server_key = (state / "keys" / "aggregator.key.pub").read_text().strip()
        self.public, self.secret = (key.decode() for key in zmq.curve_keypair())
        now = json.loads(self.duban("status", "--json"))["known_at"]         # the domain's time, wherever its clock stands
        self.today = day(now[:10])
        self.report = functools.partial(event, reporter=UNIT, reported_at=int(datetime.datetime.fromisoformat(now).timestamp() * 1000))
        self.folder = tempfile.TemporaryDirectory(prefix="foreign-")
        self.agent = self.an_agent("spool", self.public, self.secret)
        self.took_ms = []

    def an_agent(self, store, public, secret):
        return ForeignAgent(self.listen, self.server_key, public, secret, self.stream, os.path.join(self.folder.name, store))

    def wire(self):
        return connect(*self.agent.centre)

    def duban(self, *words):
        done = subprocess.run([self.state / "duban", *words], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        if done.returncode:
            raise AssertionError(f"duban {' '.join(words)}: exit {done.returncode}: {done.stderr or done.stdout}")
        return done.stdout

    def quarantine(self):
        """{seq: code name} of our stream, as the office sees it."""
        listed = json.loads(self.duban("quarantine", self.stream, "--json"))
        return {entry["seq"]: entry["code"] for entry in listed["quarantine"] if entry["stream"] == self.stream}

    def position(self):
        """The stream as the office sees it, and every cell."""
        streams = [s for s in json.loads(self.duban("stream", "list", "--json"))["streams"] if s["stream"] == self.stream]
        for volatile in ("last_seen", "session", "gen"):
            streams[0].pop(volatile, None)
        return streams, json.loads(self.duban("status", "--json"))["cells"]

    def run(self, name, check):
        try:
            wrong = check()
        except Exception as error:  # pylint: disable=broad-exception-caught     # whatever went wrong, the other checks still run
            wrong = f"{type(error).__name__}: {error}"
        self.failed += not verdict(name, wrong)

    # the checks, in their order: each returns what is wrong

    def unknown_key(self):
        stranger = self.an_agent("stranger", *(key.decode() for key in zmq.curve_keypair()))
        with connect(*stranger.centre) as wire:
            try:
                return f"a welcome: {stranger.hello(wire)}"
            except (Lost, Refused, zmq.Again) as refused:
                print(f"# an unknown key is told {refused}")
        return None

    def twenty_events(self):
        self.duban("key", "allow", self.public, "--stream", self.stream, "--unit", UNIT, "--area", AREA, "--label", "test",
                   "--by", "test", "--programme", PROGRAMME)
        words = [self.report(WORDS, target=TARGET, area=AREA, note=f"第{n}条进展") for n in range(1, 17)]
        events = [self.report(FIGURE, target=TARGET, area=AREA, as_of=self.today - 5, figure=decimal("12")),
                  self.report(NO_CHANGE, target=TARGET, area=AREA, as_of=self.today - 1),
                  *words[:8],
                  self.report(FIGURE, target=TARGET, area=OTHER_AREA, as_of=self.today - 5, figure=decimal("3")),
                  self.report(FIGURE, target="T99.9", area=AREA, as_of=self.today - 5, figure=decimal("3")),
                  *words[8:]]
        rejected = self.agent.deliver(events, PATIENCE_S)
        if self.agent.acked != 20:
            return f"{self.agent.acked} of 20 acknowledged"
        return None if rejected == {11: 20, 12: 30} else f"the ACKs named {rejected}"

    def bad_ones_listed(self):
        listed = self.quarantine()
        return None if listed == {11: "OUT_OF_SCOPE", 12: "UNKNOWN_TARGET"} else f"listed {listed}"

    def same_batch_again(self):
        agent, before = self.agent, (self.position(), self.quarantine())
        with self.wire() as wire:
            agent.hello(wire)
            wire.send(envelope(BATCH, agent.gen, [1, 1, agent.heads[0], agent.events, agent.heads[20]]))
            ack = agent.answer(wire, ACK, PATIENCE_S)
        if ack[:3] != [20, agent.heads[20], 0]:
            return f"answered by {ack}"
        return None if (self.position(), self.quarantine()) == before else "something changed"

    def error_to(self, gen, *message):
        """The ERROR (code, class, gen) a HELLO with this gen, or the message after its WELCOME, is answered by."""
        agent = self.agent
        with self.wire() as wire:
            wire.send(envelope(HELLO, gen, [1, 1, self.stream, agent.epoch, 1, len(agent.events), agent.acked, agent.heads[agent.acked], now_ms(), "test"]))
            while answer := receive(wire, PATIENCE_S):
                if answer[0] == ERROR:
                    return answer[2][0], answer[2][1], answer[1]
                if answer[0] == WELCOME:
                    if not message:
                        return "WELCOME"
                    wire.send(envelope(*message))
        return None

    def wrong_prev_hash(self):
        agent, stray = self.agent, bytes(31) + b"\1"
        body = self.report(WORDS, target=TARGET, area=AREA, note="另一条链")
        agent.save(gen=agent.gen + 1)
        told = self.error_to(agent.gen, BATCH, agent.gen, [1, 21, stray, [body], chain(stray, [body])[1]])
        return None if told == (3, NEVER, agent.gen) else f"told {told}"

    def stale_gen(self):
        agent = self.agent
        told = self.error_to(agent.gen)
        if told != (1, NEVER, agent.gen):
            return f"the same gen again is told {told}"
        with self.wire() as older, self.wire() as newer:
            agent.hello(older)
            stale = agent.gen
            agent.hello(newer)
            older.send(envelope(STATUS, stale, agent.status()))
            answer = receive(older, PATIENCE_S)
        return None if answer and [*answer[:2], *answer[2][:2]] == [ERROR, agent.gen, 1, NEVER] else f"the older session is told {answer}"

    def not_canonical(self):
        good = self.report(WORDS, target=TARGET, area=AREA, note="在不规范的一条之后")
        bad = self.report(WORDS, target=TARGET, area=AREA, note="整数写长了")
        assert bad[:2] == b"\x9f\x05"
        rejected = self.agent.deliver([bad[:1] + b"\xcc" + bad[1:], good], PATIENCE_S)
        if (self.agent.acked, rejected.get(21), rejected.get(22)) != (22, 2, None):
            return f"acknowledged {self.agent.acked}, rejected {rejected}"
        return None if self.quarantine().get(21) == "NOT_CANONICAL" else f"listed {self.quarantine()}"

    def codes_of_the_page(self):
        """Words with one field as the page forbids it, and the code it gives for that (section 8)."""
        rows = [({12: "一\n二"}, 6), ({12: "字" * 201}, 7), ({12: "字" * 200}, None), ({12: "e\u0301"}, 5), ({8: ""}, 6), ({15: [1]}, 8),
                ({1: 0}, 1), ({7: -1}, 1), ({5: -25568}, 71), ({13: "没有这个单位"}, 33), ({3: None}, 34), ({6: [1, 0]}, 57),
                ({1: RETRACTION}, 70), ({1: RETRACTION, 5: self.today - 40}, None), ({1: RETRACTION, 10: bytes(16)}, None),
                ({1: 200, 15: [1]}, None)]
        events = []
        for changes, _ in rows:
            fields = msgpack.unpackb(self.report(WORDS, target=TARGET, area=AREA))
            for place, value in changes.items():
                fields[place - 1] = value
            events.append(msgpack.packb(fields))
        first = len(self.agent.events) + 1
        said = self.agent.deliver(events, PATIENCE_S)
        told = [(changes, said.get(seq)) for seq, (changes, _) in enumerate(rows, first)]
        return None if told == rows else f"told {told}"

    def hostile_bytes(self):
        agent, told = self.agent, []
        for frame in (b"\xdd\xff\0\0\0", b"", b"\x91" * 100_000, envelope(STATUS, 1, agent.status()).replace(b"duban", b"DUBAN")):
            with self.wire() as before, self.wire() as within:
                before.send(frame)                          # instead of a HELLO
                agent.hello(within)
                within.send(frame)                          # in a session
                for wire in (before, within):
                    answer = receive(wire, 5)
                    told.append(answer[2][0] if answer else None)
        if told != [MALFORMED] * 4 + [TOO_LARGE] * 2 + [MALFORMED] * 2:
            return f"told {told}"
        with self.wire() as wire:
            agent.hello(wire)
            wire.send(envelope(STATUS, agent.gen, agent.status()))
            ack = agent.answer(wire, ACK, PATIENCE_S)
        return None if ack[0] == agent.acked else f"a STATUS afterwards is answered by {ack}"

    def revoked(self):
        agent = self.agent
        with self.wire() as wire:
            agent.hello(wire)
            self.duban("key", "revoke", self.public, "--by", "test")
            since, told = time.monotonic(), None
            while not told and time.monotonic() < since + 10:
                wire.send(envelope(STATUS, agent.gen, agent.status()))
                answer = receive(wire, 0.5)
                told = answer and answer[0] == ERROR and answer[2][0]
            print(f"# the open session is told {told} {time.monotonic() - since:.1f} s after the revocation")
        if not told:
            return "the open session goes on"
        with self.wire() as wire:
            try:
                return f"a new session gets a welcome: {agent.hello(wire)}"
            except (Lost, Refused, zmq.Again) as refused:
                print(f"# a new session is told {refused}")
        return None

    def verified(self):
        self.duban("verify", "--json")


def main():
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    check = Check(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) == 3 else "foreign")
    check.run("an unknown key is refused", check.unknown_key)
    check.run("an allowed key delivers twenty events", check.twenty_events)
    check.run("the office sees exactly the bad ones", check.bad_ones_listed)
    check.run("the same batch again changes nothing", check.same_batch_again)
    check.run("a wrong prev_hash is a FORK", check.wrong_prev_hash)
    check.run("a stale gen is FENCED", check.stale_gen)
    check.run("a non-canonical event does not stop the stream", check.not_canonical)
    check.run("the codes are those of the page", check.codes_of_the_page)
    check.run("hostile bytes do not kill the aggregator", check.hostile_bytes)
    check.run("a revoked key is out at once", check.revoked)
    check.run("every chain verifies", check.verified)
    sys.exit(check.failed > 0)


if __name__ == "__main__":
    main()
