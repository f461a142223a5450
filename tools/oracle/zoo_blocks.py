"""Compare the number formats that tools/zoo/derive.py writes with the gguf package and torch.

Formats that gguf can write must give its bytes; the others must come back from gguf as near as the format allows.
"""
import os
import sys

import numpy as np
import torch
from gguf import GGMLQuantizationType as T
from gguf.quants import dequantize, quantize

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../zoo"))
import blocks  # noqa: E402

EQUAL = {"Q8_0", "Q5_1", "Q4_1", "Q4_0"}
FAR = {"IQ4_NL": 0.09, "Q4_K": 0.09, "Q6_K": 0.022}  # root mean square error of normal numbers, in their deviation
TORCH = {"BF16": torch.bfloat16, "F16": torch.float16, "F8_E4M3": torch.float8_e4m3fn}


def numbers(rng):
    """Normal numbers of many sizes, some rows of zeros, some of one number."""
    x = rng.standard_normal((512, 512)).astype(np.float32) * np.float32(10) ** rng.integers(-3, 2, (512, 1)).astype(np.float32)
    x[0], x[1, :64], x[2] = 0, 0, x[2, 0]
    return x


def main():
    rng, bad = np.random.default_rng(1), 0
    x = numbers(rng)
    for name, make in blocks.BLOCKS.items():
        ours = make(x).reshape(len(x), -1)
        if name in EQUAL:
            wrong = int((quantize(x, T[name]) != ours).sum())
            print(f"{name}: {wrong} of {ours.size} bytes differ from gguf's")
            bad |= wrong > 0
        else:
            far = np.sqrt(((dequantize(ours, T[name]) - x)[3:] ** 2).mean(1)) / x[3:].std(1)
            print(f"{name}: error {far.mean():.4f} of the deviation, at most {far.max():.4f} in a row")
            bad |= far.mean() > FAR[name]
    wide = (rng.standard_normal(1 << 18) * 10.0 ** rng.integers(-5, 2, 1 << 18)).astype(np.float32)
    for name, kind in TORCH.items():
        theirs = torch.from_numpy(wide).clamp(-448, 448).to(kind).view(torch.uint8).numpy()
        wrong = int((blocks.PLAIN[name](np.clip(wide, -448, 448)).view("u1") != theirs).sum())
        print(f"{name}: {wrong} of {theirs.size} bytes differ from torch's")
        bad |= wrong > 0
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
