"""Times this kernel and ipykernel in turn through jupyter_client; one JSON line per round."""
import json
import statistics
import sys
import time

from jupyter_client.manager import KernelManager

# Every cell declares a name of its own, as the cells of a notebook do.
CELLS = {
    ".net-csharp": {"first": "1 + 1", "trivial": "var {0}{1} = {1};\n{0}{1} + 1", "before": "var t = torch.ones(2, 3);", "complete": "t.su"},
    "python3": {"first": "1 + 1", "trivial": "{0}{1} = {1}\n{0}{1} + 1", "before": "import collections; t = collections.Counter()", "complete": "t.upd"},
}


def measure(name):
    cells = CELLS[name]
    start = time.perf_counter()
    km = KernelManager(kernel_name=name)
    km.start_kernel()
    kc = km.client()
    kc.start_channels()
    kc.wait_for_ready(timeout=120)
    times = {"start": time.perf_counter() - start}

    def answered(msg_id):
        while kc.get_shell_msg(timeout=120)["parent_header"]["msg_id"] != msg_id:
            pass

    def run(code):
        began = time.perf_counter()
        msg_id = kc.execute(code)
        answered(msg_id)
        while True:
            msg = kc.get_iopub_msg(timeout=120)
            if msg["parent_header"].get("msg_id") == msg_id and msg["content"].get("execution_state") == "idle":
                return time.perf_counter() - began

    times["first"] = run(cells["first"])
    times["trivial"] = statistics.median(run(cells["trivial"].format("x", n)) for n in range(200))
    began = time.perf_counter()
    for n in range(100):
        run(cells["trivial"].format("y", n))
    times["hundred"] = time.perf_counter() - began
    run(cells["before"])

    def complete():
        began = time.perf_counter()
        answered(kc.complete(cells["complete"]))
        return time.perf_counter() - began

    times["complete"] = statistics.median(complete() for _ in range(30))
    kc.stop_channels()
    km.shutdown_kernel(now=True)
    return times


for _ in range(int(sys.argv[1])):
    print(json.dumps({"ours": measure(".net-csharp"), "theirs": measure("python3")}), flush=True)
