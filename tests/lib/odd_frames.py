"""odd_frames.py KIND...: frames that no program's socket makes, out of tap0 by a packet socket.

Those of `fragments` and `options` carry a datagram for 198.51.100.7:7 (and 2001:db8::7), in
a way in which only somebody who puts it together finds it; one of `short` has more in it
than it says. It prints whether something was sent, and which kind of odd frame came back.
"""
import fcntl
import random
import socket
import struct
import sys
import time

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("tap0", 0))
own = fcntl.ioctl(out, 0x8927, struct.pack("256s", b"tap0"))[18:24]
ETHER = bytes.fromhex("52550a000202") + own
GUEST, GATEWAY, FAR, SILENT = map(socket.inet_aton, ("10.0.2.100", "10.0.2.2", "198.51.100.7", "198.51.100.99"))
GUEST6, FAR6 = (socket.inet_pton(socket.AF_INET6, a) for a in ("fd00::100", "2001:db8::7"))


def hear(kind, patience=20):
    """What comes out of the tap of that kind."""
    heard = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
    heard.bind(("tap0", kind))
    heard.settimeout(patience)
    return heard


def total(data):
    data += b"\0" * (len(data) % 2)
    value = sum(struct.unpack(f">{len(data) // 2}H", data))
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    return ~value & 0xFFFF


def ip(body, proto=17, to=FAR, frag=0, options=b"", ttl=64, ihl=None, size=None, bad=0):
    words = 5 + len(options) // 4 if ihl is None else ihl
    size = 20 + len(options) + len(body) if size is None else size
    head = struct.pack(">BBHHHBBH4s4s", 0x40 | words, 0, size & 0xFFFF, 7, frag, ttl, proto, 0, GUEST, to) + options
    head = head[:10] + struct.pack(">H", total(head) ^ bad) + head[12:]
    return ETHER + b"\x08\0" + head + body


def ip6(body, following):
    return ETHER + b"\x86\xdd" + struct.pack(">IHBB", 6 << 28, len(body), following, 64) + GUEST6 + FAR6 + body


def udp(data, to=7):
    return struct.pack(">HHHH", 4000, to, 8 + len(data), 0) + data


def tcp(port, to, flags, seq=1, ack=0, window=1000, urgent=0, data=b"", far=FAR):
    """A whole packet: libslirp believes no segment whose sum is false."""
    head = struct.pack(">HHIIBBHHH", port, to, seq, ack, 0x50, flags, window, 0, urgent)
    check = total(GUEST + far + struct.pack(">HH", 6, len(head) + len(data)) + head + data)
    return ip(head[:16] + struct.pack(">H", check) + head[18:] + data, 6, to=far)


def udp6(data):
    head = struct.pack(">HHHH", 4000, 7, 8 + len(data), 0)
    check = total(GUEST6 + FAR6 + struct.pack(">II", 8 + len(data), 17) + head + data)
    return head[:6] + struct.pack(">H", check or 0xFFFF) + data


def short():
    whole, whole6 = ip(udp(b"x" * 40)), ip6(udp6(b"x" * 40), 17)
    syn = struct.pack(">HHIIBBHHH", 4000, 80, 1, 0, 0x50, 2, 1000, 0, 0)
    for frame in (whole, whole6, ip(syn, 6), ip(b"\x08\0\0\0\0\0\0\0", 1)):
        for size in range(14, len(frame)):
            yield frame[:size]
    for ihl in range(16):
        if ihl != 5:
            yield ip(udp(b"x"), ihl=ihl)
    for size in (0, 1, 19, 20, 27, 200, 65535):
        yield ip(udp(b"x"), size=size)
    for offset in range(16):
        yield ip(syn[:12] + bytes([offset << 4]) + syn[13:], 6)
    yield ip(struct.pack(">HHHH", 4000, 7, 4, 0))
    yield ip(struct.pack(">HHHH", 4000, 7, 65535, 0))
    yield ip(struct.pack(">HHHH", 4000, 7, 12, 0) + b"said" + b"and what is not said")


def kinds():
    inner = ip(udp(b"vlan"))[12:]
    yield ETHER + b"\x81\0\0\1" + inner
    yield ETHER + b"\x88\xa8\0\1\x81\0\0\2" + inner
    for kind in (0x88F8, 0x88CC, 0x8863, 0x0842, 0x0000, 0x05DC, 0xFFFF):
        yield ETHER + struct.pack(">H", kind) + inner[2:]
        yield ETHER + struct.pack(">H", kind) + bytes(46)
    arp = struct.pack(">HHBBH", 1, 0x800, 6, 4, 1) + own + GUEST + bytes(6) + GATEWAY
    for change in range(8):
        yield ETHER + b"\x08\x06" + arp[:change] + bytes([arp[change] ^ 0xFF]) + arp[change + 1:]
    for size in range(len(arp)):
        yield ETHER + b"\x08\x06" + arp[:size]
    # "I am the gateway."
    yield ETHER + b"\x08\x06" + arp[:8] + own + GATEWAY + bytes(6) + GATEWAY


def fragments():
    whole = udp(b"in pieces " * 4)
    yield ip(whole[:24], frag=0x2000)
    yield ip(whole[24:], frag=3)
    # Teardrop, an overlap, one that would end behind 65535.
    yield ip(whole[:24], frag=0x2000)
    yield ip(whole[8:20], frag=1)
    yield ip(b"x" * 1000, frag=0x1FFF)
    whole = udp6(b"in pieces " * 4)
    yield ip6(struct.pack(">BBHI", 17, 0, 1, 9) + whole[:24], 44)
    yield ip6(struct.pack(">BBHI", 17, 0, 24, 9) + whole[24:], 44)
    yield ip6(struct.pack(">BBHI", 17, 0, 0, 10) + whole, 44)
    chain = b"".join(struct.pack(">BB6x", 0 if i < 99 else 17, 0) for i in range(100))
    yield ip6(chain + whole, 0)


def options():
    whole = udp(b"options")
    for text in (b"\1\1\1\1", b"\x83\7\4" + FAR + b"\0", b"\x89\7\4" + GATEWAY + b"\0", b"\x07\xff\4\0", b"\x94\4\0\0"):
        yield ip(whole, options=text)
    yield ip(whole, ttl=0)
    yield ip(whole, ttl=1)
    yield ip(whole, bad=0x0101)


def tftp():
    request = b"\0\1../../etc/passwd\0octet\0"
    for to in ("10.0.2.2", "10.0.2.3", "10.0.2.4"):
        yield ip(udp(request, 69), to=socket.inet_aton(to))


def emulation():
    for port in (21, 113, 194, 514, 6667, 7070, 517, 518):
        yield tcp(4000, port, SYN)
        yield ip(udp(b"\1" * 84, port))


def flood():
    """Connections that nobody goes on with, resets of none, windows of nothing."""
    for i in range(20000):
        flags = (SYN, RST, ACK, FIN, SYN | ACK)[i % 5]
        yield tcp(1024 + i % 60000, 7, flags, seq=i, ack=i, window=0)


def half_open():
    """Connections to where nobody answers, 6,000 of them, no faster than they are taken."""
    heard = hear(0x0806)
    for i in range(6000):
        yield tcp(1024 + i, 7, SYN, far=SILENT)
        if i % 100 == 99:
            yield ETHER + b"\x08\x06" + struct.pack(">HHBBH", 1, 0x800, 6, 4, 1) + own + GUEST + bytes(6) + GATEWAY
            heard.recv(100)


def urgent():
    """One byte, and a pointer far behind it, in the middle of an honest connection."""
    heard = hear(0x0800)
    with socket.create_connection((socket.inet_ntoa(FAR), 9), 10) as stream:
        port, answer = stream.getsockname()[1], b""
        while answer[34:38] != struct.pack(">HH", 9, port):
            answer = heard.recv(2000)
        far, near = struct.unpack(">II", answer[38:46])
        yield tcp(port, 9, URG | PSH | ACK, near, far + 1, urgent=2000, data=b"x")
        time.sleep(0.5)


def anything():
    chance = random.Random(4711)
    seeds = [f for kind in (short, kinds, fragments, options, tftp) for f in kind() if len(f) < 200]
    for _ in range(20000):
        frame = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 6)):
            frame[chance.randrange(12, len(frame))] = chance.randrange(256)
        yield bytes(frame)


sent = 0
back = hear(0x88F8, 1)
for kind in sys.argv[1:]:
    for frame in globals()[kind]():
        try:
            out.send(frame)
            sent += 1
        except OSError:
            pass            # what the kernel itself does not take
print("sent", sent > 0)
if "kinds" in sys.argv:
    try:
        print(f"came back {back.recv(2000)[12:14].hex()}")
    except TimeoutError:
        pass
