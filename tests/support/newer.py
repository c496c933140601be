"""The program as its next version may be, with one more type of request: `python -m tests.support.newer worker`."""

from __future__ import annotations

from types import MappingProxyType

from service import routes
from service.__main__ import main

NEWER = "invoice.deposit.requested.v2"
"""The type that only the newer version takes."""

if __name__ == "__main__":
    older = routes.ROUTES["invoice.deposit.requested.v1"]
    # Before anybody reads it.
    routes.ROUTES = MappingProxyType({**routes.ROUTES, NEWER: routes.Route(NEWER, older.handler)})
    main()
