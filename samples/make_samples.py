"""Writes the three synthetic cases, byte for byte: `python samples/make_samples.py [OUT]`, by default beside itself."""

import sys
from pathlib import Path

from make import biologic, knee, lumbar

CASES = {"knee-replacement": knee.write, "lumbar-mri": lumbar.write, "biologic": biologic.write}


def main() -> None:
    """Write every case into OUT; the truth files are written by hand and are left alone."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, write in CASES.items():
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        write(folder)


if __name__ == "__main__":
    main()
