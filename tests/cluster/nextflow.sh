#!/usr/bin/env bash
# Runs the commands of docs/recipes/main.nf as Nextflow would, which this does not need: every task in a folder of its own,
# inputs as links, variables put in. The rows must be those of one process.
#
#   tests/cluster/nextflow.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir bin
ln -s "$(realpath "$osmocyte")" bin/osmocyte
export PATH="$work/bin:$PATH"
recipe=$here/../../docs/recipes/main.nf

# task PROCESS FOLDER NAME=VALUE…: the script of a process, with its variables.
task() {
    local process=$1 folder=$2 script
    shift 2
    script=$(sed -n "/^process $process {/,/^}/p" "$recipe" | sed -n '/"""/,/"""/p' | grep -v '"""')
    for pair in "$@"; do script=${script//"\${${pair%%=*}}"/"${pair#*=}"}; done
    case $script in *\$*) fail "$process: a variable is left: $script" ;; esac
    (cd "$folder" && bash -ue -c "$script")
}

ask=$(sed -n 's/^params.ask = "\(.*\)"$/\1/p' "$recipe")
model=$(sed -n "s/^params.model = '\(.*\)'$/\1/p" "$recipe")
parts=$(sed -n 's/^params.parts = //p' "$recipe")
echo "model $model, ask $ask, $parts parts"

mkdir plan
task PLAN plan "model=$model" "ask=$ask"
mkdir merge
for k in $(seq "$parts"); do
    mkdir "task$k"
    ln -s "$work/plan/plan.json" "task$k/plan.json"
    task PART "task$k" "k=$k" "parts=$parts" task.cpus=1
    ln -s "$work/task$k/part-$k" "merge/part-$k"
done
task MERGE merge
eval "osmocyte sweep $model $ask -o whole -q"
cmp whole/rows.csv merge/rows.csv || fail "other rows"
[ -e merge/rows.csv-metadata.json ] || fail "no metadata"
echo "merge/rows.csv is that of one process, byte for byte"
