// CVODE on one problem, at all tolerances: `cvode PROBLEM REFERENCE.csv FLOOR…` prints one line of results per setting,
// as `osmocyte`'s own bench and `lsoda.py` do. atol = rtol * FLOOR in every state.
//
// CVODE is given its best: compiled right-hand sides, a Jacobian of difference quotients or by hand, a band for the
// chain, memory that is kept from run to run, and Adams' method where the problem is not stiff.
#include "problems.hpp"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cvode/cvode.h>
#include <fstream>
#include <nvector/nvector_serial.h>
#include <sstream>
#include <sunlinsol/sunlinsol_band.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_band.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <time.h>

enum Method { BDF_DQ, BDF_J, ADAMS };
static const char* const NAMES[] = {"bdf", "bdf-jacobian", "adams"};

static double cpu_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

// Times and states, row after row.
struct Table {
  std::vector<double> t, y;
  Table(const char* path) {
    std::ifstream file(path);
    std::string line, cell;
    std::getline(file, line);
    while (std::getline(file, line)) {
      std::istringstream cells(line);
      for (size_t i = 0; std::getline(cells, cell, ','); i++) (i ? y : t).push_back(std::strtod(cell.c_str(), nullptr));
    }
  }
};

static int rhs(realtype t, N_Vector y, N_Vector d, void* user) {
  const Problem& p = *(Problem*)user;
  p.rhs(t, NV_DATA_S(y), NV_DATA_S(d), p);
  return 0;
}

static int jacobian(realtype t, N_Vector y, N_Vector, SUNMatrix J, void* user, N_Vector, N_Vector, N_Vector) {
  const Problem& p = *(Problem*)user;
  Matrix m;
  if (p.tridiagonal) m = {SM_DATA_B(J), SM_LDIM_B(J), SM_SUBAND_B(J), 1};
  else m = {SM_DATA_D(J), SM_ROWS_D(J), 0, 0};
  p.jacobian(t, NV_DATA_S(y), m, p);
  return 0;
}

struct Solver {
  Problem p;
  Method method;
  SUNContext context;
  N_Vector y;
  void* memory;
  SUNMatrix A = nullptr;
  SUNLinearSolver linear = nullptr;
  SUNNonlinearSolver fixed = nullptr;

  Solver(Problem p_, Method method_, double rtol, double atol) : p(p_), method(method_) {
    SUNContext_Create(nullptr, &context);
    y = N_VNew_Serial(p.n(), context);
    std::copy(p.y0.begin(), p.y0.end(), NV_DATA_S(y));
    memory = CVodeCreate(method == ADAMS ? CV_ADAMS : CV_BDF, context);
    CVodeInit(memory, rhs, 0, y);
    CVodeSStolerances(memory, rtol, atol);
    CVodeSetUserData(memory, &p);
    CVodeSetMaxNumSteps(memory, 200000);
    CVodeSetErrFile(memory, nullptr);
    if (method == ADAMS) {
      fixed = SUNNonlinSol_FixedPoint(y, 0, context);
      CVodeSetNonlinearSolver(memory, fixed);
      return;
    }
    A = p.tridiagonal ? SUNBandMatrix(p.n(), 1, 1, context) : SUNDenseMatrix(p.n(), p.n(), context);
    linear = p.tridiagonal ? SUNLinSol_Band(y, A, context) : SUNLinSol_Dense(y, A, context);
    CVodeSetLinearSolver(memory, linear, A);
    if (method == BDF_J) CVodeSetJacFn(memory, jacobian);
  }
  ~Solver() {
    CVodeFree(&memory);
    if (linear) SUNLinSolFree(linear);
    if (A) SUNMatDestroy(A);
    if (fixed) SUNNonlinSolFree(fixed);
    N_VDestroy(y);
    SUNContext_Free(&context);
  }

  // The states at the times `at`, with a restart at each cut. Counts the right-hand sides.
  bool run(const std::vector<double>& at, std::vector<double>& rows, long& evaluations) {
    size_t n = p.n(), next = 0;
    evaluations = 0;
    std::copy(p.y0.begin(), p.y0.end(), NV_DATA_S(y));
    for (size_t k = 0; k + 1 < p.cuts.size(); k++) {
      double t = p.cuts[k], end = p.cuts[k + 1];
      p.input = p.inputs[k];
      if (CVodeReInit(memory, t, y) < 0 || CVodeSetStopTime(memory, end) < 0) return false;
      for (; next < at.size() && at[next] <= end; next++) {
        if (at[next] > t && CVode(memory, at[next], y, &t, CV_NORMAL) < 0) return false;
        std::memcpy(&rows[next * n], NV_DATA_S(y), n * sizeof(double));
      }
      if (t < end && CVode(memory, end, y, &t, CV_NORMAL) < 0) return false;
      long own = 0, differences = 0;
      CVodeGetNumRhsEvals(memory, &own);
      if (method != ADAMS) CVodeGetNumLinRhsEvals(memory, &differences);
      evaluations += own + differences;
    }
    return true;
  }
};

// Largest error over all times and states, relative to the largest value of the state.
static double error(const std::vector<double>& rows, const std::vector<double>& wanted, size_t n) {
  double worst = 0;
  for (size_t i = 0; i < n; i++) {
    double size = 0, apart = 0;
    for (size_t k = i; k < wanted.size(); k += n) {
      size = std::max(size, std::fabs(wanted[k]));
      double d = std::fabs(rows[k] - wanted[k]);
      if (!(d <= apart)) apart = d;
    }
    if (!(apart / size <= worst)) worst = apart / size;
  }
  return worst;
}

// One line of results. False where a single run takes so long that tighter tolerances are not worth a try.
static bool measure(const Problem& p, const char* name, const Table& reference, Method method, double rtol, double floor) {
  Solver solver(p, method, rtol, rtol * floor);
  std::vector<double> rows(reference.y.size()), times;
  long evaluations;
  double begin = cpu_seconds();
  if (!solver.run(reference.t, rows, evaluations)) return true;
  double first = cpu_seconds() - begin;
  // 20 runs and 40 ms, or 200 ms and 3 runs.
  auto enough = [&](size_t n, double spent) { return n >= 3 && (spent > 0.2 || (n >= 20 && spent > 0.04)); };
  while (first < 1 && !enough(times.size(), cpu_seconds() - begin)) {
    double start = cpu_seconds();
    solver.run(reference.t, rows, evaluations);
    times.push_back(cpu_seconds() - start);
  }
  if (times.empty()) times.push_back(first);
  std::sort(times.begin(), times.end());
  printf("%s,cvode,%s,%.3e,%.3e,%.3e,%.3f,%.3f,%ld\n", name, NAMES[method], rtol, rtol * floor,
         error(rows, reference.y, p.n()), times[0] * 1e6, times[times.size() / 2] * 1e6, evaluations);
  fflush(stdout);
  return first < 1;
}

int main(int count, char** words) {
  if (count < 4) return fprintf(stderr, "usage: cvode PROBLEM REFERENCE.csv FLOOR...\n"), 2;
  Table reference(words[2]);
  if (reference.t.empty()) return fprintf(stderr, "cvode: can't read %s\n", words[2]), 2;
  Problem p = problem(words[1], reference.y.size() / reference.t.size());
  if (p.y0.size() * reference.t.size() != reference.y.size()) return fprintf(stderr, "cvode: no problem %s\n", words[1]), 2;
  for (int f = 3; f < count; f++)
    for (Method method : {BDF_DQ, BDF_J, ADAMS})
      for (int half = 2; half <= 26 && (method != ADAMS || p.mild); half++)
        if (!measure(p, words[1], reference, method, std::pow(10, -0.5 * half), std::atof(words[f]))) break;
}
