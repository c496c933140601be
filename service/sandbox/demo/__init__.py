"""Shows the whole way on one machine: deposits, tenders, a maintenance in the middle, and what became of everything."""

from service.sandbox.demo.performance import run

__all__ = ["run"]
