# Times FAISS's exact search (IndexFlatL2): prints seconds per search. Arguments: people, probes.
import sys
import time

import faiss
import numpy as np

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
