#!/usr/bin/python3
"""The golden vectors of proto/vectors, computed from their own descriptions by other code than the C.

    vectors.py --check    compare every hex with what its description gives
    vectors.py --write    fill in the hex (after adding a description; review the difference)

Needs python3-msgpack. Hex is the only thing computed; everything else in the files is written by hand.
"""
import datetime
import decimal
import hashlib
import json
import pathlib
import sys

import msgpack

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "proto" / "vectors"
FIELDS = ["kind", "uid", "target", "area", "as_of", "figure", "reported_at_ms", "reporter", "source", "replaces",
          "reason", "note", "blocked_by", "doubts", "more"]
BODIES = {
    "HELLO": (1, ["ver_min", "ver_max", "stream", "epoch", "first_retained", "last_seq", "acked_seq", "acked_hash",
                  "clock_ms", "software"]),
    "WELCOME": (2, ["ver", "committed_seq", "head_hash", "window_events", "window_bytes", "max_batch", "heartbeat_ms",
                    "time_ms"]),
    "BATCH": (3, ["layout", "first_seq", "prev_hash", "events", "last_hash"]),
    "ACK": (4, ["committed_seq", "head_hash", "flag", "retry_after_ms", "rejected", "rejected_count"]),
    "STATUS": (5, ["last_seq", "depth", "oldest_age_ms", "disk_free", "clock_ms"]),
    "ERROR": (6, ["code", "class", "detail"]),
}


def pack(value):
    return msgpack.packb(value, use_bin_type=True)


def blake(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def day(text):
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days


def number(text):
    """[mantissa, scale], the smallest scale that is exact."""
    value = decimal.Decimal(text)
    for scale in range(10):
        shifted = value.scaleb(scale)
        if shifted == shifted.to_integral_value():
            return [int(shifted), scale]
    raise ValueError(text)


def plain(value):
    """Descriptions write bytes as {"bin": hex} and days as {"day": "2021-12-31"}."""
    if isinstance(value, dict):
        return bytes.fromhex(value["bin"]) if "bin" in value else day(value["day"])
    return [plain(v) for v in value] if isinstance(value, list) else value


def figure(value):
    if value is None or isinstance(value, bool):
        return value
    return [number(v) for v in value] if isinstance(value, list) else number(value)


def event(of):
    source = of.get("source")
    fields = dict(of)
    fields["uid"] = bytes.fromhex(of["uid"])
    fields["as_of"] = day(of["as_of"]) if of.get("as_of") else None
    fields["figure"] = figure(of.get("figure"))
    fields["replaces"] = bytes.fromhex(of["replaces"]) if of.get("replaces") else None
    fields["source"] = source and [source["file"], bytes.fromhex(source["hash"]), source.get("place"),
                                   source.get("raw"), source.get("document")]
    fields["doubts"] = of.get("doubts", [])
    fields["more"] = plain(of["more"]) if of.get("more") is not None else None
    return pack([fields.get(name) for name in FIELDS])


def chain(of, events):
    """h(0), h(1) … of the named events."""
    old = bytes.fromhex(of["old_head"]) if of["old_head"] else None
    heads = [blake(b"duban1" + pack([of["stream"], bytes.fromhex(of["epoch"]), old]))]
    for name in of["events"]:
        heads.append(blake(heads[-1] + blake(events[name])))
    return heads


def message(of, events):
    kind, names = BODIES[of["type"]]
    body = [of["body"][name] for name in names] + of.get("extra", [])
    for i, name in enumerate(names):
        if name in ("epoch", "acked_hash", "head_hash", "prev_hash", "last_hash"):
            body[i] = bytes.fromhex(body[i])
        if name == "events":
            body[i] = [events[e] for e in body[i]]
    return pack(["duban", of.get("version", 1), kind, of["gen"], body])


def load(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def computed():
    """(file, vectors with their hex)"""
    decimals = load("decimals.json")
    for vector in decimals:
        vector["hex"] = pack(number(vector["text"])).hex()
    events = load("events.json")
    for vector in events:
        vector["hex"] = event(vector["event"]).hex()
    by_name = {v["name"]: bytes.fromhex(v["hex"]) for v in events}
    chains = load("chain.json")
    for vector in chains:
        vector["heads"] = [h.hex() for h in chain(vector, by_name)]
        vector["hex"] = vector["heads"][-1]
    messages = load("messages.json")
    for vector in messages:
        vector["hex"] = message(vector["message"], by_name).hex()
    return {"decimals.json": decimals, "events.json": events, "chain.json": chains, "messages.json": messages}


def text(vectors):
    return "[\n" + ",\n".join(json.dumps(v, ensure_ascii=False) for v in vectors) + "\n]\n"


def main():
    wrong = count = 0
    for name, vectors in computed().items():
        if "--write" in sys.argv:
            (FOLDER / name).write_text(text(vectors), encoding="utf-8")
        for here, right in zip(load(name), vectors):
            count += 1
            if here != right:
                wrong += 1
                print(f"{name}: {right['name']}: stands {here.get('hex')}, is {right['hex']}")
    print(f"{count} vectors, {wrong} wrong")
    sys.exit(1 if wrong else 0)


main()
