"""A picture of 12 megapixels that takes decoders the time of a photograph. `landscape.py FOLDER` writes it in every format."""
import pathlib
import sys

import numpy
from PIL import Image

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


def write(folder):
    picture = landscape()
    picture.save(folder / "baseline.jpg", quality=85)
    picture.save(folder / "progressive.jpg", quality=85, progressive=True)
    picture.save(folder / "rows.png", compress_level=3)
    picture.save(folder / "lossy.webp", quality=80, method=0)
    picture.save(folder / "lossless.webp", lossless=True, quality=0, method=0)
    picture.convert("P").save(folder / "palette.gif")
    picture.save(folder / "whole.bmp")


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
