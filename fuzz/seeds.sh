#!/bin/sh
# Writes the files that each fuzz target begins from: small ones of every kind that it reads.
set -eu
cd "$(dirname "$0")"
for target in arrays idx pictures tables torch onnx; do mkdir -p "corpus/$target"; done
cp ../tests/torch_models/*.pt ../tests/torch_models/*.pth ../tests/torch_models/*.safetensors corpus/torch/
cp ../tests/onnx_models/*.onnx corpus/onnx/
python3 - <<'PYTHON'
import gzip, io, pathlib, struct, zipfile
import numpy as np
from PIL import Image

def put(target, name, data):
    pathlib.Path(f"corpus/{target}/{name}").write_bytes(data)

table = "length,width (cm),kind\n" + "".join(f"{i}.5,{i % 3},{'ab'[i % 2]}\n" for i in range(9))
for name, text, code in [("comma", table, "utf-8"), ("semicolon", table.replace(",", ";").replace(".", ","), "utf-8-sig"),
                         ("tab", table.replace(",", "\t"), "utf-16"), ("quoted", 'a,b\n"x, ""y""",1\n"z",\n', "latin-1"),
                         ("codes", "name,z0,z1,label\na,1,2,x\nb,2,3,y\n", "utf-8"),
                         ("pixels", ",".join(f"pixel{i}" for i in range(16)) + "\n" + ("7," * 15 + "9\n") * 4, "utf-8")]:
    put("tables", name, text.encode(code))
put("tables", "packed", gzip.compress(table.encode()))
for name, array in [("bytes", np.arange(96, dtype="u1").reshape(6, 4, 4)), ("big", np.arange(12, dtype=">f8").reshape(4, 3)),
                    ("fortran", np.asfortranarray(np.arange(24, dtype="i2").reshape(4, 2, 3))), ("half", np.ones((4, 5), "f2")),
                    ("words", np.array(["a", "b", "c"]))]:
    held = io.BytesIO(); np.save(held, array); put("arrays", name + ".npy", held.getvalue())
held = io.BytesIO()
np.savez(held, x_train=np.arange(96, dtype="u1").reshape(6, 4, 4), y_train=np.arange(6) % 2, x_test=np.zeros((2, 4, 4), "u1"), y_test=np.arange(2))
put("arrays", "split.npz", held.getvalue())
for kind, letter in [(8, "B"), (9, "b"), (11, ">h"), (12, ">i"), (13, ">f"), (14, ">d")]:
    dtype = np.dtype(letter)
    put("idx", f"kind{kind}", struct.pack(">BBBBIII", 0, 0, kind, 3, 4, 3, 3) + np.arange(36).astype(dtype).tobytes())
put("idx", "packed", gzip.compress(struct.pack(">BBBBII", 0, 0, 8, 2, 4, 9) + bytes(36)))
for form in ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"]:
    held = io.BytesIO(); Image.fromarray((np.arange(192) % 251).astype("u1").reshape(8, 8, 3)).save(held, form); put("pictures", form, held.getvalue())
held = io.BytesIO()
with zipfile.ZipFile(held, "w") as archive:
    for i in range(3):
        picture = io.BytesIO(); Image.fromarray(np.full((6, 6), 40 * i, "u1")).save(picture, "PNG"); archive.writestr(f"class{i % 2}/{i}.png", picture.getvalue())
put("arrays", "pictures.zip", held.getvalue())
PYTHON
