#!/bin/bash
# Sweeps of P1 to P4 by ours and the peers, over the same Halton points: trajectories a second, and how right they are.
# `sweeps.sh [FOLDER [PROBLEM…]]`: sweeps.csv and sweeps.md go to FOLDER, else beside the builds; all problems, or those named.
# SECONDS_EACH (3) is about what one measurement lasts, ROUNDS (3) how often it is made, JUDGED (2000) how many points are
# compared with tight solves. In each round one and two threads are compared over POINTS points (1000000; of P3 a tenth).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1 PEERS=${PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/osmocyte-peers}
mkdir -p "$PEERS" "${1:-$PEERS/results}"
out=$(cd "${1:-$PEERS/results}" && pwd)
shift || true
each=${SECONDS_EACH:-3} rounds=${ROUNDS:-3} judged=${JUDGED:-2000} many=${POINTS:-1000000}
"$here/build.sh"
cd "$here/../.."
# Ours as it is released: without its link-time optimisation it is several times slower.
unset ${!CARGO_PROFILE_@}
cargo bench -q --bench sweep --no-run
rows=$PEERS/sweeps-rows
rm -rf "$rows"
mkdir -p "$rows"

# `run time|rows|reference SOLVER METHOD PROBLEM N [RTOL [THREADS]]`: seconds and failures, or a row for each point.
run() {
  local rtol=1e-6
  case $3 in *" "*) rtol=${3#* } ;; esac
  case $2 in
    osmocyte | ode_solvers) cargo bench -q --bench sweep -- "$4" "points=$5" "plain=$1" "solver=$2" "rtol=$rtol" "threads=${7:-1}" ;;
    cvode) "$PEERS/sweeps" "$1" "$4" "$3" "$5" ${6:-} ;;
    *) "$PEERS/python/bin/python" "$here/sweeps_$2.py" "$1" "$4" "$3" "$5" 2> "$PEERS/sweeps-$2.log" ;;
  esac
}
calculate() { awk "BEGIN { printf \"%.0f\", ($1) }"; }
# Points that a method solves in a second: from a few, then from about half a second of them.
rate() {
  local n=40 seconds failed
  for _ in 1 2; do
    IFS=, read -r seconds failed < <(run time "$1" "$2" "$3" $n)
    local found=$(calculate "1 + $n / ($seconds + 1e-6)")
    n=$(calculate "$found / 2 > 40 ? $found / 2 : 40")
  done
  # A method that fails is chosen only if all do.
  [ "$failed" = 0 ] && echo "$found" || calculate "1 + $found / 1000"
}
judge() { "$PEERS/python/bin/python" "$here/sweeps_table.py" judge "$@"; }

echo "problem,solver,method,threads,round,points,seconds,failed,judged,judged_failed,median,most,worst,time_worst,extra_worst" > "$out/sweeps.csv"
for problem in p1 p2 p3 p4; do
  [ $# -eq 0 ] || [[ " $* " == *" $problem "* ]] || continue
  echo "$problem" >&2
  run reference osmocyte auto $problem "$judged" > "$rows/$problem-reference"
  # An independent look at the references: no measurement, so without seconds.
  run rows cvode bdf-jacobian $problem "$judged" 1e-12 > "$rows/$problem-check"
  echo "$problem,cvode at 1e-12,bdf-jacobian,1,0,0,,,$(judge "$rows/$problem-reference" "$rows/$problem-check")" >> "$out/sweeps.csv"
  solvers=() methods=() points=() errors=()
  # Ours also at looser tolerances, to be compared where the errors are no larger than those of a peer.
  for entry in "osmocyte:auto 1e-6" "osmocyte:auto 1e-5" "osmocyte:auto 1e-4" cvode lsoda roadrunner ode_solvers; do
    solver=${entry%%:*}
    case $solver in
      osmocyte) choice= ;;
      cvode) choice="bdf bdf-jacobian"; [ $problem = p3 ] || choice+=" adams" ;;
      lsoda) choice=lsoda ;;
      roadrunner) choice=bdf ;;
      ode_solvers) choice=dopri5 ;;
    esac
    best=0
    if [ $solver = osmocyte ]; then
      method=${entry#*:} best=$(rate osmocyte "$method" $problem)
    fi
    for m in $choice; do
      r=$(rate $solver $m $problem)
      if [ "$r" -gt $best ]; then best=$r method=$m; fi
    done
    n=$(calculate "$best * $each + 40")
    # At least 200 points, more as far as they are solved in ten seconds.
    j=$(calculate "$best * 10 < 200 ? 200 : $best * 10")
    run rows $solver "$method" $problem $((j < judged ? j : judged)) > "$rows/$problem-$solver"
    errors+=("$(judge "$rows/$problem-reference" "$rows/$problem-$solver")")
    solvers+=($solver) methods+=("$method") points+=($n)
  done
  # `measure ENTRY ROUND THREADS [POINTS]`
  measure() {
    local took n=${4:-${points[$1]}}
    took=$(run time ${solvers[$1]} "${methods[$1]}" $problem $n "" $3)
    echo "$problem,${solvers[$1]},${methods[$1]},$3,$2,$n,$took,${errors[$1]}" >> "$out/sweeps.csv"
  }
  [ $problem = p3 ] && large=$((many / 10)) || large=$many
  for ((round = 1; round <= rounds; round++)); do
    measure 0 $round 2 $large
    measure 0 $round 1 $large
    for ((s = 1; s < ${#solvers[@]}; s++)); do
      measure 0 $round 1
      measure $s $round 1
    done
  done
done
"$PEERS/python/bin/python" "$here/sweeps_table.py" table "$out/sweeps.csv" | tee "$out/sweeps.md"
