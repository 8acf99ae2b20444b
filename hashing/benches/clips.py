"""Does a clip that was cut out of a video, re-encoded and started half a second later still match? Prints the table of
docs/hashing.md. The clip is hashed and compared as a platform does: by threatexchange's vpdq extension, one frame a
second. The video's list is ours (`suoja hash`: every frame, pruned), and, for comparison, the extension's own.
    python3 clips.py SUOJA DRAW      (the program, and hashing's example `draw`)
Needs ffmpeg and, from PyPI, threatexchange and vpdq."""
import json
import pathlib
import subprocess
import sys
import tempfile

from threatexchange.extensions.vpdq.vpdq import VPDQSignal

suoja, draw = sys.argv[1:3]
SECONDS = 40
SIZE = "1280x720"
PAN = "crop=1280:720:x='560+400*sin(t/3)+12*sin(9*t)':y='315+200*cos(t/4)+9*cos(11*t)'"
CONTENTS = {
    "a zoom into a fractal": ["-f", "lavfi", "-i", f"mandelbrot=size={SIZE}:rate=30"],
    "a camera in the hand over drawn shapes": ["-loop", "1", "-framerate", "30", "-i", "shapes.ppm", "-vf", PAN],
    "a test pattern": ["-f", "lavfi", "-i", f"testsrc2=size={SIZE}:rate=30"],
    "slowly turning colours": ["-f", "lavfi", "-i", f"gradients=size={SIZE}:rate=30:speed=0.02:seed=7:n=6"],
    "a game of life": ["-f", "lavfi", "-i", f"life=size=160x90:rate=30:mold=10:seed=3:ratio=0.3:death_color=#303080:life_color=#e0e0e0,scale={SIZE}:flags=bilinear"],
}
COPIES = {
    "as small H.264": "scale=640:360",
    "as grey H.264": "scale=854:480,format=gray,format=yuv420p",
    "with a small logo": "scale=854:480,drawbox=x=20:y=20:w=90:h=40:color=white:t=fill",
}


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *map(str, arguments)], check=True)


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    shapes = folder / "shapes.ppm"
    shapes.write_bytes(subprocess.run([draw, "shapes", "2400", "1360"], check=True, capture_output=True).stdout)
    print("| content | frames | kept | copy | found in our list | in a list of one frame a second |\n|---|---|---|---|---|---|")
    for content, source in CONTENTS.items():
        source = [str(shapes) if part == shapes.name else part for part in source]
        video = folder / "video.mp4"
        ffmpeg(*source, "-t", SECONDS, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", video)
        ours = json.loads(subprocess.run([suoja, "hash", video], check=True, capture_output=True).stdout)
        theirs = VPDQSignal.hash_from_file(video)
        for copy, change in COPIES.items():
            clip = folder / "clip.mp4"
            ffmpeg("-ss", "10.5", "-i", video, "-t", "20", "-vf", change, "-c:v", "libx264", "-preset", "veryfast", "-crf", "30", clip)
            query = VPDQSignal.hash_from_file(clip)
            percents = []
            for target in (json.dumps(ours["vpdq"]), theirs):
                result = VPDQSignal.compare_hash(query, target)
                percents.append(f"{result.distance.query_match_percent:.0f} %")
            print(f"| {content} | {ours['vpdq_frames']} | {len(ours['vpdq'])} | {copy} | {percents[0]} | {percents[1]} |", flush=True)
