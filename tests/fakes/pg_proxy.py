#!/usr/bin/python3
"""Stands between a program and PostgreSQL on local sockets and cuts the connection, once, at a COMMIT.

    pg_proxy.py --listen FOLDER --server FOLDER --commit TEXT --cut before|after

It listens on FOLDER/.s.PGSQL.5432. The first query that is exactly TEXT is cut: `before` it reaches the server (which then
rolls back), or `after` the server has carried it out, its answer kept back. Every other byte passes as it is. Each
connection gets two threads; the program ends with its parent's SIGTERM or SIGKILL.
"""
import argparse
import ctypes
import os
import signal
import socket
import struct
import threading

NAME = "/.s.PGSQL.5432"
PR_SET_PDEATHSIG = 1


class Connection:
    def __init__(self, proxy, client):
        self.proxy = proxy
        self.client = client
        self.server = socket.socket(socket.AF_UNIX)
        self.server.connect(proxy.options.server + NAME)
        self.swallowing = False
        threading.Thread(target=self.forth, daemon=True).start()
        threading.Thread(target=self.back, daemon=True).start()

    def cut(self):
        for side in (self.client, self.server):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the other thread was first

    def exactly(self, size):
        data = b""
        while len(data) < size:
            part = self.client.recv(size - len(data))
            if not part:
                raise ConnectionError
            data += part
        return data

    def forth(self):
        """Message by message: the first has no letter."""
        try:
            letter = b""
            while True:
                length = self.exactly(4)
                body = self.exactly(struct.unpack("!I", length)[0] - 4)
                if letter == b"Q" and body.rstrip(b"\0") == self.proxy.commit and self.proxy.takes_it():
                    if self.proxy.options.cut == "before":
                        break
                    self.swallowing = True
                self.server.sendall(letter + length + body)
                letter = self.exactly(1)
        except OSError:
            pass  # one side is gone
        self.cut()

    def back(self):
        answer = b""
        try:
            while data := self.server.recv(65536):
                if not self.swallowing:
                    self.client.sendall(data)
                    continue
                answer += data
                if b"COMMIT\0" in answer:
                    break
        except OSError:
            pass  # one side is gone
        self.cut()


class Proxy:
    def __init__(self, options):
        self.options = options
        self.commit = options.commit.encode()
        self.lock = threading.Lock()
        self.done = False

    def takes_it(self):
        with self.lock:
            first, self.done = not self.done, True
        return first

    def run(self):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.options.listen + NAME)
        listener.listen()
        while True:
            Connection(self, listener.accept()[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--cut", required=True, choices=("before", "after"))
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == parent:
        Proxy(parser.parse_args()).run()


if __name__ == "__main__":
    main()
