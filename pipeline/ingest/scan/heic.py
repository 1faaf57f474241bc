"""HEIC pictures as TIFF, unpacked in a process of its own: its decoder corrupts memory on some damaged files.

Found by fuzzing pi-heif 1.4 (a changed `hvcC` box). Run as a program, this file imports nothing of ours.
"""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Final

import pi_heif
from PIL import Image

TOO_LARGE: Final = 3  # exit code
_HEIF: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")


def is_heic(data: bytes) -> bool:
    """Whether the bytes begin like a HEIC or HEIF file."""
    return data[4:8] == b"ftyp" and data[8:12] in _HEIF


def as_tiff(data: bytes, max_pixels: int, seconds: float) -> bytes:
    """Its pictures as frames of a TIFF, turned as the file says.

    OverflowError where they have more pixels together; OSError where they cannot be had; subprocess.TimeoutExpired.
    """
    run = subprocess.run(
        [sys.executable, "-I", __file__, str(max_pixels)], input=data, capture_output=True, timeout=seconds, check=False
    )
    if run.returncode == TOO_LARGE:
        raise OverflowError
    if run.returncode != 0 or not run.stdout:
        raise OSError(f"the decoder ended with {run.returncode}")
    return run.stdout


def _main(max_pixels: int) -> int:
    pi_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
    with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("HEIF",)) as picture:
        frames: list[Image.Image] = []
        pixels = 0
        for number in range(int(getattr(picture, "n_frames", 1))):
            picture.seek(number)
            pixels += picture.width * picture.height
            if pixels > max_pixels:
                return TOO_LARGE
            frames.append(picture.convert("RGB"))
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    sys.stdout.buffer.write(out.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(_main(int(sys.argv[1])))
