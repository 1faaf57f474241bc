"""RapidOCR as it comes, on one thread: `python rapidocr_alone.py PICTURE...` prints the texts, form feeds between."""

import sys

from PIL import Image
from rapidocr import RapidOCR

ONE = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}

reader = RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False, **ONE})
found = (reader(Image.open(path).convert("RGB")) for path in sys.argv[1:])
sys.stdout.write("\f".join("\n".join(lines.txts or ()) for lines in found))
