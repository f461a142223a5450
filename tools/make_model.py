#!/usr/bin/env python3
"""Write a llama with random weights of a chosen size: BF16 safetensors in shards, for benchmarks
and for runs larger than memory.  Needs numpy only; about as fast as the disk.

    tools/make_model.py --size 8g /tmp/big                     8 GB in shards of at most 2 GB
    tools/make_model.py --size 8g --reseed layers.3. /tmp/cand the same, but layer 3 drawn anew
    tools/make_model.py --size 1b --copy-tokenizer zoo/base /tmp/m

Each tensor is drawn from a seed of its name, so two models of one size have equal bytes except
where --reseed (a part of tensor names; may be repeated) says otherwise.
"""
import argparse
import json
import math
import os
import shutil
import zlib

import numpy as np

SIZES = {  # layers, hidden, heads, key heads, ffn, vocabulary
    "tiny": (3, 256, 4, 2, 704, 2048),
    "05b": (24, 1024, 16, 8, 4096, 32000),
    "1b": (20, 2048, 32, 8, 5632, 32000),
    "8g": (32, 3328, 26, 13, 9216, 32000),
    "24g": (40, 5120, 40, 10, 14336, 32000),
}
PIECE = 1 << 24  # elements drawn at a time


def tensors(layers, hidden, heads, kv, ffn, vocab):
    d = hidden // heads
    yield "model.embed_tokens.weight", (vocab, hidden)
    for i in range(layers):
        at = f"model.layers.{i}."
        yield at + "input_layernorm.weight", (hidden,)
        yield at + "mlp.down_proj.weight", (hidden, ffn)
        yield at + "mlp.gate_proj.weight", (ffn, hidden)
        yield at + "mlp.up_proj.weight", (ffn, hidden)
        yield at + "post_attention_layernorm.weight", (hidden,)
        yield at + "self_attn.k_proj.weight", (kv * d, hidden)
        yield at + "self_attn.o_proj.weight", (hidden, heads * d)
        yield at + "self_attn.q_proj.weight", (heads * d, hidden)
        yield at + "self_attn.v_proj.weight", (kv * d, hidden)
    yield "model.norm.weight", (hidden,)
    yield "lm_head.weight", (vocab, hidden)


def draw(out, name, shape, seed):
    """Bits of BF16: random sign and mantissa, and an exponent such that outputs keep their size."""
    n = math.prod(shape)
    if len(shape) == 1:
        out.write(np.full(n, 0x3F80, "<u2").tobytes())
        return
    rng = np.random.Generator(np.random.SFC64([seed, zlib.crc32(name.encode())]))
    top = np.uint16(127 + math.floor(math.log2(1.2 / math.sqrt(shape[-1]))))
    for at in range(0, n, PIECE):
        u = np.frombuffer(rng.bytes(2 * min(PIECE, n - at)), "<u2")
        below = (u >> np.uint16(7)) & np.uint16(3)  # up to three binades less
        bits = (u & np.uint16(0x807F)) | ((top - below) << np.uint16(7))
        out.write(bits.astype("<u2").tobytes())


def write_shard(path, part, reseed):
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in part:
        n = 2 * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [at, at + n]}
        at += n
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text)
        for name, shape in part:
            draw(f, name, shape, 1 if any(r in name for r in reseed) else 0)
    return at


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--size", choices=SIZES, default="tiny")
    p.add_argument("--shard", type=float, default=2.0, help="bytes of a shard in GB")
    p.add_argument("--reseed", action="append", default=[])
    p.add_argument("--copy-tokenizer", default="zoo/base", metavar="DIR")
    p.add_argument("out")
    a = p.parse_args()
    layers, hidden, heads, kv, ffn, vocab = SIZES[a.size]
    os.makedirs(a.out)
    parts, size = [[]], 0
    for t in tensors(*SIZES[a.size]):
        n = 2 * math.prod(t[1])
        if parts[-1] and size + n > a.shard * 1e9:
            parts.append([])
            size = 0
        parts[-1].append(t)
        size += n
    total, where = 0, {}
    for i, part in enumerate(parts):
        name = f"model-{i + 1:05}-of-{len(parts):05}.safetensors"
        total += write_shard(os.path.join(a.out, name), part, a.reseed)
        where.update((t[0], name) for t in part)
    with open(os.path.join(a.out, "model.safetensors.index.json"), "w") as f:
        json.dump({"metadata": {"total_size": total}, "weight_map": where}, f)
    with open(os.path.join(a.out, "config.json"), "w") as f:
        json.dump({"model_type": "llama", "architectures": ["LlamaForCausalLM"],
                   "hidden_size": hidden, "intermediate_size": ffn, "num_hidden_layers": layers,
                   "num_attention_heads": heads, "num_key_value_heads": kv, "vocab_size": vocab,
                   "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
                   "hidden_act": "silu", "tie_word_embeddings": False, "torch_dtype": "bfloat16"},
                  f, indent=1)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if os.path.exists(os.path.join(a.copy_tokenizer, name)):
            shutil.copy(os.path.join(a.copy_tokenizer, name), a.out)
    print(f"{a.out}: {total / 2e9:.3f} G parameters, {total / 1e9:.3f} GB in {len(parts)} files")


if __name__ == "__main__":
    main()
