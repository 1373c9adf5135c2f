"""The table of one run of the comparison, in markdown: `table.py results.csv`.

Time at an error: on each curve (method, floor of the absolute tolerance) of error against least CPU time, the fastest
setting that is at least as good as wanted; or a point between two neighbouring tolerances of which one is good enough,
straight in both logarithms. The best curve of a solver counts.
"""

import csv
import math
import platform
import re
import subprocess
import sys
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ERRORS = (1e-4, 1e-6, 1e-9)


def at_error(curve, wanted):
    """Microseconds at an error on a curve of (error, time) in order of tolerance; infinite where it is not reached."""
    best = math.inf
    for k, (error, time) in enumerate(curve):
        if error > wanted:
            continue
        best = min(best, time)
        before = curve[k - 1] if k else None
        if before and before[0] > wanted and error > 0:
            part = math.log(wanted / error) / math.log(before[0] / error)
            best = min(best, time ** (1 - part) * before[1] ** part)
    return best


def say(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "?"


def machine():
    try:
        with open("/proc/cpuinfo") as f:
            cpu = next(line.split(":")[1].strip() for line in f if line.startswith("model name"))
    except (OSError, StopIteration):
        cpu = platform.processor()
    return f"{cpu}, {platform.system()} {platform.machine()}"


def peers(packages=("scipy",)):
    """Versions of what was compared."""
    words = [f"osmocyte at {say(['git', 'rev-parse', '--short', 'HEAD'])}"]
    # This runs in the virtual environment beside the build of SUNDIALS.
    config = Path(sys.prefix).parent / "sundials/include/sundials/sundials_config.h"
    found = re.search(r'SUNDIALS_VERSION "(.*?)"', config.read_text()) if config.exists() else None
    words.append(f"SUNDIALS {found[1] if found else '?'}")
    for name in ("numbalsoda", "numba", *packages):
        try:
            words.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            words.append(f"{name} ?")
    return ", ".join(words)


def main():
    curves = defaultdict(list)
    problems = []
    with open(sys.argv[1]) as f:
        for row in csv.DictReader(f):
            if row["problem"] not in problems:
                problems.append(row["problem"])
            floor = f"{float(row['atol']) / float(row['rtol']):.0e}"
            key = (row["problem"], row["solver"], row["method"], floor)
            curves[key].append((float(row["error"]), float(row["least_us"])))

    def best(problem, solver, wanted, method=None):
        """(microseconds, method) of a solver's best curve."""
        found = [
            (at_error(curve, wanted), m)
            for (p, s, m, _), curve in curves.items()
            if (p, s) == (problem, solver) and method in (None, m)
        ]
        return min(found, default=(math.inf, ""))

    def cell(time, method=""):
        return "not reached" if math.isinf(time) else f"{time:.4g} {method}".strip()

    def ratio(peer, own):
        return "–" if math.isinf(peer) or math.isinf(own) else f"{peer / own:.2f}"

    print("Microseconds of CPU time (least of 20 or more runs, of 3 where they are long) for a run with 201 outputs, at equal achieved error.")
    print(f"{machine()}; {say(['rustc', '--version'])}; {say(['g++', '--version']).splitlines()[0]}.")
    print(f"{peers()}; `benches/peers/run.sh`.")
    print("Ratios are the peer's time over ours: above 1 we are ahead.\n")
    autos = any(method == "auto" for _, _, method, _ in curves)
    heads = ["problem", "error", "osmocyte, best", *(["auto"] if autos else []), "as shipped", "CVODE, best", "LSODA"]
    heads += ["CVODE/ours", "LSODA/ours"]
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for problem in problems:
        for wanted in ERRORS:
            own, cvode, lsoda = (best(problem, s, wanted) for s in ("osmocyte", "cvode", "lsoda"))
            auto = [cell(*best(problem, "osmocyte", wanted, "auto")[:1])] if autos else []
            has_shipped = any((p, s) == (problem, "osmocyte-as-shipped") for p, s, _, _ in curves)
            shipped = cell(*best(problem, "osmocyte-as-shipped", wanted)) if has_shipped else "same"
            cells = [problem, f"{wanted:.0e}", cell(*own), *auto, shipped, cell(*cvode), cell(*lsoda)]
            print("| " + " | ".join(cells + [ratio(cvode[0], own[0]), ratio(lsoda[0], own[0])]) + " |")

    print("\nMethods of ours, microseconds at each error:\n")
    methods = list(dict.fromkeys(m for _, s, m, _ in curves if s == "osmocyte"))
    print("| problem | error | " + " | ".join(methods) + " |")
    print("|" + "---|" * (len(methods) + 2))
    for problem in problems:
        for wanted in ERRORS:
            cells = [cell(best(problem, "osmocyte", wanted, m)[0]) for m in methods]
            print(f"| {problem} | {wanted:.0e} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
