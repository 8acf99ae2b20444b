"""Times PDQ against PyPI pdqhash, taking turns on the same drawings, one thread each. Called by run.sh."""
import json
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import time

import numpy
import pdqhash

target = pathlib.Path(sys.argv[1])
examples = target / "release/examples"
wasm = os.environ.get("HASHING_WASM", target / "wasm32-unknown-unknown/wasm-release/hashing.wasm")
here = pathlib.Path(__file__).parent
TURNS = 5


def lines(*command):
    return [int(line) / 1e6 for line in subprocess.run(list(map(str, command)), check=True, capture_output=True).stdout.split()]


def bmp(pixels, path):
    height, width, _ = pixels.shape
    rows = pixels[::-1, :, ::-1].tobytes()  # both widths are multiples of four: no padding
    head = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54 + len(rows), 0, 0, 54, 40, width, height, 1, 24, 0, len(rows), 0, 0, 0, 0)
    path.write_bytes(head + rows)


def peer(pixels, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        pdqhash.compute(pixels)
        times.append((time.perf_counter_ns() - start) / 1e6)
    return times


def measure(name, width, height, rounds):
    ppm = subprocess.run([examples / "draw", "hills", str(width), str(height)], check=True, capture_output=True).stdout
    pixels = numpy.frombuffer(ppm[-3 * width * height:], dtype=numpy.uint8).reshape(height, width, 3)
    picture = target / "bench.bmp"
    bmp(pixels, picture)
    native, browser, reference = [], [], []
    for _ in range(TURNS):
        native += lines(examples / "stopwatch", width, height, rounds)
        reference += peer(pixels, rounds)
        if pathlib.Path(wasm).exists():
            browser += lines("node", here / "stopwatch.mjs", wasm, picture, rounds)
    picture.unlink()
    return [row(f"pdq {name}", "native", native, reference)] + ([row(f"pdq {name}", "wasm", browser, reference)] if browser else [])


def row(name, engine, times, reference):
    ours, theirs = statistics.median(times), statistics.median(reference)
    p99 = sorted(times)[min(len(times) - 1, len(times) * 99 // 100)]
    return {
        "name": name, "engine": engine, "unit": "ms", "median": round(ours, 3), "p99": round(p99, 3),
        "peer": "PyPI pdqhash", "peer_median": round(theirs, 3), "ratio": round(theirs / ours, 2),
    }


rows = measure("512x512", 512, 512, 20) + measure("12 megapixels", 4000, 3000, 3)
print(f"{'':22}{'engine':8}{'median':>10}{'p99':>10}{'peer':>10}{'ratio':>8}")
for r in rows:
    print(f"{r['name']:22}{r['engine']:8}{r['median']:>7} ms{r['p99']:>7} ms{r['peer_median']:>7} ms{r['ratio']:>6} x")
with open(target / "bench.jsonl", "a") as out:
    out.writelines(json.dumps(r) + "\n" for r in rows)
