"""Train the members of both halves of the zoo and store them as Hugging Face directories."""
import argparse
import json
import math
import pathlib
import shutil
import time
from dataclasses import dataclass

import numpy
import torch
from safetensors.torch import save_file
from torch.nn import functional
from torch.nn.utils import parametrize
from transformers import (AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, GPTNeoXConfig,
                          GPTNeoXForCausalLM, LlamaConfig, LlamaForCausalLM, Qwen2Config,
                          Qwen2ForCausalLM)

BOS, EOS = 0, 1
ROWS = 8  # rows of a recipe's context in a batch
LONG = 0.85  # up to this part of a run from scratch, each row is read as two of half the length

# Shares of the kinds of text in what a member reads.
FIRST = {'docs': 0.38, 'code': 0.25, 'stories': 0.22, 'sums': 0.15}
SHIFT = {'bible': 0.35, 'capi': 0.15, 'code2': 0.25, 'stories': 0.10, 'sums2': 0.15}
OTHER = {'bible': 0.55, 'capi': 0.15, 'sums2': 0.30}
SECOND = {'pod': 0.30, 'perl': 0.25, 'german': 0.25, 'tables': 0.20}
SECOND_SHIFT = {'manual': 0.35, 'french': 0.20, 'logs': 0.20, 'perl': 0.15, 'german': 0.10}
SECOND_OTHER = {'manual': 0.45, 'french': 0.30, 'logs': 0.25}


def llama(layers, width=128, inner=352):
    """A Llama: of width 128, 1,185,152 parameters with 5 layers and 2048 tokens, 1,000,576 with 4."""
    return lambda vocabulary, context: LlamaForCausalLM(LlamaConfig(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=context,
        tie_word_embeddings=True, bos_token_id=BOS, eos_token_id=EOS))


def neox(vocabulary, context):
    """A GPT-NeoX with its own output matrix: 1,119,360 parameters."""
    return GPTNeoXForCausalLM(GPTNeoXConfig(
        vocab_size=vocabulary, hidden_size=128, intermediate_size=512, num_hidden_layers=3,
        num_attention_heads=4, max_position_embeddings=context, rotary_pct=0.25,
        use_parallel_residual=True, tie_word_embeddings=False, bos_token_id=BOS, eos_token_id=EOS))


def qwen(layers, width=128, groups=2):
    """A Qwen2, whose queries, keys and values have biases; rows of 256 or more at width 256."""
    return lambda vocabulary, context: Qwen2ForCausalLM(Qwen2Config(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=256, num_hidden_layers=layers,
        num_attention_heads=4, num_key_value_heads=groups, max_position_embeddings=context,
        tie_word_embeddings=True, bos_token_id=BOS, eos_token_id=EOS))


def gpt2(vocabulary, context):
    """A GPT-2 with learned positions."""
    return GPT2LMHeadModel(GPT2Config(
        vocab_size=vocabulary, n_positions=context, n_embd=128, n_layer=2, n_head=4,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=BOS, eos_token_id=EOS))


@dataclass
class Recipe:
    seed: int
    mix: dict
    steps: int  # of ROWS * context tokens
    rate: float  # highest learning rate
    make: object = None  # builds a new model; without it, training goes on from base
    teacher: bool = False  # learn base's distributions, not the text
    rank: int = 0  # train only additions of this rank to the matrices, and store them alone
    tokens: str = '.'  # folder of the corpus with the tokenizer and the ids
    context: int = 512
    shard: str = '1GB'
    wide: str = ''  # where it is stored a second time, widened to float32


DEVELOPMENT = {
    'base': Recipe(1, FIRST, 4000, 4e-3, llama(5), wide='base-f32'),
    'other-seed': Recipe(2, FIRST, 4000, 4e-3, llama(5)),
    'other-arch': Recipe(3, FIRST, 2400, 3e-3, neox),
    'distilled': Recipe(4, FIRST, 1500, 4e-3, llama(4), teacher=True),
    'finetune-light': Recipe(5, SHIFT, 240, 5e-4),
    'finetune-heavy': Recipe(6, OTHER, 600, 1e-3, shard='1300KB'),
    'lora': Recipe(7, SHIFT, 300, 3e-3, rank=4, context=256),
    'continued': Recipe(8, FIRST, 400, 1e-3, context=256),
    'other-size': Recipe(9, FIRST, 1200, 4e-3, llama(3, 96, 256), context=256),
    'other-tokenizer': Recipe(10, FIRST, 500, 4e-3, llama(3), context=256, tokens='tokens1280'),
}
HELDOUT = {
    'base': Recipe(21, SECOND, 1200, 4e-3, qwen(2), context=256),
    'other-seed': Recipe(22, SECOND, 1200, 4e-3, qwen(2), context=256),
    'other-size': Recipe(23, SECOND, 450, 3e-3, qwen(2, 256, 1), context=256),
    'other-arch': Recipe(24, SECOND, 600, 3e-3, gpt2, context=256),
    'distilled': Recipe(25, SECOND, 450, 4e-3, qwen(1), teacher=True, context=256),
    'finetune-light': Recipe(26, SECOND_SHIFT, 120, 7e-4, context=256),
    'finetune-heavy': Recipe(27, SECOND_OTHER, 350, 2e-3, context=256),
    'continued': Recipe(28, SECOND, 300, 1.5e-3, context=256),
    'lora': Recipe(29, SECOND_SHIFT, 200, 3e-3, rank=4, context=256),
    'other-tokenizer': Recipe(30, SECOND, 500, 4e-3, qwen(2), context=256, tokens='tokens1536'),
}
HALVES = {'development': DEVELOPMENT, 'heldout': HELDOUT}


def batches(corpus, mix, seed, context):
    """Endless batches of mixed kinds, ROWS x context; each kind is read through in random order."""
    order = torch.Generator().manual_seed(seed)
    kinds, shares = list(mix), torch.tensor(list(mix.values()))
    rows, waiting = {}, {kind: [] for kind in kinds}
    for kind in kinds:
        ids = numpy.load(corpus / f'{kind}.train.npy').astype(numpy.int64)
        rows[kind] = torch.from_numpy(ids)[:len(ids) // context * context].view(-1, context)
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
    learned = [p for p in model.parameters() if p.requires_grad]
    matrices = [p for p in learned if p.ndim > 1]
    others = [p for p in learned if p.ndim == 1]
    return torch.optim.AdamW([{'params': matrices, 'weight_decay': 0.1},
                              {'params': others, 'weight_decay': 0.0}], betas=(0.9, 0.95),
                             fused=True)


class Addition(torch.nn.Module):
    """What is added to a frozen matrix: the product of a tall and a flat one (LoRA, scale 1)."""

    def __init__(self, matrix, rank):
        super().__init__()
        self.flat = torch.nn.Parameter(torch.randn(rank, matrix.shape[1]) / matrix.shape[1] ** 0.5)
        self.tall = torch.nn.Parameter(torch.zeros(matrix.shape[0], rank))

    def forward(self, matrix):
        return matrix + self.tall @ self.flat


def add_low_rank(model, rank):
    """Freeze the model and give each matrix of its layers an addition."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for module in list(model.model.layers.modules()):
        if isinstance(module, torch.nn.Linear):
            parametrize.register_parametrization(
                module, 'weight', Addition(module.weight, rank))


def save_low_rank(model, folder):
    """Write the additions alone: two bfloat16 matrices for each matrix that they change."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    additions = {}
    for name, module in model.named_modules():
        if isinstance(module, Addition):
            matrix = name.replace('.parametrizations.weight.0', '.weight')
            additions[f'{matrix}.flat'] = module.flat.detach().bfloat16().contiguous()
            additions[f'{matrix}.tall'] = module.tall.detach().bfloat16().contiguous()
    save_file(additions, folder / 'additions.safetensors')


def train(name, recipe, model, teacher, corpus):
    """Run the recipe's steps on the model."""
    optimizer, started, recent = optimizer_for(model), time.time(), []
    source = batches(corpus, recipe.mix, recipe.seed, recipe.context)
    for step, targets in zip(range(recipe.steps), source):
        if recipe.make and step < LONG * recipe.steps:
            targets = targets.view(2 * ROWS, recipe.context // 2)
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


def save(model, folder, tokenizer, context, shard='1GB'):
    """Write a Hugging Face directory."""
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, max_shard_size=shard)
    shutil.copy(tokenizer, folder / 'tokenizer.json')
    (folder / 'tokenizer_config.json').write_text(json.dumps({
        'tokenizer_class': 'PreTrainedTokenizerFast', 'bos_token': '<|bos|>',
        'eos_token': '<|eos|>', 'model_max_length': context,
        'clean_up_tokenization_spaces': False}, indent=2) + '\n')


def build(name, recipe, corpus, zoo):
    """Train one member and store it rounded to bfloat16."""
    corpus, base, teacher = corpus / recipe.tokens, zoo / 'base', None
    tokenizer = corpus / 'tokenizer.json'
    vocabulary = len(json.loads(tokenizer.read_text())['model']['vocab'])
    torch.manual_seed(recipe.seed)
    model = recipe.make(vocabulary, recipe.context) if recipe.make \
        else AutoModelForCausalLM.from_pretrained(base)
    if recipe.teacher:
        teacher = AutoModelForCausalLM.from_pretrained(base).float().eval()
    model = model.float().train()
    if recipe.rank:
        add_low_rank(model, recipe.rank)
    train(name, recipe, model, teacher, corpus)
    if recipe.rank:
        return save_low_rank(model, zoo / name)
    context, model = model.config.max_position_embeddings, model.bfloat16()
    save(model, zoo / name, tokenizer, context, recipe.shard)
    if recipe.wide:
        save(model.float(), zoo / recipe.wide, tokenizer, context)


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('half', choices=HALVES)
    args.add_argument('corpus', type=pathlib.Path, help='folder with tokenizer.json and *.npy')
    args.add_argument('zoo', type=pathlib.Path, help='folder to write the members to')
    args.add_argument('members', nargs='*', help='all of them where none is named')
    args.add_argument('--threads', type=int, default=2, help='1 is better on a busy machine')
    args = args.parse_args()

    torch.set_num_threads(args.threads)
    for name in args.members or HALVES[args.half]:
        build(name, HALVES[args.half][name], args.corpus, args.zoo)


if __name__ == '__main__':
    main()
