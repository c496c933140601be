"""Cleans up behind a program that was killed: a shell that waits for the end of a pipe, then removes what was left."""

import subprocess
from pathlib import Path

# $1: group of processes to kill, or nothing. $2: folder to remove, or nothing. The rest: a command to run.
SCRIPT = """
trap '' HUP INT TERM
cat >/dev/null
group=$1 folder=$2
shift 2
[ -z "$group" ] || kill -s KILL -- "-$group"
[ -z "$folder" ] || rm -rf -- "$folder"
[ $# = 0 ] || "$@"
"""


class Guard:
    """While it stands, the death of this program takes the named processes, folder and container along."""

    def __init__(self, *, group: int | None = None, folder: Path | None = None, then: tuple[str, ...] = ()) -> None:
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", SCRIPT, "guard", str(group or ""), str(folder or ""), *then],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """Stand down without cleaning: everything was stopped in the regular way."""
        self._shell.kill()
        self._shell.wait()
        if self._shell.stdin:
            self._shell.stdin.close()
