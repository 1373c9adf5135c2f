#!/usr/bin/env bash
# Kills sweeps at random moments, goes on with them, and compares every promised byte with an undisturbed run.
#
#   tests/cluster/kills.sh [SWEEPS [SEED]]
#
# OSMOCYTE names the program; without it, that of target/release or of the path. The moments come from the seed, but what
# a process does at a moment also depends on the machine.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"

sweeps=${1:-100}
seed=${2:-1}
RANDOM=$seed

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$here/../data/ends.toml" .

# 200 chunks of 4 points; a quarter of the points fails, so that each sweep ends with 1.
# In the place of its subshell: what is killed is the program.
sweep() { exec "$osmocyte" sweep "$@" -q; }
ask="ends.toml slow -n 800 --chunk 4"

now() { date +%s%3N; }

begun=$(now)
code=0
# shellcheck disable=SC2086
(sweep $ask -o whole --threads 2) 2>/dev/null || code=$?
is 1 $code "the undisturbed sweep"
length=$(($(now) - begun))
chunks=$(find whole/chunks -name '*.csv' | wc -l)
echo "$("$osmocyte" --version); seed $seed; undisturbed: $length ms, $chunks chunks, $(wc -l <whole/rows.csv) lines"

# Milliseconds below a bound; RANDOM has 15 bits only.
below() { echo $(((RANDOM * 32768 + RANDOM) % ($1 > 0 ? $1 : 1))); }
pause() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }
done_chunks() { find "$1/chunks" -name '0*.csv' 2>/dev/null | wc -l; }

# What a kill left, to know that all phases are hit.
phase() {
    if [ ! -e "$1/plan.json" ]; then echo "before the plan"
    elif [ "$(done_chunks "$1")" -eq 0 ]; then echo "before the first chunk"
    elif [ "$(done_chunks "$1")" -lt "$chunks" ]; then echo "among the chunks"
    elif [ ! -e "$1/rows.csv" ]; then echo "before the table"
    elif [ ! -e "$1/rows.csv-metadata.json" ]; then echo "before the metadata"
    elif [ ! -e "$1/sweep.json" ]; then echo "before the card (charts)"
    else echo "after the end"
    fi
}

# The metadata say when and by which command the table was written; all else is promised.
metadata() { sed -e '/"dc:created"/d' -e '/"schema:command"/,/\]/d' "$1/rows.csv-metadata.json"; }

same() {
    for file in plan.json rows.csv response.svg response.png; do
        cmp "whole/$file" "$1/$file" || fail "sweep $2: $file differs"
    done
    [ "$(metadata whole)" = "$(metadata "$1")" ] || fail "sweep $2: the metadata differ"
    "$osmocyte" sweep status "$1" --verify --json >status.json
    grep -q '"finished": true' status.json || fail "sweep $2 is not finished"
    grep -q '"damaged_chunks": 0' status.json || fail "sweep $2 has damaged chunks"
    left=$(find "$1" -name '.osmocyte-sweep-*' | wc -l)
    [ "$left" -eq 0 ] || fail "sweep $2: $left temporary files are left"
}

kills=0
touched=0
: >phases
for i in $(seq "$sweeps"); do
    # Threads and parts in all combinations, one after the other.
    threads=$(echo 1 2 4 | cut -d' ' -f$(((i - 1) % 3 + 1)))
    parts=$(echo 1 3 8 | cut -d' ' -f$(((i - 1) / 3 % 3 + 1)))
    part() { [ "$parts" -eq 1 ] || echo "--shard $1/$parts"; }
    out=s$i
    unlucky=$(($(below "$parts") + 1))
    pids=()
    for k in $(seq "$parts"); do
        # shellcheck disable=SC2046,SC2086
        sweep $ask -o "$out" --threads "$threads" $(part "$k") --resume 2>/dev/null &
        pids+=($!)
    done
    # Most kills fall among the chunks by themselves; a third is aimed at the beginning, a third at the end.
    case $(below 3) in
    0) pause "$(below 150)" ;;
    1) pause "$(below "$((length * 11 / 10))")" ;;
    2)
        waited=0
        while [ "$(done_chunks "$out")" -lt "$chunks" ] && [ "$waited" -lt 2000 ] &&
            kill -0 "${pids[unlucky - 1]}" 2>/dev/null; do
            sleep 0.003
            waited=$((waited + 1))
        done
        pause "$(below 60)"
        ;;
    esac
    kill -KILL "${pids[unlucky - 1]}" 2>/dev/null || :
    code=0
    wait "${pids[unlucky - 1]}" 2>/dev/null || code=$?
    case $code in
    137)
        kills=$((kills + 1))
        phase "$out" >>phases
        [ -z "$(find "$out" -name '.osmocyte-sweep-*' 2>/dev/null)" ] || touched=$((touched + 1))
        ;;
    0 | 1) ;;
    *) fail "sweep $i ended by itself with $code" ;;
    esac
    for k in $(seq "$parts"); do
        [ "$k" -eq "$unlucky" ] || wait "${pids[k - 1]}" 2>/dev/null || is 1 $? "part $k of sweep $i"
    done
    # The same again, with other threads.
    code=0
    # shellcheck disable=SC2046,SC2086
    (sweep $ask -o "$out" --threads $((5 - threads)) $(part "$unlucky") --resume) 2>err || code=$?
    is 1 $code "sweep $i, resumed: $(cat err)"
    same "$out" "$i"
    rm -rf "$out"
done
echo "$kills of $sweeps sweeps were killed before their end, $touched of them with a file half written; the kill found them"
sort phases | uniq -c
echo "all $sweeps gave the bytes of the undisturbed one"
