"""Compare `pot score` with transformers in float32 on small random models of every architecture.

    arch.py live POT [--count N] [--arch NAME]   build N random models per architecture, compare, print a table
    arch.py dirs POT DIR ...                     compare on real model directories
    arch.py record DIR ARCH SEED ...             write some of them with their log-probabilities as goldens

Every option that changes the mathematics is drawn at random: sizes, head ratios, biases, norms, windows,
activations, tied heads, the encoding of the weights.  Exit status 1 if a difference is above 1e-4.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from importlib.util import find_spec

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

OLD = int(transformers.__version__.split(".")[0]) < 5
LIMIT = 1e-4
ACTS = ["gelu", "gelu_new", "relu", "silu", "quick_gelu", "gelu_pytorch_tanh"]
DTYPES = [torch.float32, torch.float16, torch.bfloat16]


def sizes(r):
    """Heads, key heads and head size in odd ratios."""
    heads = r.choice([1, 2, 3, 4, 6])
    kv = r.choice([k for k in range(1, heads + 1) if heads % k == 0])
    return heads, kv, r.choice([4, 6, 8, 10, 16])


def scaling(r, dim):
    """A rope scaling, or none, of `dim` dimensions; texts of 20 to 48 tokens may cross its length."""
    kind = r.choice(["none", "none", "linear", "dynamic", "llama3", "yarn", "longrope"])
    factor, original = r.choice([2.0, 4.0, 8.5]), r.choice([8, 24, 32])
    if kind == "none" or kind == "dynamic" and dim < 4:
        return {}
    if kind == "linear":
        return dict(rope_scaling=dict(type="linear", factor=factor))
    if kind == "dynamic":  # a text may be longer than the context
        return dict(rope_scaling=dict(rope_type="dynamic", factor=factor), max_position_embeddings=25)
    if kind == "llama3":
        return dict(rope_scaling=dict(rope_type="llama3", factor=factor, low_freq_factor=r.choice([1.0, 0.5]),
                                      high_freq_factor=r.choice([4.0, 2.0]), original_max_position_embeddings=original))
    if kind == "longrope":
        lists = [[r.uniform(1, 9) for _ in range(dim // 2)] for _ in range(2)]
        own = r.choice([{}, dict(attention_factor=1.3)])
        return dict(rope_scaling=dict(own, rope_type="longrope", short_factor=lists[0], long_factor=lists[1]),
                    original_max_position_embeddings=original)
    yarn = dict(rope_type="yarn", factor=factor)
    for key, value in dict(attention_factor=0.9, beta_fast=r.choice([4.0, 32.0]), beta_slow=0.5, truncate=False,
                           original_max_position_embeddings=original).items():
        if r.random() < 0.4:
            yarn[key] = value
    if r.random() < 0.4:
        yarn.update(mscale=r.choice([0.7, 1.0]), mscale_all_dim=r.choice([0.4, 1.0]))
    return dict(rope_scaling=yarn)


def scaled(r, options, dim):
    """The options with a rope scaling, which may change the length of the context."""
    more = scaling(r, dim)
    if more and options.get("num_key_value_heads"):
        more["head_dim"] = options["head_dim"] if "head_dim" in options else \
            options["hidden_size"] // options["num_attention_heads"]  # 4.57 has no default for it here
    return dict(options, **more)


def gpt2(r):
    heads, _, d = sizes(r)
    return dict(n_embd=heads * d, n_layer=r.randint(1, 3), n_head=heads, n_positions=r.randint(48, 80),
                n_inner=r.choice([None, 37, 64]), activation_function=r.choice(ACTS),
                layer_norm_epsilon=r.choice([1e-5, 1e-3]), scale_attn_weights=r.random() < 0.8,
                scale_attn_by_inverse_layer_idx=r.random() < 0.4, tie_word_embeddings=r.random() < 0.7)


def gpt_neo(r):
    heads, _, d = sizes(r)
    types = r.choice([[[["global", "local"], 1]], [[["local"], 2]], [[["global"], 1], [["local", "global"], 1]]])
    layers = sum(len(pattern) * repeat for pattern, repeat in types)
    return dict(hidden_size=heads * d, num_layers=layers, attention_types=types, num_heads=heads,
                intermediate_size=r.choice([None, 40]), window_size=r.choice([5, 16, 256]),
                max_position_embeddings=r.randint(48, 80), activation_function=r.choice(ACTS),
                layer_norm_epsilon=r.choice([1e-5, 1e-3]), tie_word_embeddings=r.random() < 0.7)


def gpt_neox(r):
    heads, d = sizes(r)[0], r.choice([8, 16, 24])  # an odd number of rotated dimensions is refused
    turn = r.choice([0.25, 0.5, 1.0])
    options = dict(hidden_size=heads * d, num_hidden_layers=r.randint(1, 3), num_attention_heads=heads,
                   intermediate_size=r.choice([40, 64]), hidden_act=r.choice(ACTS), rotary_pct=turn,
                   rotary_emb_base=r.choice([10000, 500]), max_position_embeddings=64,
                   layer_norm_eps=r.choice([1e-5, 1e-3]), use_parallel_residual=r.random() < 0.5,
                   attention_bias=r.random() < 0.6, tie_word_embeddings=r.random() < 0.3)
    return scaled(r, options, int(d * turn))


def opt(r):
    heads, _, d = sizes(r)
    hidden = heads * d
    affine = int(transformers.__version__.split(".")[0]) >= 5  # 4.57 fails to build norms without weights
    return dict(hidden_size=hidden, num_hidden_layers=r.randint(1, 3), ffn_dim=r.choice([24, 50]),
                num_attention_heads=heads, max_position_embeddings=r.randint(48, 80),
                do_layer_norm_before=r.random() < 0.6, _remove_final_layer_norm=r.random() < 0.3,
                word_embed_proj_dim=r.choice([hidden, hidden, 18]), activation_function=r.choice(ACTS),
                enable_bias=r.random() < 0.6, layer_norm_elementwise_affine=r.random() < 0.7 or not affine,
                tie_word_embeddings=r.random() < 0.7, pad_token_id=1, bos_token_id=2, eos_token_id=2)


def llama_like(r):
    heads, kv, d = sizes(r)
    own = r.random() < 0.5
    head_dim = dict(head_dim=d) if own else {}
    options = dict(head_dim, hidden_size=heads * r.choice([4, 10, 14]) if own else heads * d,
                   num_hidden_layers=r.randint(1, 3), num_attention_heads=heads, num_key_value_heads=kv,
                   intermediate_size=r.choice([30, 72]), hidden_act=r.choice(ACTS), max_position_embeddings=64,
                   rms_norm_eps=r.choice([1e-6, 1e-3]), rope_theta=r.choice([10000.0, 1e6]),
                   tie_word_embeddings=r.random() < 0.4)
    return scaled(r, options, d)


def llama(r):
    return dict(llama_like(r), attention_bias=r.random() < 0.5, mlp_bias=r.random() < 0.5)


def mistral(r):
    return dict(llama_like(r), sliding_window=r.choice([None, 4, 16, 33]))


def qwen2(r):
    return dict(llama_like(r), use_sliding_window=r.random() < 0.6, sliding_window=r.choice([4, 17]),
                max_window_layers=r.randint(0, 3))


def phi(r):
    heads, kv, d = sizes(r)
    d = 2 * d
    turn = r.choice([0.5, 1.0])
    options = dict(hidden_size=heads * d, num_hidden_layers=r.randint(1, 3), num_attention_heads=heads,
                   num_key_value_heads=kv, intermediate_size=r.choice([30, 72]), hidden_act=r.choice(ACTS),
                   max_position_embeddings=64, layer_norm_eps=r.choice([1e-5, 1e-3]),
                   rope_theta=r.choice([10000.0, 1e6]), partial_rotary_factor=turn, qk_layernorm=r.random() < 0.5,
                   tie_word_embeddings=r.random() < 0.4)
    return scaled(r, options, int(d * turn))


def modern(r, head_dim=True):
    """What most architectures since llama can vary; 5.x wants hidden sizes that divide into heads."""
    options = llama_like(r)
    heads = options["num_attention_heads"]
    if not head_dim:
        d = options.pop("head_dim", options["hidden_size"] // heads)
        options["hidden_size"] = heads * d
    return dict(options, attention_bias=r.random() < 0.4)


def plain_norm(r, options):
    """The same with LayerNorm, whose eps is called differently."""
    del options["rms_norm_eps"]
    return dict(options, layer_norm_eps=r.choice([1e-5, 1e-3]))


def with_head_dim(options):
    return dict(dict(head_dim=options["hidden_size"] // options["num_attention_heads"]), **options)


def pattern(r, options, every):
    """Sliding windows by the pattern that is the default, by another, or spelled out."""
    n = options["num_hidden_layers"] = r.randint(1, every + 1)
    options["sliding_window"] = r.choice([3, 7, 19, 64])
    if r.random() < 0.4:
        options["layer_types"] = [r.choice(["sliding_attention", "full_attention"]) for _ in range(n)]
    elif r.random() < 0.4 and every > 2:
        options["sliding_window_pattern"] = r.choice([2, 3])
    return options


def newer_word(options):
    """Some configs know rope_type only."""
    if "type" in options.get("rope_scaling", {}):
        options["rope_scaling"]["rope_type"] = options["rope_scaling"].pop("type")
    return options


def qwen3(r):
    return dict(with_head_dim(modern(r)), use_sliding_window=r.random() < 0.6, sliding_window=r.choice([4, 17]),
                max_window_layers=r.randint(0, 3))


def gemma_like(r):
    options = with_head_dim(modern(r))
    options["hidden_activation"] = options.pop("hidden_act")
    if r.random() < 0.5:
        options["hidden_activation"] = "gelu_pytorch_tanh"
    return dict(options, tie_word_embeddings=r.random() < 0.8)


def gemma(r):
    options = gemma_like(r)
    act = options.pop("hidden_activation")
    return dict(options, hidden_act="gelu_new" if act == "gelu" else act)


def gemma2(r):
    return dict(pattern(r, gemma_like(r), 2), query_pre_attn_scalar=r.choice([5, 16, 224]),
                attn_logit_softcapping=r.choice([None, 0.7, 50.0]), final_logit_softcapping=r.choice([None, 2.0, 30.0]))


def two_ropes(options):
    """With a rope per type of layer 5.x wants the original context in the dictionary, and does not see truncate."""
    options = newer_word(options)
    options.get("rope_scaling", {}).pop("truncate", None)
    if not V4 and "original_max_position_embeddings" in options:
        options["rope_scaling"]["original_max_position_embeddings"] = options.pop("original_max_position_embeddings")
    return options


def gemma3_text(r):
    options = two_ropes(gemma2(r))
    return dict(options, rope_local_base_freq=r.choice([100.0, 10000.0]), attn_logit_softcapping=None)


def gemma3(r):
    sight = dict(hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=28,
                 patch_size=14)
    text = dict(gemma3_text(r), final_logit_softcapping=None)
    return dict(text_config=text, tie_word_embeddings=text["tie_word_embeddings"], vision_config=sight, mm_tokens_per_image=4, image_token_index=5,
                boi_token_index=6, eoi_token_index=7)


def olmo(r):
    options = two_scalings(modern(r, False))
    del options["rms_norm_eps"]
    return dict(options, clip_qkv=r.choice([None, 0.8, 4.0]), pad_token_id=1)


def two_scalings(options):
    """olmo knows two rope scalings, in the old form."""
    scaling = options.get("rope_scaling")
    if scaling and scaling.get("rope_type", scaling.get("type")) not in ["linear", "dynamic"]:
        del options["rope_scaling"]
        options.pop("original_max_position_embeddings", None)
    elif scaling:
        options["rope_scaling"] = dict(type=scaling.get("rope_type", scaling.get("type")), factor=scaling["factor"])
    options.pop("head_dim", None)
    return options


def olmo2(r):
    return dict(two_scalings(modern(r, False)), pad_token_id=1)


def olmo3(r):
    """Only where full attention is scaled do the two ropes differ; base 500000, see docs/decisions/009."""
    options = two_ropes(pattern(r, modern(r, False), 4))
    options.pop("sliding_window_pattern", None)
    options.pop("head_dim", None)
    return dict(options, rope_theta=500000.0, pad_token_id=1, eos_token_id=2)


def phi3(r):
    options = modern(r, False)
    options.pop("head_dim", None)
    options.pop("rope_scaling", None)
    heads = options["num_attention_heads"]
    d = options["hidden_size"] // heads
    turn = r.choice([1.0, 1.0, 0.5])
    if int(d * turn) % 2:
        turn = 1.0
    del options["attention_bias"]
    options.update(partial_rotary_factor=turn, original_max_position_embeddings=r.choice([24, 32]), pad_token_id=0,
                   sliding_window=r.choice([None, 9, 30]), max_position_embeddings=64)
    if r.random() < 0.6:
        lists = [[r.uniform(1, 9) for _ in range(int(d * turn) // 2)] for _ in range(2)]
        options["rope_scaling"] = dict(type=r.choice(["longrope", "su"]) if V4 else "longrope", short_factor=lists[0],
                                       long_factor=lists[1])
    return options


def starcoder2(r):
    options = modern(r, False)
    options["norm_epsilon"] = options.pop("rms_norm_eps")
    del options["attention_bias"]
    return dict(options, use_bias=r.random() < 0.7, sliding_window=r.choice([None, 4, 16]))


def stablelm(r):
    options = plain_norm(r, modern(r, False))
    for key in ["attention_bias", "head_dim", "rope_scaling", "original_max_position_embeddings"]:
        options.pop(key, None)
    d = options["hidden_size"] // options["num_attention_heads"]
    turn = r.choice([p for p in [0.25, 0.5, 1.0] if int(d * p) >= 2 and int(d * p) % 2 == 0])
    options.update(partial_rotary_factor=turn, use_qkv_bias=r.random() < 0.5, qk_layernorm=r.random() < 0.5,
                   use_parallel_residual=r.random() < 0.5, max_position_embeddings=64)
    return scaled(r, options, int(d * turn)) if int(d * turn) > 2 else options


def granite(r):
    return dict(modern(r), mlp_bias=r.random() < 0.5, embedding_multiplier=r.choice([1.0, 12.0]),
                residual_multiplier=r.choice([1.0, 0.22]), logits_scaling=r.choice([1.0, 8.0, 0.3]),
                attention_multiplier=r.choice([1.0, 0.0625]))


def smollm3(r):
    options = dict(modern(r), mlp_bias=r.random() < 0.5, num_hidden_layers=r.randint(1, 6), pad_token_id=0)
    n = options["num_hidden_layers"]
    if r.random() < 0.6:
        options.update(use_sliding_window=True, sliding_window=r.choice([5, 18]))
    if r.random() < 0.4:
        options["no_rope_layers"] = [r.randint(0, 1) for _ in range(n)]
    else:
        options["no_rope_layer_interval"] = r.choice([2, 4])
    return options


def cohere(r):
    options = newer_word(plain_norm(r, modern(r, False)))
    return dict(options, logit_scale=r.choice([0.0625, 1.0, 3.0]), use_qk_norm=r.random() < 0.5, pad_token_id=0)


def cohere2(r):
    options = newer_word(plain_norm(r, pattern(r, modern(r, False), 4)))
    options.pop("head_dim", None)
    return dict(options, logit_scale=r.choice([0.0625, 1.0, 3.0]), pad_token_id=0)


def gptj(r):
    heads, _, d = sizes(r)
    return dict(n_embd=heads * d, n_layer=r.randint(1, 3), n_head=heads, n_positions=r.randint(48, 80),
                n_inner=r.choice([None, 37, 64]), activation_function=r.choice(ACTS),
                layer_norm_epsilon=r.choice([1e-5, 1e-3]), rotary_dim=r.choice([x for x in [2, 4, 8] if x <= d]),
                tie_word_embeddings=r.random() < 0.4)


def bloom(r):
    heads = r.choice([1, 2, 3, 5, 8, 13])
    options = dict(hidden_size=heads * r.choice([4, 6, 10]), n_layer=r.randint(1, 3), n_head=heads,
                   layer_norm_epsilon=r.choice([1e-5, 1e-3]), tie_word_embeddings=r.random() < 0.7)
    behind = random.Random(repr(options)).random() < 0.4
    return dict(options, apply_residual_connection_post_layernorm=behind)


def falcon(r):
    heads = r.choice([1, 2, 3, 4, 6, 12])
    d = r.choice([4, 6, 10, 16])
    options = dict(hidden_size=heads * d, num_hidden_layers=r.randint(1, 3), num_attention_heads=heads,
                   layer_norm_epsilon=r.choice([1e-5, 1e-3]), bias=r.random() < 0.5, activation=r.choice(ACTS),
                   ffn_hidden_size=r.choice([None, 37, 64]), max_position_embeddings=64,
                   rope_theta=r.choice([10000.0, 1e6]), tie_word_embeddings=r.random() < 0.7)
    layout = r.choice(["7b", "40b", "rw", "11b"])
    if layout in ["40b", "11b"]:
        kv = r.choice([k for k in range(1, heads + 1) if heads % k == 0])
        options.update(new_decoder_architecture=True, num_kv_heads=kv, num_ln_in_parallel_attn=1 if layout == "11b" else
                       r.choice([None, 2]))
    elif layout == "rw":
        options.update(multi_query=r.random() < 0.3, parallel_attn=r.random() < 0.3, alibi=r.random() < 0.7)
    if options.get("alibi"):
        return options
    return newer_word(scaled(r, options, d))


def mixtral(r):
    options = newer_word(with_head_dim(modern(r)))
    experts = r.choice([1, 3, 4, 8])
    del options["attention_bias"]
    return dict(options, num_local_experts=experts, num_experts_per_tok=r.randint(1, min(3, experts)),
                sliding_window=r.choice([None, 4, 16]))


def experts_by_step(r, options):
    experts = r.choice([1, 3, 5, 8])
    layers = options["num_hidden_layers"] = r.randint(1, 4)
    options.update(num_experts=experts, num_experts_per_tok=r.randint(1, min(4, experts)),
                   moe_intermediate_size=r.choice([10, 24]), norm_topk_prob=r.random() < 0.5,
                   decoder_sparse_step=r.choice([1, 1, 2]))
    if r.random() < 0.3:
        options["mlp_only_layers"] = [r.randrange(layers)]
    return options


def qwen2_moe(r):
    options = experts_by_step(r, newer_word(modern(r, False)))
    options.pop("head_dim", None)
    del options["attention_bias"]
    return dict(options, qkv_bias=r.random() < 0.5, shared_expert_intermediate_size=r.choice([12, 40]))


def qwen3_moe(r):
    return dict(experts_by_step(r, newer_word(with_head_dim(modern(r)))), use_sliding_window=r.random() < 0.5,
                sliding_window=r.choice([4, 17]))


def gpt_oss(r):
    options = newer_word(pattern(r, with_head_dim(modern(r)), 2))
    for key in ["hidden_act", "attention_bias"]:
        del options[key]
    options.setdefault("rope_scaling", dict(rope_type="default"))
    experts = r.choice([1, 3, 4, 8])
    return dict(options, num_local_experts=experts, num_experts_per_tok=r.randint(1, min(3, experts)))


def gpt_oss_mxfp4(r):
    """The experts in blocks of 32, as published: see quantize."""
    options = gpt_oss(r)
    experts = options["num_local_experts"]
    return dict(options, hidden_size=r.choice([32, 64]), intermediate_size=r.choice([32, 64, 96]),
                num_experts_per_tok=min(experts, 2))


def latent(r):
    """What deepseek_v2 and deepseek_v3 share."""
    options = newer_word(modern(r, False))
    heads, turned = r.choice([1, 2, 3, 4]), r.choice([4, 6, 8])
    for key in ["head_dim", "num_key_value_heads", "rope_scaling", "original_max_position_embeddings"]:
        options.pop(key, None)
    layers = options["num_hidden_layers"] = r.randint(1, 3)
    groups, size = r.choice([1, 2, 4]), r.choice([2, 3])
    top_groups = r.randint(1, groups)
    options.update(max_position_embeddings=64, hidden_size=heads * r.choice([4, 10, 14]), num_attention_heads=heads,
                   num_key_value_heads=heads,
                   kv_lora_rank=r.choice([6, 12, 20]), q_lora_rank=r.choice([None, 7, 16]), qk_nope_head_dim=r.choice([3, 6, 10]),
                   qk_rope_head_dim=turned, v_head_dim=r.choice([2, 5, 12]), n_routed_experts=groups * size, n_group=groups,
                   topk_group=top_groups, num_experts_per_tok=r.randint(1, top_groups * size),
                   n_shared_experts=r.randint(1, 2), moe_intermediate_size=r.choice([10, 24]),
                   first_k_dense_replace=r.randint(0, layers), routed_scaling_factor=r.choice([1.0, 2.5, 0.7]))
    options = newer_word(scaled(r, options, turned))
    options.pop("head_dim", None)
    return options


def deepseek_v2(r):
    options = dict(latent(r), qk_nope_head_dim=r.choice([2, 6, 10]), topk_method=r.choice(["greedy", "group_limited_greedy"]))
    if OLD:  # 4 ignores it here: docs/decisions/009
        options.get("rope_scaling", {}).pop("mscale_all_dim", None)
    return options


def deepseek_v3(r):
    options = dict(latent(r), norm_topk_prob=r.random() < 0.5, rope_interleave=r.random() < 0.7)
    if r.random() < 0.3:
        options["rope_scaling"] = dict(rope_type="yarn", factor=4.0, mscale=r.choice([0.7, 1.0]), mscale_all_dim=r.choice([0.4, 1.0]),
                                       original_max_position_embeddings=16)
        options["max_position_embeddings"] = 64
        options.pop("original_max_position_embeddings", None)
    if "factor" not in options.get("rope_scaling", dict(factor=1)):  # 4.57 asks for it
        options.pop("rope_scaling")
        options.pop("original_max_position_embeddings", None)
    return options


def quantize(path, seed):
    """Random MXFP4 experts in a saved model: any nibble, zeros of both signs, scales of any size that matters."""
    torch.manual_seed(seed)
    file = os.path.join(path, "model.safetensors")
    old = load_file(file)
    new = {}
    for name, w in old.items():
        if not name.endswith(("experts.gate_up_proj", "experts.down_proj")):
            new[name] = w
            continue
        experts, cols, rows = w.shape
        new[name + "_blocks"] = torch.randint(0, 256, (experts, rows, cols // 32, 16), dtype=torch.uint8)
        scales = torch.randint(118, 124, (experts, rows, cols // 32), dtype=torch.uint8)
        rare = torch.rand(scales.shape) < 0.05
        new[name + "_scales"] = torch.where(rare, torch.randint(0, 118, scales.shape, dtype=torch.uint8), scales)
    save_file(new, file, metadata=dict(format="pt"))
    spared = ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"]
    with open(os.path.join(path, "config.json")) as f:
        config = json.load(f)
    config["quantization_config"] = dict(quant_method="mxfp4", modules_to_not_convert=spared)
    with open(os.path.join(path, "config.json"), "w") as f:
        json.dump(config, f, indent=2)
        f.write("\n")


def save(arch, seed, model, path):
    model.save_pretrained(path)
    if arch == "gpt_oss_mxfp4":
        quantize(path, seed)


V4 = int(transformers.__version__.split(".")[0]) < 5
ARCHS = dict(gpt2=gpt2, gpt_neo=gpt_neo, gpt_neox=gpt_neox, opt=opt, llama=llama, mistral=mistral, qwen2=qwen2, phi=phi,
             qwen3=qwen3, gemma=gemma, gemma2=gemma2, gemma3_text=gemma3_text, gemma3=gemma3, olmo=olmo, olmo2=olmo2, olmo3=olmo3,
             phi3=phi3, starcoder2=starcoder2, stablelm=stablelm, granite=granite, smollm3=smollm3, cohere=cohere,
             cohere2=cohere2, gptj=gptj, bloom=bloom, falcon=falcon,
             mixtral=mixtral, qwen2_moe=qwen2_moe, qwen3_moe=qwen3_moe, gpt_oss=gpt_oss, gpt_oss_mxfp4=gpt_oss_mxfp4, deepseek_v2=deepseek_v2,
             deepseek_v3=deepseek_v3)
TYPES = dict(gpt_oss_mxfp4="gpt_oss")  # where it is not the name here


def allow_norms_without_bias():
    """4.57 fails to initialize stablelm's norms of heads; the weights are drawn below anyway."""
    from transformers.models.stablelm import modeling_stablelm
    modeling_stablelm.StableLmPreTrainedModel._init_weights = lambda self, module: None


def build(arch, seed):
    """A random model, with biases and norms away from their defaults so that each of them counts."""
    r = random.Random(f"{arch} {seed}")
    torch.manual_seed(r.randrange(2**31))
    options = ARCHS[arch](r)
    options.get("text_config", options)["vocab_size"] = r.choice([61, 64, 97, 130])
    if arch == "stablelm" and V4:
        allow_norms_without_bias()
    config = AutoConfig.for_model(TYPES.get(arch, arch), **options, attn_implementation="eager")
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for name, p in model.named_parameters():
            scale = 0.5 / max(1, p.shape[-1]) ** 0.5 if p.dim() > 1 else 0.2
            p.add_(torch.randn_like(p) * scale * 2)
        for name, p in model.named_buffers():
            if name.endswith("e_score_correction_bias"):  # 4.57 differs below 0
                p.add_(torch.rand_like(p) * 0.3 - (0 if V4 else 1))
    dtype = DTYPES[seed % 3]
    return model.to(dtype), options, r


def logprobs(path, ids):
    """Natural log-probability of each id but the first, in float32, of a saved model."""
    alibi = getattr(AutoConfig.from_pretrained(path), "alibi", False)  # falcon's eager attention adds it twice
    # .float(): 4.57 leaves what it dequantizes in bfloat16, which holds every MXFP4 value exactly
    model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32,
                                                 attn_implementation="sdpa" if alibi else "eager").float().eval()
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].float()
    out = torch.log_softmax(logits.double(), -1)
    return [out[i, t].item() for i, t in enumerate(ids[1:])]


def sample(model, options, r):
    words = options.get("text_config", options)["vocab_size"]
    return [r.randrange(words) for _ in range(r.randint(20, 48))]


def pot_logprobs(pot, path, ids):
    run = subprocess.run([pot, "score", path, "--ids", ",".join(map(str, ids)), "--json"], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{path}: {run.stderr}")
    return json.loads(run.stdout)["logprobs"][1:]


def live(args):
    worst = 0.0
    print(f"transformers {transformers.__version__}, torch {torch.__version__}, float32, eager attention")
    print(f"{'architecture':<14}{'models':>8}{'largest difference':>22}")
    for arch in [args.arch] if args.arch else ARCHS:
        if arch == "gpt_oss_mxfp4" and not find_spec("accelerate"):
            print(f"{arch:<14} skipped: transformers wants accelerate for it")
            continue
        top = 0.0
        for seed in range(args.count):
            model, options, r = build(arch, seed)
            ids = sample(model, options, r)
            with tempfile.TemporaryDirectory() as path:
                save(arch, seed, model, path)
                got = pot_logprobs(args.pot, path, ids)
                want = logprobs(path, ids)
            diff = max(abs(a - b) for a, b in zip(got, want))
            if diff > LIMIT:
                print(f"  {arch} {seed}: {diff:.3g} with {options}")
            top = max(top, diff)
        print(f"{arch:<14}{args.count:>8}{top:>22.3g}")
        worst = max(worst, top)
    return worst


def dirs(args):
    """Real models, on random ids that fill up to 300 places of the context."""
    worst = 0.0
    for path in args.dirs:
        config = AutoConfig.from_pretrained(path)
        r = random.Random(path)
        ids = [r.randrange(config.vocab_size) for _ in range(min(300, config.max_position_embeddings))]
        diff = max(abs(a - b) for a, b in zip(pot_logprobs(args.pot, path, ids), logprobs(path, ids)))
        print(f"{path}: {len(ids)} ids, largest difference {diff:.3g}")
        worst = max(worst, diff)
    return worst


def record(args):
    for seed in args.seeds:
        model, options, r = build(args.arch, seed)
        ids = sample(model, options, r)
        path = os.path.join(args.dir, f"{args.arch}-{seed}")
        save(args.arch, seed, model, path)
        if os.path.exists(os.path.join(path, "generation_config.json")):
            os.remove(os.path.join(path, "generation_config.json"))
        golden = dict(origin=f"tools/oracle/arch.py, transformers {transformers.__version__}, torch {torch.__version__}",
                      ids=ids, logprobs=[float(f"{x:.9g}") for x in logprobs(path, ids)])
        with open(os.path.join(path, "golden.json"), "w") as f:
            json.dump(golden, f)
            f.write("\n")
    return 0.0


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(required=True)
    a = sub.add_parser("live")
    a.add_argument("pot")
    a.add_argument("--count", type=int, default=12)
    a.add_argument("--arch", choices=ARCHS)
    a.set_defaults(run=live)
    a = sub.add_parser("dirs")
    a.add_argument("pot")
    a.add_argument("dirs", nargs="+")
    a.set_defaults(run=dirs)
    a = sub.add_parser("record")
    a.add_argument("dir")
    a.add_argument("arch", choices=ARCHS)
    a.add_argument("seeds", type=int, nargs="+")
    a.set_defaults(run=record)
    args = p.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    sys.exit(args.run(args) > LIMIT)


if __name__ == "__main__":
    main()
