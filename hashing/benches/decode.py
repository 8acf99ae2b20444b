"""Times a 12 megapixel JPEG from file to hashes against libjpeg-turbo's decoding alone (Pillow's) and against what a platform
does with it (threatexchange: decoding and one PDQ), taking turns, one thread each. Called by decode.sh."""
import io
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
from importlib.metadata import version

from PIL import Image, features
from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

from landscape import landscape

target = pathlib.Path(sys.argv[1])
site = pathlib.Path(os.environ.get("HASHING_WASM", "target/site/pkg"))
WASM = {f"wasm {which}": site / name for which, name in (("SIMD", "hashing-simd.wasm"), ("plain", "hashing.wasm"))}
TURBO = f"libjpeg-turbo {features.version('libjpeg_turbo')}, decoding only"
PLATFORM = f"threatexchange {version('threatexchange')}, file to PDQ"
here = pathlib.Path(__file__).parent
TURNS, ROUNDS = 5, 3


def lines(*command):
    out = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    return [[int(word) / 1e6 for word in line.split()] for line in out.splitlines()]


def timed(work):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        work()
        times.append((time.perf_counter_ns() - start) / 1e6)
    return times


def row(name, engine, times, peer, theirs):
    ours, peers = statistics.median(times), statistics.median(theirs)
    return {
        "name": name, "engine": engine, "unit": "ms", "median": round(ours, 1),
        "p99": round(sorted(times)[min(len(times) - 1, len(times) * 99 // 100)], 1),
        "peer": peer, "peer_median": round(peers, 1),
        "ratio": round(peers / ours, 2),
    }


def measure(name, picture, **options):
    path = target / "bench.jpg"
    picture.save(path, quality=85, **options)
    file = path.read_bytes()
    pixels, hashes, theirs = [], {"native": []} | {engine: [] for engine in WASM}, {TURBO: [], PLATFORM: []}
    for _ in range(TURNS):
        for decoding, everything in lines(target / "release/examples/decoding", path, ROUNDS):
            pixels.append(decoding)
            hashes["native"].append(everything)
        theirs[TURBO] += timed(lambda: Image.open(io.BytesIO(file)).load())
        theirs[PLATFORM] += timed(lambda: pdq_from_bytes(file))
        for engine, module in WASM.items():
            hashes[engine] += [everything for everything, in lines("node", here / "decode.mjs", module, path, ROUNDS)]
    path.unlink()
    rows = [row(f"{name}, pixels", "native", pixels, TURBO, theirs[TURBO])]
    return rows + [row(f"{name}, to hashes", engine, hashes[engine], peer, theirs[peer]) for peer in theirs for engine in hashes]


picture = landscape()
rows = measure("jpeg 12 megapixels", picture) + measure("jpeg progressive", picture, progressive=True)
print(f"{'':32}{'engine':12}{'median':>10}{'p99':>10}{'peer':>10}{'ratio':>8}")
for r in rows:
    print(f"{r['name']:32}{r['engine']:12}{r['median']:>7} ms{r['p99']:>7} ms{r['peer_median']:>7} ms{r['ratio']:>6} x {r['peer']}")
with open(target / "bench.jsonl", "a") as out:
    out.writelines(json.dumps(r) + "\n" for r in rows)
