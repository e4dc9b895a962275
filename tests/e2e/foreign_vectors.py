#!/usr/bin/python3
"""foreign_vectors.py: every vector of proto/vectors, computed anew from its description by the foreign agent's code.

Prints what differs, or how many there are.
"""
import hashlib
import json
import sys
from pathlib import Path

import foreign_agent
from foreign_agent import canonical, chain, day, decimal, envelope, event


def main():
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
        head0 = hashlib.blake2b(b"duban1" + canonical([vector["stream"], bytes.fromhex(vector["epoch"]), old]), digest_size=32).digest()
        heads = chain(head0, [events[name] for name in vector["events"]])
        expect(vector, heads[-1])
        if [head.hex() for head in heads] != vector["heads"]:
            wrong.append(f"{vector['name']}: heads")
    for vector in vectors["messages"]:
        message = vector["message"]
        expect(vector, envelope(getattr(foreign_agent, message["type"]), message["gen"], body(message)))
    print("\n".join(wrong) or f"ok {sum(map(len, vectors.values()))} vectors")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
