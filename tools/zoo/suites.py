"""Write the suites of both halves: pairs with what they are by construction, and whether they differ as measured.

    suites.py measure HALF POT ZOO   runs pot on every pair of a half and writes ZOO/suites/HALF.csv
    suites.py write HALF ZOO         writes ZOO/suites/HALF.json from it
    suites.py table HALF ZOO         prints the table of ZOO/README.md
"""
import argparse
import csv
import json
import pathlib
import subprocess

# relationship, category, pairs "reference candidate", of one half each
DEVELOPMENT = [
    ('IDENTICAL', 'self', ['base base', 'other-arch other-arch']),
    ('IDENTICAL', 'container', [
        'base base-f32', 'base-f32 base', 'base base-shards.f32', 'base base-f32.gguf', 'base base-bf16.gguf',
        'base-bf16.gguf base-f32.gguf', 'base-shards.f32 base-bf16.gguf']),
    ('QUANTIZED', 'quantized', [
        'base base-f16', 'base base-f16.gguf', 'base base-q8_0.gguf', 'base-q8_0.gguf base', 'base base-q5_1.gguf',
        'base base-q4_1.gguf', 'base base-q4_0.gguf', 'base base-iq4_nl.gguf', 'base base-f8',
        'base-q8_0.gguf base-q5_1.gguf', 'other-seed other-seed-q8_0.gguf',
        'finetune-light finetune-light-q4_0.gguf']),
    ('VARIANT', 'pruned', ['base base-pruned12', 'base-pruned12 base', 'base base-pruned50', 'base-pruned50 base']),
    ('VARIANT', 'merged', ['base merged-light', 'finetune-light merged-light', 'finetune-light merged-heavy',
                           'finetune-heavy merged-heavy']),
    ('FINE_TUNED', 'fine-tuned', ['base finetune-light', 'finetune-light base', 'base-q8_0.gguf finetune-light',
                                  'base-bf16.gguf finetune-light']),
    ('FINE_TUNED', 'low rank', ['base lora-merged', 'lora-merged base']),
    ('FINE_TUNED', 'continued', ['base continued', 'continued base']),
    ('EXTENSIVE_FT', 'fine-tuned heavily', ['base finetune-heavy', 'finetune-heavy base',
                                            'base-f32.gguf finetune-heavy']),
    ('DISTILLED', 'distilled', ['base distilled', 'base-q8_0.gguf distilled', 'base-f32 distilled']),
    ('SCALE', 'size', ['base other-size', 'other-size base', 'other-seed other-size']),
    ('SIMILAR', 'seed', ['base other-seed', 'other-seed base', 'base other-seed-q8_0.gguf']),
    ('DIFFERENT_ARCH', 'architecture', ['base other-arch', 'other-arch base', 'other-seed other-arch',
                                              'other-arch distilled']),
    ('UNRELATED', 'tokenizer', ['base other-tokenizer', 'other-tokenizer base', 'other-arch other-tokenizer']),
]
HELDOUT = [
    ('IDENTICAL', 'self', ['base base', 'other-arch other-arch']),
    ('IDENTICAL', 'container', [
        'base base-f32', 'base-f32 base', 'base base-shards.bf16', 'base base-f32.gguf', 'base base-bf16.gguf',
        'base-bf16.gguf base-f32', 'other-size other-size-bf16.gguf']),
    ('QUANTIZED', 'quantized', [
        'base base-f16', 'base base-q8_0.gguf', 'base-q8_0.gguf base', 'base base-q5_1.gguf', 'base base-q4_0.gguf',
        'base base-f8', 'base-bf16.gguf base-q8_0.gguf', 'other-size other-size-q6_k.gguf',
        'other-size other-size-q4_k.gguf', 'finetune-heavy finetune-heavy-q8_0.gguf']),
    ('VARIANT', 'pruned', ['base base-pruned15', 'base-pruned15 base', 'base base-pruned60', 'base-pruned60 base']),
    ('VARIANT', 'merged', ['base merged-light', 'finetune-light merged-light', 'continued merged-continued',
                           'finetune-light merged-continued', 'base merged-uneven', 'finetune-heavy merged-uneven']),
    ('FINE_TUNED', 'fine-tuned', ['base finetune-light', 'finetune-light base', 'base-q8_0.gguf finetune-light',
                                  'base-f32.gguf finetune-light']),
    ('FINE_TUNED', 'low rank', ['base lora-merged', 'lora-merged base']),
    ('FINE_TUNED', 'continued', ['base continued', 'continued base']),
    ('EXTENSIVE_FT', 'fine-tuned heavily', ['base finetune-heavy', 'finetune-heavy base',
                                            'base finetune-heavy-q8_0.gguf']),
    ('DISTILLED', 'distilled', ['base distilled', 'base-q8_0.gguf distilled', 'base-f32.gguf distilled']),
    ('SCALE', 'size', ['base other-size', 'other-size base', 'other-seed other-size',
                             'base other-size-q6_k.gguf']),
    ('SIMILAR', 'seed', ['base other-seed', 'other-seed base', 'base-q8_0.gguf other-seed']),
    ('DIFFERENT_ARCH', 'architecture', ['base other-arch', 'other-arch base', 'other-seed other-arch',
                                              'other-size other-arch']),
    ('UNRELATED', 'tokenizer', ['base other-tokenizer', 'other-tokenizer base', 'other-arch other-tokenizer']),
]
HALVES = {'development': DEVELOPMENT, 'heldout': HELDOUT}
# mean total variation up to which, and from which, a pair's truth in audit mode (0.10) is beyond doubt
SAME, DIFFERENT = 0.06, 0.15
NOTE = 'Written by tools/zoo/suites.py; what lies in derived is made by python3 tools/zoo/derive.py zoo'
RUNS = {'measure': 3, 'suite': 4}


def pairs(half):
    """(reference, candidate, relationship, category) of a half."""
    for relationship, category, texts in HALVES[half]:
        for text in texts:
            yield *text.split(), relationship, category


def place(zoo, half, name):
    """Where a member is: stored, or derived."""
    folder = zoo if half == 'development' else zoo / half
    return folder / name if (folder / name).exists() else zoo / 'derived' / half / name


def measure(pot, zoo, half):
    """Rows of what several runs in extended mode find about each pair."""
    for ref, cand, relationship, _ in pairs(half):
        if relationship == 'UNRELATED':
            continue  # scored by bytes, by a bound from below only: truth by construction
        row = {'ref': ref, 'cand': cand, 'n': 0, 'tv': 0.0, 'kl': 0.0, 'top1': 0.0}
        for _ in range(RUNS['measure']):
            command = [pot, 'verify', place(zoo, half, ref), place(zoo, half, cand),
                       '--mode', 'extended', '--json', '-q', '--threads', '1']
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode not in (0, 1, 3):
                raise SystemExit(f'{half}: {ref} {cand}: {done.stderr}')
            found = json.loads(done.stdout)
            row['n'] += found['n']
            for key, value in (('tv', found['tv']['mean']), ('kl', found['kl']['mean']),
                               ('top1', found['agree']['top1'])):
                row[key] += value * found['n']
        row.update({key: float(f'{row[key] / row["n"]:.3g}') for key in ('tv', 'kl', 'top1')})
        print(*row.values(), flush=True)
        yield row


def measured(zoo, half):
    """Rows of the measurement by (reference, candidate)."""
    with (zoo / f'suites/{half}.csv').open() as file:
        return {(row['ref'], row['cand']): row for row in csv.DictReader(file)}


def truth(row):
    """What the measured distance says, where it says something."""
    if row is None:
        return 'different'  # another tokenizer
    distance = float(row['tv'])
    return 'same' if distance <= SAME else 'different' if distance >= DIFFERENT else 'either'


def write(zoo, half):
    """The suite of a half; paths are relative to its folder."""
    rows = measured(zoo, half)
    models = {model: '../' + place(zoo, half, model).relative_to(zoo).as_posix()
              for pair in pairs(half) for model in pair[:2]}
    places = [f'{json.dumps(model)}: {json.dumps(path)}' for model, path in sorted(models.items())]
    lines = [json.dumps({'ref': ref, 'cand': cand, 'truth': truth(rows.get((ref, cand))),
                         'relationship': relationship, 'category': category})
             for ref, cand, relationship, category in pairs(half)]
    head = json.dumps({'schema': 'pot-suite-1', 'name': f'zoo, {half} half', 'mode': 'audit',
                       'runs': RUNS['suite'], 'note': NOTE})[:-1]
    (zoo / f'suites/{half}.json').write_text(
        f'{head},\n "models": {{\n  ' + ',\n  '.join(places) + '},\n "pairs": [\n  '
        + ',\n  '.join(lines) + ']}\n')


def table(zoo, half):
    """What was measured, without the pairs that repeat another one backwards or in another container."""
    rows = measured(zoo, half)
    print('| reference | candidate | relationship | challenges | mean TV | mean KL | same top | truth |\n'
          '|---|---|---|---:|---:|---:|---:|---|')
    for ref, cand, relationship, _ in pairs(half):
        if ref.startswith('base-') or (cand == 'base' != ref):
            continue
        row = rows.get((ref, cand))
        cells = [row[key] for key in ('n', 'tv', 'kl', 'top1')] if row else [''] * 4
        print(f'| {ref} | {cand} | {relationship} | {" | ".join(cells)} | {truth(row)} |')


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument('what', choices=('measure', 'write', 'table'))
    args.add_argument('half', choices=HALVES)
    args.add_argument('paths', nargs='+', type=pathlib.Path)
    args = args.parse_args()
    zoo = args.paths[-1]
    if args.what == 'measure':
        (zoo / 'suites').mkdir(exist_ok=True)
        rows = list(measure(args.paths[0], zoo, args.half))
        with (zoo / f'suites/{args.half}.csv').open('w') as out:
            writer = csv.DictWriter(out, list(rows[0]), lineterminator='\n')
            writer.writeheader()
            writer.writerows(rows)
    elif args.what == 'write':
        write(zoo, args.half)
    else:
        table(zoo, args.half)


if __name__ == '__main__':
    main()
