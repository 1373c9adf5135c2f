"""LSODA over the sweeps: see `sweeps.py`. numbalsoda's, with all points in one function that numba compiles, restarted
where the input switches. It finds no roots: final states only."""

import time

import numba
import numpy as np
from numbalsoda import lsoda, lsoda_sig

import sweeps

SPHERE = (36 * np.pi) ** (1 / 3)
RADIUS = (3 / (4 * np.pi)) ** (1 / 3)
RT = 8.314462618e-6 * 298.15


# Right-hand sides: q[0] and q[1] hold the swept parameters, q[2] the input.
def p1(t, y, d, q):
    per_volume = 1 / y[0]
    d[0] = q[0] * (135 * 1.8e-5) * ((17400 + y[1]) * per_volume - (q[1] + 1000))
    d[1] = 135 * (1000 - y[1] * per_volume)


def p2(t, y, d, q):
    turgor = q[1] * np.log(y[0] * 1e-6) if y[0] > 1e6 else 0.0
    d[0] = q[0] * 6e4 * (0.6e6 / y[0] - q[2] - turgor)


def p3(t, y, d, q):
    on = 90 * y[9]
    f0 = 5 * on * y[0] - 9500 * y[1]
    f1 = 4 * on * y[1] - 4750 * y[2]
    f2 = 3 * on * y[2] - 1781.25 * y[3]
    f3 = 2 * on * y[3] - 593.75 * y[4]
    f4 = on * y[4] - 185.546875 * y[5]
    fused = 6000 * y[5]
    refill = q[1] * y[7]
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
    taken = 0.02 * slack * y[1] - q[1] * stretched * y[2]
    d[0] = q[0] * y[1] * (RT * (12e6 / y[0] - q[2]) - 0.4 * stretched / (RADIUS * edge))
    d[1] = -taken
    d[2] = taken


AREA = SPHERE * 30000.0 ** (2 / 3)
# Right-hand side, initial state, (start, end, input) of each piece, the state that starts at the first parameter.
PROBLEMS = {
    "p1": (p1, [60, 0], [(0, 120, 0)], -1),
    "p2": (p2, [1e6], [(0, 200, 0.1), (200, 600, 1.0), (600, 1000, 0.1)], -1),
    "p3": (p3, [1] + 9 * [0], [(0, 10, 0)], 9),
    "p4": (p4, [30000, AREA, 0.4 * AREA], [(0, 60, 400), (60, 1800, 250), (1800, 3600, 400)], -1),
}


@numba.njit
def whole(f, start, swept, pieces, points, rtol, atol, states):
    q = np.zeros(3)
    times = np.empty(2)
    for k in range(points.shape[0]):
        q[:2] = points[k]
        y = start.copy()
        if swept >= 0:
            y[swept] = points[k, 0]
        good = True
        for i in range(pieces.shape[0]):
            times[:] = pieces[i, :2]
            q[2] = pieces[i, 2]
            rows, done = lsoda(f, y, times, q, rtol, atol, 200000)
            good = good and done
            y = rows[1].copy()
        if not good:
            y[:] = np.nan
        states[k] = y


def make(problem, method):
    f, start, pieces, swept = PROBLEMS[problem]
    address = numba.cfunc(lsoda_sig)(f).address
    start, pieces = np.array(start, float), np.array(pieces, float)

    def sweep(points):
        states = np.empty((len(points), len(start)))
        begin = time.thread_time()
        whole(address, start, swept, pieces, points, sweeps.RTOL, sweeps.RTOL * sweeps.PROBLEMS[problem][0], states)
        return time.thread_time() - begin, states

    return sweep


sweeps.main(make)
