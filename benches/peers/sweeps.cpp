// CVODE over the sweeps: `sweeps time PROBLEM METHOD N` prints the seconds for points 1 to N and how many failed,
// `sweeps rows PROBLEM METHOD N [RTOL]` the final states and what is watched, as all programs of `sweeps.sh` do.
//
// CVODE is given its best: a type for each problem, so that right-hand sides are inlined into its callbacks, memory that
// is kept from point to point, a root function that is silent once it has been answered.
#include "problems.hpp"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <time.h>

static double cpu_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

// The number k, its digits in a base mirrored at the point.
static double halton(long k, long base) {
  double f = 1, r = 0;
  for (; k > 0; k /= base) f /= base, r += f * (k % base);
  return r;
}
static double even(double low, double high, double u) { return low + (high - low) * u; }
static double even_log(double low, double high, double u) { return low * std::pow(high / low, u); }

// A dense matrix by columns.
template <int N> struct Dense {
  double* data;
  double& operator()(int i, int j) { return data[j * N + i]; }
};

// Each problem: its size, the floor of the absolute tolerance, its pieces, the direction in which `watched` crosses 0;
// `place` sets the two swept parameters, `note` keeps what is asked for besides the time of the crossing.
struct Glycerol {
  static constexpr int N = 2, EXTRA = 1, DIRECTION = 1;
  static constexpr double FLOOR = 1, CUTS[] = {0, 120}, INPUTS[] = {0};
  double water, bath, input;
  void place(double u, double v) { water = even_log(20, 2000, u) * 135 * 1.8e-5, bath = even(150, 600, v) + 1000; }
  void start(double* y) const { y[0] = 60, y[1] = 0; }
  void rhs(const double* y, double* d) const {
    double per_volume = 1 / y[0];
    d[0] = water * ((P1_IMPERMEANT + y[1]) * per_volume - bath);
    d[1] = 135 * (1000 - y[1] * per_volume);
  }
  void jacobian(const double* y, Dense<N> J) const {
    double v = 1 / y[0];
    J(0, 0) = -water * (P1_IMPERMEANT + y[1]) * v * v, J(0, 1) = water * v;
    J(1, 0) = 135 * y[1] * v * v, J(1, 1) = -135 * v;
  }
  double watched(const double* y) const { return water * ((P1_IMPERMEANT + y[1]) / y[0] - bath); }
  void note(const double* y, double* extra) const { extra[0] = y[0]; }
};

struct Turgor {
  static constexpr int N = 1, EXTRA = 0, DIRECTION = -1;
  static constexpr double FLOOR = 1, CUTS[] = {0, 200, 600, 1000}, INPUTS[] = {0.1, 1, 0.1};
  double flow, modulus, input;
  void place(double u, double v) { flow = even_log(0.05, 20, u) * 6e4, modulus = even(1, 50, v); }
  void start(double* y) const { y[0] = 1e6; }
  void rhs(const double* y, double* d) const {
    double turgor = y[0] > 1e6 ? modulus * std::log(y[0] * 1e-6) : 0;
    d[0] = flow * (0.6e6 / y[0] - input - turgor);
  }
  void jacobian(const double* y, Dense<N> J) const {
    J(0, 0) = flow * (-0.6e6 / (y[0] * y[0]) - (y[0] > 1e6 ? modulus / y[0] : 0));
  }
  double watched(const double* y) const { return y[0] - 1e6; }
  void note(const double*, double*) const {}
};

struct Exocytosis {
  static constexpr int N = 10, EXTRA = 0, DIRECTION = 1;
  static constexpr double FLOOR = 1e-3, CUTS[] = {0, 10}, INPUTS[] = {0};
  double calcium, refill, input;
  void place(double u, double v) { calcium = even_log(1, 100, u), refill = even_log(0.2, 20, v); }
  void start(double* y) const { std::fill(y, y + N, 0.0), y[0] = 1, y[9] = calcium; }
  void rhs(const double* y, double* d) const {
    double on = 90 * y[9], flow[5];
    for (int i = 0; i < 5; i++) flow[i] = (5 - i) * on * y[i] - P3_OFF[i] * y[i + 1];
    double fused = 6000 * y[5], refilled = refill * y[7];
    d[0] = refilled - flow[0];
    for (int i = 1; i < 5; i++) d[i] = flow[i - 1] - flow[i];
    d[5] = flow[4] - fused;
    d[6] = fused;
    d[7] = fused - refilled;
    d[8] = fused - 0.2 * y[8];
    d[9] = -10 * (y[9] - 0.05);
  }
  void jacobian(const double* y, Dense<N> J) const {
    for (int i = 0; i < 5; i++) {
      double on = (5 - i) * 90.0, bound = on * y[9], with = on * y[i];
      J(i, i) -= bound, J(i, i + 1) += P3_OFF[i], J(i, 9) -= with;
      J(i + 1, i) += bound, J(i + 1, i + 1) -= P3_OFF[i], J(i + 1, 9) += with;
    }
    J(5, 5) -= 6000;
    J(6, 5) = J(7, 5) = J(8, 5) = 6000;
    J(0, 7) = refill, J(7, 7) = -refill, J(8, 8) = -0.2, J(9, 9) = -10;
  }
  double watched(const double* y) const { return y[6] - 0.01; }
  void note(const double*, double*) const {}
};

struct Protoplast {
  static constexpr int N = 3, EXTRA = 0, DIRECTION = 1;
  static constexpr double FLOOR = 1, CUTS[] = {0, 60, 1800, 3600}, INPUTS[] = {400, 250, 400};
  double flow, exo, input;
  void place(double u, double v) { flow = even_log(0.02, 2, u), exo = even_log(0.05, 5, v); }
  void start(double* y) const { y[0] = 30000, y[1] = P4_SPHERE * std::pow(30000.0, 2.0 / 3), y[2] = 0.4 * y[1]; }
  void rhs(const double* y, double* d) const {
    double edge = std::cbrt(y[0]), strain = P4_SPHERE * edge * edge / y[1] - 1;
    double stretched = strain > 0 ? strain : 0, slack = strain < 0 ? -strain : 0;
    double pressure = 0.4 * stretched / (P4_RADIUS * edge);
    double taken = 0.02 * slack * y[1] - exo * stretched * y[2];
    d[0] = flow * y[1] * (P4_RT * (P4_SOLUTES / y[0] - input) - pressure);
    d[1] = -taken;
    d[2] = taken;
  }
  void jacobian(const double* y, Dense<N> J) const {
    double V = y[0], A = y[1], edge = std::cbrt(V), S = P4_SPHERE * edge * edge, strain = S / A - 1;
    double per_V = 2 * S / (3 * V * A), per_A = -S / (A * A);
    double drive = P4_RT * (P4_SOLUTES / V - input), stiff = 0, pressure = 0, pressure_V = 0;
    double taken_V, taken_A, taken_R = 0;
    if (strain > 0) {
      stiff = 0.4 / (P4_RADIUS * edge), pressure = stiff * strain, pressure_V = stiff * (per_V - strain / (3 * V));
      taken_V = -exo * y[2] * per_V, taken_A = -exo * y[2] * per_A, taken_R = -exo * strain;
    } else {
      taken_V = -0.02 * A * per_V, taken_A = 0.02;
    }
    J(0, 0) = flow * A * (-P4_RT * P4_SOLUTES / (V * V) - pressure_V);
    J(0, 1) = flow * (drive - pressure) - flow * A * stiff * per_A;
    J(1, 0) = -taken_V, J(1, 1) = -taken_A, J(1, 2) = -taken_R;
    J(2, 0) = taken_V, J(2, 1) = taken_A, J(2, 2) = taken_R;
  }
  double watched(const double* y) const { return y[1] - 5000; }
  void note(const double*, double*) const {}
};

template <class P> struct Solver {
  // Final states, time of the crossing, what was noted there.
  static constexpr int WIDTH = P::N + 1 + P::EXTRA;
  P p;
  bool silent = false;
  SUNContext context;
  N_Vector y;
  void* memory;
  SUNMatrix A = nullptr;
  SUNLinearSolver linear = nullptr;
  SUNNonlinearSolver fixed = nullptr;

  static int rhs(realtype, N_Vector y, N_Vector d, void* user) {
    ((Solver*)user)->p.rhs(NV_DATA_S(y), NV_DATA_S(d));
    return 0;
  }
  static int jacobian(realtype, N_Vector y, N_Vector, SUNMatrix J, void* user, N_Vector, N_Vector, N_Vector) {
    ((Solver*)user)->p.jacobian(NV_DATA_S(y), Dense<P::N>{SM_DATA_D(J)});
    return 0;
  }
  static int root(realtype, N_Vector y, realtype* g, void* user) {
    const Solver& s = *(Solver*)user;
    g[0] = s.silent ? 1 : s.p.watched(NV_DATA_S(y));
    return 0;
  }

  Solver(const std::string& method, double rtol) {
    SUNContext_Create(nullptr, &context);
    y = N_VNew_Serial(P::N, context);
    bool adams = method == "adams";
    memory = CVodeCreate(adams ? CV_ADAMS : CV_BDF, context);
    p.place(0.5, 0.5);
    p.start(NV_DATA_S(y));
    CVodeInit(memory, rhs, 0, y);
    CVodeSStolerances(memory, rtol, rtol * P::FLOOR);
    CVodeSetUserData(memory, this);
    CVodeSetMaxNumSteps(memory, 200000);
    CVodeSetErrFile(memory, nullptr);
    CVodeRootInit(memory, 1, root);
    int direction = P::DIRECTION;
    CVodeSetRootDirection(memory, &direction);
    CVodeSetNoInactiveRootWarn(memory);
    if (adams) {
      fixed = SUNNonlinSol_FixedPoint(y, 0, context);
      CVodeSetNonlinearSolver(memory, fixed);
      return;
    }
    A = SUNDenseMatrix(P::N, P::N, context);
    linear = SUNLinSol_Dense(y, A, context);
    CVodeSetLinearSolver(memory, linear, A);
    if (method == "bdf-jacobian") CVodeSetJacFn(memory, jacobian);
  }
  ~Solver() {
    CVodeFree(&memory);
    if (linear) SUNLinSolFree(linear);
    if (A) SUNMatDestroy(A);
    if (fixed) SUNNonlinSolFree(fixed);
    N_VDestroy(y);
    SUNContext_Free(&context);
  }

  // Point k, restarted where the input switches; all NaN if it failed.
  bool run(long k, double* row) {
    std::fill(row, row + WIDTH, NAN);
    p.place(halton(k, 2), halton(k, 3));
    p.start(NV_DATA_S(y));
    silent = false;
    for (size_t i = 0; i < std::size(P::INPUTS); i++) {
      double t = P::CUTS[i], end = P::CUTS[i + 1];
      p.input = P::INPUTS[i];
      if (CVodeReInit(memory, t, y) < 0 || CVodeSetStopTime(memory, end) < 0) return false;
      int told;
      while ((told = CVode(memory, end, y, &t, CV_NORMAL)) == CV_ROOT_RETURN) {
        row[P::N] = t;
        p.note(NV_DATA_S(y), row + P::N + 1);
        silent = true;
      }
      if (told < 0) return std::fill(row, row + WIDTH, NAN), false;
    }
    std::copy(NV_DATA_S(y), NV_DATA_S(y) + P::N, row);
    return std::all_of(row, row + P::N, [](double x) { return std::isfinite(x); });
  }
};

template <class P> static void sweep(bool rows, const char* method, long n, double rtol) {
  Solver<P> solver(method, rtol);
  constexpr int width = Solver<P>::WIDTH;
  std::vector<double> found(n * width);
  long failed = 0;
  double begin = cpu_seconds();
  for (long k = 1; k <= n; k++) failed += !solver.run(k, &found[(k - 1) * width]);
  double seconds = cpu_seconds() - begin;
  if (!rows) printf("%.6f,%ld\n", seconds, failed);
  for (long k = 0; rows && k < n; k++)
    for (int i = 0; i < width; i++) printf("%.17g%c", found[k * width + i], i + 1 < width ? ',' : '\n');
}

int main(int count, char** words) {
  if (count < 5) return fprintf(stderr, "usage: sweeps time|rows PROBLEM METHOD N [RTOL]\n"), 2;
  bool rows = words[1] == std::string("rows");
  std::string name = words[2];
  long n = std::atol(words[4]);
  double rtol = count > 5 ? std::atof(words[5]) : 1e-6;
  if (name == "p1") sweep<Glycerol>(rows, words[3], n, rtol);
  else if (name == "p2") sweep<Turgor>(rows, words[3], n, rtol);
  else if (name == "p3") sweep<Exocytosis>(rows, words[3], n, rtol);
  else if (name == "p4") sweep<Protoplast>(rows, words[3], n, rtol);
  else return fprintf(stderr, "sweeps: no problem %s\n", words[2]), 2;
}
