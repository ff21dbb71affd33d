#!/usr/bin/python3
"""The PGD-10 training step of any network in eager PyTorch, dense, as a good researcher would write it.

Reads commands, one a line, and answers each with one line; see convolutions.py. A network is a list of nodes with their
parameters in files. Convolutions run by oneDNN, with images channel by channel or with channels last, or over BLAS.
"""
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

EPSILON, STEP, STEPS = 0.3, 0.05, 10
RATE = 0.1  # of plain gradient descent in the checked step


def floats(folder, name, ending):
    return torch.from_numpy(np.fromfile(f"{folder}/{name}{ending}", dtype="<f4"))


class Network:
    """Nodes in order, and the parameters that they read, by name."""

    def __init__(self, folder, last):
        self.nodes, self.parameters, self.running, self.last = [], {}, {}, last
        with open(folder + "/graph.txt") as file:
            lines = [line.split() for line in file]
        self.image = [int(n) for n in lines[0][1:]]
        for kind, name, sources, *settings in lines[1:]:
            numbers = [int(n) for n in settings if n.isdigit()]
            if kind == "conv":
                self.add(folder, name + ".weight", (numbers[1], numbers[0], numbers[2], numbers[2]))
            elif kind == "linear":
                self.add(folder, name + ".weight", (numbers[1], numbers[0]))
            elif kind == "norm":
                self.add(folder, name + ".weight", (numbers[0],))
                self.add(folder, name + ".bias", (numbers[0],))
                for what in (".running_mean", ".running_var"):
                    self.running[name + what] = floats(folder, name + what, ".f32")
            if settings and settings[-1] == "true":
                self.add(folder, name + ".bias", (numbers[1],))
            self.nodes.append((kind, name, sources.split(","), numbers))
        self.norms = bool(self.running)

    def add(self, folder, name, shape):
        value = floats(folder, name, ".f32").view(shape).clone()
        if self.last and len(shape) == 4:
            value = value.contiguous(memory_format=torch.channels_last)
        self.parameters[name] = value.requires_grad_()

    def logits(self, x, weights, training):
        values = {"input": x}
        for kind, name, sources, n in self.nodes:
            at = values[sources[0]]
            weight, bias = weights.get(name + ".weight"), weights.get(name + ".bias")
            if kind == "conv":
                at = F.conv2d(at, weight, bias, n[3], n[4])
            elif kind == "linear":
                at = F.linear(at, weight, bias)
            elif kind == "norm":
                at = F.batch_norm(at, self.running[name + ".running_mean"], self.running[name + ".running_var"],
                                  weight, bias, training, 0.1, 1e-5)
            elif kind == "relu":
                at = F.relu(at)
            elif kind == "maxpool":
                at = F.max_pool2d(at, n[0], n[1], n[2])
            elif kind == "mean":
                at = at.mean((2, 3))
            elif kind == "add":
                at = at + values[sources[1]]
            elif kind == "pad":
                at = F.pad(at[:, :, ::n[0], ::n[0]], (0, 0, 0, 0, n[1], n[2]))
            elif kind == "flatten":
                at = at.flatten(1)
            else:
                sys.exit("no operation is called " + kind)
            values[name] = at
        return at


def step(network, optimizer, masks, x, y, noise):
    """Half natural, half PGD-10; parameters need no gradient while the attack runs, and masked ones are made once."""
    for parameter in network.parameters.values():
        parameter.requires_grad_(False)
    fixed = {name: p * masks[name] if name in masks else p for name, p in network.parameters.items()}
    low, high = (x - EPSILON).clamp(0, 1), (x + EPSILON).clamp(0, 1)
    at = (x + torch.empty_like(x).uniform_(-EPSILON, EPSILON)).clamp(0, 1) if noise else x
    for _ in range(STEPS):
        at = at.detach().requires_grad_()
        loss = F.cross_entropy(network.logits(at, fixed, False), y, reduction="sum")
        gradient, = torch.autograd.grad(loss, at)
        at = torch.min(torch.max(at.detach() + STEP * gradient.sign(), low), high)
    at = at.detach()
    for parameter in network.parameters.values():
        parameter.requires_grad_(True)
    weights = {name: p * masks[name] if name in masks else p for name, p in network.parameters.items()}
    if network.norms:  # statistics of each half by itself
        loss = 0.5 * F.cross_entropy(network.logits(x, weights, True), y)
        loss = loss + 0.5 * F.cross_entropy(network.logits(at, weights, True), y)
    else:
        logits = network.logits(torch.cat([x, at]), weights, True)
        loss = 0.5 * F.cross_entropy(logits[: len(x)], y) + 0.5 * F.cross_entropy(logits[len(x):], y)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


class Peer:
    def network(self, folder):
        self.folder = folder
        self.cases = {}
        self.use("onednn")
        return "done"

    def use(self, choice):
        torch.backends.mkldnn.set_flags(choice != "blas")
        self.choice = choice
        return "done"

    def load(self):
        """Anew: network and images."""
        last = self.choice.endswith("last")
        network = Network(self.folder, last)
        x = torch.from_numpy(np.fromfile(self.folder + "/images.u8", dtype="u1")).view(-1, *network.image).float() / 255
        if last:
            x = x.contiguous(memory_format=torch.channels_last)
        return network, x, torch.from_numpy(np.fromfile(self.folder + "/labels.u8", dtype="u1")).long()

    def check(self, ending):
        network, x, y = self.load()
        masks = {}
        for name, parameter in network.parameters.items():
            if parameter.dim() > 1:
                mask = torch.from_numpy(np.fromfile(f"{self.folder}/{name}.u8", dtype="u1"))
                masks[name] = mask.float().view(parameter.shape)
        step(network, torch.optim.SGD(network.parameters.values(), lr=RATE), masks, x, y, False)
        for name, value in {**network.parameters, **network.running}.items():
            value.detach().contiguous().numpy().astype("<f4").tofile(f"{self.folder}/{name}.{ending}")
        return "done"

    def time(self, batch, seconds):
        key = self.choice, batch
        if key not in self.cases:
            network, x, y = self.load()
            optimizer = torch.optim.Adam(network.parameters.values(), lr=1.2e-3, eps=1e-7)
            self.cases[key] = network, optimizer, {}, x[:batch], y[:batch], True
        least, spent = float("inf"), 0.0
        while spent <= seconds:
            begin = time.process_time()
            step(*self.cases[key])
            passed = time.process_time() - begin
            least, spent = min(least, passed), spent + passed
        return least


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    peer = Peer()
    print("ready PyTorch " + torch.__version__, flush=True)
    for line in sys.stdin:
        command, *words = line.split()
        if command == "time":
            print(peer.time(int(words[0]), float(words[1])), flush=True)
        else:
            print({"network": peer.network, "use": peer.use, "check": peer.check}[command](*words), flush=True)


main()
