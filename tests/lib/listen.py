"""listen.py DIRECTORY NAME: be the host's services for the raid.

Listens on the host's loopback (its number is then in DIRECTORY/port), on a socket with
a path (DIRECTORY/socket) and on one with an abstract NAME; who connects leaves a file
DIRECTORY/{loopback,path,abstract}.mark. Ends by itself after a minute.
"""
import os
import selectors
import socket
import sys
import time


def main():
    directory, name = sys.argv[1:]
    doors = {
        "loopback": (socket.AF_INET, ("127.0.0.1", 0)),
        "path": (socket.AF_UNIX, os.path.join(directory, "socket")),
        "abstract": (socket.AF_UNIX, "\0" + name),
    }
    selector = selectors.DefaultSelector()
    for door, (family, address) in doors.items():
        listening = socket.socket(family)
        listening.bind(address)
        listening.listen(9)
        selector.register(listening, selectors.EVENT_READ, door)
        if door == "loopback":
            port = listening.getsockname()[1]
    with open(os.path.join(directory, "port.new"), "w", encoding="ascii") as file:
        file.write(str(port))
    os.rename(os.path.join(directory, "port.new"), os.path.join(directory, "port"))
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for key, _ in selector.select(1):
            with open(os.path.join(directory, key.data + ".mark"), "w", encoding="ascii"):
                key.fileobj.accept()[0].close()


main()
