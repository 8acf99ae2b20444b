"""Times a 12 megapixel JPEG from file to hashes against libjpeg-turbo's decoding alone (Pillow's), taking turns, one thread
each. Called by decode.sh."""
import io
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
from PIL import Image, features

target = pathlib.Path(sys.argv[1])
wasm = os.environ.get("HASHING_WASM", target / "wasm32-unknown-unknown/wasm-release/hashing.wasm")
here = pathlib.Path(__file__).parent
TURNS, ROUNDS = 5, 3
WIDTH, HEIGHT = 4000, 3000


def landscape():
    """Noise with the spectrum of photographs (amplitude falls with frequency), and a camera's grain."""
    chance = numpy.random.default_rng(1)
    across, down = numpy.fft.rfftfreq(WIDTH)[None, :], numpy.fft.fftfreq(HEIGHT)[:, None]
    amplitude = 1 / numpy.maximum(numpy.hypot(across, down), 1 / WIDTH) ** 1.15

    def cloud():
        wave = numpy.fft.irfft2(amplitude * numpy.exp(2j * numpy.pi * chance.random(amplitude.shape)), s=(HEIGHT, WIDTH))
        return wave / wave.std()

    shared = cloud()
    parts = [128 + 45 * (0.85 * shared + 0.4 * cloud()) + chance.normal(0, 2.5, shared.shape) for _ in range(3)]
    return Image.fromarray(numpy.stack(parts, axis=-1).clip(0, 255).astype(numpy.uint8))


def lines(*command):
    out = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    return [[int(word) / 1e6 for word in line.split()] for line in out.splitlines()]


def peer(file):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        Image.open(io.BytesIO(file)).load()
        times.append((time.perf_counter_ns() - start) / 1e6)
    return times


def row(name, engine, times, theirs):
    ours, peers = statistics.median(times), statistics.median(theirs)
    return {
        "name": name, "engine": engine, "unit": "ms", "median": round(ours, 1),
        "p99": round(sorted(times)[min(len(times) - 1, len(times) * 99 // 100)], 1),
        "peer": f"libjpeg-turbo {features.version('libjpeg_turbo')}, decoding only", "peer_median": round(peers, 1),
        "ratio": round(peers / ours, 2),
    }


def measure(name, picture, **options):
    path = target / "bench.jpg"
    picture.save(path, quality=85, **options)
    file = path.read_bytes()
    pixels, native, browser, theirs = [], [], [], []
    for _ in range(TURNS):
        for decoding, everything in lines(target / "release/examples/decoding", path, ROUNDS):
            pixels.append(decoding)
            native.append(everything)
        theirs += peer(file)
        if pathlib.Path(wasm).exists():
            browser += [everything for everything, in lines("node", here / "decode.mjs", wasm, path, ROUNDS)]
    path.unlink()
    rows = [row(f"{name}, pixels", "native", pixels, theirs), row(f"{name}, to hashes", "native", native, theirs)]
    return rows + ([row(f"{name}, to hashes", "wasm", browser, theirs)] if browser else [])


picture = landscape()
rows = measure("jpeg 12 megapixels", picture) + measure("jpeg progressive", picture, progressive=True)
print(f"{'':32}{'engine':8}{'median':>10}{'p99':>10}{'peer':>10}{'ratio':>8}")
for r in rows:
    print(f"{r['name']:32}{r['engine']:8}{r['median']:>7} ms{r['p99']:>7} ms{r['peer_median']:>7} ms{r['ratio']:>6} x")
with open(target / "bench.jsonl", "a") as out:
    out.writelines(json.dumps(r) + "\n" for r in rows)
