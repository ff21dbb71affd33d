#!/usr/bin/python3
"""Draws docs/images/speed.svg from what compare.py wrote: figure.py RESULTS.json docs/images/speed.svg"""
import json
import math
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 70, 190, 46, 52
OURS, INK, FAINT = "#1b7837", "#333", "#ddd"
PEERS = {"eager PyTorch": "#b35806", "hand-fused libtorch": "#542788"}

with open(sys.argv[1], encoding="utf-8") as file:
    results = json.load(file)
one = results["one"]
ours = [(100 * level["density"], level["ours"]["pgd"][0]) for level in one["levels"]]
peers = {name: one[name]["pgd"][0] for name in PEERS}

lowest = 10 ** math.floor(math.log10(min([*peers.values(), *(rate for _, rate in ours)])))
highest = 10 ** math.ceil(math.log10(max(rate for _, rate in ours)))


def x(density):
    """Dense on the left, sparse on the right, as a search goes."""
    return LEFT + (WIDTH - LEFT - RIGHT) * (2 - math.log10(density)) / 2.05


def y(rate):
    share = math.log10(rate / lowest) / math.log10(highest / lowest)
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def text(at, to, words, colour=INK, anchor="start", size=13, weight="normal"):
    return (f'<text x="{at:.1f}" y="{to:.1f}" fill="{colour}" text-anchor="{anchor}" font-size="{size}" '
            f'font-weight="{weight}">{words}</text>')


out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" role="img">',
       "<title>PGD adversarial training steps per second against the share of weights remaining</title>",
       f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
       text(LEFT, 24, "PGD-10 adversarial training steps per second, one core", size=15, weight="bold")]
rate = lowest
while rate <= highest:
    out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(rate):.1f}" y2="{y(rate):.1f}" stroke="{FAINT}"/>')
    out.append(text(LEFT - 8, y(rate) + 4, f"{rate:,}", anchor="end"))
    rate *= 10
for density in (100, 50, 20, 10, 5, 2, 1.2):
    out.append(f'<line x1="{x(density):.1f}" x2="{x(density):.1f}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM + 5}" '
               f'stroke="{INK}"/>')
    out.append(text(x(density), HEIGHT - BOTTOM + 20, f"{density} %", anchor="middle"))
out.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "weights remaining", anchor="middle"))
for name, rate in peers.items():
    out.append(f'<line x1="{x(100):.1f}" x2="{x(ours[-1][0]):.1f}" y1="{y(rate):.1f}" y2="{y(rate):.1f}" '
               f'stroke="{PEERS[name]}" stroke-width="2" stroke-dasharray="6 4"/>')
labels = sorted([(y(rate), f"{name}, {rate:,.0f}", PEERS[name]) for name, rate in peers.items()])
for i, (place, words, colour) in enumerate(labels):
    if i and place - labels[i - 1][0] < 16:
        place = labels[i - 1][0] + 16
    out.append(text(WIDTH - RIGHT + 8, place + 4, words, colour))
points = " ".join(f"{x(density):.1f},{y(rate):.1f}" for density, rate in ours)
out.append(f'<polyline points="{points}" fill="none" stroke="{OURS}" stroke-width="3"/>')
for density, rate in ours:
    out.append(f'<circle cx="{x(density):.1f}" cy="{y(rate):.1f}" r="4" fill="{OURS}"/>')
    first = density == 100  # beside the axis's own numbers
    out.append(text(x(density) + (6 if first else -6), y(rate) - 9, f"{rate:,.0f}", OURS,
                    anchor="start" if first else "end", size=12))
out.append(text(WIDTH - RIGHT + 8, y(ours[-1][1]) + 4, "Espalier", OURS, weight="bold"))
out.append("</svg>")
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.write("\n".join(out) + "\n")
