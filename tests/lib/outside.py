"""outside.py DIRECTORY: what answers on every address of the outside.

HTTP on 80 and 8080 ("hello from ADDRESS"), echo on 7 by TCP and UDP. Each that comes is a
line "PROTOCOL ADDRESS PORT" of DIRECTORY/seen.
"""
import os
import resource
import selectors
import socket
import sys

directory = sys.argv[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
selector = selectors.DefaultSelector()


def saw(protocol, address, port):
    address = address.removeprefix("::ffff:")
    with open(os.path.join(directory, "seen"), "a", encoding="ascii") as file:
        file.write(f"{protocol} {address} {port}\n")
    return address


def accept(listening, port):
    connection, _ = listening.accept()
    address = saw("tcp", connection.getsockname()[0], port)
    connection.setblocking(False)
    serve = echo if port == 7 else http
    selector.register(connection, selectors.EVENT_READ, lambda s: serve(s, address))


def end(connection):
    selector.unregister(connection)
    connection.close()


def echo(connection, _):
    try:
        data = connection.recv(65536)
        if data:
            connection.sendall(data)
        else:
            end(connection)
    except OSError:
        end(connection)


def http(connection, address):
    try:
        request = connection.recv(65536)
        if request:
            body = f"hello from {address}\n".encode()
            connection.sendall(
                b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    except OSError:
        pass
    end(connection)


def datagram(listening):
    data, ancillary, _, peer = listening.recvmsg(65536, 256)
    address = "?"
    for level, _, info in ancillary:
        if level == socket.IPPROTO_IPV6:
            address = socket.inet_ntop(socket.AF_INET6, info[:16])
            saw("udp", address, 7)
    # From the address that was asked, or the asker does not believe it.
    listening.sendmsg([data], ancillary, 0, peer)


for port in (7, 80, 8080):
    tcp = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=1024)
    selector.register(tcp, selectors.EVENT_READ, lambda s, port=port: accept(s, port))
udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
udp.bind(("::", 7))
selector.register(udp, selectors.EVENT_READ, datagram)
open(os.path.join(directory, "serving"), "w", encoding="ascii").close()
while True:
    for key, _ in selector.select():
        try:
            key.data(key.fileobj)
        except OSError:
            pass
