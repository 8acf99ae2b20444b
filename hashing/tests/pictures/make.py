"""Writes the pictures beside it from a drawn pattern, and what Pillow and pdqhash make of them (decoded.tsv).

Needs pillow, pdqhash and numpy. Only patterns: no photograph is ever kept here.
"""
import pathlib

import numpy
import pdqhash
from PIL import Image

here = pathlib.Path(__file__).parent
y, x = numpy.mgrid[0:150, 0:200].astype(numpy.float64)
waves = [numpy.sin(x / 9 + y / 23) + numpy.cos(y / 13 - x / 31), numpy.sin(x * y / 1900), numpy.cos((x - 90) / 17) * numpy.sin(y / 11)]
pattern = numpy.stack([128 + 60 * wave for wave in waves], axis=-1)
pattern[40:90, 60:120] = (230, 60, 40)
pattern[100:130, 20:70] = (20, 90, 200)
picture = Image.fromarray(pattern.clip(0, 255).astype(numpy.uint8))
alpha = picture.copy()
alpha.putalpha(Image.fromarray((x % 256).astype(numpy.uint8)))

picture.save(here / "picture.jpg", quality=88)
picture.save(here / "progressive.jpg", quality=88, progressive=True, subsampling=0)
picture.save(here / "restarts.jpg", quality=88, subsampling=1, restart_marker_rows=2)
picture.convert("CMYK").save(here / "inks.jpg", quality=88)
inks = (here / "inks.jpg").read_bytes()
adobe = inks.index(b"\xff\xee")
(here / "unmarked-inks.jpg").write_bytes(inks[:adobe] + inks[adobe + 2 + int.from_bytes(inks[adobe + 2 : adobe + 4]) :])
picture.convert("L").save(here / "grey.jpg", quality=88)
picture.save(here / "picture.webp", quality=88)
alpha.save(here / "lossless.webp", lossless=True)
picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(here / "picture.gif")
picture.save(here / "picture.bmp")
picture.save(here / "colour.png")
alpha.save(here / "alpha.png")
picture.convert("L").save(here / "grey.png")
picture.convert("LA").save(here / "grey-alpha.png")
picture.convert("1").save(here / "bits.png")
picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=16).save(here / "palette.png", transparency=3)
frames = [picture, picture.transpose(Image.Transpose.ROTATE_180)]
frames[0].save(here / "animated.webp", save_all=True, append_images=frames[1:], lossless=True)
frames[0].convert("P").save(here / "animated.gif", save_all=True, append_images=[frame.convert("P") for frame in frames[1:]])

lines = []
for path in sorted(here.glob("*.*")):
    if path.suffix in (".py", ".tsv"):
        continue
    bits, quality = pdqhash.compute(numpy.asarray(Image.open(path).convert("RGB")))
    lines.append(f"{path.name}\t{quality}\t{numpy.packbits(bits.astype(numpy.uint8)).tobytes().hex()}")
(here / "decoded.tsv").write_text("\n".join(lines) + "\n")
