"""One cell five hundred times, each time with 50 MB that the next run replaces, and a long session: the process must not grow."""
import os
import sys

from jupyter_client.manager import start_new_kernel

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 500
MEGABYTE = 1 << 20
km, kc = start_new_kernel(kernel_name=os.environ.get("KERNEL_NAME", ".net-csharp"))
pid = km.provisioner.process.pid


def resident():
    with open(f"/proc/{pid}/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // MEGABYTE


def run(code):
    reply = kc.execute_interactive(code, output_hook=lambda m: None, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]


for name, runs, code in (
    ("an array in a variable", RUNS // 5, "var big = new byte[50_000_000];\nArray.Fill(big, (byte)1);"),
    ("tensors in a scope", RUNS, "using (var scope = torch.NewDisposeScope())\n{\n    var big2 = torch.ones(12_500_000);\n    var sum = big2.sum().item<float>();\n}"),
):
    for _ in range(20):
        run(code)
    before = resident()
    peak = before
    for i in range(runs):
        run(code)
        peak = max(peak, resident())
    print(f"{name}: {before} MB after 20 runs, {resident()} MB after {runs} more, {peak} MB at most")
    assert peak < before + 400, "the process grows"


def live():
    """Megabytes that the kernel's own collector cannot free."""
    found = []
    kc.execute_interactive("GC.GetTotalMemory(true) >> 20", timeout=60,
                           output_hook=lambda m: found.append(m["content"]["data"]["text/plain"]) if m["msg_type"] == "execute_result" else None)
    return int(found[0])


# Every cell is remembered, since later ones see what it declared; it must not remember all the others a second time.
before = live()
for i in range(200):
    run(f"var name{i} = {i};")
after = live()
print(f"200 cells with a name of their own: {before} MB before, {after} MB after")
assert after < before + 60, "what is remembered of a cell grows with the number of cells before it"
kc.stop_channels()
km.shutdown_kernel(now=True)
