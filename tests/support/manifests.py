"""The manifests of k8s/ as they would be applied, rendered by the script that `make check` validates them with."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from tests.support.sources import ROOT

K8S = ROOT / "k8s"
OVERLAYS = ("local", "sandbox", "production")
ON_A_FILE, FLEETS = ("local", "sandbox"), ("production",)
"""By their ledger: one replica with SQLite on a volume, several on one PostgreSQL."""

Manifest = dict[str, Any]  # reason: whatever YAML holds


def _script(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, ROOT / ".make" / f"{name}.py")
    if found is None or found.loader is None:
        raise FileNotFoundError(name)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


script = _script("manifests")


def folder(overlay: str) -> Path:
    """Where an overlay is."""
    return K8S / "overlays" / overlay


def rendered(overlay: str) -> list[Manifest]:
    """The manifests of an overlay."""
    return list(script.render(folder(overlay)))


def of_kind(overlay: str, *kinds: str) -> list[Manifest]:
    """Those of some kinds."""
    return [found for found in rendered(overlay) if found["kind"] in kinds]


def pods(overlay: str) -> list[Manifest]:
    """The pod of every workload of an overlay."""
    return [found["spec"]["template"]["spec"] for found in rendered(overlay) if "template" in found.get("spec", {})]


def relay(overlay: str) -> tuple[Manifest, Manifest, Manifest]:
    """The Deployment of the relay, its pod and its variables."""
    found = rendered(overlay)
    deployment = next(one for one in found if one["kind"] == "Deployment" and one["metadata"]["name"] == "piste-relay")
    variables = next(one for one in found if one["kind"] == "ConfigMap")["data"]
    return deployment, deployment["spec"]["template"]["spec"], variables


def mounts(pod: Manifest) -> dict[str, str]:
    """Where the relay finds each volume."""
    return {mount["name"]: mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}


def secret_of(overlay: str) -> dict[str, str]:
    """The files an overlay's pod is to be given, as its example has them."""
    source = "secret.yaml" if overlay == "local" else "secret.example.yaml"
    found: Manifest = yaml.safe_load((folder(overlay) / source).read_text(encoding="utf-8"))
    return dict(found["stringData"])


def configured(given: Manifest, secret: dict[str, str], place: Path) -> subprocess.CompletedProcess[str]:
    """What the program says of its settings with these variables, and these files where the secret would be."""
    for name, value in secret.items():
        (place / name).write_text(value, encoding="utf-8")
    moved = {name: value.replace(given["RELAY_SECRETS_DIR"], str(place)) for name, value in given.items()}
    return subprocess.run(
        [sys.executable, "-m", "service", "config"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **moved},
        capture_output=True,
        text=True,
        check=False,
    )
