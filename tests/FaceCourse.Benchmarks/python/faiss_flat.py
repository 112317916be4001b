# Times FAISS's exact search (IndexFlatL2): prints seconds per search. Arguments: people, probes.
# Many probes are a matrix product, which FAISS leaves to BLAS; against the slow reference BLAS any comparison would flatter, so it is refused.
import glob
import os
import sys
import time

import faiss
import numpy as np

if any(os.path.realpath(path).endswith("/blas/libblas.so.3") or "/blas/libblas.so.3." in os.path.realpath(path) for path in glob.glob("/etc/alternatives/libblas.so.3-*")):
    sys.exit("FAISS would use the reference BLAS; install libopenblas0-pthread")

people, probes = int(sys.argv[1]), int(sys.argv[2])
numbers = np.random.default_rng(1).random((people, 128), dtype=np.float32) - 0.5
index = faiss.IndexFlatL2(128)
index.add(numbers)
wanted = numbers[:probes].copy()
index.search(wanted, 2)
rounds = 3
start = time.perf_counter()
for _ in range(rounds):
    index.search(wanted, 2)
print((time.perf_counter() - start) / rounds)
