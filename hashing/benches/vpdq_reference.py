"""How far are a video's frame hashes from the reference's (PyPI vpdq)?   python3 vpdq_reference.py SUOJA VIDEO..."""
import json
import subprocess
import sys

import vpdq

for video in sys.argv[2:]:
    ours = json.loads(subprocess.run([sys.argv[1], "hash", video], check=True, capture_output=True).stdout)
    theirs = vpdq.computeHash(video, seconds_per_hash=0.0)
    assert ours["vpdq_frames"] == len(theirs), "the same frames"
    distances = []
    for frame in ours["vpdq"]:
        pdq, _, seconds = frame.split(",")
        same = min(theirs, key=lambda other: abs(other.timestamp - float(seconds)))
        distances.append((int(pdq, 16) ^ int(same.hex, 16)).bit_count())
    print(f"{video}: {len(distances)} of {len(theirs)} frames kept, {distances.count(0)} equal, at most {max(distances)} bits apart")
