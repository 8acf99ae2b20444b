"""Times near-match queries against faiss-cpu's flat index, and those among a million also against threatexchange's index, taking
turns on the same hashes. Called by index.sh.

Three sets of hashes: a million and ten million at random, and a million near drawn pictures: 5,000 pictures (see
examples/scenes) in 200 versions each, 0 to 80 bits away. Half of the queries are near a stored hash, half are not.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import time
from importlib.metadata import version

import faiss
import numpy
from threatexchange.signal_type.pdq.pdq_index import PDQIndex

target = pathlib.Path(sys.argv[1])
examples = target / "release/examples"
PEER = f"faiss-cpu {version('faiss-cpu')} IndexBinaryFlat"
PLATFORM = f"threatexchange {version('threatexchange')} PDQIndex"
THRESHOLD = 31
QUERIES = 1000
TURNS = 3
chance = numpy.random.default_rng(31)
faiss.omp_set_num_threads(1)


def random(count):
    return chance.integers(0, 256, (count, 32), dtype=numpy.uint8)


def flipped(hashes, most):
    """Each hash with 0 to `most` bits flipped, chosen with repetition."""
    flips = chance.integers(0, most + 1, len(hashes))
    rows = numpy.repeat(numpy.arange(len(hashes)), flips)
    bits = chance.integers(0, 256, len(rows))
    out = hashes.copy()
    numpy.bitwise_xor.at(out, (rows, bits // 8), (1 << bits % 8).astype(numpy.uint8))
    return out


def near_pictures(count):
    command = [examples / "scenes", "hash", "0", "5000"]
    drawn = numpy.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, numpy.uint8).reshape(-1, 32)
    return flipped(numpy.tile(drawn, (count // len(drawn) + 1, 1))[:count], 80)


def queries_for(hashes):
    near = flipped(hashes[chance.integers(0, len(hashes), QUERIES // 2)], 48)
    others = random(QUERIES - len(near))
    return numpy.stack([near, others], axis=1).reshape(-1, 32)


def peers(hashes):
    """What each finds of a query, by name: a function that gives the number of matches."""
    flat = faiss.IndexBinaryFlat(256)
    flat.add(hashes)
    found = {PEER: lambda query: flat.range_search(query, THRESHOLD + 1)[0][1]}
    if len(hashes) <= 1_000_000:  # of ten million it would take all memory
        index = PDQIndex((row.tobytes().hex(), id) for id, row in enumerate(hashes))
        found[PLATFORM] = lambda query: len(index.query(query.tobytes().hex()))
    return found


def measure(name, hashes, peer_rounds):
    queries = queries_for(hashes)
    stored, asked = target / "bench-hashes", target / "bench-queries"
    hashes.tofile(stored)
    queries.tofile(asked)
    command = [examples / "index_stopwatch", stored, asked]
    ours = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    built, size = map(int, ours.stdout.readline().split())
    stored.unlink()
    asking = peers(hashes)
    theirs, times = {peer: [] for peer in asking}, {"native": [], "baseline": []}
    for turn in range(TURNS):
        for engine in times:
            print(engine, file=ours.stdin, flush=True)
            times[engine] += [int(time) / 1e6 for time in ours.stdout.readline().split()]
            found = list(map(int, ours.stdout.readline().split()))
        for peer, ask in asking.items():
            for query in range(turn * peer_rounds, (turn + 1) * peer_rounds):
                start = time.perf_counter_ns()
                matches = ask(queries[query : query + 1])
                theirs[peer].append((time.perf_counter_ns() - start) / 1e6)
                assert matches == found[query], f"the index and {peer} find the same"
    ours.stdin.close()
    ours.wait()
    asked.unlink()
    medians = {peer: statistics.median(some) for peer, some in theirs.items()}
    rows = [row(f"index {name}", engine, "ms", times[engine], median, peer) for peer, median in medians.items() for engine in times]
    if len(hashes) >= 10_000_000:
        rows.append(row(f"index {name}: build", "native", "s", [built / 1e9], 300 * medians[PEER] / 1e3, f"300 queries of {PEER}"))
    rows.append(row(f"index {name}: memory", "native", "bytes a hash", [size], 32, f"{PEER}, without ids"))
    return rows


def row(name, engine, unit, values, theirs, peer):
    ours = statistics.median(values)
    p99 = sorted(values)[min(len(values) - 1, len(values) * 99 // 100)]
    return {
        "name": name, "engine": engine, "unit": unit, "median": round(ours, 4), "p99": round(p99, 4),
        "peer": peer, "peer_median": round(theirs, 3), "ratio": round(theirs / ours, 2),
    }


rows = measure("1 M random", random(1_000_000), 60)
rows += measure("1 M near pictures", near_pictures(1_000_000), 60)
rows += measure("10 M random", random(10_000_000), 20)
print(f"{'':30}{'engine':10}{'median':>10}{'p99':>10}{'peer':>10}{'ratio':>9}  unit")
for r in rows:
    print(f"{r['name']:30}{r['engine']:10}{r['median']:>10}{r['p99']:>10}{r['peer_median']:>10}{r['ratio']:>7} x  {r['unit']}, {r['peer']}")
with open(target / "bench.jsonl", "a") as out:
    out.writelines(json.dumps(r) + "\n" for r in rows)
