#!/usr/bin/python3
"""Espalier beside its peers: the same work in turn, in short slices, and ratios per level and for a whole search.

Started by ./run, which builds what is compared. Every worker is a process that waits while the others work, so that what
disturbs the machine disturbs all of them. Peers run the full matrices under a mask: their rates are the same at every
density, and are measured once.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

KINDS = ["natural", "fgsm", "pgd", "evaluation"]
SHOWN = [0, 3, 8, 11, 15, 18, 20]
ITERATIONS, EVALUATIONS, IMAGES = 50_000, 101, 20_000


class Worker:
    """A process that answers a line with a line."""

    def __init__(self, name, command, threads=1):
        limits = {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **limits})

    def ready(self):
        self.title = self.answer()[len("ready "):]
        return self

    def send(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} has ended: {self.process.args}")
        return line.strip()

    def ask(self, *words):
        self.send(*words)
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def together(workers, *words):
    """The sum of what all workers answer when they work at the same time."""
    for worker in workers:
        worker.send(*words)
    return sum(float(worker.answer()) for worker in workers)


def spread(rates):
    """Median, and half the distance of the quartiles in per cent of it."""
    middle = statistics.median(rates)
    if len(rates) < 2:
        return middle, 0.0
    quartiles = statistics.quantiles(rates, n=4, method="inclusive")
    return middle, 50 * (quartiles[2] - quartiles[0]) / middle


def check(ours, peers):
    """All train the same: same weights, mask, batches and start; the losses that they end at must be close."""
    print("Natural loss after 20 steps at 16.9 % of the weights from the same start, same batches:")
    failed = False
    for kind in KINDS[:3]:
        want = float(ours.ask("check", kind, 20))
        got = [float(peer.ask("check", kind, 20)) for peer in peers]
        off = max(abs(loss / want - 1) for loss in got)
        failed |= not off < 0.01
        print(f"  {kind:8} Espalier {want:.5f}, " + ", ".join(f"{p.name} {g:.5f}" for p, g in zip(peers, got)))
    if failed:
        sys.exit("the peers do not compute the same")
    print(flush=True)


def measure(ours, peers, levels, rounds, seconds):
    """Rates by worker group, kind and level; each a list with one entry a round."""
    rates = {}

    def add(name, kind, level, value):
        rates.setdefault((name, kind, level), []).append(value)

    for turn in range(rounds + 1):  # the first round compiles and warms up
        for level in levels:
            kinds = KINDS if level in SHOWN else KINDS[2:]
            for kind in kinds:
                rate = together(ours, "time", kind, level, seconds if turn else 2 * seconds)
                if turn:
                    add("ours", kind, level, rate)
            if level in SHOWN:  # peers are asked as often, spread over the round
                kind = KINDS[SHOWN.index(level) % 4]
                for peer in peers:
                    rate = together(peer, "time", kind, 2 * seconds)
                    if turn:
                        add(peer[0].name, kind, None, rate)
        print(f"  round {turn} of {rounds}", file=sys.stderr, flush=True)
    return rates


def tell(title, rates, densities, names):
    def peer(name, kind):
        return spread(rates[name, kind, None])

    print(title)
    print(f"  {'':22}" + "".join(f"{kind:>18}" for kind in KINDS) + "   (+- half the quartiles' distance)")
    for name in names:
        print(f"  {name:22}" + "".join("{:>10,.0f} +- {:2.0f} %".format(*peer(name, kind)) for kind in KINDS))
    for level in SHOWN:
        print(f"  Espalier {100 * densities[level]:6.1f} %      " + "".join(
            "{:>10,.0f} +- {:2.0f} %".format(*spread(rates['ours', kind, level])) for kind in KINDS))
    print("  ratios, pgd steps | images of evaluation | level of 50,000 steps and 101 evaluations")

    def hours(step, image):
        return (ITERATIONS / step + EVALUATIONS * IMAGES / image) / 3600

    own = [hours(spread(rates["ours", "pgd", l])[0], spread(rates["ours", "evaluation", l])[0])
           for l in range(len(densities))]
    result = {"levels": [], "search": {}}
    for level in SHOWN:
        entry = {"level": level, "density": densities[level], "ours": {k: spread(rates["ours", k, level]) for k in KINDS}}
        text = f"  {100 * densities[level]:6.1f} %"
        for name in names:
            step, image = peer(name, "pgd")[0], peer(name, "evaluation")[0]
            ratios = (spread(rates["ours", "pgd", level])[0] / step, spread(rates["ours", "evaluation", level])[0] / image,
                      hours(step, image) / own[level])
            entry[name] = ratios
            text += f"   {name}: {ratios[0]:5.1f} | {ratios[1]:5.1f} | {ratios[2]:5.1f}"
        print(text)
        result["levels"].append(entry)
    for name in names:
        theirs = len(densities) * hours(peer(name, "pgd")[0], peer(name, "evaluation")[0])
        result["search"][name] = {"ours-hours": sum(own), "hours": theirs, "ratio": theirs / sum(own)}
        result[name] = {k: peer(name, k) for k in KINDS}
        print(f"  21 levels: Espalier {sum(own):.2f} h, {name} {theirs:.2f} h: {theirs / sum(own):.1f} times")
    print(flush=True)
    return result


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--ours", required=True)
    options.add_argument("--eager", required=True)
    options.add_argument("--libtorch", required=True)
    options.add_argument("--json")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=0.3)
    options.add_argument("--iterations", type=int, default=1000)
    options.add_argument("--parts", default="check,1,2,threads")
    chosen = options.parse_args()
    parts = chosen.parts.split(",")
    processes = 2 if "2" in parts else 1

    ours = [Worker("Espalier", chosen.ours.split() + [str(chosen.iterations)]) for _ in range(processes)]
    for worker in ours:
        worker.ready()
    with tempfile.TemporaryDirectory() as folder:
        ours[0].ask("export", folder)
        eager = [Worker("eager PyTorch", chosen.eager.split() + [folder, "1"]).ready() for _ in range(processes)]
        libtorch = [Worker("hand-fused libtorch", chosen.libtorch.split() + [folder, "1"]).ready()
                    for _ in range(processes)]
        densities = [float(d) for d in ours[0].ask("levels").split()]
        names = [eager[0].name, libtorch[0].name]
        print(f"{ours[0].title}; {eager[0].title}; {libtorch[0].title}\n")
        results = {}
        if "check" in parts:
            check(ours[0], [eager[0], libtorch[0]])
        levels = range(len(densities))
        if "1" in parts:
            rates = measure(ours[:1], [eager[:1], libtorch[:1]], levels, chosen.rounds, chosen.seconds)
            results["one"] = tell("One single-threaded process each, steps and images per second",
                                  rates, densities, names)
        if "2" in parts:
            rates = measure(ours, [eager, libtorch], levels, chosen.rounds, chosen.seconds)
            results["two"] = tell("Two processes at once, one trial and one thread each, together",
                                  rates, densities, names)
        if "threads" in parts:
            print("One process of a peer with two threads")
            for name, command in ((names[0], chosen.eager), (names[1], chosen.libtorch)):
                worker = Worker(name, command.split() + [folder, "2"], 2).ready()
                text = []
                for kind in KINDS:
                    worker.ask("time", kind, 10 * chosen.seconds)
                    text.append(f"{kind} {float(worker.ask('time', kind, 10 * chosen.seconds)):,.0f}")
                worker.close()
                print(f"  {name}: " + ", ".join(text))
        for worker in ours + eager + libtorch:
            worker.close()
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump({"workers": [ours[0].title, eager[0].title, libtorch[0].title], "densities": densities,
                       **results}, file, indent=1)
            file.write("\n")


main()
