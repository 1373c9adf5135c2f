#!/usr/bin/env bash
# Runs the Snakefile of docs/workflows.md, and compares its rows with those of one process: undisturbed, with a part that
# is killed, with points that fail, once more with nothing to do, and with another study in the same folder.
#
#   pip install snakemake
#   tests/cluster/snakemake.sh
#
# OSMOCYTE names the program; without it, that of target/release or of the path.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
command -v snakemake >/dev/null || {
    echo "error: no snakemake here; pip install snakemake" >&2
    exit 2
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir bin
ln -s "$(realpath "$osmocyte")" bin/osmocyte
export PATH="$work/bin:$PATH"
cp "$here/../../docs/recipes/Snakefile" "$here/../data/ends.toml" .
say() { printf '\n== %s\n' "$*"; }
make() { snakemake --cores 2 --quiet all "$@" 2>&1 | tail -n 20; }
same() {
    cmp "$1/rows.csv" "$2/rows.csv" || fail "$2: other rows"
    [ -e "$2/rows.csv-metadata.json" ] && [ -e "$2/sweep.json" ] || fail "$2: files are missing"
    echo "$2/rows.csv is the same, byte for byte"
}

say "versions"
osmocyte --version
echo "snakemake $(snakemake --version)"

say "as it stands in the page"
osmocyte sweep red-blood-cell --vary 'Pf=20..400 um/s log 200' --vary 'bath.osmolarity=50..290 mOsm 25' -o whole -q
make
same whole sweep

say "once more: nothing to do"
make | grep . || echo "(it says nothing)"
same whole sweep

say "a study of a model file, a quarter of whose points fails; part 2 is killed, and tried again"
ask="slow -n 2000 --chunk 4"
code=0
# shellcheck disable=SC2086
osmocyte sweep ends.toml $ask -o whole-slow -q || code=$?
is 1 $code "the undisturbed sweep"
config=(--config model=ends.toml "ask=$ask" parts=3 out=slow)
snakemake --cores 3 --retries 1 "${config[@]}" >log 2>&1 &
pid=$!
# A chunk of part 2 of 3 is there: it is at work.
killed=
for _ in $(seq 3000); do
    if [ -e slow/chunks/00000004.csv ]; then
        for entry in /proc/[0-9]*; do
            if tr '\0' ' ' <"$entry/cmdline" 2>/dev/null | grep -q '^osmocyte sweep run slow --shard 2/3'; then
                kill -KILL "${entry#/proc/}" && killed=yes
            fi
        done
        break
    fi
    sleep 0.02
done
wait $pid || {
    cat log >&2
    fail "snakemake"
}
[ -n "$killed" ] || fail "part 2 had ended before it could be killed"
grep -iE 'error in rule|trying to restart' log || fail "no part was tried again"
same whole-slow slow

say "another study into the same folder"
code=0
snakemake --cores 2 --config model=ends.toml ask=drawn parts=3 out=slow >log 2>&1 || code=$?
is 1 $code "snakemake with another study"
grep -F 'has another sweep' log || fail "it does not say why"
same whole-slow slow

say "all as it should be"
