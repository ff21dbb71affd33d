#!/usr/bin/python3
"""Espalier beside its peers on convolutional networks: the same PGD-10 training step in turn, and ratios beside targets.

Started by ./convolutions, which builds what is compared. Every worker is a process with one thread that waits while the
others work. Times are processor times: of each turn the least step, of the turns the median. Peers compute whole matrices:
their times hold at every density. Each peer runs every choice of kernels that its library has; choices that are clearly
slower end after the first turn, and the fastest counts.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import numpy as np

NETWORKS = ["cnn-small:1x28x28", "cnn-small:3x32x32", "lenet-caffe:1x28x28", "cnn-large:1x28x28", "resnet8:3x32x32"]
OURS = [("1", "dense"), ("1", "auto"), ("0.169", "auto"), ("0.036", "auto")]
CHOICES = ["onednn", "onednn-channels-last", "blas"]
CHECKED = 60  # examples of the step that all must compute alike
TOLERANCE = 0.05  # of a step, for the difference of two: a pixel whose gradient is near zero may step the other way
SLOWER = 1.15  # times the least time: such a choice ends after the first turn
# Steps a second over eager PyTorch's and libtorch's, by density and batch.
TARGETS = {("1", 60): (3.5, 1.5), ("1", 128): (2, 1.5), ("0.169", 60): (6, None), ("0.036", 60): (15, None)}


THREADS = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# Memory that was freed stays with the process. By default a peer may fetch the memory of its maps from the system at each pass.
KEPT = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(4 << 30),
        "MALLOC_TOP_PAD_": str(64 << 20)}


class Worker:
    """A process that answers a line with a line."""

    def __init__(self, family, name, command, kept=False):
        self.family = family  # its choices compete, and the fastest counts
        self.name = name
        self.process = subprocess.Popen(
            command.split(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **THREADS, **(KEPT if kept else {})})
        self.title = self.answer()[len("ready "):]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} has ended: {self.process.args}")
        return line.strip()

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def kernels(command, folder):
    """Which kernels a peer's libraries say that they run, from a step of its own."""
    verbose = {**THREADS, "DNNL_VERBOSE": "1", "ONEDNN_VERBOSE": "1", "MKL_VERBOSE": "1", "OPENBLAS_VERBOSE": "2"}
    said = subprocess.run(
        command.split(), input=f"network {folder}\nuse onednn\ntime 60 0\n", text=True, env={**os.environ, **verbose},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
    found = []
    for line in said.splitlines():
        words = line.split(",")
        if line.startswith("MKL_VERBOSE Intel") or line.startswith("MKL_VERBOSE oneMKL") or line.startswith("Core:"):
            text = line.replace("MKL_VERBOSE ", "").replace("Core:", "OpenBLAS kernels:")
        elif "exec" in words and "convolution" in words:
            at = words.index("convolution")
            text = "oneDNN convolution, " + words[at + 2] + ": " + words[at + 1]
        else:
            continue
        if text not in found:
            found.append(text)
    return found


def arrays(folder, ending):
    """All parameters with this ending of their file, by name."""
    found = {}
    for file in os.listdir(folder):
        if file.endswith("." + ending):
            found[file[:-len(ending) - 1]] = np.fromfile(os.path.join(folder, file), dtype="<f4").astype(float)
    return found


def check(ours, peers, folder):
    """One step from the same weights on the same images: how far the peers' weights are from ours, as a share of the step."""
    wrong = False
    for density in ("1", "0.169"):
        ours.ask("check", density, folder)
        start, end = arrays(folder, "f32"), arrays(folder, "ours")
        moved = sum(((end[name] - start[name]) ** 2).sum() for name in end)
        text = []
        for number, (worker, choice) in enumerate(peers):
            worker.ask("use", choice)
            worker.ask("check", f"peer{number}")
            got = arrays(folder, f"peer{number}")
            off = sum(((end[name] - got[name]) ** 2).sum() for name in end)
            share = (off / moved) ** 0.5
            most = max(abs(end[name] - got[name]).max() for name in end)
            wrong |= got.keys() != end.keys() or not share < TOLERANCE
            text.append(f"{worker.name} {choice} {share:.1e} ({most:.1e})")
        print(f"  weights after one step at {100 * float(density):.1f} %, differences as shares of the step (largest): "
              + ", ".join(text), flush=True)
    if wrong:
        sys.exit("the peers do not compute the same step")


def measure(ours, peers, batch, rounds, seconds, warm):
    """Seconds of a step: of each of ours, and of each peer's choices."""
    times = {}
    left = list(peers)
    for turn in range(rounds + 1):  # the first turn compiles, warms up and chooses
        for density, kind in OURS:
            if turn:
                times.setdefault((density, kind), []).append(float(ours.ask("time", batch, density, kind, seconds)))
            else:
                ours.ask("time", batch, density, kind, warm)
        first = {}
        for worker, choice in left:
            worker.ask("use", choice)
            took = float(worker.ask("time", batch, seconds))
            first[worker, choice] = took
            if turn:
                times.setdefault((worker, choice), []).append(took)
        if not turn:
            least = {}
            for (worker, _), took in first.items():
                least[worker.family] = min(took, least.get(worker.family, took))
            left = [(worker, choice) for worker, choice in left
                    if first[worker, choice] <= SLOWER * least[worker.family]]
            dropped = {key: took for key, took in first.items() if key not in left}
    return {key: statistics.median(all_) for key, all_ in times.items()}, dropped


def tell(batch, times, dropped):
    """Prints a batch's times and ratios; returns them for JSON."""
    result = {"batch": batch, "ours": {}, "peers": {}, "ratios": {}}
    best = {}
    for key, took in {**times, **dropped}.items():
        if isinstance(key[0], Worker):
            name = f"{key[0].name} {key[1]}"
            result["peers"][name] = took
            family = key[0].family
            if took < best.get(family, (float("inf"),))[0]:
                best[family] = took, name
    print(f"  batch {batch}, milliseconds a step: " + ", ".join(
        f"{name} {1000 * took:.1f}" for name, took in result["peers"].items()))
    for density, kind in OURS:
        took = times[density, kind]
        result["ours"][f"{density} {kind}"] = took
        text = f"    Espalier {100 * float(density):5.1f} % {kind:5} {1000 * took:8.2f} ms, {1 / took:6.1f}/s"
        for family, (theirs, name) in best.items():
            ratio = theirs / took
            target = TARGETS.get((density, batch), (None, None))[family == "libtorch"]
            result["ratios"][f"{family} {density} {kind}"] = ratio
            text += f"   {ratio:5.2f} x {name}" + (f" (target {target})" if target else "")
        print(text, flush=True)
    return result


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--ours", required=True)
    options.add_argument("--eager", required=True)
    options.add_argument("--libtorch-mkl", required=True)
    options.add_argument("--libtorch-openblas", required=True)
    options.add_argument("--networks", default=",".join(NETWORKS), help="NAME:CHANNELSxROWSxCOLUMNS, comma-separated")
    options.add_argument("--batches", default="60,128")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=0.3, help="processor time of a turn, at least one step")
    options.add_argument("--warm", type=float, default=3, help="processor time of the first turn of each of ours")
    options.add_argument("--parts", default="kernels,check,times")
    options.add_argument("--json")
    chosen = options.parse_args()
    parts = chosen.parts.split(",")
    batches = [int(batch) for batch in chosen.batches.split(",")]
    for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(variable, None)

    commands = {"eager": chosen.eager, "libtorch-mkl": chosen.libtorch_mkl, "libtorch-openblas": chosen.libtorch_openblas}
    ours = Worker("Espalier", "Espalier", chosen.ours)
    workers = [Worker("eager", "eager", chosen.eager), Worker("eager", "eager-memory-kept", chosen.eager, True),
               Worker("libtorch", "libtorch-mkl", chosen.libtorch_mkl, True),
               Worker("libtorch", "libtorch-openblas", chosen.libtorch_openblas, True)]
    # Channels last concern oneDNN alone, so one of libtorch's BLAS is enough for them.
    peers = [(worker, choice) for worker in workers for choice in CHOICES
             if worker.name != "libtorch-openblas" or choice != "onednn-channels-last"]
    print("; ".join([ours.title, workers[0].title, workers[2].title]))
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for number, entry in enumerate(chosen.networks.split(",")):
            network, size = entry.split(":")
            ours.ask("network", network, size, CHECKED, folder)
            ours.ask("check", "1", folder)  # writes the weights
            for worker in workers:
                worker.ask("network", folder)
            if number == 0 and "kernels" in parts:
                for name, command in commands.items():
                    print(f"{name}: " + "; ".join(kernels(command, folder)))
            print(f"\n{network}, images {size}")
            if "check" in parts:
                check(ours, [peer for peer in peers if not peer[0].name.endswith("kept")], folder)
            if "times" in parts:
                ours.ask("network", network, size, max(batches), folder)
                ours.ask("check", "1", folder)  # whole weights for the peers
                result = {"network": network, "image": size, "batches": []}
                for batch in batches:
                    times, dropped = measure(ours, peers, batch, chosen.rounds, chosen.seconds, chosen.warm)
                    result["batches"].append(tell(batch, times, dropped))
                results.append(result)
    for worker in [ours] + workers:
        worker.close()
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump({"workers": [ours.title] + [worker.title for worker in workers], "networks": results}, file, indent=1)
            file.write("\n")


main()
