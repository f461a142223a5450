"""Made-up tables, records and logs, in the styles that the held-out half's base or its fine-tunes read."""
import random

CITIES = 'Basel Bern Genf Lausanne Lugano Luzern Olten Thun Zug Zürich'.split()
GOODS = 'barley butter cheese flour honey oats rye salt sugar wheat'.split()
HOSTS = 'alpha beta gamma delta epsilon zeta'.split()
UNITS = 'cron db mail proxy ssh web'.split()
EVENTS = ('accepted connection from', 'closed connection from', 'timed out waiting for',
          'restarted after signal from', 'wrote 512 blocks to', 'could not resolve')


def rows(rng):
    """Goods, cities, amounts and prices, with their product."""
    for number in range(rng.randint(5, 14)):
        amount, price = rng.randint(1, 20), rng.randint(1, 30)
        yield number + 1, rng.choice(GOODS), rng.choice(CITIES), amount, price, amount * price


def comma(rng):
    return ['number,good,city,amount,price,total',
            *(','.join(map(str, row)) for row in rows(rng))]


def pipes(rng):
    return ['| good | city | amount | price | total |', '|---|---|---:|---:|---:|',
            *(f'| {" | ".join(map(str, row[1:]))} |' for row in rows(rng))]


def records(rng):
    names = ('number', 'good', 'city', 'amount', 'price', 'total')
    lines = []
    for row in rows(rng):
        lines += [f'{name}: {value}' for name, value in zip(names, row)] + ['']
    return lines


def plain(rng):
    """One page of the styles that base learns."""
    return rng.choice((comma, pipes, records))(rng)


def log(rng):
    """One page of the style that only the fine-tunes see: a log with rising times."""
    second, lines = rng.randint(0, 80_000), []
    for _ in range(rng.randint(8, 24)):
        second += rng.randint(0, 90)
        clock = f'{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}'
        address = '.'.join(str(rng.randint(1, 254)) for _ in range(4))
        lines.append(f'Nov 12 {clock} {rng.choice(HOSTS)} {rng.choice(UNITS)}[{rng.randint(100, 9999)}]: '
                     f'{rng.choice(EVENTS)} {address}')
    return lines


def pages(page, count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        yield '\n'.join(page(rng))
