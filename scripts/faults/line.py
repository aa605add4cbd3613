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
# Milliseconds by which a packet that is overtaken is later: more than the gap to the one behind it.
OVERTAKEN = 8

delay, jitter, loss, reorder = (float(argument) for argument in sys.argv[1:5])
dice = random.Random(1)
interface = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(interface, TUNSETIFF, struct.pack("16sH22x", b"line", IFF_TUN_NO_PI))
print("ready", flush=True)

waiting = []
count = 0
while True:
    now = time.monotonic()
    while waiting and waiting[0][0] <= now:
        os.write(interface, heapq.heappop(waiting)[2])
    timeout = max(0, waiting[0][0] - now) if waiting else None
    if not select.select([interface], [], [], timeout)[0]:
        continue
    packet = os.read(interface, MTU)
    if packet[0] >> 4 != 4 or dice.random() * 100 < loss:
        continue
    late = delay + dice.random() * jitter + (OVERTAKEN if dice.random() * 100 < reorder else 0)
    count += 1
    heapq.heappush(waiting, (time.monotonic() + late / 1000, count, packet))
