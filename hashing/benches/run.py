"""Times PDQ against PyPI pdqhash, and the module against SWGfL's TypeScript if that is there, taking turns on the same
drawings, one thread each. Called by run.sh.

Before anything is timed, every engine has to give pdqhash's hash and quality on the very picture that is timed.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
import pdqhash

target = pathlib.Path(sys.argv[1])
examples = target / "release/examples"
here = pathlib.Path(__file__).parent
swgfl = target / "bench-swgfl.mjs"
TURNS = 5
PEER = "PyPI pdqhash"


def run(*command):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True).stdout


def stopwatch(*command):
    """Milliseconds of each round, and the hash with its quality."""
    *rounds, hashed = run(*command).decode().strip().split("\n")
    return [int(line) / 1e6 for line in rounds], hashed


def peer(pixels, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        bits, quality = pdqhash.compute(pixels)
        times.append((time.perf_counter_ns() - start) / 1e6)
    return times, f"{numpy.packbits(bits.astype(numpy.uint8)).tobytes().hex()} {quality}"


def measure(name, width, height, rounds):
    ppm = run(examples / "draw", "hills", width, height)
    # A copy of its own, contiguous and aligned as pdqhash likes it best: it would copy anything else first.
    pixels = numpy.frombuffer(ppm[-3 * width * height:], dtype=numpy.uint8).reshape(height, width, 3).copy()
    assert pixels.flags.c_contiguous
    picture = target / "bench.ppm"
    picture.write_bytes(ppm)
    engines = {f"native{which}": [examples / "stopwatch", engine, width, height] for which, engine in (("", "fastest"), (" baseline", "baseline"))}
    engines |= {f"wasm {which}": ["node", here / "stopwatch.mjs", target / f"bench-{which}.wasm", picture, width, height] for which in ("SIMD", "plain")}

    ways = ("picture", "video") if swgfl.exists() else ()
    typescript = {f"SWGfL TypeScript, {way}": ["node", here / "swgfl.mjs", swgfl, way, picture, width, height] for way in ways}
    times, theirs = {engine: [] for engine in engines}, {PEER: []} | {name: [] for name in typescript}
    bits = {}
    _, expected = peer(pixels, 1)
    for _ in range(TURNS):
        for engine, command in engines.items():
            some, hashed = stopwatch(*command, rounds)
            assert hashed == expected, f"{engine} gives {hashed}, pdqhash {expected}"
            times[engine] += some
        theirs[PEER] += peer(pixels, rounds)[0]
        for way, command in typescript.items():
            some, hashed = stopwatch(*command, rounds)
            theirs[way] += some
            bits[way] = (int(hashed.split()[0], 16) ^ int(expected.split()[0], 16)).bit_count()
    picture.unlink()
    for way, distance in bits.items():
        print(f"{name}: {way} is {distance} bits from pdqhash")
    rows = [row(f"pdq {name}", engine, times[engine], PEER, theirs[PEER]) for engine in engines]
    return rows + [row(f"pdq {name}", engine, times[engine], way, theirs[way]) for way in typescript for engine in engines if "wasm" in engine]


def row(name, engine, times, against, reference):
    ours, theirs = statistics.median(times), statistics.median(reference)
    p99 = sorted(times)[min(len(times) - 1, len(times) * 99 // 100)]
    return {
        "name": name, "engine": engine, "unit": "ms", "median": round(ours, 3), "p99": round(p99, 3),
        "peer": against, "peer_median": round(theirs, 3), "ratio": round(theirs / ours, 2),
    }


def check_largest():
    """The largest picture there is, far above what is decoded: not timed, only compared."""
    ppm = run(examples / "draw", "hills", 12000, 9000)
    _, expected = peer(numpy.frombuffer(ppm[-3 * 12000 * 9000:], dtype=numpy.uint8).reshape(9000, 12000, 3), 1)
    for engine in "fastest", "baseline", "scalar":
        _, hashed = stopwatch(examples / "stopwatch", engine, 12000, 9000, 1)
        assert hashed == expected, f"{engine} gives {hashed} at 12000 x 9000, pdqhash {expected}"
    print(f"12000 x 9000: {expected}, as pdqhash has it")


check_largest()
rows = measure("512x512", 512, 512, 40) + measure("12 megapixels", 4000, 3000, 6)
print(f"{'':20}{'engine':17}{'median':>10}{'p99':>10}{'peer':>10}{'ratio':>9}")
for r in rows:
    print(f"{r['name']:20}{r['engine']:17}{r['median']:>7} ms{r['p99']:>7} ms{r['peer_median']:>7} ms{r['ratio']:>7} x {r['peer']}")
with open(target / "bench.jsonl", "a") as out:
    out.writelines(json.dumps(r) + "\n" for r in rows)
