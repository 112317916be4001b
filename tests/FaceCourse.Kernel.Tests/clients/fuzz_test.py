"""Ten thousand hostile messages and bytes that are no messages; the kernel answers the next honest one, and what was not signed was not obeyed."""
import hashlib
import hmac
import json
import os
import random
import socket
import struct
import sys
import time

import zmq
from jupyter_client.manager import start_new_kernel

TYPES = ["execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request", "kernel_info_request",
         "comm_info_request", "comm_open", "comm_msg", "comm_close", "input_reply", "no_such_request", "interrupt_request", "", "x" * 5000]
VALUES = [None, True, -1, 2 ** 63, 1e308, "", "x" * 2000, "\u0000\ud7ff", [], [[[]]], {}, {"a": {"b": []}}, "var x = 1;", "((((((", "#!", "#r \"", "%%", "\"\"\"", "$\"{", "😀.", -2 ** 40, 0.5]
KEYS = ["code", "cursor_pos", "silent", "store_history", "user_expressions", "allow_stdin", "stop_on_error", "detail_level", "hist_access_type",
        "n", "pattern", "session", "start", "stop", "output", "raw", "unique", "target_name", "comm_id", "data", "value", "restart"]

rng = random.Random(7)
km, kc = start_new_kernel(kernel_name=os.environ.get("KERNEL_NAME", ".net-csharp"))
info = km.get_connection_info()
key = info["key"] if isinstance(info["key"], bytes) else info["key"].encode()
context = zmq.Context()
sockets = []
for name in ("shell_port", "control_port", "stdin_port"):
    s = context.socket(zmq.DEALER)
    s.linger = 0
    s.connect(f"tcp://127.0.0.1:{info[name]}")
    sockets.append(s)


def sign(parts):
    h = hmac.new(key, digestmod=hashlib.sha256)
    for p in parts:
        h.update(p)
    return h.hexdigest().encode()


def content():
    return {k: rng.choice(VALUES) for k in rng.sample(KEYS, rng.randrange(len(KEYS)))}


def hostile(i):
    header = {"msg_id": f"h{i}", "msg_type": rng.choice(TYPES), "session": "s", "username": "u", "version": "5.3", "date": ""}
    parts = [json.dumps(header).encode(), b"{}", b"{}", json.dumps(content()).encode()]
    kind = i % 10
    if kind == 0:
        return [b"<IDS|MSG>", b"0" * 64] + parts
    if kind == 1:
        return [b"<IDS|MSG>", b""] + parts
    if kind == 2:
        parts[rng.randrange(4)] = rng.randbytes(rng.randrange(200))
        return [b"<IDS|MSG>", sign(parts)] + parts
    if kind == 3:
        parts[rng.randrange(4)] = rng.choice([b"", b"[]", b"7", b"null", b"{" * 5000, b"[" * 100000, b'{"msg_type": 3}', b'{"a":1,"a":2}', b'{"msg_type":"execute_request"}', b"\xff\xfe{}"])
        return [b"<IDS|MSG>", sign(parts)] + parts
    if kind == 4:
        return [rng.randbytes(rng.randrange(50)) for _ in range(rng.randrange(1, 12))]
    if kind == 5:
        return ([b"<IDS|MSG>", sign(parts)] + parts)[:rng.randrange(1, 6)]
    if kind == 6:
        return [b"<IDS|MSG>", sign(parts)] + parts + [rng.randbytes(1000)] * rng.randrange(20)
    if kind == 7 and i % 1000 == 7:
        parts[3] = json.dumps({"code": "x" * 5_000_000, "cursor_pos": 10 ** 9}).encode()
        header["msg_type"] = "complete_request"
        parts[0] = json.dumps(header).encode()
        return [b"<IDS|MSG>", b"f" * 64 if i % 2000 == 7 else sign(parts)] + parts
    return [b"<IDS|MSG>", sign(parts)] + parts


kc.execute_interactive("var safe = 1;", timeout=60)
# Wrongly signed, and on every channel: must not run.
attack = {"msg_id": "a", "msg_type": "execute_request", "session": "s", "username": "u", "version": "5.3", "date": ""}
for s in sockets:
    parts = [json.dumps(attack).encode(), b"{}", b"{}", json.dumps({"code": "safe = 666;"}).encode()]
    s.send_multipart([b"<IDS|MSG>", b"0" * 64] + parts)
    s.send_multipart([b"<IDS|MSG>", b""] + parts)

count = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
start = time.monotonic()
for i in range(count):
    rng.choice(sockets).send_multipart(hostile(i))

# Bytes that are no messages at all: another protocol, a handshake cut short, frames that claim to be larger than any memory.
GREETING = b"\xff" + b"\0" * 8 + b"\x7f\x03\x00NULL" + b"\0" * 48
READY = b"\x04\x26\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0"
BYTES = [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\0" * 10000, b"\xff" * 10000, b"\xff\0\0", rng.randbytes(4096),
    GREETING + READY + b"\x02" + struct.pack(">Q", 2 ** 62) + b"x" * 1000,
    GREETING + READY + b"\x02" + struct.pack(">Q", 10 * 2 ** 30) + b"x" * 1000,
    GREETING + b"\x04\xff\x05READY\x0b" + b"z" * 300,
    b"\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0" + b"z" * 1000,
] + [GREETING + rng.randbytes(200) for _ in range(50)]
for name in ("shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"):
    for text in BYTES:
        with socket.create_connection(("127.0.0.1", info[name]), timeout=10) as raw:
            raw.sendall(text)

pid = km.provisioner.process.pid
kc2 = km.client()
kc2.start_channels()
kc2.wait_for_ready(timeout=120)
msg_id = kc2.execute("safe", store_history=True)
value = None
while value is None:
    msg = kc2.get_iopub_msg(timeout=60)
    if msg["parent_header"].get("msg_id") == msg_id and msg["msg_type"] in ("execute_result", "error"):
        value = msg["content"].get("data", msg["content"])
assert value and value.get("text/plain") == "1", value
assert kc2.is_alive() and km.provisioner.process.pid == pid
assert kc2.hb_channel.is_beating()
print(f"survived {count} messages in {time.monotonic() - start:.1f} s")
for s in sockets:
    s.close()
kc2.stop_channels()
kc.stop_channels()
km.shutdown_kernel(now=True)
