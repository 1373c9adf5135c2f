"""What the Python programs of `sweeps.sh` share: the points, and how results are printed."""

import sys

import numpy as np

RTOL = 1e-6
# Floors of the absolute tolerance; low, high and whether even in the logarithm for both swept parameters.
PROBLEMS = {
    "p1": (1.0, [(20, 2000, True), (150, 600, False)]),
    "p2": (1.0, [(0.05, 20, True), (1, 50, False)]),
    "p3": (1e-3, [(1, 100, True), (0.2, 20, True)]),
    "p4": (1.0, [(0.02, 2, True), (0.05, 5, True)]),
}


def halton(k, base):
    """The number k, its digits in a base mirrored at the point."""
    f, r = 1.0, 0.0
    while k > 0:
        f /= base
        r += f * (k % base)
        k //= base
    return r


def points(problem, n):
    """Points 1 to n."""
    rows = np.empty((n, 2))
    for column, ((low, high, log), base) in enumerate(zip(PROBLEMS[problem][1], (2, 3))):
        for k in range(n):
            u = halton(k + 1, base)
            rows[k, column] = low * (high / low) ** u if log else low + (high - low) * u
    return rows


def main(make):
    """`time|rows PROBLEM METHOD N`: `make(problem, method)` gives a function from points to (seconds, states); a point
    that failed has NaN."""
    what, problem, method, n = sys.argv[1:5]
    sweep = make(problem, method)
    # What is compiled or loaded at the first call is not timed.
    sweep(points(problem, 2))
    seconds, states = sweep(points(problem, int(n)))
    if what == "time":
        print(f"{seconds:.6f},{int((~np.isfinite(states)).any(axis=1).sum())}")
    else:
        for row in states:
            print(",".join(map(repr, map(float, row))))
