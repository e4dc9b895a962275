#!/usr/bin/python3
"""A foreign system that subscribes to the publisher (ZeroMQ SUB over CURVE): each message becomes a JSON line.

    subscriber.py --port-file FILE --log FILE --address tcp://HOST:PORT --server KEY --own PUBLIC SECRET [--topic PREFIX]

The port file appears when the handshake has gone well ("in") or was refused ("out").
"""
import argparse
import json
import os

import zmq
from zmq.utils.monitor import recv_monitor_message


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--address", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--own", nargs=2, required=True)
    parser.add_argument("--topic", default="")
    options = parser.parse_args()
    socket = zmq.Context().socket(zmq.SUB)
    socket.curve_publickey, socket.curve_secretkey = (part.encode() for part in options.own)
    socket.curve_serverkey = options.server.encode()
    socket.setsockopt(zmq.SUBSCRIBE, options.topic.encode())
    monitor = socket.get_monitor_socket()
    socket.connect(options.address)
    while True:
        event = recv_monitor_message(monitor)["event"]
        if event in (zmq.EVENT_HANDSHAKE_SUCCEEDED, zmq.EVENT_HANDSHAKE_FAILED_AUTH, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL):
            break
    with open(options.port_file + ".new", "w") as file:
        file.write("in\n" if event == zmq.EVENT_HANDSHAKE_SUCCEEDED else "out\n")
    os.rename(options.port_file + ".new", options.port_file)
    while True:
        topic, body = socket.recv_multipart()
        with open(options.log, "a", encoding="utf-8") as log:
            log.write(json.dumps({"topic": topic.decode(), "body": json.loads(body)}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
