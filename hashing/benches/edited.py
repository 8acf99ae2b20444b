"""Measures what the hashes of edited copies find. Called by edited.sh; an argument more is the number of pictures.

Pictures are drawn by chance (examples/scenes): landscapes, leaves, surfaces, drawings, patterns. No photograph is used.
Each is listed, as it is and with its edited copies. Then it is edited in each way below and looked for:
by its own hash (as platforms do), and by its own hash and that of the copy without its bars (as Suoja does).
"""
import io
import json
import pathlib
import subprocess
import sys

import numpy
from PIL import Image, ImageDraw

target = pathlib.Path(sys.argv[1])
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 300
STRANGERS = 5_000
examples = target / "release/examples"
SIZES = [(640, 480), (480, 640), (720, 405), (405, 720), (560, 560)]
THRESHOLD = 31
MIN_QUALITY = 50


def drawn(number):
    width, height = SIZES[number // 8 % len(SIZES)]
    # Numbers from a million on: others than those among the strangers.
    command = [examples / "scenes", "draw", str(1_000_000 + number), str(width), str(height)]
    return Image.open(io.BytesIO(subprocess.run(command, check=True, capture_output=True).stdout))


def jpeg(quality, picture):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def scaled(width, picture):
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)


def crop(left, top, right, bottom, picture):
    """Without so much of each edge, in parts of a side."""
    width, height = picture.size
    return picture.crop((round(left * width), round(top * height), round(width - right * width), round(height - bottom * height)))


def to_format(across, down, picture):
    width, height = picture.size
    if width * down > height * across:
        width = round(height * across / down)
    else:
        height = round(width * down / across)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def on(color, width, height, picture):
    """In the middle of a larger ground, in parts of the picture's sides."""
    ground = Image.new("RGB", (round(picture.width * width), round(picture.height * height)), color)
    ground.paste(picture, ((ground.width - picture.width) // 2, (ground.height - picture.height) // 2))
    return ground


def caption(bottom, share, picture):
    """A white bar with lines of strokes above or below the picture."""
    bar = round(picture.height * share)
    out = Image.new("RGB", (picture.width, picture.height + bar), "white")
    out.paste(picture, (0, 0 if bottom else bar))
    pen = ImageDraw.Draw(out)
    top = picture.height if bottom else 0
    for line in range(2):
        y = top + bar * (line + 1) // 3
        for word in range(12):
            x = picture.width * (word + 1) // 15
            pen.line([(x, y), (x + picture.width // 25, y - bar // 8), (x + picture.width // 20, y)], "black", max(2, bar // 16))
    return out


EDITS = {
    "0.8 × as wide, JPEG 70 (as messengers do)": lambda it: jpeg(70, scaled(it.width * 4 // 5, it)),
    "JPEG 20": lambda it: jpeg(20, it),
    "128 pixels wide": lambda it: scaled(128, it),
    "cropped 1 % a side": lambda it: crop(0.01, 0.01, 0.01, 0.01, it),
    "cropped 2.5 % a side": lambda it: crop(0.025, 0.025, 0.025, 0.025, it),
    "cropped 3 % a side, JPEG 70": lambda it: jpeg(70, crop(0.03, 0.03, 0.03, 0.03, it)),
    "cropped 5 % a side": lambda it: crop(0.05, 0.05, 0.05, 0.05, it),
    "cropped 7 % a side, JPEG 70": lambda it: jpeg(70, crop(0.07, 0.07, 0.07, 0.07, it)),
    "cropped 10 % a side": lambda it: crop(0.1, 0.1, 0.1, 0.1, it),
    "cropped 5 % at one side only": lambda it: crop(0.05, 0, 0, 0, it),
    "cropped to 1:1": lambda it: to_format(1, 1, it),
    "cropped to 4:5, JPEG 70": lambda it: jpeg(70, to_format(4, 5, it)),
    "cropped to 9:16, JPEG 70": lambda it: jpeg(70, to_format(9, 16, it)),
    "black bars above and below, JPEG 70": lambda it: jpeg(70, on("black", 1, 1.4, it)),
    "white bars at the sides, JPEG 70": lambda it: jpeg(70, on("white", 1.5, 1, it)),
    "black frame, JPEG 20": lambda it: jpeg(20, on("black", 1.1, 1.1, it)),
    "caption below, 10 % of its height": lambda it: caption(True, 0.1, it),
    "caption above, 10 % of its height": lambda it: caption(False, 0.1, it),
    "caption below, 20 % of its height": lambda it: caption(True, 0.2, it),
}


class Hasher:
    def __init__(self):
        command = [examples / "edited_copies"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, picture):
        self.process.stdin.write(b"P6 %d %d 255\n" % picture.size + picture.tobytes())
        self.process.stdin.flush()
        line = json.loads(self.process.stdout.readline())
        if line["quality"] < MIN_QUALITY:
            return []
        return [("original", line["pdq"])] + [(copy["edit"], copy["pdq"]) for copy in line["copies"]]


def bits(hashes):
    raw = b"".join(bytes.fromhex(it) for it in hashes)
    return numpy.unpackbits(numpy.frombuffer(raw, numpy.uint8).reshape(-1, 32), axis=1).astype(numpy.float32)


def near(ones, others):
    """For each of the ones, whether each of the others is near."""
    return ones.sum(1)[:, None] + others.sum(1)[None, :] - 2 * ones @ others.T <= THRESHOLD


hashed = Hasher()
pictures = [(picture, hashes) for picture, hashes in ((it, hashed(it)) for it in map(drawn, range(COUNT))) if hashes]
listed = bits([pdq for _, hashes in pictures for _, pdq in hashes])
owner = numpy.array([number for number, (_, hashes) in enumerate(pictures) for _ in hashes])
kinds = [kind for _, hashes in pictures for kind, _ in hashes]
plain = numpy.array([kind == "original" for kind in kinds])

print(f"{len(pictures)} pictures of {COUNT} have quality enough; {len(kinds)} hashes, {len(kinds) / len(pictures):.1f} a picture.\n")
print("| edit | PDQ alone | with edited copies listed | and bars taken off when looked for |")
print("|---|---|---|---|")
strange = {"alone": 0, "listed": 0, "both": 0}
asked = 0
for name, edit in EDITS.items():
    found = {"alone": 0, "listed": 0, "both": 0}
    for number, (picture, _) in enumerate(pictures):
        hashes = hashed(edit(picture))
        asked += 1
        if not hashes:
            continue
        own = near(bits([hashes[0][1]]), listed)[0]
        unbarred = near(bits([pdq for kind, pdq in hashes if kind in ("original", "unletterboxed")]), listed).any(axis=0)
        for way, hits in {"alone": own & plain, "listed": own, "both": unbarred}.items():
            found[way] += (hits & (owner == number)).any()
            strange[way] += (hits & (owner != number)).any()
    cells = " | ".join(f"{100 * count / len(pictures):.0f} %" for count in found.values())
    print(f"| {name} | {cells} |", flush=True)

print(f"\nTaken for another of the pictures, of {asked} edited ones: {strange['alone']}, {strange['listed']}, {strange['both']}.")
command = [examples / "scenes", "hash", "0", str(STRANGERS)]
raw = subprocess.run(command, check=True, capture_output=True).stdout
others = numpy.unpackbits(numpy.frombuffer(raw, numpy.uint8).reshape(-1, 32), axis=1).astype(numpy.float32)
hits = near(others, listed)
print(f"Strangers, of {len(others)}: {hits[:, plain].any(1).sum()} near a picture's own hash, {hits.any(1).sum()} near any listed hash.")
