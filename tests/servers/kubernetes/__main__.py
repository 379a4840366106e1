"""A real one-node Kubernetes on this machine, in namespaces of its own: network, mounts and processes.

Everything of the cluster is a descendant of one process that is number 1 in its own process namespace. When that one ends, however it
ends, the kernel ends all others and takes mounts, interfaces and firewall rules with them; what can be left are files and control groups,
and the next run removes those of dead ones.

    python -m tests.servers.kubernetes COMMAND…      runs COMMAND beside a fresh cluster (KUBECONFIG is set; kubectl and helm are on PATH)
    python -m tests.servers.kubernetes --leftovers   removes what is left of dead runs, and says what it was
    python -m tests.servers.kubernetes --preflight   exits with 3 and says in one line what is missing where this machine cannot hold a cluster
"""

from __future__ import annotations

import subprocess
import sys

from tests.servers.kubernetes import cluster, enter, leftovers, preflight
from tests.servers.kubernetes.processes import Failed


def main(arguments: list[str]) -> int:
    """The exit code is COMMAND's, or 3 when this machine cannot hold a cluster."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return 2
    if arguments == ["--leftovers"]:
        print("\n".join(f"removed run {name}" for name in leftovers.sweep()) or "nothing is left of earlier runs")
        return 0
    return _inside(arguments) if enter.inside() else _outside(arguments)


def _outside(arguments: list[str]) -> int:
    only_look = arguments == ["--preflight"]
    absent = [] if only_look else preflight.absent()
    if wrong := [*preflight.cannot(), *(f"{name} is not installed" for name in absent)]:
        print(f"This machine cannot hold a cluster: {'; '.join(wrong)}", file=sys.stderr)
        return 3
    if only_look:
        return 0
    enter.programs()
    return enter.visit([sys.executable, "-m", "tests.servers.kubernetes", *arguments])


def _inside(arguments: list[str]) -> int:
    try:
        with cluster.running(enter.plan()) as here:
            print(f"Kubernetes {here.version}, node ready after {here.seconds:.0f} s", file=sys.stderr)
            return subprocess.run(arguments, env=here.kubectl.environ, check=False).returncode
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
