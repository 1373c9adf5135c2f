#!/bin/bash
# Builds the peers where they are not built yet, runs everything problem by problem, prints the table.
# `run.sh [FOLDER [PROBLEM…]]`: results.csv and table.md go to FOLDER, else beside the builds; all problems, or those named.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export PEERS=${PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/osmocyte-peers}
mkdir -p "$PEERS" "${1:-$PEERS/results}"
out=$(cd "${1:-$PEERS/results}" && pwd)
shift || true
"$here/build.sh"
cd "$here/../.."
# Ours as it is released: without its link-time optimisation it is several times slower.
unset ${!CARGO_PROFILE_@}
cargo bench -q --bench peers --no-run
ours() { cargo bench -q --bench peers -- "$@"; }

references=$PEERS/reference
rm -rf "$references"
cp -r "$here/reference" "$references"
ours reference "$references" | tee "$out/reference.txt"

echo "problem,solver,method,rtol,atol,error,least_us,median_us,rhs" > "$out/results.csv"
ours list | while read -r problem floors; do
  [ $# -eq 0 ] || [[ " $* " == *" $problem "* ]] || continue
  echo "$problem" >&2
  ours time "$problem" "$references/$problem.csv" >> "$out/results.csv"
  "$PEERS/cvode" "$problem" "$references/$problem.csv" $floors >> "$out/results.csv"
  "$PEERS/python/bin/python" "$here/lsoda.py" "$problem" "$references/$problem.csv" $floors >> "$out/results.csv" 2> "$PEERS/lsoda.log"
done
"$PEERS/python/bin/python" "$here/table.py" "$out/results.csv" | tee "$out/table.md"
