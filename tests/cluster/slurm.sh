#!/usr/bin/env bash
# Runs `osmocyte sweep submit --slurm` on a real Slurm: this machine alone, for the time of this script, in a temporary
# folder. An array of tasks, undisturbed; tasks that are killed, requeued, asked to end; each time the rows must be those
# of one process, byte for byte.
#
#   tests/cluster/slurm.sh [--install]
#
# Wants munged, slurmctld and slurmd; `--install` gets them from Debian (slurm-wlm, munge), as root. OSMOCYTE names the
# program; without it, that of target/release or of the path.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
export PATH=$PATH:/usr/sbin:/sbin

if [ "${1:-}" = --install ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurm-wlm munge
fi
for program in munged slurmctld slurmd sbatch; do
    command -v "$program" >/dev/null || {
        echo "error: no $program here; on Debian: $0 --install" >&2
        exit 2
    }
done

work=$(mktemp -d)
chmod 755 "$work"
daemons=()
# Only what this script has started. Slurm's own step daemons end with their tasks.
clean() {
    scancel --user="$(id -un)" 2>/dev/null && sleep 2 || :
    for pid in ${daemons[@]+"${daemons[@]}"}; do kill "$pid" 2>/dev/null || :; done
    wait 2>/dev/null || :
    rm -rf "$work"
}
trap clean EXIT

say() { printf '\n== %s\n' "$*"; }

say "daemons"
slurmctld -V
"$osmocyte" --version
mkdir "$work/slurm" "$work/slurm/state" "$work/slurm/spool"
dir=$work/slurm
(umask 077 && head -c 1024 /dev/urandom >"$dir/munge.key")
munged --foreground --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
    --seed-file="$dir/munged.seed" --log-file="$dir/munged.log" >"$dir/munged.out" 2>&1 &
daemons+=($!)
# Ports of its own, so that a Slurm of this machine is not disturbed. More processors than there are, so that all tasks
# run side by side.
cat >"$dir/slurm.conf" <<END
ClusterName=osmocyte
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CryptoType=crypto/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=8 RealMemory=2000 State=UNKNOWN
PartitionName=short Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$dir/slurm.conf
slurmctld -D >"$dir/slurmctld.out" 2>&1 &
daemons+=($!)
slurmd -D >"$dir/slurmd.out" 2>&1 &
daemons+=($!)

# until_true SECONDS WHAT COMMAND…
until_true() {
    local left=$(($1 * 20)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || {
            tail -n 5 "$dir"/*.log "$dir"/*.out >&2 || :
            fail "$what: not within the time"
        }
        sleep 0.05
    done
}
idle() { [ "$(sinfo -h -o %t)" = idle ]; }
until_true 60 "an idle node" idle
sinfo

cd "$work"
cp "$here/../data/ends.toml" .
# 1000 chunks of 4 points (POINTS, for a slow program); a quarter of the points fails, so that every part ends with 1.
study="ends.toml slow -n ${POINTS:-4000} --chunk 4"

say "one process"
code=0
# shellcheck disable=SC2086
"$osmocyte" sweep $study -o whole -q || code=$?
is 1 $code "the undisturbed sweep"
sha256sum whole/rows.csv

gone() { [ -z "$(squeue -h -j "$1" 2>/dev/null)" ]; }
ended() { until_true 240 "the end of job $1" gone "$1"; }
# What Slurm says of the tasks of a job.
tasks() {
    scontrol show job "$1" | tr ' ' '\n' | grep -E '^(ArrayTaskId|JobState|Reason|Restarts|ExitCode)=' | paste -s -d' ' |
        sed 's/ ArrayTaskId=/\nArrayTaskId=/g'
}
state() { scontrol show job "$1" | grep -o 'JobState=[A-Z_]*' | head -n 1 | cut -d= -f2; }
waits() { [ "$(state "$1")" = PENDING ]; }
# Slurm lets a requeued task wait two minutes: it need not.
requeue() {
    scontrol requeue "$1"
    until_true 60 "task $1 to wait" waits "$1"
    until_true 60 "task $1 to start" scontrol update jobid="$1" StartTime=now
}
submit() { # FOLDER MORE…
    # shellcheck disable=SC2086
    "$osmocyte" sweep submit $study --slurm --jobs 4 --mem 100M --partition short -q -o "$@"
}
number() { grep -oE '[0-9]+' | tail -n 1; }
# Chunks of a part that are there; part K of 4 does chunks K-1, K+3, …
of_part() {
    find "$1/chunks" -name '0*.csv' 2>/dev/null | sed 's/.*\/0*\([0-9][0-9]*\)\.csv/\1/' |
        awk -v k="$2" '$1 % 4 == k - 1' | wc -l
}
begun() { [ "$(of_part "$1" "$2")" -ge 5 ]; }
unfinished() { [ ! -e "$1/sweep.json" ] || fail "$2: it had ended before"; }
same() {
    cmp whole/rows.csv "$1/rows.csv" || fail "$1: other rows"
    cmp whole/plan.json "$1/plan.json" || fail "$1: another plan"
    [ -z "$(find "$1" -name '.osmocyte-sweep-*')" ] || fail "$1: temporary files are left"
    echo "$1/rows.csv is the same, byte for byte"
}

say "an array of four, submitted as the command says"
line=$(submit plain --time 0:10:00)
echo "$line"
job=$(eval "$line" | number)
ended "$job"
tasks "$job"
same plain

say "--failed-ok: tasks whose points failed are no failed tasks, and a job that waits for them starts"
line=$(submit ok --failed-ok)
job=$(eval "$line" | number)
next=$(sbatch --dependency="afterok:$job" --kill-on-invalid-dep=yes --wrap "touch '$work/next'" | number)
ended "$job"
ended "$next"
tasks "$job"
[ "$(tasks "$job" | grep -c JobState=COMPLETED)" -eq 4 ] || fail "not all tasks are COMPLETED"
[ -e next ] || fail "the job behind them did not start"
same ok

say "a folder whose name wants quotes, submitted by --now; task 2 killed by scancel --signal=KILL, requeued by scontrol"
out="it's b"
job=$(submit "$out" --now | number)
until_true 60 "chunks of part 2" begun "$out" 2
scancel --signal=KILL --batch "${job}_2"
ended "$job"
unfinished "$out" "the killed task"
tasks "$job"
requeue "${job}_2"
ended "$job"
tasks "$job"
same "$out"

say "task 3 killed by the kernel's means, then submitted again alone"
submit c >/dev/null
job=$(sbatch c/submit.sh | number)
until_true 60 "chunks of part 3" begun c 3
pid=$(scontrol listpids "$(squeue -h -j "${job}_3" -o %A)" | awk 'NR > 1 && $1 > 0 { print $1 }' | while read -r p; do
    [ "$(tr '\0' ' ' </proc/"$p"/cmdline | grep -c 'sweep run')" -eq 0 ] || echo "$p"
done | head -n 1)
[ -n "$pid" ] || fail "no process of task 3"
kill -KILL "$pid"
ended "$job"
unfinished c "the killed task"
tasks "$job"
job=$(sbatch --array=3 c/submit.sh | number)
ended "$job"
tasks "$job"
same c

say "a running task requeued, as after preemption or the loss of a node"
submit d >/dev/null
job=$(sbatch d/submit.sh | number)
until_true 60 "chunks of part 1" begun d 1
requeue "${job}_1"
ended "$job"
tasks "$job"
same d

say "all tasks asked to end, as a minute before their time is over; the whole array submitted again"
submit e >/dev/null
job=$(sbatch e/submit.sh | number)
for k in 1 2 3 4; do until_true 60 "chunks of part $k" begun e "$k"; done
scancel --signal=TERM --batch "$job"
ended "$job"
unfinished e "the array"
tasks "$job"
[ "$(grep -c '"ended":"interrupted"' e/runs.jsonl)" -ge 1 ] || fail "no task said that it was interrupted"
"$osmocyte" sweep status e
job=$(sbatch e/submit.sh | number)
ended "$job"
tasks "$job"
same e

say "all as it should be"
