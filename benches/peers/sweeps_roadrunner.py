"""libRoadRunner over the sweeps: see `sweeps.py`. Models as SBML that LLVM compiles, solved by its CVODE; input switches
are events of the model. Final states only.

max(0, x) is written as such: with `piecewise` P4 needs two hundred times as long.
"""

import time

import antimony
import numpy as np
import roadrunner

import sweeps

ROOT = "(36*pi)^(1/3)"
# Model, states, swept parameters, end.
PROBLEMS = {
    "p1": (
        """
        Vw = 60; ns = 0; Pf = 200; c_imp_out = 290; A = 135; vw = 1.8e-5; Ps = 1; n_imp = 17400; c_s_out = 1000
        Vw' = Pf*A*vw*((n_imp + ns)/Vw - (c_imp_out + c_s_out)); ns' = Ps*A*(c_s_out - ns/Vw)
        """,
        ["Vw", "ns"],
        ("Pf", "c_imp_out"),
        120,
    ),
    "p2": (
        """
        V = 1e6; V0 = 1e6; A = 6e4; Lp = 1; eps = 10; pi0 = 0.6; pi_out = 0.1
        V' = Lp*A*(pi0*V0/V - pi_out - max(0, eps*ln(V/V0)))
        at (time >= 200): pi_out = 1.0; at (time >= 600): pi_out = 0.1
        """,
        ["V"],
        ("Lp", "eps"),
        1000,
    ),
    "p3": (
        """
        n0 = 1; n1 = 0; n2 = 0; n3 = 0; n4 = 0; n5 = 0; F = 0; E = 0; A = 0; Ca = 20
        kon = 90; gamma_ = 6000; Ca_rest = 0.05; tau = 0.1; k_refill = 2; k_endo = 0.2
        r0 := 5*kon*Ca*n0 - 9500*n1; r1 := 4*kon*Ca*n1 - 4750*n2; r2 := 3*kon*Ca*n2 - 1781.25*n3
        r3 := 2*kon*Ca*n3 - 593.75*n4; r4 := kon*Ca*n4 - 185.546875*n5; fused := gamma_*n5
        n0' = k_refill*E - r0; n1' = r0 - r1; n2' = r1 - r2; n3' = r2 - r3; n4' = r3 - r4; n5' = r4 - fused
        F' = fused; E' = fused - k_refill*E; A' = fused - k_endo*A; Ca' = -(Ca - Ca_rest)/tau
        """,
        ["n0", "n1", "n2", "n3", "n4", "n5", "F", "E", "A", "Ca"],
        ("Ca", "k_refill"),
        10,
    ),
    "p4": (
        f"""
        V = 30000; A = {ROOT}*30000^(2/3); Res = 0.4*{ROOT}*30000^(2/3); Lp = 0.2; K_A = 0.2; k_exo = 0.5; k_endo = 0.02
        RT = 8.314462618e-6*298.15; n_i = 400*30000; c_out = 400
        strain := ({ROOT}*V^(2/3) - A)/A; stretched := max(0, strain)
        taken := k_endo*max(0, -strain)*A - k_exo*stretched*Res
        V' = Lp*A*(RT*(n_i/V - c_out) - 2*K_A*stretched/((3*V/(4*pi))^(1/3))); A' = -taken; Res' = taken
        at (time >= 60): c_out = 250; at (time >= 1800): c_out = 400
        """,
        ["V", "A", "Res"],
        ("Lp", "k_exo"),
        3600,
    ),
}


def make(problem, method):
    text, states, swept, end = PROBLEMS[problem]
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    if antimony.loadAntimonyString(f"model {problem}\n{text}\nend") < 0:
        raise SystemExit(antimony.getLastError())
    runner = roadrunner.RoadRunner(antimony.getSBMLString(problem))
    runner.integrator.relative_tolerance = sweeps.RTOL
    runner.integrator.absolute_tolerance = sweeps.RTOL * sweeps.PROBLEMS[problem][0]
    runner.integrator.maximum_num_steps = 200000
    runner.timeCourseSelections = states

    def sweep(points):
        rows = np.full((len(points), len(states)), np.nan)
        begin = time.thread_time()
        for row, values in zip(rows, points):
            runner.reset()
            runner[swept[0]], runner[swept[1]] = values
            try:
                row[:] = runner.simulate(0, end, 2)[-1]
            except RuntimeError:
                pass
        return time.thread_time() - begin, rows

    return sweep


sweeps.main(make)
