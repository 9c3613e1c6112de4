"""ports.py ROLE ...: both ends of what goes through a published port.

serve ADDRESS PORT   a server of TCP and UDP, which says "on" and ends with its standard
                     input. A connection's first line says what it does: `echo` what comes,
                     `sum` it and answer with that at its end, `send N` bytes, `who` comes
                     from where. A datagram comes back with the address it was seen from.
burst ADDRESS PORT N     N connections at once, each echoed; how many were
half, sum, send, sit, who, datagram ADDRESS PORT [N]    one client of each kind
"""
import asyncio
import hashlib
import socket
import socketserver
import sys
import threading


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def block(number):
    return hashlib.sha256(str(number).encode()).digest() * 2048


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        what, *rest = self.rfile.readline().decode().split() or ["nothing"]
        if what == "echo":
            while data := self.rfile.read1(65536):
                self.wfile.write(data)
        elif what == "sum":
            digest, size = hashlib.sha256(), 0
            while data := self.rfile.read1(65536):
                digest.update(data)
                size += len(data)
            self.wfile.write(f"{size} {digest.hexdigest()}\n".encode())
        elif what == "send":
            for number in range(int(rest[0]) // 65536):
                self.wfile.write(block(number))
        elif what == "who":
            self.wfile.write(f"{self.client_address[0]}\n".encode())


class Datagram(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(self.client_address[0].encode() + b" " + self.rfile.read())


class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 2000
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class Datagrams(socketserver.ThreadingUDPServer):
    max_packet_size = 65536
    daemon_threads = True


def serve(address, port):
    for kind, handler in ((Server, Stream), (Datagrams, Datagram)):
        kind.address_family = family(address)
        server = kind((address, int(port)), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("on", flush=True)
    sys.stdin.read()


async def one(address, port, number):
    reader, writer = await asyncio.open_connection(address, port)
    writer.write(b"echo\n%d\n" % number)
    writer.write_eof()
    said = await reader.read()
    writer.close()
    return said == b"%d\n" % number


async def burst(address, port, count):
    done = await asyncio.gather(*(one(address, port, i) for i in range(count)), return_exceptions=True)
    print(sum(result is True for result in done))


def client(address, port, what):
    connection = socket.create_connection((address, int(port)), 20)
    connection.sendall(what.encode() + b"\n")
    return connection


def everything(connection):
    digest, size = hashlib.sha256(), 0
    while data := connection.recv(65536):
        digest.update(data)
        size += len(data)
    return f"{size} {digest.hexdigest()}"


def wanted(size):
    digest = hashlib.sha256()
    for number in range(size // 65536):
        digest.update(block(number))
    return f"{size} {digest.hexdigest()}"


def main(role, address, port, *rest):
    if role == "serve":
        serve(address, port)
    elif role == "burst":
        asyncio.run(burst(address, int(port), int(rest[0])))
    elif role == "half":
        connection = client(address, port, "sum")
        connection.sendall(b"the last word")
        connection.shutdown(socket.SHUT_WR)
        print(connection.recv(100).decode().split()[0])
    elif role == "sum":
        connection = client(address, port, "sum")
        for number in range(int(rest[0]) // 65536):
            connection.sendall(block(number))
        connection.shutdown(socket.SHUT_WR)
        print(connection.makefile().read().strip() == wanted(int(rest[0])))
    elif role == "send":
        print(everything(client(address, port, f"send {rest[0]}")) == wanted(int(rest[0])))
    elif role == "sit":
        sitting = [client(address, port, "send 1000000000") for _ in range(int(rest[0]))]
        print("sitting", flush=True)
        sys.stdin.read()
        del sitting
    elif role == "who":
        print(client(address, port, "who").makefile().read().strip())
    elif role == "datagram":
        connection = socket.socket(family(address), socket.SOCK_DGRAM)
        connection.settimeout(10)
        connection.connect((address, int(port)))
        connection.send(b"datagram")
        print(connection.recv(100).decode())


try:
    main(*sys.argv[1:])
except OSError as error:
    print(type(error).__name__)
    sys.exit(1)
