"""Load a half of the zoo, measure its members against base on held-out text, print the tables."""
import argparse
import hashlib
import math
import pathlib

import numpy
import torch
from safetensors.torch import load_file
from torch.nn import functional
from transformers import AutoModelForCausalLM, AutoTokenizer

from train import HALVES, with_bos

FIRST = {'development': ('docs', 'stories', 'code', 'sums'), 'heldout': ('pod', 'perl', 'german', 'tables')}
SHIFTED = {'development': 'bible', 'heldout': 'manual'}  # what only the fine-tunes read
LENGTH, ROWS = 256, 32
LIMIT = 32 << 20  # bytes of everything stored


def load(folder):
    """The model in float32 with its stored values, after a look at the tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    text = 'def f(x):\n    return x + 12  # été\n'
    ids = tokenizer(text)['input_ids']
    assert ids[0] == tokenizer.bos_token_id and tokenizer.decode(ids[1:]) == text
    return AutoModelForCausalLM.from_pretrained(folder).float().eval()


def held_out(corpus, kind):
    """Rows of held-out tokens, spread evenly over the kind's validation part."""
    ids = numpy.load(corpus / f'{kind}.val.npy').astype(numpy.int64)
    rows = torch.from_numpy(ids[:len(ids) // LENGTH * LENGTH]).view(-1, LENGTH)
    return rows[torch.linspace(0, len(rows) - 1, ROWS).long()]


def log_probabilities(model, rows):
    with torch.inference_mode():
        return model(input_ids=with_bos(rows), use_cache=False).logits.log_softmax(-1)


def compare(ours, theirs):
    """Mean total variation, KL from base to the member, share of equal top tokens."""
    p, q = ours.exp(), theirs.exp()
    return ((p - q).abs().sum(-1).mean().item() / 2, (p * (ours - theirs)).sum(-1).mean().item(),
            (ours.argmax(-1) == theirs.argmax(-1)).float().mean().item())


def measure(corpus, models, kinds):
    """figures[member][kind] = (loss, total variation, KL, top-1 agreement)."""
    figures = {name: {} for name in models}
    for kind in kinds:
        rows = held_out(corpus, kind)
        base = log_probabilities(models['base'], rows)
        for name, model in models.items():
            theirs = log_probabilities(model, rows)
            loss = functional.nll_loss(theirs.flatten(0, 1), rows.flatten()).item()
            figures[name][kind] = (loss, *compare(base, theirs))
    return figures


def weights(folder):
    """All stored tensors by name, as they are in the files."""
    return {key: value for path in sorted(folder.glob('*.safetensors'))
            for key, value in load_file(path).items()}


def check_widened(zoo):
    """base-f32 must hold exactly base's values."""
    narrow, wide = weights(zoo / 'base'), weights(zoo / 'base-f32')
    assert narrow.keys() == wide.keys()
    assert all(value.dtype == torch.bfloat16 for value in narrow.values())
    assert all(value.dtype == torch.float32 for value in wide.values())
    assert all(torch.equal(narrow[key].float(), wide[key]) for key in wide)


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob('*')
               if path.is_file() and 'derived' not in path.parts)


def mean(figures, column, mixed):
    return sum(figures[kind][column] for kind in mixed) / len(mixed)


def print_tables(zoo, models, figures, kinds, mixed):
    print(f'| member | parameters | bytes | {" | ".join(f"{kind} perplexity" for kind in kinds)} |')
    print('|---' + '|---:' * (2 + len(kinds)) + '|')
    for name, model in models.items():
        cells = [f'{math.exp(figures[name][kind][0]):.2f}' for kind in kinds]
        print(f'| {name} | {model.num_parameters():,} | {size(zoo / name):,} | {" | ".join(cells)} |')
    print(f'\n| distance to base | {" | ".join(f"TV {kind}" for kind in kinds)} '
          '| TV mean | KL mean | top-1 mean |')
    print('|---' + '|---:' * (3 + len(kinds)) + '|')
    for name, own in figures.items():
        cells = [f'{own[kind][1]:.3f}' for kind in kinds]
        means = [f'{mean(own, column, mixed):.3f}' for column in (1, 2, 3)]
        print(f'| {name} | {" | ".join(cells + means)} |')
    print('\n| file | sha256 |\n|---|---|')
    for path in sorted(zoo.glob('*/*.safetensors')):
        print(f'| {path.relative_to(zoo)} | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |')


def sample(zoo, prompts, seed=0):
    """What base writes after each prompt at temperature 0.7."""
    tokenizer = AutoTokenizer.from_pretrained(zoo / 'base')
    model = AutoModelForCausalLM.from_pretrained(zoo / 'base').float()
    torch.manual_seed(seed)
    for prompt in prompts:
        ids = tokenizer(prompt, return_tensors='pt')['input_ids']
        out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=120,
                             do_sample=True, temperature=0.7, top_k=0, pad_token_id=1)
        print(f'\n--- {prompt!r}\n{tokenizer.decode(out[0], skip_special_tokens=True)}')


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('half', choices=FIRST)
    args.add_argument('corpus', type=pathlib.Path, help='folder with the held-out *.val.npy')
    args.add_argument('zoo', type=pathlib.Path)
    args.add_argument('--sample', nargs='*', default=[], help='prompts for base to go on from')
    args = args.parse_args()

    torch.set_num_threads(2)
    names = [name for name in HALVES[args.half] if (args.zoo / name / 'config.json').exists()]
    if args.half == 'development':
        names.insert(1, 'base-f32')
    models = {name: load(args.zoo / name) for name in names}
    vocabulary = models['base'].config.vocab_size
    models = {name: model for name, model in models.items() if model.config.vocab_size == vocabulary}
    mixed = FIRST[args.half]
    kinds = (*mixed, SHIFTED[args.half])
    print_tables(args.zoo, models, measure(args.corpus, models, kinds), kinds, mixed)
    if args.half == 'development':
        check_widened(args.zoo)
        print('\nbase-f32 equals base widened')
    total = size(args.zoo if args.half == 'development' else args.zoo.parent)
    print(f'{total:,} bytes in all (limit {LIMIT:,})')
    assert total <= LIMIT
    sample(args.zoo, args.sample)


if __name__ == '__main__':
    main()
