#!/usr/bin/env python3
"""Fits the weights of rules/naming.toml to keys that maintainers chose.

  fit.py [--hold-out SOURCE] [--table] PAIRS:PROPOSALS ...

PAIRS: one JSON object a line for each landed migration of one call: source (the repository), commit, path, line (of the
old call), keys and values (of the new one), strict (whether the proposal counts as right; optional). The pairs of
Kubernetes itself have the source `kubernetes`.
PROPOSALS: what `klogmod plan --all --edits=s --no-cache --format proposals --rules DIR` prints for those trees, each line
with its source and commit added, DIR/naming.toml saying `shown = 100`, so that every candidate is there.

Of the candidates for one value a maintainer takes one, or none of them: a conditional logit over the traits of each. What
Kubernetes does otherwise is added in its own packages. Prints what leaving out one repository at a time gives, and then
the tables for rules/naming.toml. Needs numpy.
"""
import argparse
import collections
import json
import math
import re

import numpy

RIDGE = 2.0
ROUNDS = 30
KUBERNETES = 'kubernetes'
# Kubernetes' own taste, which teaches nothing about others.
OWN_TASTE = {'preferred', 'path', 'capitals'}
# What the rules choose counts in Kubernetes alone, whose guide they follow.
RULES = 'proposed'
# What is added in Kubernetes' own packages.
ADDED = OWN_TASTE | {
    RULES, 'own-name', 'own-in-other-case', 'ends-in-name', 'ends-in-id', 'ends-in-path', 'drops-name', 'drops-id', 'drops-last', 'drops-head',
    'drops-to-noun', 'drops-more-to-noun', 'noun', 'noun-and-name', 'noun-and-id', 'own-beside-noun', 'own-is-noun',
}


def chance(p):
    return max(1, min(99, round(100 * p))) / 100


def space(text):
    return re.sub(r'\s+', '', text)


class Value:
    """One value: its candidates as lists of traits, and which of them the maintainer took."""

    def __init__(self, source, named, human):
        self.source, self.human = source, human
        self.candidates = [named] + named.get('alternatives', [])
        self.all = [c['because'] for c in self.candidates] + [['nothing']]
        own = OWN_TASTE if source == KUBERNETES else ()
        self.traits = [[k for k in t if k != RULES] + ['kubernetes:' + k for k in t if k in own] for t in self.all]
        # Nothing was left to choose.
        self.fixed = next((k for k in named['because'] if k in ('object', 'decided')), None)
        keys = [c['key'] for c in self.candidates]
        self.right = keys.index(human) if human in keys else len(keys)
        self.sure = named['p'] == 1

    def ranked(self, weights):
        own = self.source == KUBERNETES
        scores = [sum(weights.get(k, 0) + (weights.get('kubernetes:' + k, 0) if own else 0) for k in t) for t in self.all]
        exps = [math.exp(s - max(scores)) for s in scores]
        # What the rules decide goes first, and leaves the others their share.
        first = exps[0] / (exps[0] + exps[-1]) if self.fixed else 0
        rest = range(1 if self.fixed else 0, len(self.candidates))
        share = (1 - first) / (sum(exps[i] for i in rest) + exps[-1])
        order = sorted(rest, key=lambda i: (-scores[i], self.candidates[i]['key']))
        return [(0, first)] * bool(self.fixed) + [(i, exps[i] * share) for i in order]


class Call:
    def __init__(self, pair, proposal):
        self.source = pair['source']
        human = {}
        for key, value in zip(pair['keys'], pair['values']):
            human.setdefault(space(value), key)
        after, self.values = proposal['after'], []
        for named in proposal.get('names', []):
            value = re.search(r'"%s", ' % re.escape(named['key']), after)
            rest = space(after[value.end():]) if value else ''
            theirs = [k for v, k in human.items() if v and rest.startswith(v) and rest[len(v):len(v) + 1] in ',)']
            self.values.append(Value(self.source, named, theirs[0] if theirs else None))
        self.proposal, self.strict, self.keys = proposal, pair.get('strict'), set(pair['keys'])

    def traits(self, weights):
        """As src/write/key/sure.rs has them."""
        ps = [1 if v.sure else chance(v.ranked(weights)[0][1]) for v in self.values]
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


def weigh(items):
    """Each repository counts by the root of its size."""
    count = collections.Counter(i.source for i in items)
    w = numpy.array([count[i.source] ** -.5 for i in items])
    return w * len(items) / w.sum()


def logit(groups, taken, w, known={}):
    """A conditional logit. groups: for each choice the traits of each alternative; known: weights that stay."""
    names = sorted({k for g in groups for t in g for k in t} - set(known))
    at = {name: i for i, name in enumerate(names)}
    sizes = [len(g) for g in groups]
    x, base = numpy.zeros((sum(sizes), len(names))), numpy.zeros(sum(sizes))
    for row, traits in enumerate(t for g in groups for t in g):
        x[row, [at[k] for k in traits if k in at]] = 1
        base[row] = sum(known.get(k, 0) for k in traits)
    group = numpy.repeat(numpy.arange(len(groups)), sizes)
    taken = numpy.cumsum([0] + sizes[:-1]) + taken
    beta = numpy.zeros(len(names))
    for _ in range(ROUNDS):
        score = base + x @ beta
        top = numpy.full(len(groups), -1e9)
        numpy.maximum.at(top, group, score)
        p = numpy.exp(score - top[group])
        p /= numpy.bincount(group, p)[group]
        pw = p * w[group]
        gradient = (x[taken] * w[:, None]).sum(0) - pw @ x - RIDGE * beta
        mean = numpy.zeros((len(groups), len(names)))
        numpy.add.at(mean, group, x * p[:, None])
        step = numpy.linalg.solve((x * pw[:, None]).T @ x - (mean * w[:, None]).T @ mean + RIDGE * numpy.eye(len(names)), gradient)
        beta += step
        if abs(step).max() < 1e-4:
            break
    return dict(zip(names, beta))


def fit_keys(values):
    weights = logit([v.traits for v in values], [v.right for v in values], weigh(values))
    general = {k: b for k, b in weights.items() if ':' not in k}
    own = [v for v in values if v.source == KUBERNETES]
    if own:
        groups = [[t + ['kubernetes:' + k for k in t if k in ADDED] for t in v.all] for v in own]
        known = dict(general, **{RULES: 0})
        general.update(logit(groups, [v.right for v in own], numpy.ones(len(own)), known))
    return general


def fit_calls(calls, weights):
    samples = [c.traits(weights) for c in calls]
    names = sorted({k for s in samples for k in s})
    x = numpy.array([[s.get(k, 0) for k in names] for s in samples])
    y, w, beta = numpy.array([bool(c.strict) for c in calls]), weigh(calls), numpy.zeros(len(names))
    ridge = numpy.diag([1e-6 if k == 'bias' else RIDGE for k in names])
    for _ in range(ROUNDS):
        p = 1 / (1 + numpy.exp(-numpy.clip(x @ beta, -30, 30)))
        beta += numpy.linalg.solve((x * (w * p * (1 - p))[:, None]).T @ x + ridge, x.T @ (w * (y - p)) - ridge @ beta)
    return dict(zip(names, beta))


def models(calls):
    values = [v for c in calls for v in c.values if v.human is not None and not v.sure]
    keys = fit_keys([v for v in values if not v.fixed])
    for kind in 'object', 'decided':
        right = [v.right == 0 for v in values if v.fixed == kind]
        share = (sum(right) + 1) / (len(right) + 2)
        keys[kind] = keys['nothing'] + math.log(share / (1 - share))
    judged = [c for c in calls if c.strict is not None]
    return keys, fit_calls(judged, keys) if judged else {}


def is_safe(proposal):
    """Whether nothing but its words is for review."""
    return all(d['applicability'] == 'safe' or d['code'] == 'words-unsure' for d in proposal.get('doubts', []))


def left_out(calls, held):
    first, rows, seen, sure = 0, collections.defaultdict(list), [], collections.defaultdict(list)
    for source in held:
        keys, whole = models([c for c in calls if c.source != source])
        for c in (c for c in calls if c.source == source):
            for v in (v for v in c.values if v.human is not None):
                order = v.ranked(keys)
                best = [v.candidates[i]['key'] for i, _ in order[:3]]
                rows[source].append((v.right == 0, best[0] == v.human, v.human in best, v.right < len(v.candidates)))
                sure[int(chance(order[0][1]) * 10)].append(best[0] == v.human)
            if c.strict is not None:
                z = sum(whole.get(k, 0) * x for k, x in c.traits(keys).items())
                seen.append((chance(1 / (1 + math.exp(-z))), bool(c.strict), c.proposal))
    share = lambda rows, at: 100 * sum(r[at] for r in rows) / max(1, len(rows))
    for name, of in [*rows.items(), ('all', [r for of in rows.values() for r in of])]:
        print('%-48s %5d values: first %.1f %%, ranked %.1f %%, among three %.1f %%, among all %.1f %%' % (name, len(of), *(share(of, i) for i in range(4))))
    for bucket, right in sorted(sure.items()):
        print('  key p .%d: %d, %.0f %% right' % (bucket, len(right), 100 * sum(right) / len(right)))
    for limit in range(30, 95, 5):
        safe = [r for p, r, proposal in seen if p * 100 >= limit and is_safe(proposal)]
        if safe:
            print('  limit %d: %.1f %% of %d calls safe, %.1f %% of them right' % (limit, 100 * len(safe) / len(seen), len(seen), 100 * sum(safe) / len(safe)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('sets', nargs='+')
    parser.add_argument('--hold-out', action='append', default=[], help='repositories to leave out one at a time')
    parser.add_argument('--table', action='store_true', help='the tables alone')
    args = parser.parse_args()
    calls = read(args.sets)
    if not args.table:
        left_out(calls, args.hold_out or sorted({c.source for c in calls} - {KUBERNETES}))
    keys, whole = models(calls)
    own = {k.split(':')[1]: v for k, v in keys.items() if ':' in k}
    for name, weights in ('key', {k: v for k, v in keys.items() if ':' not in k}), ('kubernetes', own), ('call', whole):
        print('\n[%s]' % name)
        for k, v in sorted(weights.items()):
            print('%s = %.2f' % (k, v))


if __name__ == '__main__':
    main()
