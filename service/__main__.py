"""Starts the command `piste-relay`; whatever goes wrong is told in one sentence."""

from __future__ import annotations

import logging
import sys
from types import TracebackType


def main() -> None:
    """Run the command line of this process."""
    sys.excepthook = _tell
    logging.getLogger().addHandler(
        logging.NullHandler()
    )  # libraries speak through the log of the worker, or not at all
    from service.cli import build

    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    build(words[0] if words else None)(prog_name="piste-relay")


def _tell(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """One sentence for a person; `RELAY_LOG__LEVEL=debug` and the log of the worker have the rest."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            _tell(type(part), part, None)
        return
    text = " ".join(str(error).split()) or "no further detail"
    named = "" if str(error) and kind.__module__.startswith("service.") else f"{kind.__name__}: "
    sys.stderr.write(f"piste-relay: {named}{text}\n")


if __name__ == "__main__":
    main()
