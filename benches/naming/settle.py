#!/usr/bin/env python3
"""What a few answers are worth: a tenth of a tree's names are settled as its maintainers named them, and the rest is counted.

  settle.py [--share 0.1] [--of subjects|values] [--least 50] [--seen] PAIRS:PROPOSALS ...

PAIRS and PROPOSALS as for fit.py. Each repository in turn is judged by weights that never saw it (--seen: by those that made the
proposals). Its subjects are asked for in the order of `klogmod settle`: the widest subject of each value that is not sure, the most
doubt in all its values first. The answer is the key that the maintainers gave most of its values; it holds for all values of that
subject. What is counted: of all values that have a key in both calls, and of those but for the one that each question showed.
"""
import argparse
import collections
import importlib.util
import pathlib

spec = importlib.util.spec_from_file_location('fit', pathlib.Path(__file__).with_name('fit.py'))
fit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fit)


def subject(named):
    """What an answer is kept for: the widest subject, as in src/decide/settle.rs."""
    about = named.get('about') or [None]
    return None if about[-1] is None else tuple(next(iter(about[-1].items())))


def subjects(named):
    return [tuple(next(iter(about.items()))) for about in named.get('about') or []]


def judge(calls, weights):
    """Per value: its subjects, the human's key, ours, and how sure ours is."""
    out = []
    for call in calls:
        for value in call.values:
            if value.human is None:
                continue
            named = value.candidates[0]
            if weights is None:
                key, p = named['key'], named['p']
            else:
                at, p = value.ranked(weights)[0]
                key, p = value.candidates[at]['key'], fit.chance(p)
            out.append((subject(named), subjects(named), value.human, key, p))
    return out


def simulate(values, share, of):
    """Same key before, after on all, after on all but those that were shown; answers; and values that follow them."""
    doubt, theirs = collections.Counter(), collections.defaultdict(collections.Counter)
    for widest, _, human, _, p in values:
        if widest is not None:
            doubt[widest] += 100 - round(100 * p)
            theirs[widest][human] += 1
    asked = sorted(doubt, key=lambda s: (-doubt[s], s))[:max(1, round(share * (len(doubt) if of == 'subjects' else len(values))))]
    answers = {s: min(theirs[s].items(), key=lambda kv: (-kv[1], kv[0]))[0] for s in asked}
    shown, before, after, rest = set(), [], [], []
    for widest, about, human, key, _ in values:
        answer = next((answers[s] for s in about if s in answers), None)
        right = (key if answer is None else answer) == human
        before.append(key == human)
        after.append(right)
        if widest in answers and widest not in shown:
            shown.add(widest)
        else:
            rest.append((right, answer is not None))
    return before, after, rest, len(asked)


def percent(list):
    return 100 * sum(list) / max(1, len(list))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('sets', nargs='+')
    parser.add_argument('--share', type=float, default=.1)
    parser.add_argument('--of', choices=['subjects', 'values'], default='subjects', help='what a tenth is taken of')
    parser.add_argument('--least', type=int, default=50)
    parser.add_argument('--seen', action='store_true')
    args = parser.parse_args()
    calls = fit.read(args.sets)
    rows = []
    for source in sorted({c.source for c in calls}):
        values = judge([c for c in calls if c.source == source], None)
        if len(values) < args.least:
            continue
        if not args.seen:
            keys, _ = fit.models([c for c in calls if c.source != source])
            values = judge([c for c in calls if c.source == source], keys)
        before, after, rest, asked = simulate(values, args.share, args.of)
        follow = [right for right, followed in rest if followed]
        rows.append((percent(before), percent(after), percent([r for r, _ in rest])))
        print('%-44s %4d values, %3d answers: same key %.1f -> %.1f %%, without those shown %.1f %%; %d follow, %.0f %% right' % (
            source, len(values), asked, *rows[-1], len(follow), percent(follow)))
    mean = [sum(row[i] for row in rows) / max(1, len(rows)) for i in range(3)]
    print('mean of %d repositories: same key %.1f -> %.1f %%, without those shown %.1f %%' % (len(rows), *mean))


if __name__ == '__main__':
    main()
