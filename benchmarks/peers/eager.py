#!/usr/bin/python3
"""The training step in eager PyTorch, dense under a mask, as a good researcher would write it.

Reads commands, one a line, and answers each with one line; see compare.py.
"""
import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

EPSILON, STEP, STEPS, BATCH = 0.3, 0.05, 10, 60
SHAPES = [(300, 784), (100, 300), (10, 100)]


class Network:
    def __init__(self, weights, masks):
        self.weights = [w.clone().requires_grad_() for w in weights]
        self.masks = masks
        self.optimizer = torch.optim.Adam(self.weights, lr=1.2e-3, eps=1e-7)

    def masked(self):
        return [w * m for w, m in zip(self.weights, self.masks)]

    @staticmethod
    def logits(weights, x):
        return F.linear(F.relu(F.linear(F.relu(F.linear(x, weights[0])), weights[1])), weights[2])


def attacked(kind, weights, x, y, start):
    """Adversarial examples; the masked weights are constants here, so they are made once for all steps."""
    weights = [w.detach() for w in weights]
    if kind == "fgsm":
        at = x.clone().requires_grad_()
        gradient, = torch.autograd.grad(F.cross_entropy(Network.logits(weights, at), y, reduction="sum"), at)
        return (x + EPSILON * gradient.sign()).clamp(0, 1)
    low, high = (x - EPSILON).clamp(0, 1), (x + EPSILON).clamp(0, 1)
    at = start(x)
    for _ in range(STEPS):
        at = at.detach().requires_grad_()
        gradient, = torch.autograd.grad(F.cross_entropy(Network.logits(weights, at), y, reduction="sum"), at)
        at = torch.min(torch.max(at.detach() + STEP * gradient.sign(), low), high)
    return at


def noisy(x):
    return (x + torch.empty_like(x).uniform_(-EPSILON, EPSILON)).clamp(0, 1)


def step(network, kind, x, y, start):
    weights = network.masked()
    if kind == "natural":
        loss = F.cross_entropy(Network.logits(weights, x), y)
    else:
        adversarial = attacked(kind, weights, x, y, start)
        logits = Network.logits(weights, torch.cat([x, adversarial]))
        loss = 0.5 * F.cross_entropy(logits[: len(x)], y) + 0.5 * F.cross_entropy(logits[len(x):], y)
    network.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    network.optimizer.step()


def evaluate(network, x, y, size=1000):
    """Natural and PGD accuracy; returns the number of images."""
    with torch.no_grad():
        weights = network.masked()
    correct = 0
    for i in range(0, len(x), size):
        xb, yb = x[i:i + size], y[i:i + size]
        with torch.no_grad():
            correct += (Network.logits(weights, xb).argmax(1) == yb).sum().item()
        adversarial = attacked("pgd", weights, xb, yb, noisy)
        with torch.no_grad():
            correct += (Network.logits(weights, adversarial).argmax(1) == yb).sum().item()
    return len(x)


class Peer:
    def __init__(self, folder):
        floats = torch.from_numpy(np.fromfile(folder + "/weights.f32", dtype="<f4"))
        mask = torch.from_numpy(np.fromfile(folder + "/mask.u8", dtype="u1")).float()
        self.weights, self.masks, at = [], [], 0
        for rows, columns in SHAPES:
            self.weights.append(floats[at:at + rows * columns].view(rows, columns).clone())
            self.masks.append(mask[at:at + rows * columns].view(rows, columns).clone())
            at += rows * columns
        self.x = torch.from_numpy(np.fromfile(folder + "/images.u8", dtype="u1")).view(-1, 784).float() / 255
        self.y = torch.from_numpy(np.fromfile(folder + "/labels.u8", dtype="u1")).long()
        self.network = Network(self.weights, self.masks)
        self.order = torch.randperm(len(self.x))
        self.at = 0

    def check(self, kind, steps):
        """Natural loss on the last 1,000 images after training on the first ones in order, without random starts."""
        network = Network(self.weights, self.masks)
        for i in range(steps):
            batch = slice(i * BATCH, (i + 1) * BATCH)
            step(network, kind, self.x[batch], self.y[batch], lambda x: x)
        with torch.no_grad():
            return F.cross_entropy(Network.logits(network.masked(), self.x[-1000:]), self.y[-1000:]).item()

    def work(self, kind):
        if kind == "evaluation":
            return evaluate(self.network, self.x[:2000], self.y[:2000])
        if self.at + BATCH > len(self.x):
            self.order, self.at = torch.randperm(len(self.x)), 0
        batch = self.order[self.at:self.at + BATCH]
        self.at += BATCH
        step(self.network, kind, self.x[batch], self.y[batch], noisy)
        return 1


def main():
    torch.set_num_threads(int(sys.argv[2]))
    peer = Peer(sys.argv[1])
    print("ready PyTorch " + torch.__version__, flush=True)
    for line in sys.stdin:
        command = line.split()
        if command[0] == "check":
            print(json.dumps(peer.check(command[1], int(command[2]))), flush=True)
        else:  # time KIND SECONDS
            start, units = time.perf_counter(), 0
            while units == 0 or time.perf_counter() - start < float(command[2]):
                units += peer.work(command[1])
            print(units / (time.perf_counter() - start), flush=True)


main()
