"""The image and the manifests keep what production relies on, as far as that shows without building or deploying."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from service.settings import variables
from service.settings.sources import FILE_SUFFIX
from tests.support.manifests import (
    K8S,
    OVERLAYS,
    configured,
    folder,
    mounts,
    of_kind,
    pods,
    relay,
    script,
    secret_of,
)
from tests.support.sources import ROOT

SELECTED = {"matchLabels": {"app.kubernetes.io/name": "piste-relay"}}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_should_validate_against_the_api(overlay: str) -> None:
    """Every manifest of every overlay is valid for the oldest and the newest Kubernetes it is for."""
    assert list(script.problems(folder(overlay))) == []


def test_should_find_a_field_nobody_knows(tmp_path: Path) -> None:
    """The validation fails when it should: a misspelt field is a problem."""
    bad = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "dta": {}}
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump(bad))
    (tmp_path / "kustomization.yaml").write_text("resources: [bad.yaml]\n")

    assert any("dta" in problem for problem in script.problems(tmp_path))


def test_should_refuse_to_render_by_halves(tmp_path: Path) -> None:
    """A part of kustomize the renderer does not know is a problem, not silence."""
    (tmp_path / "kustomization.yaml").write_text("resources: []\nnamePrefix: x-\n")

    assert any("namePrefix" in problem for problem in script.problems(tmp_path))


def test_should_render_everything_there_is() -> None:
    """Each overlay is checked, and each component is part of one."""
    lists = {path.parent: yaml.safe_load(path.read_text(encoding="utf-8")) for path in K8S.rglob("kustomization.yaml")}
    used = [(place / name).resolve() for place, found in lists.items() for name in found.get("components", [])]

    assert sorted(path.name for path in (K8S / "overlays").iterdir()) == sorted(OVERLAYS)
    assert set((K8S / "components").iterdir()) == set(used)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_should_leave_time_to_finish(overlay: str) -> None:
    """Kubernetes waits longer than the worker's own grace period."""
    _, pod, variables = relay(overlay)

    assert pod["terminationGracePeriodSeconds"] > float(variables["RELAY_SHUTDOWN_GRACE"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_should_probe_what_each_probe_is_for(overlay: str) -> None:
    """Liveness and start look at the event loop, readiness at the broker and the ledger."""
    _, pod, _ = relay(overlay)
    paths = {name: pod["containers"][0][name]["httpGet"]["path"] for name in pod["containers"][0] if "Probe" in name}

    assert paths == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_should_run_restricted(overlay: str) -> None:
    """Every pod is as Kubernetes' `restricted` profile wants it, without a token and without service links."""
    for pod in pods(overlay):
        security = pod["securityContext"]

        assert (security["runAsNonRoot"], security["seccompProfile"]["type"]) == (True, "RuntimeDefault")
        assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
        for container in pod["containers"]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_should_write_only_to_volumes(overlay: str) -> None:
    """The relay's root file system is read-only."""
    _, pod, _ = relay(overlay)

    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True


@pytest.mark.parametrize("overlay", ["sandbox", "production"])
def test_should_keep_secrets_out(overlay: str) -> None:
    """No secret is rendered; the pod reads files the operator provides."""
    _, pod, variables = relay(overlay)

    assert of_kind(overlay, "Secret") == []
    assert mounts(pod)["secrets"] == variables["RELAY_SECRETS_DIR"]
    assert [name for name in variables if re.search("PASSWORD|SECRET$|CLIENT_ID|LOGIN|AMQP__URL", name)] == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_should_deny_what_is_not_allowed(overlay: str) -> None:
    """A policy denies everything in the namespace, and others allow the relay what it needs, and no more."""
    policies = {found["metadata"]["name"]: found["spec"] for found in of_kind(overlay, "NetworkPolicy")}
    own = [policy for policy in policies.values() if policy["podSelector"] == SELECTED]
    rules = [rule for policy in own for rule in policy.get("egress", [])]
    expected = {53, 443, 5671, 5672} | {"local": {8089}, "sandbox": set(), "production": {5432}}[overlay]

    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert {port["port"] for rule in rules for port in rule["ports"]} == expected


def test_should_build_in_one_stage_and_run_in_another() -> None:
    """The last stage of the image copies what the first made, and runs as nobody's root."""
    stages = re.split(r"(?m)^FROM ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))[1:]
    last = stages[-1]

    assert len(stages) > 1
    assert "COPY --from=build" in last
    assert not re.search(r"(?m)pip install|apt-get", last)
    assert re.findall(r"(?m)^USER (\S+)", last) == ["10001:10001"]
    assert 'ENTRYPOINT ["piste-relay"]\nCMD ["worker"]' in last


def test_should_install_only_what_is_locked() -> None:
    """Everything the image takes from a package index is checked against the hashes of a lock."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    installs = re.findall(r"pip install ([^&\n]*)", text)

    assert installs
    assert [line for line in installs if "--require-hashes" not in line and "--no-index" not in line] == []


def test_should_have_what_a_ledger_on_postgresql_needs() -> None:
    """The lock the image is installed from has the extra, as a package with the library in it, by its hashes."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        (wanted,) = tomllib.load(file)["project"]["optional-dependencies"]["postgres"]
    lock = (ROOT / "requirements" / "runtime.lock").read_text(encoding="utf-8")
    hashed = re.findall(r"(?m)^(psycopg\S*)==\S+[^\n]*\\\n    --hash=sha256:", lock)

    assert wanted.startswith("psycopg[binary]")
    assert hashed == ["psycopg", "psycopg-binary"]
    assert "--requirement requirements/runtime.lock" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_should_leave_every_setting_to_whoever_runs_the_image() -> None:
    """A variable of the image would outrank the file of a secret: a fleet would have a ledger in each pod."""
    assert "RELAY_" not in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_should_send_the_build_what_it_copies() -> None:
    """Every file the image copies passes .dockerignore."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = re.findall(r"(?m)^COPY (?!--from)(.*) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"))

    assert copied
    assert [name for line in copied for name in line.split() if f"!{name}" not in ignored] == []


def test_should_give_the_worker_of_compose_time_to_finish() -> None:
    """Docker, too, waits longer than the worker's own grace period."""
    worker = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["worker"]

    assert int(worker["stop_grace_period"].rstrip("s")) > int(worker["environment"]["RELAY_SHUTDOWN_GRACE"])


def test_should_set_only_variables_that_exist() -> None:
    """Every RELAY_ variable of manifests, examples, compose file and image is one the program knows."""
    places = [*(ROOT / "k8s").rglob("*.yaml"), ROOT / "compose.yaml", ROOT / "Dockerfile"]
    text = "\n".join(place.read_text(encoding="utf-8") for place in places)
    named = set(re.findall(r"(?m)^\s*(RELAY_\w+)[:=]", text))

    assert named
    assert {name.removesuffix(FILE_SUFFIX) for name in named} - {"RELAY_SECRETS_DIR", *variables()} == set()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_should_give_the_program_settings_it_accepts(overlay: str, tmp_path: Path) -> None:
    """With the variables of an overlay and the files of its secret, the program reads its settings and says nothing."""
    _, _, given = relay(overlay)
    secret = secret_of(overlay)
    done = configured(given, secret, tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert [value for name, value in secret.items() if "PASSWORD" in name and value in done.stdout] == []
