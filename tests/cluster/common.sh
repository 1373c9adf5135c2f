# What the scripts of this folder share; sourced, with `here` set to the folder.

osmocyte=${OSMOCYTE:-$here/../../target/release/osmocyte}
[ -x "$osmocyte" ] || osmocyte=$(command -v osmocyte) || {
    echo "error: no program; \`cargo build --release\`, or name one in OSMOCYTE" >&2
    exit 2
}

# Parts are what the scripts say, not what the surroundings do.
unset SLURM_ARRAY_TASK_ID HQ_TASK_ID OSMOCYTE_PARTS

fail() {
    echo "error: $*" >&2
    exit 1
}

# is WANTED FOUND WHAT: an exit code.
is() { [ "$1" -eq "$2" ] || fail "$3: exit code $2, not $1"; }
