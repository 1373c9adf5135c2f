#!/usr/bin/env python3
"""Runs `osmocyte sweep submit --hq` on a real HyperQueue: server and worker on this machine, for the time of this script.

    pip install hyperqueue
    tests/cluster/hq.py

The Python package brings server and worker, but not the command `hq`: so the `#HQ` lines of the script are compared with
the notation that HyperQueue's documentation asks for (docs/jobs/directives.md, docs/cli/shortcuts.md), and the tasks are
those that `hq submit` would make of them. OSMOCYTE names the program; without it, that of target/release or of the path.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig
from hyperqueue.ffi.protocol import ResourceRequest

here = Path(__file__).resolve().parent
program = os.environ.get("OSMOCYTE") or here / "../../target/release/osmocyte"
if not os.access(program, os.X_OK):
    program = shutil.which("osmocyte") or sys.exit("error: no program; name one in OSMOCYTE")
program = str(Path(program).resolve())
for name in ["SLURM_ARRAY_TASK_ID", "HQ_TASK_ID", "OSMOCYTE_PARTS"]:
    os.environ.pop(name, None)

# 1000 chunks of 4 points; a quarter of the points fails.
STUDY = "ends.toml slow -n 4000 --chunk 4".split()
PARTS = 4


def say(text):
    print(f"\n== {text}", flush=True)


def check(fine, what):
    if not fine:
        sys.exit(f"error: {what}")


def osmocyte(*args, code=0):
    done = subprocess.run([program, "sweep", *args], capture_output=True, text=True)
    check(done.returncode == code, f"sweep {' '.join(args)}: exit code {done.returncode}: {done.stderr}")
    return done.stdout


def directives(script):
    """The #HQ lines, which must stand before the first command."""
    lines = []
    for line in script.read_text().splitlines():
        if line.startswith("#HQ "):
            lines.append(line[4:])
        elif line and not line.startswith("#"):
            break
    return dict(re.findall(r"--([a-z-]+) (\S+)", " ".join(lines)))


def job_of(script, tasks):
    """What `hq submit` would make of the script, for some of its tasks; numbers below them do nothing."""
    words = directives(script)
    job = Job(name=words["name"], default_workdir="/", max_fails=None)
    for k in range(max(tasks) + 1):
        if k in tasks:
            need = ResourceRequest(cpus=words["cpus"])
            command = ["bash", str(script.resolve())]
        else:
            need, command = ResourceRequest(), ["true"]
        job.program(command, resources=need, stdout=str(script) + f".{k}.out", stderr=str(script) + f".{k}.err")
    return job


def of_task(number):
    """The process of a task that sweeps."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            surroundings = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:3] == [program.encode(), b"sweep", b"run"] and f"HQ_TASK_ID={number}".encode() in surroundings:
            return int(entry.name)
    return None


def wait_for(seconds, what, find):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = find()
        if found:
            return found
        time.sleep(0.01)
    sys.exit(f"error: {what}: not within {seconds} s")


def same(out):
    for name in ["rows.csv", "plan.json"]:
        check(Path("whole", name).read_bytes() == Path(out, name).read_bytes(), f"{out}/{name} differs")
    check(not list(Path(out).glob("**/.osmocyte-sweep-*")), f"{out}: temporary files are left")
    print(f"{out}/rows.csv is the same, byte for byte")


def submit(out, *more):
    shown = osmocyte("submit", *STUDY, "--hq", "--jobs", str(PARTS), "-o", out, *more)
    print(shown.splitlines()[-1])
    return Path(out, "submit.sh")


def main():
    say("versions")
    print(subprocess.run([program, "--version"], capture_output=True, text=True).stdout, end="")
    print("hyperqueue", version("hyperqueue"))
    say("one process")
    osmocyte(*STUDY, "-o", "whole", "-q", code=1)

    with LocalCluster() as cluster:
        cluster.start_worker(WorkerConfig(cores=4))
        client = cluster.client()

        def run(job):
            return client.wait_for_jobs([client.submit(job)], raise_on_error=False)

        say("an array of four; the notation of its directives")
        script = submit("plain", "--time", "1:00:00", "--mem", "2G", "--cores", "2", "--failed-ok")
        words = directives(script)
        print(words)
        wanted = {"array": "1-4", "cpus": "2", "time-limit": "3600s", "time-request": "3600s", "mem": "2048"}
        found = {**words, "mem": words["resource"].removeprefix("mem=")}
        for key, value in wanted.items():
            check(found[key] == value, f"--{key} is {found[key]}, not {value}")
        # HyperQueue's own parser of amounts: a number, without units.
        try:
            client.submit(job_of_amount("2G"))
            sys.exit("error: HyperQueue takes 2G for an amount now")
        except Exception as e:
            print(f"2G is no amount: {str(e).splitlines()[0]}")
        check(run(job_of(script, range(1, PARTS + 1))), "a task failed")
        same("plain")

        say("task 2 killed; the others go on; the script submitted again for task 2 alone")
        script = submit("it's b", "--failed-ok")
        submitted = client.submit(job_of(script, range(1, PARTS + 1)))
        wait_for(60, "a chunk of part 2", lambda: Path("it's b/chunks/00000009.csv").exists())
        os.kill(wait_for(10, "the process of task 2", lambda: of_task(2)), signal.SIGKILL)
        check(not client.wait_for_jobs([submitted], raise_on_error=False), "the killed task did not fail")
        failed = client.get_failed_tasks(submitted)
        print({k: failure.error for k, failure in failed.items()})
        check(list(failed) == [2], f"other tasks failed: {list(failed)}")
        check(not Path("it's b/sweep.json").exists(), "the killed task had ended before")
        check(run(job_of(script, [2])), "task 2 failed")
        same("it's b")

        say("without --failed-ok a task with failed points is a failed task")
        script = submit("c")
        check(not run(job_of(script, range(1, PARTS + 1))), "no task failed")
        same("c")

    say("all as it should be")


def job_of_amount(amount):
    job = Job()
    job.program(["true"], resources=ResourceRequest(cpus=amount))
    return job


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        shutil.copy(here / "../data/ends.toml", work)
        os.chdir(work)
        main()
        os.chdir("/")
