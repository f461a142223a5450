#!/usr/bin/env python3
"""Check wealth and bounds of the decision by other means: 50 digits of mpmath from docs/statistics.md, and the
package confseq of the authors of the bets, where it is installed.

    bets.py live EXAMPLE [--count N]   feed random scores to the program examples/decide, compare each line
    bets.py record > tests/kat/bets.txt

Exit status 1 if a logarithm of a wealth differs by more than 1e-9, or a bound by more than 2e-6 or to the wrong side.
"""
import argparse
import random
import subprocess
import sys

import mpmath as mp

mp.mp.dps = 50
F = [mp.mpf(x) / 1000 for x in (999, 900, 750, 550, 400, 280, 190, 120, 75, 40, 20, 10)]
W = [mp.mpf(x) / 100 for x in (40, 10, 8, 7, 6, 6, 5, 5, 4, 4, 3, 2)]


def log_wealth(x, m, high):
    """The logarithm of the mixture after each score; None counts as the worst for the bet."""
    products, out = [mp.mpf(1)] * len(F), []
    for score in x:
        score = mp.mpf((1 if high else 0) if score is None else score)
        gain = (m - score) / (1 - m) if high else (score - m) / m
        products = [p * (1 + f * gain) for p, f in zip(products, F)]
        out.append(mp.log(mp.fdot(W, products)))
    return out


def refuted(x, m, high, alpha, rounds):
    need = -mp.log(alpha)
    return any(w >= need for i, w in enumerate(log_wealth(x, m, high), 1) if i % rounds == 0)


def near_bound(x, bound, high, alpha, rounds):
    """Is `bound` refuted, and what is 2e-6 nearer to the scores not?"""
    if bound == (1 if high else 0):
        edge = mp.mpf(10) ** -7
        return not refuted(x, 1 - edge if high else edge, high, alpha, rounds)
    inside = mp.mpf(bound) + mp.mpf("2e-6") * (-1 if high else 1)
    slack = mp.mpf("2e-9") * (1 if high else -1)  # nine digits are printed
    return refuted(x, mp.mpf(bound) + slack, high, alpha, rounds) and (
        not 0 < inside < 1 or not refuted(x, inside, high, alpha, rounds))


def import_confseq():
    import numpy
    if not hasattr(numpy, "float_"):
        numpy.float_ = numpy.float64  # confseq 0.0.11 says so; numpy 2 does not
    from confseq.betting import diversified_betting_mart
    return numpy, diversified_betting_mart


def by_confseq(x, m, high):
    """The same by diversified_betting_mart; theta = 1 bets that the mean is above m."""
    numpy, diversified_betting_mart = import_confseq()
    fns = [lambda x, m, f=float(f): numpy.repeat(f / (1 - m if high else m), len(x)) for f in F]
    mart = diversified_betting_mart(numpy.array(x), float(m), fns, lambdas_weights=[float(w) for w in W], alpha=0.05,
                                    theta=0 if high else 1, trunc_scale=1, m_trunc=True)
    return numpy.log(mart)


def streams(count, seed):
    draw = random.Random(seed)
    kinds = [lambda: 0.0, lambda: draw.betavariate(0.9, 8), lambda: float(draw.random() < 0.1), lambda: draw.random(),
             lambda: draw.betavariate(5, 3), lambda: None if draw.random() < 0.05 else draw.random() * 0.1]
    for i in range(count):
        kind, alpha, gamma, rounds = (kinds[i % len(kinds)], draw.choice(["0.05", "0.025", "0.01", "0.001"]),
                                      draw.choice(["0.01", "0.08", "0.1", "0.15", "0.5"]), draw.choice([1, 5]))
        n = rounds * draw.randrange(5, 200 // rounds)
        # four digits: the decimal text is the score
        yield alpha, gamma, rounds, [None if x is None else float("%.4f" % x) for x in (kind() for _ in range(n))]


def live(example, count):
    try:
        import_confseq()
        has_confseq = True
    except ImportError:
        has_confseq = False
    worst, worst_confseq, wrong, lines, bounds = 0, 0, 0, 0, 0
    for number, (alpha, gamma, rounds, x) in enumerate(streams(count, 20)):
        text = "\n".join("-" if s is None else repr(s) for s in x)
        out = subprocess.run([example, alpha, gamma, str(rounds)], input=text, capture_output=True, text=True)
        got = [line.split() for line in out.stdout.splitlines()]
        a, g = mp.mpf(float(alpha)), mp.mpf(float(gamma))
        if len(got) != len(x):
            sys.exit("%s printed %d lines for %d scores: %s" % (example, len(got), len(x), out.stderr))
        for high in (True, False):
            want = log_wealth(x, g, high)
            mine = [float(line[1 if high else 2]) for line in got]
            worst = max([worst] + [abs(w - m) for w, m in zip(want, mine)])
            if has_confseq and None not in x:
                theirs = by_confseq(x, float(gamma), high)
                worst_confseq = max([worst_confseq] + [abs(w - m) for w, m in zip(theirs, mine)])
            for n in {rounds, len(x) // 2 // rounds * rounds, len(x)}:
                if n:
                    bounds += 1
                    wrong += not near_bound(x[:n], float(got[n - 1][4 if high else 3]), high, a, rounds)
        lines += len(x)
    print("bets: %d streams, %d scores: log wealth within %.1e of mpmath%s; %d of %d bounds wrong" % (
        count, lines, worst, ", %.1e of confseq" % worst_confseq if has_confseq else " (confseq is not installed)",
        wrong, bounds))
    return worst > 1e-9 or worst_confseq > 1e-9 or wrong > 0


def bound(x, high, alpha, rounds):
    """The end of what is refuted, to 1e-9."""
    refused, kept = (mp.mpf(1), mp.mpf(0)) if high else (mp.mpf(0), mp.mpf(1))
    for _ in range(30):
        m = (refused + kept) / 2
        if refuted(x, m, high, alpha, rounds):
            refused = m
        else:
            kept = m
    return refused


def record():
    print("# origin: tools/oracle/bets.py record, from docs/statistics.md in 50 digits")
    print("# rule ALPHA GAMMA ROUND; score X (- missing); log-wealth N HIGH LOW, bounds N LO HI (after 30 bisections)")
    for alpha, gamma, rounds, x in streams(12, 5):
        x = x[:60 // rounds * rounds]
        print("rule", alpha, gamma, rounds)
        print("\n".join("score " + ("-" if s is None else repr(s)) for s in x))
        a, g, n = mp.mpf(float(alpha)), mp.mpf(float(gamma)), len(x)
        print("log-wealth", n, *(mp.nstr(log_wealth(x, g, high)[-1], 15) for high in (True, False)))
        print("bounds", n, *(mp.nstr(bound(x, high, a, rounds), 12) for high in (False, True)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["live", "record"])
    parser.add_argument("example", nargs="?")
    parser.add_argument("--count", type=int, default=60)
    args = parser.parse_args()
    return record() if args.what == "record" else live(args.example, args.count)


if __name__ == "__main__":
    sys.exit(main())
