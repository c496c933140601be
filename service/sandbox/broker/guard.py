"""Cleans up behind a program that was killed: a shell that waits for the end of a pipe, then removes what was left."""

import subprocess
from pathlib import Path

# $1: group of processes to kill, or nothing. $2: when its leader began, if known. $3: folder to remove, or nothing. The
# rest: a command to run. Numbers of processes come again, soon where many programs start: what has this number by then
# and began at another time is a stranger. While any of the group lives, its number is nobody else's.
SCRIPT = """
trap '' HUP INT TERM
cat >/dev/null
began() {
    read -r line <"/proc/$1/stat" || return
    set -- ${line##*) }
    echo "${20}"
} 2>/dev/null
group=$1 noted=$2 folder=$3
shift 3
now=$([ -z "$noted" ] || began "$group")
[ -z "$group" ] || [ -n "$now" -a "$now" != "$noted" ] || kill -s KILL -- "-$group"
[ -z "$folder" ] || rm -rf -- "$folder"
[ $# = 0 ] || "$@"
"""


class Guard:
    """While it stands, the death of this program takes the named processes, folder and container along."""

    def __init__(self, *, group: int | None = None, folder: Path | None = None, then: tuple[str, ...] = ()) -> None:
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", SCRIPT, "guard", str(group or ""), began(group), str(folder or ""), *then],
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


def began(process: int | None) -> str:
    """When a process began, in ticks since the machine did; nothing where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[19]  # its name, in brackets, may hold anything
