#!/usr/bin/python3
"""A receiver of webhooks for tests: keeps what it gets, answers as told, checks signatures.

    webhook.py --port-file FILE --log FILE [--secret FILE] [--answer 503,503,200] [--redirect URL] [--hang N]

Writes the port it listens on (127.0.0.1) to the port file; each request becomes one JSON line of the log: path, headers,
body, signed (true, false, null = nothing to check with). --answer gives the statuses in turn; the last one stays. The first --hang requests are taken
and never answered.
"""
import argparse
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

SKEW_SECONDS = 300


def signed_well(secret, header, body):
    fields = dict(part.split("=", 1) for part in (header or "").split(",") if "=" in part)
    if "t" not in fields or abs(time.time() - int(fields["t"])) > SKEW_SECONDS:
        return False
    wanted = hmac.new(secret, fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, fields.get("v1", ""))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--secret")
    parser.add_argument("--answer", default="200")
    parser.add_argument("--redirect", default="")
    parser.add_argument("--hang", type=int, default=0)
    options = parser.parse_args()
    secret = open(options.secret, "rb").read().rstrip(b"\r\n") if options.secret else None
    answers = [int(word) for word in options.answer.split(",")]
    lock, hanging = Lock(), [options.hang]

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.do_POST()

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                status = answers.pop(0) if len(answers) > 1 else answers[0]
                with open(options.log, "a", encoding="utf-8") as log:
                    signed = signed_well(secret, self.headers.get("X-Duban-Signature"), body) if secret else None
                    log.write(json.dumps({"path": self.path, "headers": dict(self.headers), "signed": signed,
                                          "answered": status, "method": self.command,
                                          "body": json.loads(body or b"null")}, ensure_ascii=False) + "\n")
                hang = hanging[0] > 0
                hanging[0] -= hang
            if hang:
                self.rfile.read()  # until the caller is gone
                return
            self.send_response(302 if options.redirect else status)
            if options.redirect:
                self.send_header("Location", options.redirect)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    with open(options.port_file + ".new", "w") as file:
        file.write(f"{server.server_port}\n")
    os.rename(options.port_file + ".new", options.port_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
