#!/usr/bin/env python3
"""Fits the weights of rules/naming.toml to keys that maintainers chose.

  fit.py [--limit-share F] PAIRS:PROPOSALS ...

PAIRS: one JSON object a line for each landed migration of one call: source (the repository), commit, path, line (of the
old call), keys and values (of the new one), strict (whether the proposal counts as right; optional).
PROPOSALS: what `klogmod plan --all --edits=s --no-cache --format proposals --rules DIR` prints for those trees, each line
with its source and commit added, DIR/naming.toml saying `shown = 50`, so that every candidate is there.

Prints what leaving out one repository at a time gives, and then the two tables for rules/naming.toml. Needs nothing but
Python: the models are logistic, by Newton's method with a ridge.
"""
import argparse
import collections
import json
import math
import re

RIDGE = 2.0
ROUNDS = 12


def solve(a, b):
    """Gaussian elimination."""
    n = len(b)
    rows = [list(r) + [v] for r, v in zip(a, b)]
    for i in range(n):
        p = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[p] = rows[p], rows[i]
        for r in range(i + 1, n):
            f = rows[r][i] / rows[i][i]
            if f:
                for c in range(i, n + 1):
                    rows[r][c] -= f * rows[i][c]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (rows[i][n] - sum(rows[i][c] * x[c] for c in range(i + 1, n))) / rows[i][i]
    return x


def fit(samples):
    """samples: [({trait: value}, right, weight)] -> {trait: weight}"""
    names = sorted({name for x, _, _ in samples for name in x})
    at = {name: i for i, name in enumerate(names)}
    rows = [([(at[k], v) for k, v in x.items()], y, w) for x, y, w in samples]
    scale = len(rows) / sum(w for _, _, w in rows)
    beta = [0.0] * len(names)
    for _ in range(ROUNDS):
        g = [-RIDGE * b * (name != 'bias') for b, name in zip(beta, names)]
        h = [[(RIDGE if name != 'bias' else 1e-6) * (i == j) for j in range(len(names))] for i, name in enumerate(names)]
        for x, y, w in rows:
            p = 1 / (1 + math.exp(-max(-30, min(30, sum(beta[i] * v for i, v in x)))))
            d, c = w * scale * (y - p), w * scale * p * (1 - p)
            for i, v in x:
                g[i] += d * v
                for j, u in x:
                    h[i][j] += c * v * u
        beta = [b + d for b, d in zip(beta, solve(h, g))]
    return dict(zip(names, beta))


def logit(weights, x):
    return sum(weights.get(k, 0) * v for k, v in x.items())


def chance(z):
    return round(max(1, min(99, 100 / (1 + math.exp(-z))))) / 100


def space(text):
    return re.sub(r'\s+', '', text)


def traits(candidate):
    return dict({t: 1.0 for t in candidate['because']}, bias=1.0)


class Call:
    def __init__(self, pair, proposal):
        self.source = pair['source']
        human = {}
        for key, value in zip(pair['keys'], pair['values']):
            human.setdefault(space(value), key)
        after, self.values = proposal['after'], []
        for named in proposal.get('names', []):
            value = re.search(r'"%s", ' % re.escape(named['key']), after)
            candidates = [named] + named.get('alternatives', [])
            rest = space(after[value.end():]) if value else ''
            theirs = [k for v, k in human.items() if v and rest.startswith(v) and rest[len(v):len(v) + 1] in ',)']
            self.values.append((candidates, theirs[0] if theirs else None))
        self.proposal, self.strict = proposal, pair.get('strict')

    def call_traits(self, weights):
        """As src/write/key/sure.rs has them."""
        ps = [chance(logit(weights, traits(c[0]))) for c, _ in self.values]
        least = max(.01, min(.99, min(ps, default=1)))
        p, message = self.proposal, self.proposal.get('message') or ''
        error = 'ErrorS(' in p['after']
        x = {'bias': 1.0, 'least-key': math.log(least / (1 - least)), 'all-keys': sum(math.log(max(.01, v)) for v in ps)}
        x[{0: 'no-key', 1: 'one-key', 2: 'two-keys'}.get(len(ps), 'more-keys')] = 1.0
        flags = {
            'error': error, 'error-without-operand': error and 'ErrorS(nil,' in p['after'],
            'warning': p['site']['severity'] == 'warning', 'marks': re.search(r'[,:;(\[]', message),
            'long-message': len(message.split()) > 8,
            'text-kept': '("%s"' % message.lower() in p['before'].lower(),
        }
        x.update({k: 1.0 for k, v in flags.items() if v})
        return x


def read(args):
    calls = []
    for arg in args:
        pairs, proposals = arg.split(':')
        by = {}
        for line in open(proposals):
            p = json.loads(line)
            by[(p.get('source'), p.get('commit'), p['path'], p['line'])] = p
        for line in open(pairs):
            pair = json.loads(line)
            p = by.get((pair['source'], pair.get('commit'), pair['path'], pair['line'])) or by.get((None, None, pair['path'], pair['line']))
            if p:
                calls.append(Call(pair, p))
    return calls


def models(calls):
    count = collections.Counter(c.source for c in calls)
    weight = lambda c: count[c.source] ** -.5
    keys = fit([(traits(x), x['key'] == human, weight(c)) for c in calls for candidates, human in c.values if human for x in candidates])
    whole = fit([(c.call_traits(keys), bool(c.strict), weight(c)) for c in calls if c.strict is not None])
    return keys, whole


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('sets', nargs='+')
    parser.add_argument('--hold-out', action='append', default=[], help='repositories to leave out one at a time')
    args = parser.parse_args()
    calls = read(args.sets)
    held, seen = args.hold_out or sorted({c.source for c in calls}), []
    first = proposed = three = among = total = 0
    sure = collections.defaultdict(list)
    for source in held:
        keys, whole = models([c for c in calls if c.source != source])
        for c in calls:
            if c.source != source:
                continue
            for candidates, human in c.values:
                if human is None:
                    continue
                ranked = sorted(candidates, key=lambda x: -logit(keys, traits(x)))
                shown = [candidates[0]] + [x for x in ranked if x is not candidates[0]]
                total += 1
                first += ranked[0]['key'] == human
                proposed += candidates[0]['key'] == human
                three += any(x['key'] == human for x in shown[:3])
                among += any(x['key'] == human for x in candidates)
                sure[int(chance(logit(keys, traits(candidates[0]))) * 10)].append(candidates[0]['key'] == human)
            if c.strict is not None:
                seen.append((chance(logit(whole, c.call_traits(keys))), bool(c.strict), c.proposal['applicability'] == 'safe'))
    print('left out in turn: %d values; proposed %.1f %%, best ranked %.1f %%, among the best three %.1f %%, among all %.1f %%' % (
        total, *(100 * n / total for n in (proposed, first, three, among))))
    for bucket, right in sorted(sure.items()):
        print('  key p .%d: %d, %.0f %% right' % (bucket, len(right), 100 * sum(right) / len(right)))
    for limit in (30, 40, 50, 55, 60, 65, 70, 75, 80, 85, 90):
        safe = [right for p, right, ok in seen if ok and p * 100 >= limit]
        if safe:
            print('  limit %d: %.1f %% of %d calls safe, %.1f %% of them right' % (limit, 100 * len(safe) / len(seen), len(seen), 100 * sum(safe) / len(safe)))
    for name, weights in zip(('key', 'call'), models(calls)):
        print('\n[%s]' % name)
        for k, v in sorted(weights.items()):
            print('%s = %.2f' % (k, v))


if __name__ == '__main__':
    main()
