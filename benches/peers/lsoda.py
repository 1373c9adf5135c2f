"""LSODA on one problem, at all tolerances: `lsoda.py PROBLEM REFERENCE.csv FLOOR...` prints one line of results per
setting, as cvode.cpp does. atol = rtol * FLOOR in every state.

LSODA is numbalsoda's, whole runs compiled with numba, restarted where the input switches. It knows no bands: the chain
is solved by SciPy's odeint too, which does, but calls its right-hand side (compiled all the same) through Python.
"""

import sys
import time

import numba
import numpy as np
from numbalsoda import lsoda, lsoda_sig
from scipy.integrate import odeint

SPHERE = (36 * np.pi) ** (1 / 3)
RADIUS = (3 / (4 * np.pi)) ** (1 / 3)
RT = 8.314462618e-6 * 298.15


# Right-hand sides: q[0] holds the number of states, q[1] the input, q[2] counts.
def p1(t, y, d, q):
    per_volume = 1 / y[0]
    d[0] = 0.486 * ((17400 + y[1]) * per_volume - 1290)
    d[1] = 135 * (1000 - y[1] * per_volume)


def p2(t, y, d, q):
    turgor = 10 * np.log(y[0] * 1e-6) if y[0] > 1e6 else 0.0
    d[0] = 6e4 * (0.6e6 / y[0] - q[1] - turgor)


def p3(t, y, d, q):
    on = 90 * y[9]
    f0 = 5 * on * y[0] - 9500 * y[1]
    f1 = 4 * on * y[1] - 4750 * y[2]
    f2 = 3 * on * y[2] - 1781.25 * y[3]
    f3 = 2 * on * y[3] - 593.75 * y[4]
    f4 = on * y[4] - 185.546875 * y[5]
    fused = 6000 * y[5]
    refill = 2 * y[7]
    d[0] = refill - f0
    d[1] = f0 - f1
    d[2] = f1 - f2
    d[3] = f2 - f3
    d[4] = f3 - f4
    d[5] = f4 - fused
    d[6] = fused
    d[7] = fused - refill
    d[8] = fused - 0.2 * y[8]
    d[9] = -10 * (y[9] - 0.05)


def p4(t, y, d, q):
    edge = np.cbrt(y[0])
    strain = SPHERE * edge * edge / y[1] - 1
    stretched = max(strain, 0.0)
    slack = max(-strain, 0.0)
    taken = 0.02 * slack * y[1] - 0.5 * stretched * y[2]
    d[0] = 0.2 * y[1] * (RT * (12e6 / y[0] - q[1]) - 0.4 * stretched / (RADIUS * edge))
    d[1] = -taken
    d[2] = taken


def p5(t, y, d, q):
    n = int(q[0])
    left = -0.05
    xylem = -0.5 * (1 + 0.5 * np.sin(2 * np.pi * t / 3600)) - 0.1
    for i in range(n):
        d[i] = 5 * (y[i] * (1 / 2e4) - 1) - 1.4e4 / y[i]
    for i in range(n):
        here = d[i]
        right = d[i + 1] if i + 1 < n else xylem
        d[i] = 1250 * (left - 2 * here + right)
        left = here


def hires(t, y, d, q):
    bind = 280 * y[5] * y[7]
    d[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007
    d[1] = 1.71 * y[0] - 8.75 * y[1]
    d[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4]
    d[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3]
    d[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6]
    d[5] = -bind + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6]
    d[6] = bind - 1.81 * y[6]
    d[7] = -d[6]


def orego(t, y, d, q):
    d[0] = 77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1]))
    d[1] = (y[2] - (1 + y[0]) * y[1]) * (1 / 77.27)
    d[2] = 0.161 * (y[0] - y[2])


def rober(t, y, d, q):
    slow = 0.04 * y[0] - 1e4 * y[1] * y[2]
    fast = 3e7 * y[1] * y[1]
    d[0] = -slow
    d[1] = slow - fast
    d[2] = fast


def vdpol(t, y, d, q):
    d[0] = y[1]
    d[1] = ((1 - y[0] * y[0]) * y[1] - y[0]) * 1e6


AREA = SPHERE * 30000.0 ** (2 / 3)
# Right-hand side, initial state, (start, end, input) of each piece.
PROBLEMS = {
    "p1": (p1, [60, 0], [(0, 120, 0)]),
    "p2": (p2, [1e6], [(0, 200, 0.1), (200, 600, 1.0), (600, 1000, 0.1)]),
    "p3": (p3, [1] + 8 * [0] + [20], [(0, 10, 0)]),
    "p4": (p4, [30000, AREA, 0.4 * AREA], [(0, 60, 400), (60, 1800, 250), (1800, 3600, 400)]),
    "p5": (p5, None, [(0, 7200, 0)]),
    "hires": (hires, [1, 0, 0, 0, 0, 0, 0, 0.0057], [(0, 321.8122, 0)]),
    "orego": (orego, [1, 2, 3], [(0, 360, 0)]),
    "rober": (rober, [1, 0, 0], [(0, 1e11, 0)]),
    "vdpol": (vdpol, [2, 0], [(0, 2, 0)]),
}


@numba.njit
def whole(f, y0, q, pieces, at, rtol, atol, rows, repeats):
    """The same run so often that the clock can tell; False if it failed."""
    for _ in range(repeats):
        y = y0
        done = 0
        for k in range(pieces.shape[0]):
            start, end = pieces[k, 0], pieces[k, 1]
            q[1] = pieces[k, 2]
            # Rows at the start of the piece are there already.
            while done < at.size and at[done] <= start:
                rows[done] = y
                done += 1
            last = done
            while last < at.size and at[last] <= end:
                last += 1
            times = np.empty(last - done + 2)
            times[0] = start
            times[1 : last - done + 1] = at[done:last]
            times[last - done + 1] = end
            if last > done and at[last - 1] == end:
                times = times[:-1]
            states, good = lsoda(f, y, times, q, rtol, atol)
            if not good:
                return False
            rows[done:last] = states[1 : last - done + 1]
            done = last
            y = states[-1].copy()
    return True


def error(rows, wanted):
    """Largest error over all times and states, relative to the largest value of the state."""
    worst = (np.abs(rows - wanted) / np.abs(wanted).max(0)).max()
    return worst if np.isfinite(worst) else np.inf


def measure(run, rows, wanted):
    """(error, least and median microseconds, too slow for tighter tolerances?) of `run(repeats)`."""
    begin = time.thread_time()
    if not run(1):
        return None
    first = time.thread_time() - begin
    repeats = max(1, int(300e-6 / max(first, 1e-9)))
    times = []
    spent = 0
    # 20 runs and 40 ms, or 200 ms and 3 runs.
    while first < 1 and not (len(times) >= 3 and (spent > 0.2 or (len(times) >= 20 and spent > 0.04))):
        start = time.thread_time()
        run(repeats)
        times.append((time.thread_time() - start) / repeats)
        spent = time.thread_time() - begin
    times = times or [first]
    return error(rows, wanted), min(times) * 1e6, float(np.median(times)) * 1e6, first > 1


def main():
    name, path, floors = sys.argv[1], sys.argv[2], [float(x) for x in sys.argv[3:]]
    reference = np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2)
    at, wanted = reference[:, 0].copy(), reference[:, 1:].copy()
    n = wanted.shape[1]
    f, y0, pieces = PROBLEMS[name[:2] if name.startswith("p5") else name]
    y0 = np.array(y0 or n * [2.2e4], float)
    pieces = np.array(pieces, float)
    q = np.array([n, 0.0, 0.0])
    inner = numba.njit(f)

    def counted(t, y, d, q):
        q[2] += 1
        inner(t, y, d, q)

    plain = numba.cfunc(lsoda_sig)(f).address
    counting = numba.cfunc(lsoda_sig)(counted).address

    def numba_run(rtol, atol, rows):
        def run(repeats, f=plain):
            return whole(f, y0, q, pieces, at, rtol, atol, rows, repeats)

        def count():
            q[2] = 0
            run(1, counting)
            return int(q[2])

        return run, count

    def scipy_run(rtol, atol, rows):
        d, count = np.empty(n), [0]

        def slope(y, t):
            inner(t, y, d, q)
            return d

        def run(repeats):
            for _ in range(repeats):
                rows[:], info = odeint(slope, y0, at, rtol=rtol, atol=atol, ml=1, mu=1, mxstep=200000, full_output=True)
            count[0] = int(info["nfe"][-1])
            return info["message"] == "Integration successful."

        return run, lambda: count[0]

    ways = [("numbalsoda", numba_run)]
    if name.startswith("p5"):
        # A dense matrix of a thousand cells takes seconds to factorise.
        ways = [("scipy-banded", scipy_run)] + (ways if n <= 100 else [])
    for floor in floors:
        for way, make in ways:
            for half in range(2, 27):
                rtol = 10 ** (-half / 2)
                rows = np.empty_like(wanted)
                run, count = make(rtol, rtol * floor, rows)
                run(1)
                result = measure(run, rows, wanted)
                if result is None:
                    continue
                worst, least, median, slow = result
                print(
                    f"{name},lsoda,{way},{rtol:.3e},{rtol * floor:.3e},{worst:.3e},{least:.3f},{median:.3f},{count()}",
                    flush=True,
                )
                if slow:
                    break


main()
