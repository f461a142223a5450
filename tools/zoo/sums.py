"""Arithmetic sheets, plain and worded, in the style base learns or in the style of the fine-tunes."""
import random

NAMES = 'Anna Ben Clara David Emma Felix Grace Henry Ida Jack'.split()
THINGS = 'apples books coins eggs flowers pens shells stones tickets toys'.split()
SMALL = ('zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen '
         'fifteen sixteen seventeen eighteen nineteen').split()
TENS = '_ _ twenty thirty forty fifty sixty seventy eighty ninety'.split()


def words(n):
    """A number below 200 in words."""
    if n >= 100:
        return 'one hundred' + (' and ' + words(n - 100) if n > 100 else '')
    if n < 20:
        return SMALL[n]
    return TENS[n // 10] + ('-' + SMALL[n % 10] if n % 10 else '')


def is_held_out(a, b):
    """Whether the pair of numbers is kept for validation, about one pair in twenty."""
    return (7 * a + 13 * b) % 20 == 3


def pair(rng, held_out):
    """Two numbers, often small, the first not below the second."""
    while True:
        top = rng.choice((10, 20, 50, 99))
        b, a = sorted((rng.randint(0, top), rng.randint(0, top)))
        if is_held_out(a, b) == held_out:
            return a, b


def plain(rng, a, b):
    """One line of the style that base learns."""
    who, thing = rng.choice(NAMES), rng.choice(THINGS)
    lines = [f'{a} + {b} = {a + b}', f'{b} + {a} = {a + b}', f'{a} - {b} = {a - b}',
             f'What is {a} plus {b}? The answer is {a + b}.',
             f'What is {a} minus {b}? The answer is {a - b}.',
             f'{who} has {a} {thing} and finds {b} more. Now {who} has {a + b} {thing}.',
             f'{who} has {a} {thing} and gives away {b}. Now {who} has {a - b} {thing}.']
    if a <= 12:
        lines += [f'{a} * {b} = {a * b}', f'What is {a} times {b}? The answer is {a * b}.']
    return rng.choice(lines)


def shifted(rng, a, b):
    """One line of the style that only the fine-tunes see."""
    who, thing = rng.choice(NAMES), rng.choice(THINGS)
    return rng.choice((
        f'{a}+{b}={a + b}', f'{a}-{b}={a - b}',
        f'{words(a).capitalize()} and {words(b)} make {words(a + b)}.',
        f'{words(a).capitalize()} less {words(b)} leaves {words(a - b)}.',
        f'{a} + {b} = {b} + {a} = {a + b}',
        f'{b} {thing} with {a} {thing} are {a + b} {thing}, said {who}.',
        f'>>> {a} + {b}\n{a + b}', f'>>> {a} - {b}\n{a - b}'))


def sheets(line, count, held_out, seed):
    """Documents of 8 to 24 lines written by line."""
    rng = random.Random(seed)
    for _ in range(count):
        size = rng.randint(8, 24)
        yield '\n'.join(line(rng, *pair(rng, held_out)) for _ in range(size))
