"""Each overlay has one ledger: a file for one pod, or a PostgreSQL for several that come and go one by one."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from service.ledger import open_ledger
from tests.support.manifests import (
    FLEETS,
    K8S,
    ON_A_FILE,
    OVERLAYS,
    configured,
    mounts,
    of_kind,
    relay,
    script,
    secret_of,
)

OWN = {"app.kubernetes.io/name": "piste-relay"}
SCALERS = ("HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler")
LEDGERS_PLACE = "/var/lib/piste-relay"


@pytest.fixture
def components(tmp_path: Path) -> Path:
    """A folder to render from: the base with one more patch, or a component of one's own."""
    (tmp_path / "base.yaml").write_text((K8S / "base/deployment.yaml").read_text(encoding="utf-8"))
    return tmp_path


def patched(place: Path, change: str) -> list[str]:
    """What is wrong with the base's Deployment under a patch of its spec."""
    head = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "piste-relay"}}
    (place / "patch.yaml").write_text(yaml.safe_dump({**head, "spec": yaml.safe_load(change)}))
    (place / "kustomization.yaml").write_text("resources: [base.yaml]\npatches: [{path: patch.yaml}]\n")
    return list(script.problems(place))


@pytest.mark.parametrize("overlay", ON_A_FILE)
def test_should_give_one_pod_the_file(overlay: str) -> None:
    """With the SQLite ledger there is one replica, replaced rather than rolled, on a volume that outlives it."""
    deployment, pod, variables = relay(overlay)
    (claim,) = of_kind(overlay, "PersistentVolumeClaim")
    volumes = {volume["name"]: volume for volume in pod["volumes"]}

    assert variables["RELAY_LEDGER__URL"].startswith(f"sqlite:///{LEDGERS_PLACE}/")
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]) == (1, {"type": "Recreate"})
    assert mounts(pod)["ledger"] == LEDGERS_PLACE
    assert volumes["ledger"]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]


@pytest.mark.parametrize("overlay", FLEETS)
def test_should_have_the_new_pod_work_before_an_old_one_goes(overlay: str) -> None:
    """A fleet has as many at work while it is updated as before, and is never updated all at once."""
    deployment, _, _ = relay(overlay)

    assert deployment["spec"]["replicas"] > 1
    assert deployment["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
    }


@pytest.mark.parametrize("overlay", FLEETS)
def test_should_leave_a_pod_of_a_fleet_no_place_for_a_ledger_of_its_own(overlay: str) -> None:
    """No volume but the secret and what is gone with the pod; the address comes from the secret alone."""
    _, pod, variables = relay(overlay)
    kinds = [kind for volume in pod["volumes"] for kind in volume if kind != "name"]

    assert of_kind(overlay, "PersistentVolumeClaim") == []
    assert sorted(kinds) == ["emptyDir", "secret"]
    assert LEDGERS_PLACE not in mounts(pod).values()
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True
    assert "RELAY_LEDGER__URL" not in variables
    assert variables["RELAY_LEDGER__URL_FILE"] == f"{mounts(pod)['secrets']}/RELAY_LEDGER__URL"


@pytest.mark.parametrize("overlay", FLEETS)
def test_should_start_no_pod_of_a_fleet_without_the_address(overlay: str, tmp_path: Path) -> None:
    """A secret that lacks it is said to, and no default takes its place."""
    _, _, given = relay(overlay)
    secret = {name: value for name, value in secret_of(overlay).items() if name != "RELAY_LEDGER__URL"}
    done = configured(given, secret, tmp_path)

    assert done.returncode != 0
    assert "RELAY_LEDGER__URL_FILE names" in done.stderr


@pytest.mark.parametrize("overlay", FLEETS)
def test_should_show_an_address_the_ledger_takes(overlay: str) -> None:
    """The example names every node, and wants the server's certificate checked against a file of the same secret."""
    _, pod, _ = relay(overlay)
    secret = secret_of(overlay)
    open_ledger(secret["RELAY_LEDGER__URL"], lease=20.0)
    wanted = parse_qs(urlsplit(secret["RELAY_LEDGER__URL"]).query)

    assert wanted["sslmode"] == ["verify-full"]
    assert wanted["sslrootcert"] == [f"{mounts(pod)['secrets']}/ca.crt"]
    assert "ca.crt" in secret


@pytest.mark.parametrize("overlay", FLEETS)
def test_should_let_one_pod_of_a_fleet_be_evicted_at_a_time(overlay: str) -> None:
    """And none that is not ready hold up a node that is to be emptied."""
    (budget,) = of_kind(overlay, "PodDisruptionBudget")

    assert budget["spec"] == {
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": OWN},
    }


@pytest.mark.parametrize("overlay", FLEETS)
def test_should_spread_a_fleet_where_it_can(overlay: str) -> None:
    """Over zones and nodes, of those of one version, and never at the price of a pod that is not placed."""
    deployment, pod, _ = relay(overlay)
    wishes = pod["topologySpreadConstraints"]

    assert [wish["topologyKey"] for wish in wishes] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    assert [wish["labelSelector"]["matchLabels"] for wish in wishes] == [OWN] * 2
    assert [(wish["whenUnsatisfiable"], wish["matchLabelKeys"]) for wish in wishes] == [
        ("ScheduleAnyway", ["pod-template-hash"])
    ] * 2
    assert deployment["spec"]["template"]["metadata"]["labels"] == OWN


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_should_have_nobody_change_the_number_of_pods(overlay: str) -> None:
    """More than the quota of the State feeds help nobody; components/fleet says so at length."""
    assert of_kind(overlay, *SCALERS) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("strategy: {$patch: delete}", "takes something away"),
        ("strategy: null", "takes something away"),
        ("template: {spec: {containers: [{name: relay, args: [doctor]}]}}", "args is a list whose members"),
    ],
    ids=["directive", "null", "list"],
)
def test_should_refuse_a_patch_it_would_render_otherwise(components: Path, change: str, said: str) -> None:
    """What the renderer does not do as kustomize does is a problem, not silence."""
    assert [problem for problem in patched(components, change) if said in problem]


def test_should_put_the_members_a_patch_names_first(components: Path) -> None:
    """As kustomize merges lists of named things."""
    change = "template: {spec: {volumes: [{name: new, emptyDir: {}}, {name: tmp, emptyDir: {sizeLimit: 1Mi}}]}}"
    found = patched(components, change)
    (deployment,) = script.render(components)
    volumes = deployment["spec"]["template"]["spec"]["volumes"]

    assert found == []
    assert [volume["name"] for volume in volumes] == ["new", "tmp", "secrets"]
    assert volumes[1]["emptyDir"] == {"sizeLimit": "1Mi"}


@pytest.mark.parametrize(
    ("named", "kind"), [("resources", "Component"), ("components", "Kustomization")], ids=["resource", "component"]
)
def test_should_refuse_a_component_where_none_belongs(tmp_path: Path, named: str, kind: str) -> None:
    """And what is none, where one does."""
    (tmp_path / "part").mkdir()
    (tmp_path / "part/kustomization.yaml").write_text(f"kind: {kind}\nresources: []\n")
    (tmp_path / "kustomization.yaml").write_text(f"{named}: [part]\n")

    assert [problem for problem in script.problems(tmp_path) if "and is none" in problem]
