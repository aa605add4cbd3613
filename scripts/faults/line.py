"""A bad line for IPv4: takes packets from the interface `line` and gives them back late, changed in order, or not at all.

    line.py DELAY JITTER LOSS REORDER      milliseconds, milliseconds, per cent, per cent

What the router would forward is routed into the interface instead (see site.ts), and is forwarded when it comes back.
It is the same every time for the same packets: the dice are loaded.
"""
import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
MTU = 65536
# A packet of more bytes than that is data, and may be overtaken by the next one of its sender.
LARGE = 500
SOURCE = slice(12, 16)
# Seconds after which a packet goes on where none overtakes it.
HELD = 0.02

delay, jitter, loss, reorder = (float(argument) for argument in sys.argv[1:5])
dice = random.Random(1)
interface = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(interface, TUNSETIFF, struct.pack("16sH22x", b"line", IFF_TUN_NO_PI))
print("ready", flush=True)

waiting = []
held = None
count = 0


def send_late(packet):
    """Keeps a packet for as long as it takes; those that take equally long keep their order."""
    global count
    count += 1
    due = time.monotonic() + (delay + dice.random() * jitter) / 1000
    heapq.heappush(waiting, (due, count, packet))


while True:
    now = time.monotonic()
    while waiting and waiting[0][0] <= now:
        os.write(interface, heapq.heappop(waiting)[2])
    due = [waiting[0][0]] if waiting else []
    due += [held[0]] if held else []
    if not select.select([interface], [], [], max(0, min(due) - now) if due else None)[0]:
        if held and held[0] <= time.monotonic():
            send_late(held[1])
            held = None
        continue
    packet = os.read(interface, MTU)
    if packet[0] >> 4 != 4 or dice.random() * 100 < loss:
        continue
    if held is None and len(packet) > LARGE and dice.random() * 100 < reorder:
        held = (time.monotonic() + HELD, packet)
        continue
    send_late(packet)
    if held and packet[SOURCE] == held[1][SOURCE]:
        send_late(held[1])
        held = None
