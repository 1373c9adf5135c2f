// The problems in C++, as a user of CVODE who cares for speed would write them: constants folded, no bounds checks,
// Jacobians by hand. Units: µm, s, MPa, amol.
#pragma once
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

// A matrix by columns, dense or a band: entry (i, j) is at [j * stride + i + offset - shift * j].
struct Matrix {
  double* data;
  long stride, offset, shift;
  double& operator()(long i, long j) { return data[j * stride + i + offset - shift * j]; }
};

struct Problem {
  const char* name;
  std::vector<double> y0;
  // Starts of the pieces and the end; the input that each piece takes.
  std::vector<double> cuts, inputs;
  void (*rhs)(double t, const double* y, double* d, const Problem& p);
  void (*jacobian)(double t, const double* y, Matrix& J, const Problem& p);
  bool tridiagonal = false;
  // Worth trying without Newton's method.
  bool mild = false;
  double input = 0;
  long n() const { return (long)y0.size(); }
};

// P1: water (y[0], µm³) and glycerol (y[1], amol) of a red cell.
constexpr double P1_WATER = 200 * 135 * 1.8e-5, P1_IMPERMEANT = 290 * 60, P1_BATH = 290 + 1000;
inline void p1(double, const double* y, double* d, const Problem&) {
  double per_volume = 1 / y[0];
  d[0] = P1_WATER * ((P1_IMPERMEANT + y[1]) * per_volume - P1_BATH);
  d[1] = 135 * (1000 - y[1] * per_volume);
}
inline void p1_jacobian(double, const double* y, Matrix& J, const Problem&) {
  double v = 1 / y[0];
  J(0, 0) = -P1_WATER * (P1_IMPERMEANT + y[1]) * v * v;
  J(0, 1) = P1_WATER * v;
  J(1, 0) = 135 * y[1] * v * v;
  J(1, 1) = -135 * v;
}

// P2: volume of a plant cell with a wall; the input is the osmotic pressure of the bath.
inline void p2(double, const double* y, double* d, const Problem& p) {
  double turgor = y[0] > 1e6 ? 10 * std::log(y[0] * 1e-6) : 0;
  d[0] = 6e4 * (0.6e6 / y[0] - p.input - turgor);
}
inline void p2_jacobian(double, const double* y, Matrix& J, const Problem&) {
  J(0, 0) = 6e4 * (-0.6e6 / (y[0] * y[0]) - (y[0] > 1e6 ? 10 / y[0] : 0));
}

// P3: five calcium ions bind to a vesicle, which fuses, is taken up again and refilled. n0..n5, F, E, A, Ca.
constexpr double P3_OFF[5] = {9500, 2 * 9500 * 0.25, 3 * 9500 * 0.0625, 4 * 9500 * 0.015625, 5 * 9500 * 0.00390625};
inline void p3(double, const double* y, double* d, const Problem&) {
  double on = 90 * y[9], flow[5];
  for (int i = 0; i < 5; i++) flow[i] = (5 - i) * on * y[i] - P3_OFF[i] * y[i + 1];
  double fused = 6000 * y[5], refill = 2 * y[7];
  d[0] = refill - flow[0];
  for (int i = 1; i < 5; i++) d[i] = flow[i - 1] - flow[i];
  d[5] = flow[4] - fused;
  d[6] = fused;
  d[7] = fused - refill;
  d[8] = fused - 0.2 * y[8];
  d[9] = -10 * (y[9] - 0.05);
}
inline void p3_jacobian(double, const double* y, Matrix& J, const Problem&) {
  for (int i = 0; i < 5; i++) {
    double on = (5 - i) * 90.0, bound = on * y[9], with = on * y[i];
    J(i, i) -= bound, J(i, i + 1) += P3_OFF[i], J(i, 9) -= with;
    J(i + 1, i) += bound, J(i + 1, i + 1) -= P3_OFF[i], J(i + 1, 9) += with;
  }
  J(5, 5) -= 6000;
  J(6, 5) = J(7, 5) = J(8, 5) = 6000;
  J(0, 7) = 2, J(7, 7) = -2, J(8, 8) = -0.2, J(9, 9) = -10;
}

// P4: volume, membrane area and reservoir of a swelling protoplast; the input is the concentration of the bath.
const double P4_SPHERE = std::cbrt(36 * M_PI), P4_RADIUS = std::cbrt(3 / (4 * M_PI));
constexpr double P4_RT = 8.314462618e-6 * 298.15, P4_SOLUTES = 400.0 * 30000;
inline void p4(double, const double* y, double* d, const Problem& p) {
  double edge = std::cbrt(y[0]), strain = P4_SPHERE * edge * edge / y[1] - 1;
  double stretched = strain > 0 ? strain : 0, slack = strain < 0 ? -strain : 0;
  double pressure = 0.4 * stretched / (P4_RADIUS * edge);
  double taken = 0.02 * slack * y[1] - 0.5 * stretched * y[2];
  d[0] = 0.2 * y[1] * (P4_RT * (P4_SOLUTES / y[0] - p.input) - pressure);
  d[1] = -taken;
  d[2] = taken;
}
inline void p4_jacobian(double, const double* y, Matrix& J, const Problem& p) {
  double V = y[0], A = y[1], edge = std::cbrt(V), S = P4_SPHERE * edge * edge, strain = S / A - 1;
  double per_V = 2 * S / (3 * V * A), per_A = -S / (A * A);
  double drive = P4_RT * (P4_SOLUTES / V - p.input), stiff = 0, pressure = 0, pressure_V = 0;
  double taken_V, taken_A, taken_R = 0;
  if (strain > 0) {
    stiff = 0.4 / (P4_RADIUS * edge), pressure = stiff * strain, pressure_V = stiff * (per_V - strain / (3 * V));
    taken_V = -0.5 * y[2] * per_V, taken_A = -0.5 * y[2] * per_A, taken_R = -0.5 * strain;
  } else {
    taken_V = -0.02 * A * per_V, taken_A = 0.02;
  }
  J(0, 0) = 0.2 * A * (-P4_RT * P4_SOLUTES / (V * V) - pressure_V);
  J(0, 1) = 0.2 * (drive - pressure) - 0.2 * A * stiff * per_A;
  J(1, 0) = -taken_V, J(1, 1) = -taken_A, J(1, 2) = -taken_R;
  J(2, 0) = taken_V, J(2, 1) = taken_A, J(2, 2) = taken_R;
}

// P5: water through a chain of n cells. Two passes, so that the first is done in vectors.
inline void p5(double t, const double* y, double* d, const Problem& p) {
  long n = p.n();
  double left = -0.05, xylem = -0.5 * (1 + 0.5 * std::sin(2 * M_PI * t / 3600)) - 0.1;
  for (long i = 0; i < n; i++) d[i] = 5 * (y[i] * (1 / 2e4) - 1) - 0.7 * 2e4 / y[i];
  for (long i = 0; i < n; i++) {
    double here = d[i], right = i + 1 < n ? d[i + 1] : xylem;
    d[i] = 1250 * (left - 2 * here + right);
    left = here;
  }
}
inline void p5_jacobian(double, const double* y, Matrix& J, const Problem& p) {
  long n = p.n();
  for (long j = 0; j < n; j++) {
    double slope = 1250 * (5 / 2e4 + 0.7 * 2e4 / (y[j] * y[j]));
    if (j > 0) J(j - 1, j) = slope;
    J(j, j) = -2 * slope;
    if (j + 1 < n) J(j + 1, j) = slope;
  }
}

inline void hires(double, const double* y, double* d, const Problem&) {
  double bind = 280 * y[5] * y[7];
  d[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007;
  d[1] = 1.71 * y[0] - 8.75 * y[1];
  d[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4];
  d[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3];
  d[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6];
  d[5] = -bind + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6];
  d[6] = bind - 1.81 * y[6];
  d[7] = -d[6];
}
inline void hires_jacobian(double, const double* y, Matrix& J, const Problem&) {
  J(0, 0) = -1.71, J(0, 1) = 0.43, J(0, 2) = 8.32;
  J(1, 0) = 1.71, J(1, 1) = -8.75;
  J(2, 2) = -10.03, J(2, 3) = 0.43, J(2, 4) = 0.035;
  J(3, 1) = 8.32, J(3, 2) = 1.71, J(3, 3) = -1.12;
  J(4, 4) = -1.745, J(4, 5) = J(4, 6) = 0.43;
  J(5, 3) = 0.69, J(5, 4) = 1.71, J(5, 5) = -280 * y[7] - 0.43, J(5, 6) = 0.69, J(5, 7) = -280 * y[5];
  J(6, 5) = 280 * y[7], J(6, 6) = -1.81, J(6, 7) = 280 * y[5];
  for (int j = 5; j < 8; j++) J(7, j) = -J(6, j);
}

inline void orego(double, const double* y, double* d, const Problem&) {
  d[0] = 77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1]));
  d[1] = (y[2] - (1 + y[0]) * y[1]) * (1 / 77.27);
  d[2] = 0.161 * (y[0] - y[2]);
}
inline void orego_jacobian(double, const double* y, Matrix& J, const Problem&) {
  J(0, 0) = 77.27 * (1 - 2 * 8.375e-6 * y[0] - y[1]), J(0, 1) = 77.27 * (1 - y[0]);
  J(1, 0) = -y[1] / 77.27, J(1, 1) = -(1 + y[0]) / 77.27, J(1, 2) = 1 / 77.27;
  J(2, 0) = 0.161, J(2, 2) = -0.161;
}

inline void rober(double, const double* y, double* d, const Problem&) {
  double slow = 0.04 * y[0] - 1e4 * y[1] * y[2], fast = 3e7 * y[1] * y[1];
  d[0] = -slow;
  d[1] = slow - fast;
  d[2] = fast;
}
inline void rober_jacobian(double, const double* y, Matrix& J, const Problem&) {
  J(0, 0) = -0.04, J(0, 1) = 1e4 * y[2], J(0, 2) = 1e4 * y[1];
  J(2, 1) = 6e7 * y[1];
  for (int j = 0; j < 3; j++) J(1, j) = -J(0, j) - J(2, j);
}

inline void vdpol(double, const double* y, double* d, const Problem&) {
  d[0] = y[1];
  d[1] = ((1 - y[0] * y[0]) * y[1] - y[0]) * 1e6;
}
inline void vdpol_jacobian(double, const double* y, Matrix& J, const Problem&) {
  J(0, 1) = 1;
  J(1, 0) = (-2 * y[0] * y[1] - 1) * 1e6, J(1, 1) = (1 - y[0] * y[0]) * 1e6;
}

// A problem by its name; the chain has as many cells as its reference.
inline Problem problem(const std::string& name, long n) {
  double area = P4_SPHERE * std::pow(30000.0, 2.0 / 3);
  if (name == "p1") return {"p1", {60, 0}, {0, 120}, {0}, p1, p1_jacobian, false, true};
  if (name == "p2") return {"p2", {1e6}, {0, 200, 600, 1000}, {0.1, 1, 0.1}, p2, p2_jacobian, false, true};
  if (name == "p3") return {"p3", {1, 0, 0, 0, 0, 0, 0, 0, 0, 20}, {0, 10}, {0}, p3, p3_jacobian};
  if (name == "p4") return {"p4", {30000, area, 0.4 * area}, {0, 60, 1800, 3600}, {400, 250, 400}, p4, p4_jacobian, false, true};
  if (name.rfind("p5", 0) == 0) return {"p5", std::vector<double>(n, 2.2e4), {0, 7200}, {0}, p5, p5_jacobian, true};
  if (name == "hires") return {"hires", {1, 0, 0, 0, 0, 0, 0, 0.0057}, {0, 321.8122}, {0}, hires, hires_jacobian};
  if (name == "orego") return {"orego", {1, 2, 3}, {0, 360}, {0}, orego, orego_jacobian};
  if (name == "rober") return {"rober", {1, 0, 0}, {0, 1e11}, {0}, rober, rober_jacobian};
  if (name == "vdpol") return {"vdpol", {2, 0}, {0, 2}, {0}, vdpol, vdpol_jacobian};
  return {};
}
