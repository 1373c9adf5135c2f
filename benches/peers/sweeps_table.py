"""`sweeps_table.py judge REFERENCE ROWS` tells how right rows of a sweep are, `sweeps_table.py table sweeps.csv` prints the
table of one run of `sweeps.sh`, in markdown.

A row is the final states, then, if the solver finds it, the time of what is watched and what was noted there; a reference
has the largest value of each state behind that.
"""

import csv
import sys
from collections import defaultdict

import numpy as np

from table import machine, peers, say

NAMES = {"osmocyte": "osmocyte", "cvode": "CVODE", "lsoda": "LSODA", "roadrunner": "libRoadRunner", "ode_solvers": "ode_solvers"}
# States and what is noted besides the time.
SIZES = {4 + 2: (2, 1), 2 + 1: (1, 0), 20 + 1: (10, 0), 6 + 1: (3, 0)}


def worst(found, wanted):
    """Largest relative error; infinite where only one of both is there."""
    one = np.isnan(found) != np.isnan(wanted)
    if one.any():
        return np.inf
    both = ~np.isnan(wanted)
    return (np.abs(found - wanted) / np.abs(wanted))[both].max(initial=0.0)


def judge(reference_path, rows_path):
    reference = np.loadtxt(reference_path, delimiter=",", ndmin=2)
    rows = np.loadtxt(rows_path, delimiter=",", ndmin=2)
    reference = reference[: len(rows)]
    n, extra = SIZES[reference.shape[1]]
    wanted, largest = reference[:, :n], reference[:, n + 1 + extra :]
    error = (np.abs(rows[:, :n] - wanted) / np.maximum(np.abs(wanted), 1e-3 * largest)).max(axis=1)
    good = np.isfinite(error)
    quantiles = np.quantile(error[good], [0.5, 0.999, 1.0], method="higher") if good.any() else 3 * [np.inf]
    cells = [str(len(rows)), str((~good).sum()), *(f"{q:.2e}" for q in quantiles)]
    if extra:
        # P1: where the smallest volume is the equilibrium, or hardly below, its time is anything.
        good &= reference[:, n + 1] < 0.99 * reference[:, 0]
    for column in range(n, n + 2):
        there = column < rows.shape[1] and column < n + 1 + extra
        cells.append(f"{worst(rows[good, column], reference[good, column]):.2e}" if there else "")
    print(",".join(cells))


def table(path):
    measured = defaultdict(list)
    with open(path) as f:
        for row in csv.DictReader(f):
            measured[row["problem"], row["solver"], row["method"]].append(row)

    def rate(rows, threads):
        rates = [int(r["points"]) / float(r["seconds"]) for r in rows if r["seconds"] and r["threads"] == threads]
        return float(np.median(rates)) if rates else np.nan

    def number(x, digits=4):
        return "–" if np.isnan(x) else f"{float(f'{x:.{digits}g}'):,.0f}" if x >= 100 else f"{x:.{digits}g}"

    print("Sweeps of P1 to P4 at rtol 1e-6: trajectories a second of CPU time of one thread (median of the rounds), and relative")
    print("errors of the final states of the judged points. Ours and CVODE also find what is watched, with its worst error in the")
    print("last columns; the others give final states only. Ours also at rtol 1e-5 and 1e-4: to be compared where its errors are no")
    print("larger than those of a peer.")
    print(f"{machine()}; {say(['rustc', '--version'])}; {say(['g++', '--version']).splitlines()[0]}.")
    print(f"{peers(('libroadrunner',))}; `benches/peers/sweeps.sh`.\n")
    heads = ["problem", "solver", "method", "trajectories/s", "two threads, wall", "of the fastest peer", "points", "failed"]
    heads += ["judged", "error, median", "99.9 %", "worst", "time, worst", "extremum, worst"]
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    checks = []
    problems = list(dict.fromkeys(p for p, _, _ in measured))
    for problem in problems:
        own = {(s, m): rows for (p, s, m), rows in measured.items() if p == problem}
        fastest = max((rate(rows, "1") for (s, _), rows in own.items() if s in NAMES and s != "osmocyte"), default=np.nan)
        for (solver, _), rows in own.items():
            first = rows[0]
            if solver not in NAMES:
                checks.append(f"{problem} {first['worst']}" + (f" (time {first['time_worst']})" if first["time_worst"] else ""))
                continue
            one, two = rate(rows, "1"), rate(rows, "2")
            failed = first["failed"] if first["judged_failed"] == "0" else f"{first['failed']} ({first['judged_failed']} judged)"
            cells = [problem, NAMES[solver], first["method"], number(one), number(two), f"{one / fastest:.2f}", first["points"], failed]
            cells += [first[c] or "–" for c in ("judged", "median", "most", "worst", "time_worst", "extra_worst")]
            print("| " + " | ".join(cells) + " |")
    print(f"\nThe references are our tight solves (rtol 1e-11); CVODE at 1e-12 is off from them by at most {', '.join(checks)}.")


if sys.argv[1] == "judge":
    judge(*sys.argv[2:])
else:
    table(sys.argv[2])
