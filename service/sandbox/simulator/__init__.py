"""The State on one port: the PISTE gateway, Chorus Pro and the DUME Service, with real behaviour behind them."""

from service.sandbox.simulator.authority import Authority
from service.sandbox.simulator.clock import Clock
from service.sandbox.simulator.faults import Fault
from service.sandbox.simulator.rules import Rule
from service.sandbox.simulator.server import Simulator, run, serve
from service.sandbox.simulator.settings import Account, Application, Party, Platform, SimulatorSettings

__all__ = [
    "Account",
    "Application",
    "Authority",
    "Clock",
    "Fault",
    "Party",
    "Platform",
    "Rule",
    "Simulator",
    "SimulatorSettings",
    "run",
    "serve",
]
