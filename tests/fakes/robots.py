#!/usr/bin/python3
"""The group robots of WeCom, DingTalk and Feishu, with their vendors' documented limits, blocks and error bodies.

    robots.py --port-file FILE --out FILE [--host 127.0.0.1] [--port 0] [--secret SECRET] [--speed N]
              [--cert PEM --cert-key PEM]

One process on one port speaks all three:
    POST /cgi-bin/webhook/send?key=KEY                               WeCom
    POST /robot/send?access_token=TOKEN&timestamp=MS&sign=SIGN        DingTalk, signed
    POST /open-apis/bot/v2/hook/HOOK                                  Feishu, signed in the body

Every KEY is a robot of its own; keys that begin with "gone" were removed. What a robot accepted becomes a JSON line of
--out, what it refused one of FILE.refused. --speed makes its minutes pass N times as fast (the signatures' hour too is
counted from the time of the call). For tests:
    POST /control/clock   {"advance": SECONDS}
    POST /control/answers {"robot": KEY, "answers": [{"http": 200, "headers": {}, "body": {...} or "text"}]}   given in turn,
                          before anything is looked at; such calls count as any other. "pad": N makes an answer N bytes longer
"""
import argparse
import base64
import hashlib
import hmac
import json
import os
import ssl
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

HOUR = 3600
WECOM_TYPES = {"text", "markdown", "markdown_v2", "image", "news", "file", "voice", "template_card"}


def signature(key, message):
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


class Clock:
    def __init__(self, speed):
        self.speed, self.started, self.advanced = speed, time.monotonic(), 0.0

    def seconds(self):
        return (time.monotonic() - self.started) * self.speed + self.advanced


class Pace:
    """Calls in a window that slides."""

    def __init__(self, calls, seconds):
        self.calls, self.seconds, self.times = calls, seconds, []

    def exceeded(self, now):
        """Counts this call too, also when it is one too many."""
        self.times = [t for t in self.times if now - t < self.seconds] + [now]
        return len(self.times) > self.calls


class Refusal(Exception):
    def __init__(self, body, http=200, headers=None):
        super().__init__(body)
        self.body, self.http, self.headers = body, http, headers or {}


class WeCom:
    ok = {"errcode": 0, "errmsg": "ok"}

    def __init__(self, key):
        self.key, self.minute = key, Pace(20, 60)

    @staticmethod
    def wrong(code, words):
        return Refusal({"errcode": code, "errmsg": f"{words}, hint: [1], from ip: 127.0.0.1"})

    def take(self, now, query, raw, secret):
        if self.minute.exceeded(now):
            raise self.wrong(45009, "api freq out of limit")
        if self.key.startswith("gone"):
            raise self.wrong(93000, "invalid webhook url")
        if b"\\u" in raw:
            raise self.wrong(40033, "invalid charset. must be utf8")
        body = parsed(raw, lambda: self.wrong(40035, "invalid parameter"))
        kind = body.get("msgtype")
        if kind not in WECOM_TYPES:
            raise self.wrong(40008, "invalid message type")
        if kind != "text":
            return body, str(body.get(kind)), []
        text = body.get("text")
        if not isinstance(text, dict) or not isinstance(text.get("content"), str) or not text["content"]:
            raise self.wrong(40058, "text.content missing")
        if len(text["content"].encode()) > 2048:
            raise self.wrong(45002, "content size out of limit")
        return body, text["content"], text.get("mentioned_list", []) + text.get("mentioned_mobile_list", [])


class DingTalk:
    ok = {"errcode": 0, "errmsg": "ok"}

    def __init__(self, key):
        self.key, self.minute, self.blocked_until = key, Pace(20, 60), 0

    def take(self, now, query, raw, secret):
        if now < self.blocked_until or self.minute.exceeded(now):
            if now >= self.blocked_until:
                self.blocked_until = now + 600
            raise Refusal({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})
        if self.key.startswith("gone"):
            raise Refusal({"errcode": 300005, "errmsg": "token is not exist"})
        stamp = query.get("timestamp", [""])[0]
        if not stamp.isdigit() or abs(time.time() - int(stamp) / 1000) > HOUR:
            raise Refusal({"errcode": 310000, "errmsg": "description:invalid timestamp;solution:check the time"})
        if not hmac.compare_digest(query.get("sign", [""])[0], signature(secret, f"{stamp}\n{secret}")):
            raise Refusal({"errcode": 310000, "errmsg": "description:sign not match;solution:check the secret"})
        if len(raw) > 20000:
            raise Refusal({"errcode": 40035, "errmsg": "message too long, exceed 20000 bytes"})
        body = parsed(raw, lambda: Refusal({"errcode": 40035, "errmsg": "param error"}))
        if body.get("msgtype") != "text":
            return body, str(body.get(body.get("msgtype"))), []
        text, at = body.get("text", {}).get("content"), body.get("at", {})
        if not isinstance(text, str) or not text:
            raise Refusal({"errcode": 40035, "errmsg": "param error: content"})
        called = [who for who in at.get("atMobiles", []) + at.get("atUserIds", []) if f"@{who}" in text]
        return body, text, called + (["@all"] if at.get("isAtAll") else [])


class Feishu:
    ok = {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}

    def __init__(self, key):
        self.key, self.minute, self.second = key, Pace(100, 60), Pace(5, 1)

    def take(self, now, query, raw, secret):
        fast, often = self.second.exceeded(now), self.minute.exceeded(now)
        if fast or often:
            raise Refusal({"code": 11232, "msg": "create message trigger frequency limit", "data": {}}, 429,
                          {"x-ogw-ratelimit-limit": "100", "x-ogw-ratelimit-reset": "60" if often else "1"})
        if self.key.startswith("gone"):
            raise Refusal({"code": 9499, "msg": "Bad Request: no such bot", "data": {}}, 400)
        if len(raw) > 20 * 1024:
            raise Refusal({"code": 9499, "msg": "Bad Request: body too large", "data": {}}, 400)
        body = parsed(raw, lambda: Refusal({"code": 9499, "msg": "Bad Request", "data": {}}, 400))
        stamp = body.get("timestamp", "")
        if (not isinstance(stamp, str) or not stamp.isdigit() or abs(time.time() - int(stamp)) > HOUR or
                not hmac.compare_digest(str(body.get("sign", "")), signature(f"{stamp}\n{secret}", ""))):
            raise Refusal({"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time",
                           "data": {}})
        if body.get("msg_type") != "text":
            return body, str(body.get("content", body.get("card"))), []
        text = body.get("content", {}).get("text")
        if not isinstance(text, str) or not text:
            raise Refusal({"code": 9499, "msg": "Bad Request: content", "data": {}}, 400)
        called = [part.split('"')[0].replace("all", "@all", 1) if part.startswith('all"') else part.split('"')[0]
                  for part in text.split('<at user_id="')[1:]]
        return body, text, called


def parsed(raw, refusal):
    try:
        body = json.loads(raw.decode())
    except ValueError:
        raise refusal() from None
    if not isinstance(body, dict):
        raise refusal()
    return body


class Vendors:
    def __init__(self, options):
        self.secret, self.out, self.clock = options.secret, options.out, Clock(options.speed)
        self.lock, self.robots, self.scripted = Lock(), {}, {}

    def robot_of(self, path, query):
        if path == "/cgi-bin/webhook/send":
            kind, key = WeCom, query.get("key", [""])[0]
        elif path == "/robot/send":
            kind, key = DingTalk, query.get("access_token", [""])[0]
        elif path.startswith("/open-apis/bot/v2/hook/"):
            kind, key = Feishu, path.rpartition("/")[2]
        else:
            return None
        return self.robots.setdefault((kind, key), kind(key))

    def control(self, path, raw):
        order = json.loads(raw)
        if path == "/control/clock":
            self.clock.advanced += order["advance"]
        else:
            self.scripted.setdefault(order["robot"], []).extend(order["answers"])
        return 200, {}, {"ok": True}

    def keep(self, path, line):
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def answer(self, path, query, raw, content_type):
        robot = self.robot_of(path, query)
        if robot is None:
            return 404, {}, {"error": "no such page"}
        now = self.clock.seconds()
        line = {"vendor": type(robot).__name__.lower(), "robot": robot.key, "at": round(now, 3)}
        if self.scripted.get(robot.key):
            given = self.scripted[robot.key].pop(0)
            self.keep(self.out + ".refused", {**line, "answer": given.get("body")})
            body = given.get("body")
            if given.get("pad"):
                body = (body if isinstance(body, str) else json.dumps(body)) + " " * given["pad"]
            return given.get("http", 200), given.get("headers", {}), body
        try:
            if not content_type.startswith("application/json"):
                raise Refusal({"errcode": 43004, "code": 9499, "errmsg": "require application/json", "msg": "Bad Request"})
            body, text, called = robot.take(now, query, raw, self.secret)
        except Refusal as refusal:
            self.keep(self.out + ".refused", {**line, "answer": refusal.body})
            return refusal.http, refusal.headers, refusal.body
        self.keep(self.out, {**line, "text": text, "called": called, "bytes": len(text.encode()), "body": body})
        return 200, {}, robot.ok


def handler(vendors):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            url = urllib.parse.urlsplit(self.path)
            query = urllib.parse.parse_qs(url.query)
            with vendors.lock:
                if url.path.startswith("/control/"):
                    status, headers, body = vendors.control(url.path, raw)
                else:
                    status, headers, body = vendors.answer(url.path, query, raw, self.headers.get("Content-Type", ""))
            text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    return Handler


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--secret", default="SECtest-duban-0001")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--cert")
    parser.add_argument("--cert-key")
    options = parser.parse_args()
    server = ThreadingHTTPServer((options.host, options.port), handler(Vendors(options)))
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.cert_key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with open(options.port_file + ".new", "w") as file:
        file.write(f"{server.server_port}\n")
    os.rename(options.port_file + ".new", options.port_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
