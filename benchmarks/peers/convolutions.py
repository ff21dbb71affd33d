#!/usr/bin/python3
"""PGD-10 training steps of convolutional networks in eager PyTorch, a second of processor time, one thread.

    convolutions.py [--networks cnn-small,lenet-caffe] [--batches 60,128] [--seconds 2]

Each choice of kernels runs in a process of its own: convolutions by oneDNN or by PyTorch's own code over BLAS. The variables
that force kernels of older processors are unset. The fastest choice counts; the kernels that ran are printed. Espalier's side is
"espalier bench --network NAME", on the same machine and with the same step.
"""
import argparse
import ctypes
import os
import re
import subprocess
import sys
import time

EPSILON, STEP, STEPS = 0.3, 0.05, 10
CHOICES = ["onednn", "blas"]


def layers(torch, name):
    from torch import nn

    if name == "cnn-small":
        return nn.Sequential(
            nn.Conv2d(1, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 4, 2, 1), nn.ReLU(),
            nn.Flatten(), nn.Linear(1568, 100), nn.ReLU(), nn.Linear(100, 10))
    if name == "lenet-caffe":
        return nn.Sequential(
            nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))
    sys.exit(f"no network is called {name}, known are cnn-small and lenet-caffe")


def step(torch, network, optimizer, x, y):
    """Half natural, half PGD-10 from a random start; parameters need no gradient while the attack runs."""
    loss_of = torch.nn.functional.cross_entropy
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    low, high = (x - EPSILON).clamp(0, 1), (x + EPSILON).clamp(0, 1)
    at = (x + torch.empty_like(x).uniform_(-EPSILON, EPSILON)).clamp(0, 1)
    for _ in range(STEPS):
        at = at.detach().requires_grad_()
        gradient, = torch.autograd.grad(loss_of(network(at), y, reduction="sum"), at)
        at = torch.min(torch.max(at.detach() + STEP * gradient.sign(), low), high)
    for parameter in network.parameters():
        parameter.requires_grad_(True)
    logits = network(torch.cat([x, at.detach()]))
    loss = 0.5 * loss_of(logits[: len(x)], y) + 0.5 * loss_of(logits[len(x):], y)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def work(choice, networks, batches, seconds):
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.backends.mkldnn.set_flags(choice == "onednn")
    for name in networks:
        for batch in batches:
            network = layers(torch, name)
            optimizer = torch.optim.Adam(network.parameters(), lr=1.2e-3)
            x, y = torch.rand(batch, 1, 28, 28), torch.randint(10, (batch,))
            for _ in range(3):
                step(torch, network, optimizer, x, y)
            least, spent = float("inf"), 0.0
            while spent < seconds:
                begin = time.process_time()
                step(torch, network, optimizer, x, y)
                passed = time.process_time() - begin
                least, spent = min(least, passed), spent + passed
            print("rate", name, batch, 1 / least, flush=True)


def kernels(environment):
    """Which library gives BLAS, with its kernels, and which kernels oneDNN takes for a small network."""
    script = "import torch; x = torch.rand(200, 200); x @ x; print(open('/proc/self/maps').read())"
    maps = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment).stdout
    libraries = sorted({m for m in re.findall(r"/\S*(?:blas|mkl|dnnl)\S*", maps)})
    text = [os.path.realpath(library) for library in libraries]
    for library in libraries:
        if "openblas" in os.path.realpath(library):
            name = ctypes.CDLL(library).openblas_get_corename
            name.restype = ctypes.c_char_p
            text.append("OpenBLAS kernels: " + name().decode())
    script = ("import torch; torch.set_num_threads(1); c = torch.nn.Conv2d(16, 32, 4, 2, 1);"
              "c(torch.rand(60, 16, 14, 14)).sum().backward()")
    verbose = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                             env={**environment, "DNNL_VERBOSE": "1"}).stdout
    text += sorted({"oneDNN: " + ",".join(line.split(",")[3:6]) for line in verbose.splitlines()
                    if ",exec," in line and ",convolution," in line})
    return text


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--networks", default="cnn-small,lenet-caffe")
    options.add_argument("--batches", default="60,128")
    options.add_argument("--seconds", type=float, default=2)
    options.add_argument("--worker", choices=CHOICES, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.worker:
        work(chosen.worker, chosen.networks.split(","), [int(b) for b in chosen.batches.split(",")], chosen.seconds)
        return
    limits = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    environment.update(limits)
    os.environ.pop("OPENBLAS_CORETYPE", None)
    print("\n".join(kernels(environment)))
    rates = {}
    for choice in CHOICES:
        command = [sys.executable, __file__, "--worker", choice, "--networks", chosen.networks,
                   "--batches", chosen.batches, "--seconds", str(chosen.seconds)]
        out = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout
        for line in out.splitlines():
            if line.startswith("rate "):
                _, name, batch, rate = line.split()
                rates.setdefault((name, batch), {})[choice] = float(rate)
    print("\n| network | batch | " + " | ".join(CHOICES) + " | the faster, PGD-10 steps a second |")
    print("|---|---|" + "---|" * (len(CHOICES) + 1))
    for (name, batch), by in rates.items():
        cells = " | ".join(f"{by[choice]:.1f}" for choice in CHOICES)
        print(f"| {name} | {batch} | {cells} | {max(by.values()):.1f} |")


main()
