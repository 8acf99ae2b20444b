"""Writes tests/reference.tsv: what PyPI pdqhash makes of the test drawings. Needs pdqhash and numpy.

    cargo build --release -p hashing --example draw && python3 hashing/tests/reference.py
"""
import json
import pathlib
import subprocess

import numpy
import pdqhash

here = pathlib.Path(__file__).parent
metadata = subprocess.run(["cargo", "metadata", "--format-version=1", "--no-deps"], check=True, capture_output=True, cwd=here).stdout
draw = pathlib.Path(json.loads(metadata)["target_directory"]) / "release/examples/draw"

KINDS = "gradient noise hills shapes stripes checks faint black".split()
SIZES = [
    (5, 5), (5, 7), (7, 5), (6, 300), (31, 33), (63, 64), (64, 64), (65, 63), (100, 5), (127, 129), (128, 128), (129, 127),
    (200, 113), (255, 257), (256, 256), (512, 512), (640, 480), (1000, 40), (40, 1000), (1023, 769), (1280, 961),
    (5, 12000), (12000, 5), (64, 9000), (9000, 64), (385, 2049), (2049, 385),
]
TURNED = {(5, 7), (129, 127), (512, 512), (640, 480)}


def hexed(bits):
    return numpy.packbits(bits.astype(numpy.uint8)).tobytes().hex()


def row(kind, width, height):
    ppm = subprocess.run([draw, kind, str(width), str(height)], check=True, capture_output=True).stdout
    pixels = numpy.frombuffer(ppm[-3 * width * height:], dtype=numpy.uint8).reshape(height, width, 3)
    bits, quality = pdqhash.compute(pixels)
    hashes = [hexed(bits)]
    if (width, height) in TURNED:
        turned, _ = pdqhash.compute_dihedral(pixels)
        assert hexed(turned[0]) == hashes[0]
        hashes += [hexed(bits) for bits in turned[1:]]
    return "\t".join([kind, str(width), str(height), str(quality), *hashes])


rows = [row(kind, *size) for kind in KINDS for size in SIZES]
rows += [row(kind, 4000, 3000) for kind in ("hills", "noise")]
(here / "reference.tsv").write_text("\n".join(rows) + "\n")
