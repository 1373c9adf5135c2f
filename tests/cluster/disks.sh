#!/usr/bin/env bash
# Sweeps on disks that refuse: full while chunks are written, full while the table is, read-only from the beginning,
# read-only later. Each time: an error that names the file, exit code 1, and afterwards `--resume` gives the bytes of an
# undisturbed sweep.
#
#   tests/cluster/disks.sh
#
# As root on Linux, because it mounts small file systems in a temporary folder (in a mount namespace of its own).
# OSMOCYTE names the program; without it, that of target/release or of the path.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"

# Whatever happens, the mounts end with this process.
if [ -z "${OSMOCYTE_UNSHARED:-}" ]; then
    OSMOCYTE_UNSHARED=1 exec unshare --mount "$0" "$@"
fi

work=$(mktemp -d)
trap 'umount "$work"/disk 2>/dev/null || :; rm -rf "$work"' EXIT
cd "$work"
cp "$here/../data/ends.toml" .
mkdir disk
say() { printf '\n== %s\n' "$*"; }

# run CODE ARGUMENTS…: the messages are shown, and kept.
run() {
    wanted=$1
    shift
    code=0
    echo "\$ osmocyte sweep $*"
    "$osmocyte" sweep "$@" >out 2>err || code=$?
    sed 's/^/  /' err
    echo "  exit code $code"
    is "$wanted" "$code" "osmocyte sweep $*"
}
says() { grep -qF -- "$1" err || fail "it does not say: $1"; }
same() {
    for file in rows.csv plan.json $(cd whole && ls ./*.svg ./*.png); do
        cmp "whole/$file" "$1/$file" || fail "$1/$file differs"
    done
    [ -z "$(find "$1" -name '.osmocyte-sweep-*')" ] || fail "$1: temporary files are left"
    echo "  $1/rows.csv is that of the undisturbed sweep"
}

say "a third of the points fails, for three reasons"
ends="ends.toml ends --chunk 16"
# shellcheck disable=SC2086
run 1 $ends -o whole
says "120 points failed, for 3 reasons"
sed -n '/^Why/,/^$/p' out
[ "$(($(wc -l <whole/rows.csv) - 1))" -eq 360 ] || fail "rows are missing"
[ "$(grep -c ,failed, whole/rows.csv)" -eq 120 ] || fail "not 120 rows of failed points"

# A page of the disk for each small file: it is full after some of the 23 chunks.
for size in 32k 64k 100k 160k; do
    say "a disk of $size"
    mount -t tmpfs -o size="$size" tmpfs disk
    # shellcheck disable=SC2086
    run 1 $ends -o disk/s
    says "error: cannot write"
    says "No space left on device"
    "$osmocyte" sweep status disk/s | sed -n 's/^  done/  done so far:/p'
    find disk/s -name '.osmocyte-sweep-*' | grep . && fail "temporary files are left"
    say "more room: it goes on"
    mount -o remount,size=16m disk
    # shellcheck disable=SC2086
    run 1 $ends -o disk/s --resume
    same disk/s
    umount disk
done

say "no room for a byte"
mount -t tmpfs -o size=4k tmpfs disk
head -c 4096 /dev/zero >disk/full
# shellcheck disable=SC2086
run 1 $ends -o disk/s
says "error: cannot write"
rm disk/full
mount -o remount,size=16m disk
# shellcheck disable=SC2086
run 1 $ends -o disk/s --resume
same disk/s
umount disk

say "room for all chunks, not for the table: the folder is filled when they are done"
mount -t tmpfs -o size=1m tmpfs disk
# shellcheck disable=SC2086
for k in 1 2; do run 1 $ends -o disk/s --shard $k/3; done
# shellcheck disable=SC2086
run 1 $ends -o disk/s --shard 3/3
rm disk/s/rows.csv disk/s/sweep.json
head -c 1m /dev/zero >disk/full 2>/dev/null || :
run 1 run disk/s
says "cannot write \`disk/s/rows.csv\`"
run 1 merge disk/s
says "cannot write \`disk/s/rows.csv\`"
run 1 merge disk/s -o /dev/full
says "cannot write \`/dev/full\`"
rm disk/full
run 1 run disk/s
same disk/s
umount disk

say "read-only from the beginning"
mount -t tmpfs -o size=16m,ro tmpfs disk
# shellcheck disable=SC2086
run 1 $ends -o disk/s
says "cannot create the folder \`disk/s\`"
umount disk

say "read-only later"
mount -t tmpfs -o size=16m tmpfs disk
# shellcheck disable=SC2086
run 1 $ends -o disk/s --shard 1/2
mount -o remount,ro disk
# shellcheck disable=SC2086
run 1 $ends -o disk/s --shard 2/2
says "Read-only file system"
run 1 run disk/s
says "Read-only file system"
"$osmocyte" sweep status disk/s | sed -n 's/^  done/  done so far:/p'
# Its rows can be read all the same.
run 1 merge disk/s --partial -o part.csv
mount -o remount,rw disk
# shellcheck disable=SC2086
run 1 $ends -o disk/s --resume
same disk/s
umount disk

say "a finished sweep on a read-only disk"
mount -t tmpfs -o size=16m tmpfs disk
# shellcheck disable=SC2086
run 1 $ends -o disk/s
mount -o remount,ro disk
# shellcheck disable=SC2086
run 1 $ends -o disk/s
says "finished already"
run 1 merge disk/s -o copy.csv
cmp whole/rows.csv copy.csv
run 1 merge disk/s
says "Read-only file system"
umount disk

say "all as it should be"
