"""Where the programs of a system's RabbitMQ and Erlang are."""

import shutil
import subprocess
from pathlib import Path

# Debian's programs in PATH switch to the user rabbitmq and its folders; the scripts behind them do not.
SERVERS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/opt/rabbitmq/sbin/rabbitmq-server")
ROOT = "io:put_chars(code:root_dir()), halt()."


def find_server() -> Path | None:
    """The script that starts a node as the current user, when both it and Erlang are there."""
    if shutil.which("erl") is None:
        return None
    for candidate in (*SERVERS, shutil.which("rabbitmq-server")):
        if candidate and Path(candidate).exists():
            return Path(candidate)
    return None


def find_epmd() -> str:
    """The port mapper that comes with Erlang, in PATH or beside the emulator."""
    if found := shutil.which("epmd"):
        return found
    erl = shutil.which("erl") or "erl"
    root = subprocess.run(
        [erl, "-noshell", "-eval", ROOT], capture_output=True, text=True, check=True, timeout=30
    ).stdout
    return str(next(Path(root).glob("erts-*/bin/epmd")))
