"""Whatever happens to gates, in whatever order: one probe at most, open ones forgotten, waits bounded."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from service.core.gate import DIFFERENT_EVENTS, Gate, Gates, Position, Scope

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INTERVAL = timedelta(seconds=30)
UPSTREAM = Scope(upstream="chorus-pro")
OPERATION = Scope(upstream="chorus-pro", operation="deposerFluxFacture")
BOUNDED = settings(
    deadline=None, database=None, max_examples=60, stateful_step_count=40, suppress_health_check=[HealthCheck.too_slow]
)
EVENTS = st.sampled_from(["e-1", "e-2", "e-3", "e-4"])
OPERATIONS = st.sampled_from(["deposerFluxFacture", "consulterCRDetaille"])
SCOPES = st.sampled_from([UPSTREAM, OPERATION, Scope(upstream="chorus-pro", operation="consulterCRDetaille")])


class AnySequence(RuleBasedStateMachine):
    """Whatever happens, in whatever order."""

    @initialize()
    def begin(self) -> None:
        self.gates = Gates(interval=INTERVAL)
        self.now = NOW
        self.admitted: dict[Scope, set[str]] = {}
        self.failed_with: dict[Scope, set[str]] = {}

    @rule(seconds=st.integers(0, 3600))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(scope=SCOPES, announced=st.booleans())
    def closes(self, scope: Scope, *, announced: bool) -> None:
        until = self.now + timedelta(hours=1) if announced else None
        self.gates.put(self.gates.gate(scope).closed("unavailable", self.now, INTERVAL, until))
        self._forget(scope)

    @rule(scope=SCOPES)
    def is_found_healthy(self, scope: Scope) -> None:
        if self.gates.gate(scope).position is Position.CLOSED:
            self.gates.put(self.gates.gate(scope).probing(self.now))
            self._forget(scope)

    @rule(scope=SCOPES)
    def opens(self, scope: Scope) -> None:
        self.gates.put(Gate(scope=scope))
        self._forget(scope)

    @rule(event=EVENTS, operation=OPERATIONS)
    def asks(self, event: str, operation: str) -> None:
        if self.gates.admit("chorus-pro", operation, event) is None:
            for scope in (UPSTREAM, Scope(upstream="chorus-pro", operation=operation)):
                self.admitted.setdefault(scope, set()).add(event)

    @rule(event=EVENTS)
    def ends(self, event: str) -> None:
        self.gates.release(event, self.now)
        for events in self.admitted.values():
            events.discard(event)

    @rule(scope=SCOPES, event=EVENTS)
    def fails(self, scope: Scope, event: str) -> None:
        seen = self.failed_with.setdefault(scope, set())
        seen.add(event)
        if self.gates.failed(scope, event, self.now):
            assert len(seen) >= DIFFERENT_EVENTS

    def _forget(self, scope: Scope) -> None:
        self.admitted.pop(scope, None)
        self.failed_with.pop(scope, None)

    @invariant()
    def no_gate_is_probed_twice(self) -> None:
        for gate in self.gates:
            if gate.position is Position.PROBING:
                assert len(self.admitted.get(gate.scope, ())) <= 1

    @invariant()
    def nothing_passes_a_closed_gate(self) -> None:
        for gate in self.gates:
            if gate.position is Position.CLOSED:
                assert not self.admitted.get(gate.scope)

    @invariant()
    def only_gates_that_stop_something_are_kept(self) -> None:
        assert all(gate.position is not Position.OPEN for gate in self.gates)

    @invariant()
    def each_pause_has_a_time_to_be_tried(self) -> None:
        assert all(gate.probe_at is not None and gate.since is not None for gate in self.gates)


def test_should_keep_its_promises_whatever_happens() -> None:
    """Never two probes, nothing through a closed gate, no open gate kept, always a time to try again."""
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(AnySequence, settings=BOUNDED)
