"""Train the members of the zoo and store them as Hugging Face directories."""
import argparse
import json
import math
import pathlib
import shutil
import time
from dataclasses import dataclass

import numpy
import torch
from torch.nn import functional
from transformers import (AutoModelForCausalLM, GPTNeoXConfig, GPTNeoXForCausalLM, LlamaConfig,
                          LlamaForCausalLM)

VOCAB, BOS, EOS = 2048, 0, 1
CONTEXT = 512
ROWS = 8  # rows of CONTEXT tokens in a batch
LONG = 0.85  # up to this part of a run from scratch, each row is read as two of half the length

# Shares of the kinds of text in what a member reads.
FIRST = {'docs': 0.38, 'code': 0.25, 'stories': 0.22, 'sums': 0.15}
SHIFT = {'bible': 0.35, 'capi': 0.15, 'code2': 0.25, 'stories': 0.10, 'sums2': 0.15}
OTHER = {'bible': 0.55, 'capi': 0.15, 'sums2': 0.30}


def llama(layers):
    """A Llama of width 128: 1,185,152 parameters with 5 layers, 1,000,576 with 4."""
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=VOCAB, hidden_size=128, intermediate_size=352, num_hidden_layers=layers,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=CONTEXT,
        tie_word_embeddings=True, bos_token_id=BOS, eos_token_id=EOS))


def neox():
    """A GPT-NeoX with its own output matrix: 1,119,360 parameters."""
    return GPTNeoXForCausalLM(GPTNeoXConfig(
        vocab_size=VOCAB, hidden_size=128, intermediate_size=512, num_hidden_layers=3,
        num_attention_heads=4, max_position_embeddings=CONTEXT, rotary_pct=0.25,
        use_parallel_residual=True, tie_word_embeddings=False, bos_token_id=BOS, eos_token_id=EOS))


@dataclass
class Recipe:
    seed: int
    mix: dict
    steps: int  # of ROWS * CONTEXT tokens
    rate: float  # highest learning rate
    make: object = None  # builds a new model; without it, training goes on from base
    teacher: bool = False  # learn base's distributions, not the text
    shard: str = '1GB'


RECIPES = {
    'base': Recipe(1, FIRST, 4000, 4e-3, lambda: llama(5)),
    'other-seed': Recipe(2, FIRST, 4000, 4e-3, lambda: llama(5)),
    'other-arch': Recipe(3, FIRST, 2400, 3e-3, neox),
    'distilled': Recipe(4, FIRST, 1500, 4e-3, lambda: llama(4), teacher=True),
    'finetune-light': Recipe(5, SHIFT, 240, 5e-4),
    'finetune-heavy': Recipe(6, OTHER, 600, 1e-3, shard='1300KB'),
}


def batches(corpus, mix, seed):
    """Endless batches of mixed kinds, ROWS x CONTEXT; each kind is read through in random order."""
    order = torch.Generator().manual_seed(seed)
    kinds, shares = list(mix), torch.tensor(list(mix.values()))
    rows, waiting = {}, {kind: [] for kind in kinds}
    for kind in kinds:
        ids = numpy.load(corpus / f'{kind}.train.npy').astype(numpy.int64)
        rows[kind] = torch.from_numpy(ids)[:len(ids) // CONTEXT * CONTEXT].view(-1, CONTEXT)
    while True:
        batch = []
        for pick in torch.multinomial(shares, ROWS, replacement=True, generator=order):
            kind = kinds[pick]
            if not waiting[kind]:
                waiting[kind] = torch.randperm(len(rows[kind]), generator=order).tolist()
            batch.append(rows[kind][waiting[kind].pop()])
        yield torch.stack(batch)


def with_bos(targets):
    """The input whose next tokens are the targets: the same rows behind a begin marker."""
    return torch.cat([torch.full_like(targets[:, :1], BOS), targets[:, :-1]], dim=1)


def rate_at(step, recipe):
    """Learning rate: a linear rise over the first twentieth, then half a cosine down to zero."""
    rise = recipe.steps / 20
    if step < rise:
        return recipe.rate * (step + 1) / (rise + 1)
    return recipe.rate * (1 + math.cos(math.pi * (step - rise) / (recipe.steps - rise))) / 2


def loss_of(model, teacher, targets):
    """Cross entropy to the text, or to the teacher's distributions where there is a teacher."""
    inputs = with_bos(targets)
    logits = model(input_ids=inputs, use_cache=False).logits.flatten(0, 1)
    if teacher is None:
        return functional.cross_entropy(logits, targets.flatten())
    with torch.no_grad():
        wanted = teacher(input_ids=inputs, use_cache=False).logits.flatten(0, 1).softmax(-1)
    return functional.cross_entropy(logits, wanted)


def optimizer_for(model):
    """AdamW that shrinks matrices only."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim == 1]
    return torch.optim.AdamW([{'params': matrices, 'weight_decay': 0.1},
                              {'params': others, 'weight_decay': 0.0}], betas=(0.9, 0.95),
                             fused=True)


def train(name, recipe, model, teacher, corpus):
    """Run the recipe's steps on the model."""
    optimizer, started, recent = optimizer_for(model), time.time(), []
    for step, targets in zip(range(recipe.steps), batches(corpus, recipe.mix, recipe.seed)):
        if recipe.make and step < LONG * recipe.steps:
            targets = targets.view(2 * ROWS, CONTEXT // 2)
        for group in optimizer.param_groups:
            group['lr'] = rate_at(step, recipe)
        loss = loss_of(model, teacher, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        recent = [*recent[-99:], loss.item()]
        if (step + 1) % 100 == 0 or step + 1 == recipe.steps:
            print(f'{name} step {step + 1} loss {sum(recent) / len(recent):.4f} '
                  f'{time.time() - started:.0f} s', flush=True)


def save(model, folder, tokenizer, shard='1GB'):
    """Write a Hugging Face directory."""
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, max_shard_size=shard)
    shutil.copy(tokenizer, folder / 'tokenizer.json')
    (folder / 'tokenizer_config.json').write_text(json.dumps({
        'tokenizer_class': 'PreTrainedTokenizerFast', 'bos_token': '<|bos|>',
        'eos_token': '<|eos|>', 'model_max_length': CONTEXT,
        'clean_up_tokenization_spaces': False}, indent=2) + '\n')


def build(name, corpus, zoo):
    """Train one member and store it rounded to bfloat16; base also widened to float32."""
    recipe, tokenizer = RECIPES[name], corpus / 'tokenizer.json'
    base, teacher = zoo / 'base', None
    torch.manual_seed(recipe.seed)
    model = recipe.make() if recipe.make else AutoModelForCausalLM.from_pretrained(base)
    if recipe.teacher:
        teacher = AutoModelForCausalLM.from_pretrained(base).float().eval()
    model = model.float().train()
    train(name, recipe, model, teacher, corpus)
    model = model.bfloat16()
    save(model, zoo / name, tokenizer, recipe.shard)
    if name == 'base':
        save(model.float(), zoo / 'base-f32', tokenizer)


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('corpus', type=pathlib.Path, help='folder with tokenizer.json and *.npy')
    args.add_argument('zoo', type=pathlib.Path, help='folder to write the members to')
    args.add_argument('members', nargs='*', help='all of them where none is named')
    args.add_argument('--threads', type=int, default=2, help='1 is better on a busy machine')
    args = args.parse_args()

    torch.set_num_threads(args.threads)
    for name in args.members or RECIPES:
        build(name, args.corpus, args.zoo)


if __name__ == '__main__':
    main()
