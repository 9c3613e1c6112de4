"""hostile.py DIRECTORY ADDRESS: servers that mean no good, on an address of the outside.

53: a name server; the first label of a question says what it does.
9001: sends as fast as it can. 9002: resets what connects, behind a first byte. 9003: never
reads. 9004: says a window of nothing, then closes. Each serves until it is killed.
"""
import os
import socket
import struct
import sys
import threading

directory, address = sys.argv[1:]
counts = {}


def name_of(message):
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]])
        at += 1 + message[at]
    return labels, at + 5


def header(message, count, flags=0x8180):
    return message[:2] + struct.pack(">5H", flags, 1, count, 0, 0)


def record(name, to, kind=1, ttl=60):
    return name + struct.pack(">HHIH", kind, 1, ttl, len(to)) + to


def wire(name):
    return b"".join(bytes([len(x)]) + x for x in name.encode().split(b".")) + b"\0"


SELF = b"\xc0\x0c"
GOOD, EVIL = socket.inet_aton("198.51.100.7"), socket.inet_aton("198.51.100.8")


def answers(message, by_tcp):
    """What is sent, one message after the other."""
    labels, end = name_of(message)
    what = labels[0].decode(errors="replace").lower()
    question = message[12:end]
    if question[-3] != 1:
        return [header(message, 0) + question]
    counts[what] = counts.get(what, 0) + 1
    good = header(message, 1) + question + record(SELF, GOOD)
    if what == "lies":
        other = bytes([message[0] ^ 1]) + good[1:-4] + EVIL
        elsewhere = header(message, 1) + wire("victim.liar") + question[-4:] + record(SELF, EVIL)
        more = header(message, 2) + question + record(wire("victim.liar"), EVIL) + record(SELF, GOOD)
        return [b"", b"\xff", other, elsewhere, message, more]
    if what == "late":
        return [] if counts[what] == 1 else [good]
    if what == "garbage":
        return [header(message, 65535) + question + record(SELF, GOOD)[:9]] * 3
    if what == "loops":
        return [header(message, 2) + question + record(SELF, wire("b.liar"), 5)
                + record(wire("b.liar"), wire("loops.liar"), 5)]
    if what in ("many", "cut") and not by_tcp:
        return [header(message, 0, 0x8380) + question]
    if what == "many":
        return [header(message, 1000) + question + record(SELF, GOOD)
                + b"".join(record(SELF, bytes([203, 0, 114 + i // 250, 1 + i % 250])) for i in range(999))]
    if what == "cut":
        return None
    return [good]


def datagrams():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((address, 53))
    while True:
        message, peer = s.recvfrom(4096)
        for answer in answers(message, False):
            s.sendto(answer, peer)


def questions(connection):
    size = connection.recv(2)
    message = connection.recv(struct.unpack(">H", size)[0])
    for answer in answers(message, True) or []:
        connection.sendall(struct.pack(">H", len(answer)) + answer)


def flood(connection):
    block = b"x" * 65536
    while True:
        connection.sendall(block)


def reset(connection):
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def deaf(connection):
    threading.Event().wait()


def serve(port, body):
    def guarded(connection):
        try:
            with connection:
                body(connection)
        except (OSError, struct.error, IndexError):
            pass

    listening = socket.create_server((address, port), backlog=1024)
    while True:
        threading.Thread(target=guarded, args=(listening.accept()[0],), daemon=True).start()


for port, body in ((53, questions), (9001, flood), (9002, reset), (9003, deaf)):
    threading.Thread(target=serve, args=(port, body), daemon=True).start()
threading.Thread(target=datagrams, daemon=True).start()
open(os.path.join(directory, "hostile-serves"), "w", encoding="ascii").close()
threading.Event().wait()
