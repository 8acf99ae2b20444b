"""Draws pictures in every format, and says what Pillow and pdqhash make of them. Only patterns: no photograph is ever kept.

`make.py`: writes the pictures beside it and decoded.tsv, and small ones as seeds for fuzzing.
`make.py FOLDER COUNT`: writes so many others into a folder, every format in turn, and decoded.tsv; and the same in
`platform` for what only platforms decode.
Needs pillow, pdqhash and numpy; for the JPEGs that Pillow can't write, libjpeg-turbo's cjpeg (else they stay as they are).

decoded.tsv: name, quality and PDQ of the first frame, SHA-256 of all frames' red, green, blue.
"""
import hashlib
import io
import pathlib
import shutil
import struct
import subprocess
import sys
import warnings
import zlib

import numpy
import pdqhash
from PIL import Image

warnings.filterwarnings("ignore", category=UserWarning)


def draw(width, height, seed):
    """Waves, two rectangles, and grain from the second picture on."""
    y, x = numpy.mgrid[0:height, 0:width].astype(numpy.float64)
    x, y = x * 200 / width + 7 * seed, y * 150 / height
    waves = [numpy.sin(x / 9 + y / 23) + numpy.cos(y / 13 - x / 31), numpy.sin(x * y / 1900), numpy.cos((x - 90) / 17) * numpy.sin(y / 11)]
    pattern = numpy.stack([128 + 60 * wave for wave in waves], axis=-1)
    pattern[height * 4 // 15 : height * 9 // 15, width * 6 // 20 : width * 12 // 20] = (230, 60, 40)
    pattern[height * 10 // 15 : height * 13 // 15, width * 2 // 20 : width * 7 // 20] = (20, 90, 200)
    pattern += numpy.random.default_rng(seed).normal(0, 4 * min(seed, 6), pattern.shape)
    return Image.fromarray(pattern.clip(0, 255).astype(numpy.uint8))


def with_alpha(picture, shift=0):
    width, height = picture.size
    alpha = (numpy.mgrid[0:height, 0:width][1] * 3 + 60 * shift) % 256
    alpha[alpha > 200] = 255
    alpha[alpha < 40] = 0
    transparent = picture.copy()
    transparent.putalpha(Image.fromarray(alpha.astype(numpy.uint8)))
    return transparent


def few_colours(picture, colours):
    return picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=colours)


def file_of(picture, format, **options):
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def without_adobe(jpeg):
    at = jpeg.index(b"\xff\xee")
    return jpeg[:at] + jpeg[at + 2 + int.from_bytes(jpeg[at + 2 : at + 4]) :]


def cjpeg(picture, *options):
    """A JPEG such as only libjpeg's own program writes; None where there is no such program."""
    program = shutil.which("cjpeg")
    return program and subprocess.run([program, *options], input=file_of(picture, "ppm"), check=True, capture_output=True).stdout


def three_scans(picture):
    scans = pathlib.Path("three-scans.txt")
    scans.write_text("0;\n1;\n2;\n")
    try:
        return cjpeg(picture, "-scans", str(scans))
    finally:
        scans.unlink()


def interlaced(picture):
    """A PNG in seven passes (Adam7), which Pillow reads but does not write."""
    pixels = numpy.asarray(picture)
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    parts = [pixels[top::down, left::across] for top, left, down, across in passes]
    rows = b"".join(b"\0" + row.tobytes() for part in parts if part.size for row in part)
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 1)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    framed = [struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def animation(format, frames, **options):
    return file_of(frames[0], format, save_all=True, append_images=frames[1:], duration=40, **options)


def files(picture, quality):
    """Every format that is read and can be written here: names and bytes."""
    alpha, grey = with_alpha(picture), picture.convert("L")
    frames = [picture, picture.transpose(Image.Transpose.ROTATE_180), picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    clear = [with_alpha(frame, shift) for shift, frame in enumerate(frames)]
    made = {
        "picture.jpg": file_of(picture, "jpeg", quality=quality),
        "progressive.jpg": file_of(picture, "jpeg", quality=quality, progressive=True, subsampling=0),
        "progressive-halved.jpg": file_of(picture, "jpeg", quality=quality, progressive=True, subsampling=2, restart_marker_blocks=7),
        "restarts.jpg": file_of(picture, "jpeg", quality=quality, subsampling=1, restart_marker_rows=2),
        "whole.jpg": file_of(picture, "jpeg", quality=100, subsampling=0),
        "inks.jpg": file_of(picture.convert("CMYK"), "jpeg", quality=quality),
        "unmarked-inks.jpg": without_adobe(file_of(picture.convert("CMYK"), "jpeg", quality=quality)),
        "grey.jpg": file_of(grey, "jpeg", quality=quality),
        "grey-progressive.jpg": file_of(grey, "jpeg", quality=quality, progressive=True),
        "tall-samples.jpg": cjpeg(picture, "-sample", "1x2"),
        "quarter-samples.jpg": cjpeg(picture, "-sample", "4x1"),
        "uneven-samples.jpg": cjpeg(picture, "-sample", "2x2,1x2,2x1"),
        "three-scans.jpg": three_scans(picture),
        "rgb.jpg": cjpeg(picture, "-rgb"),
        "picture.webp": file_of(picture, "webp", quality=quality),
        "alpha.webp": file_of(alpha, "webp", quality=quality),
        "lossless.webp": file_of(alpha, "webp", lossless=True),
        "animated.webp": animation("webp", clear, lossless=True),
        "animated-lossy.webp": animation("webp", clear, quality=quality),
        "picture.gif": file_of(few_colours(picture, 64), "gif"),
        "interlaced.gif": file_of(few_colours(picture, 64), "gif", interlace=1, transparency=3),
        "animated.gif": animation("gif", [frame.convert("P") for frame in frames]),
        "animated-clear.gif": animation("gif", clear, disposal=2),
        "animated-back.gif": animation("gif", clear, disposal=3),
        "picture.bmp": file_of(picture, "bmp"),
        "palette.bmp": file_of(few_colours(picture, 16), "bmp"),
        "colour.png": file_of(picture, "png"),
        "alpha.png": file_of(alpha, "png"),
        "grey.png": file_of(grey, "png"),
        "grey-alpha.png": file_of(picture.convert("LA"), "png"),
        "bits.png": file_of(picture.convert("1"), "png"),
        "interlaced.png": interlaced(picture),
        "palette.png": file_of(few_colours(picture, 16), "png", transparency=3),
    }
    return {name: file for name, file in made.items() if file}


def decoded(name, file):
    picture = Image.open(io.BytesIO(file))
    pixels = hashlib.sha256()
    for frame in range(getattr(picture, "n_frames", 1)):
        picture.seek(frame)
        rgb = numpy.asarray(picture.convert("RGB"))
        pixels.update(rgb.tobytes())
        if frame == 0:
            bits, quality = pdqhash.compute(rgb)
    pdq = numpy.packbits(bits.astype(numpy.uint8)).tobytes().hex()
    return f"{name}\t{quality}\t{pdq}\t{pixels.hexdigest()}\n"


def write(folder, made):
    """Writes what could be made, and says of all in the folder what is to be seen."""
    for name, file in made.items():
        (folder / name).write_bytes(file)
    paths = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix not in (".py", ".tsv"))
    (folder / "decoded.tsv").write_text("".join(decoded(path.name, path.read_bytes()) for path in paths))


def many(count):
    made, seed = {}, 0
    while len(made) < count:
        seed += 1
        chance = numpy.random.default_rng(seed)
        width, height = (int(side) for side in chance.integers(5, 400, 2))
        made |= {f"{seed}-{name}": file for name, file in files(draw(width, height, seed), int(chance.integers(20, 100))).items()}
    return dict(list(made.items())[:count])


if len(sys.argv) == 3:
    folder = pathlib.Path(sys.argv[1])
    write(folder, many(int(sys.argv[2])))
    (folder / "platform").mkdir()
    write(folder / "platform", {"picture.avif": file_of(draw(320, 240, 1), "avif", quality=90)})
else:
    for name, file in files(draw(24, 16, 1), 60).items():
        seeds = pathlib.Path(__file__).parents[2] / "fuzz" / "seeds" / name.rsplit(".", 1)[1].replace("jpg", "jpeg")
        seeds.mkdir(parents=True, exist_ok=True)
        (seeds / name).write_bytes(file)
    write(pathlib.Path(__file__).parent, files(draw(200, 150, 0), 88))
