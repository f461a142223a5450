"""Make the derived members from the stored ones: containers, dtypes, quantized, pruned, merged.

Python 3 and numpy only; every byte follows from the stored members, and derived.sha256 has the digests.
"""
import argparse
import hashlib
import json
import pathlib
import shutil
import struct
import sys
from dataclasses import dataclass

import numpy

import blocks

DIGESTS = pathlib.Path(__file__).with_name('derived.sha256')


@dataclass
class Derived:
    source: str  # stored member
    how: str  # name of an operation below
    value: object = None  # its argument


# What is made, by half and name.  A name that ends in .gguf is a file, others are directories.
DERIVED = {
    'development': {
        'base-shards.f32': Derived('base', 'directory', ('F32', 4)),
        'base-f16': Derived('base', 'directory', ('F16', 1)),
        'base-f8': Derived('base', 'directory', ('F8_E4M3', 1)),
        'base-f32.gguf': Derived('base', 'gguf', 'F32'),
        'base-bf16.gguf': Derived('base', 'gguf', 'BF16'),
        'base-f16.gguf': Derived('base', 'gguf', 'F16'),
        'base-q8_0.gguf': Derived('base', 'gguf', 'Q8_0'),
        'base-q5_1.gguf': Derived('base', 'gguf', 'Q5_1'),
        'base-q4_1.gguf': Derived('base', 'gguf', 'Q4_1'),
        'base-q4_0.gguf': Derived('base', 'gguf', 'Q4_0'),
        'base-iq4_nl.gguf': Derived('base', 'gguf', 'IQ4_NL'),
        'other-seed-q8_0.gguf': Derived('other-seed', 'gguf', 'Q8_0'),
        'finetune-light-q4_0.gguf': Derived('finetune-light', 'gguf', 'Q4_0'),
        'base-pruned12': Derived('base', 'prune', 0.12),
        'base-pruned50': Derived('base', 'prune', 0.50),
        'merged-light': Derived('base', 'average', ('finetune-light', 0.5)),
        'merged-heavy': Derived('finetune-light', 'average', ('finetune-heavy', 0.5)),
        'lora-merged': Derived('base', 'add', 'lora'),
    },
    'heldout': {
        'base-f32': Derived('base', 'directory', ('F32', 1)),
        'base-shards.bf16': Derived('base', 'directory', ('BF16', 3)),
        'base-f16': Derived('base', 'directory', ('F16', 1)),
        'base-f8': Derived('base', 'directory', ('F8_E4M3', 1)),
        'base-f32.gguf': Derived('base', 'gguf', 'F32'),
        'base-bf16.gguf': Derived('base', 'gguf', 'BF16'),
        'base-q8_0.gguf': Derived('base', 'gguf', 'Q8_0'),
        'base-q5_1.gguf': Derived('base', 'gguf', 'Q5_1'),
        'base-q4_0.gguf': Derived('base', 'gguf', 'Q4_0'),
        'other-size-bf16.gguf': Derived('other-size', 'gguf', 'BF16'),
        'other-size-q6_k.gguf': Derived('other-size', 'gguf', 'Q6_K'),
        'other-size-q4_k.gguf': Derived('other-size', 'gguf', 'Q4_K'),
        'finetune-heavy-q8_0.gguf': Derived('finetune-heavy', 'gguf', 'Q8_0'),
        'base-pruned15': Derived('base', 'prune', 0.15),
        'base-pruned60': Derived('base', 'prune', 0.60),
        'merged-light': Derived('base', 'average', ('finetune-light', 0.5)),
        'merged-uneven': Derived('base', 'average', ('finetune-heavy', 0.3)),
        'merged-continued': Derived('continued', 'average', ('finetune-light', 0.5)),
        'lora-merged': Derived('base', 'add', 'lora'),
    },
}
SIZES = {'BF16': 2, 'F16': 2, 'F32': 4, 'F8_E4M3': 1}


def stored(folder):
    """{name: float32 array} of the BF16 safetensors in a folder."""
    tensors = {}
    for path in sorted(folder.glob('*.safetensors')):
        data = path.read_bytes()
        size = struct.unpack_from('<Q', data)[0]
        header = json.loads(data[8:8 + size])
        header.pop('__metadata__', None)
        for name, entry in header.items():
            assert entry['dtype'] == 'BF16', f'{path}: {name} is {entry["dtype"]}'
            begin, end = entry['data_offsets']
            words = numpy.frombuffer(data[8 + size + begin:8 + size + end], '<u2').astype('<u4') << 16
            tensors[name] = words.view('<f4').reshape(entry['shape'])
    return dict(sorted(tensors.items()))


def is_inner(name, array):
    """Whether a tensor is a matrix of a layer: what is pruned and what additions change."""
    return array.ndim == 2 and '.layers.' in name


def write_safetensors(path, tensors, kind):
    """One file; vectors keep BF16 where the matrices are F8, whose range is too small for them."""
    header, parts, at = {}, [], 0
    for name, array in tensors.items():
        own = 'BF16' if kind == 'F8_E4M3' and array.ndim < 2 else kind
        data = blocks.PLAIN[own](array).tobytes()
        header[name] = {'dtype': own, 'shape': list(array.shape), 'data_offsets': [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps({'__metadata__': {'format': 'pt'}, **header}, separators=(',', ':'))
    text += ' ' * (-len(text) % 8)
    path.write_bytes(struct.pack('<Q', len(text)) + text.encode() + b''.join(parts))


def write_directory(out, source, tensors, kind='BF16', shards=1):
    """A Hugging Face directory with the source's config and tokenizer."""
    out.mkdir(parents=True)
    config = json.loads((source / 'config.json').read_text())
    dtype = {'F32': 'float32', 'F16': 'float16'}.get(kind, 'bfloat16')
    (out / 'config.json').write_text(json.dumps({**config, 'dtype': dtype}, indent=2) + '\n')
    for name in ('tokenizer.json', 'tokenizer_config.json'):
        shutil.copyfile(source / name, out / name)
    if shards == 1:
        return write_safetensors(out / 'model.safetensors', tensors, kind)
    places, names = {}, list(tensors)
    for shard in range(shards):
        own = names[shard * len(names) // shards:(shard + 1) * len(names) // shards]
        file = f'model-{shard + 1:05}-of-{shards:05}.safetensors'
        write_safetensors(out / file, {name: tensors[name] for name in own}, kind)
        places.update(dict.fromkeys(own, file))
    size = SIZES[kind] * sum(array.size for array in tensors.values())
    (out / 'model.safetensors.index.json').write_text(json.dumps(
        {'metadata': {'total_size': size}, 'weight_map': places}, indent=2) + '\n')


GGUF_NAMES = {
    'embed_tokens': 'token_embd', 'norm': 'output_norm', 'input_layernorm': 'attn_norm',
    'post_attention_layernorm': 'ffn_norm', 'self_attn.q_proj': 'attn_q', 'self_attn.k_proj': 'attn_k',
    'self_attn.v_proj': 'attn_v', 'self_attn.o_proj': 'attn_output', 'mlp.gate_proj': 'ffn_gate',
    'mlp.up_proj': 'ffn_up', 'mlp.down_proj': 'ffn_down'}


def gguf_name(name):
    """model.layers.3.mlp.up_proj.weight is blk.3.ffn_up.weight."""
    parts = name.split('.')[1:]
    front = f'blk.{parts[1]}.' if parts[0] == 'layers' else ''
    inner = '.'.join(parts[2 if front else 0:-1])
    return f'{front}{GGUF_NAMES[inner]}.{parts[-1]}'


def in_pairs(name, array, config):
    """Llama's queries and keys in the order of GGUF files: the two numbers that turn together side by side."""
    heads = {'q_proj.weight': 'num_attention_heads', 'k_proj.weight': 'num_key_value_heads'}
    key = heads.get('.'.join(name.split('.')[-2:]))
    if config['model_type'] != 'llama' or key is None:
        return array
    rows = array.reshape(config[key], 2, -1, array.shape[1])
    return rows.swapaxes(1, 2).reshape(array.shape)


def gguf_string(text):
    data = text.encode()
    return struct.pack('<Q', len(data)) + data


def gguf_value(value):
    """A value of the metadata with its type before it."""
    if isinstance(value, bool):
        return struct.pack('<IB', 7, value)
    if isinstance(value, int):
        return struct.pack('<II', 4, value)
    if isinstance(value, float):
        return struct.pack('<If', 6, value)
    if isinstance(value, str):
        return struct.pack('<I', 8) + gguf_string(value)
    if isinstance(value[0], int):
        return struct.pack(f'<IIQ{len(value)}i', 9, 5, len(value), *value)
    return struct.pack('<IIQ', 9, 8, len(value)) + b''.join(map(gguf_string, value))


def gguf_metadata(config, tokenizer):
    """What a llama or qwen2 needs; dbrx is GGUF's name for the pattern that the zoo's tokenizers cut by."""
    arch, model = config['model_type'], tokenizer['model']
    special = {token['id']: token['content'] for token in tokenizer['added_tokens']}
    tokens = {**{number: text for text, number in model['vocab'].items()}, **special}
    head = config.get('head_dim') or config['hidden_size'] // config['num_attention_heads']
    return {
        'general.architecture': arch, 'general.quantization_version': 2,
        f'{arch}.context_length': config['max_position_embeddings'],
        f'{arch}.embedding_length': config['hidden_size'],
        f'{arch}.block_count': config['num_hidden_layers'],
        f'{arch}.feed_forward_length': config['intermediate_size'],
        f'{arch}.attention.head_count': config['num_attention_heads'],
        f'{arch}.attention.head_count_kv': config['num_key_value_heads'],
        f'{arch}.attention.layer_norm_rms_epsilon': config['rms_norm_eps'],
        f'{arch}.rope.dimension_count': head, f'{arch}.rope.freq_base': float(config['rope_theta']),
        'tokenizer.ggml.model': 'gpt2', 'tokenizer.ggml.pre': 'dbrx',
        'tokenizer.ggml.tokens': [tokens[number] for number in range(len(tokens))],
        'tokenizer.ggml.token_type': [3 if number in special else 1 for number in range(len(tokens))],
        'tokenizer.ggml.merges': [' '.join(pair) for pair in model['merges']],
        'tokenizer.ggml.bos_token_id': 0, 'tokenizer.ggml.eos_token_id': 1,
        'tokenizer.ggml.add_bos_token': True}


def write_gguf(out, source, tensors, kind):
    """One GGUF file: matrices of that kind, vectors in F32."""
    config = json.loads((source / 'config.json').read_text())
    metadata = gguf_metadata(config, json.loads((source / 'tokenizer.json').read_text()))
    head = struct.pack('<4sIQQ', b'GGUF', 3, len(tensors), len(metadata))
    head += b''.join(gguf_string(key) + gguf_value(value) for key, value in metadata.items())
    data = b''
    for name, array in tensors.items():
        own = kind if array.ndim == 2 else 'F32'
        array = in_pairs(name, array, config)
        head += gguf_string(gguf_name(name)) + struct.pack(
            f'<I{array.ndim}QIQ', array.ndim, *reversed(array.shape), blocks.NUMBER[own], len(data))
        part = (blocks.PLAIN.get(own) or blocks.BLOCKS[own])(array).tobytes()
        data += part + bytes(-len(part) % 32)
    out.write_bytes(head + bytes(-len(head) % 32) + data)


def prune(array, share):
    """The matrix with that share of its numbers, those nearest to zero, set to zero."""
    order = numpy.argsort(numpy.abs(array), axis=None, kind='stable')
    pruned = array.copy()
    pruned.reshape(-1)[order[:int(share * array.size)]] = 0
    return pruned


def add(array, tall, flat):
    """The matrix with the product of its additions, summed in a fixed order."""
    total = array.copy()
    for rank in range(flat.shape[0]):
        total += tall[:, rank, None] * flat[rank]
    return total


def make(zoo, out, recipe):
    """Make one derived member."""
    source = zoo / recipe.source
    tensors = stored(source)
    if recipe.how == 'gguf':
        return write_gguf(out, source, tensors, recipe.value)
    if recipe.how == 'directory':
        return write_directory(out, source, tensors, *recipe.value)
    if recipe.how == 'prune':
        tensors = {name: prune(array, recipe.value) if is_inner(name, array) else array
                   for name, array in tensors.items()}
    elif recipe.how == 'average':
        other, share = stored(zoo / recipe.value[0]), numpy.float32(recipe.value[1])
        tensors = {name: array * (1 - share) + other[name] * share for name, array in tensors.items()}
    elif recipe.how == 'add':
        more = stored(zoo / recipe.value)
        tensors = {name: add(array, more[f'{name}.tall'], more[f'{name}.flat'])
                   if f'{name}.flat' in more else array for name, array in tensors.items()}
    return write_directory(out, source, tensors)


def digests(folder):
    """Lines of sha256sum for all files below a folder."""
    return [f'{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n'
            for path in sorted(folder.rglob('*')) if path.is_file()]


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('zoo', type=pathlib.Path, help='folder with the stored members')
    args.add_argument('out', type=pathlib.Path, nargs='?', help='folder to write to (ZOO/derived)')
    args.add_argument('--record', action='store_true', help='write the digests instead of checking them')
    args = args.parse_args()

    out = args.out or args.zoo / 'derived'
    for half, members in DERIVED.items():
        shutil.rmtree(out / half, ignore_errors=True)
        (out / half).mkdir(parents=True)
        for name, recipe in members.items():
            make(args.zoo if half == 'development' else args.zoo / half, out / half / name, recipe)
    found = digests(out)
    if args.record:
        DIGESTS.write_text(''.join(found))
    wrong = set(found) ^ set(DIGESTS.read_text().splitlines(keepends=True))
    if wrong:
        sys.exit(''.join(['not as recorded:\n', *sorted(wrong)]))
    print(f'{sum(map(len, DERIVED.values()))} members, {len(found)} files as recorded, below {out}')


if __name__ == '__main__':
    main()
