"""Renders every overlay of k8s/ and validates what comes out against the Kubernetes API, without a cluster.

The overlays keep to the part of kustomize rendered here: resources, components, namespace, images, and patches that
merge maps and lists of named things. Anything else is refused, so that nothing is checked by halves; an installed
kubectl or kustomize must agree.
"""

import copy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

ROOT = Path(__file__).resolve().parent.parent
OVERLAYS = ROOT / "k8s" / "overlays"
VERSIONS = ("1.29", "1.37")  # the oldest and the newest API the manifests are for
KNOWN = {"apiVersion", "kind", "resources", "components", "namespace", "patches", "images"}
NAMED_BY = {"containers": "name", "volumes": "name", "volumeMounts": "mountPath"}
"""What tells the members of a list apart; those a patch names come first, changed or new."""

Manifest = dict[str, Any]


class Unrenderable(Exception):
    """An overlay uses something this renderer does not know; the text says what."""


def render(folder: Path) -> list[Manifest]:
    """The manifests of a kustomization, as kustomize would write them."""
    manifests: list[Manifest] = []
    _add(manifests, folder, "Kustomization")
    return manifests


def _add(manifests: list[Manifest], folder: Path, kind: str) -> None:
    """Add what a folder has, then change everything there is as it says: a component also what others brought."""
    wanted = yaml.safe_load((folder / "kustomization.yaml").read_text())
    if unknown := set(wanted) - KNOWN:
        raise Unrenderable(f"{folder}: cannot render {', '.join(sorted(unknown))}")
    if wanted.get("kind", "Kustomization") != kind:
        raise Unrenderable(f"{folder}: is named where a {kind} belongs, and is none")
    for name in wanted.get("resources", []):
        manifests += _read(folder / name)
    for name in wanted.get("components", []):
        _add(manifests, folder / name, "Component")
    for patch in wanted.get("patches", []):
        _patch(manifests, folder, patch)
    for manifest in manifests:
        _name_space(manifest, wanted.get("namespace"))
        for image in wanted.get("images", []):
            _replace_image(manifest, image)


def _read(path: Path) -> list[Manifest]:
    return render(path) if path.is_dir() else list(yaml.safe_load_all(path.read_text()))


def _patch(manifests: list[Manifest], folder: Path, patch: dict[str, Any]) -> None:
    if set(patch) != {"path"}:
        raise Unrenderable(f"{folder}: a patch is a file given by its path, not {patch}")
    for change in yaml.safe_load_all((folder / patch["path"]).read_text()):
        target = next((manifest for manifest in manifests if _key(manifest) == _key(change)), None)
        if target is None:
            raise Unrenderable(f"{folder}: {patch['path']} patches nothing that exists")
        _merge(target, change, patch["path"])


def _merge(target: Manifest, change: Manifest, where: str) -> None:
    for name, value in change.items():
        present = target.get(name)
        if isinstance(value, dict) and isinstance(present, dict):
            _merge(present, value, where)
        elif isinstance(value, list) and isinstance(present, list):
            target[name] = _merged(present, value, name, where)
        else:
            _refuse_removals(value, name, where)
            target[name] = copy.deepcopy(value)


def _merged(present: list[Manifest], change: list[Manifest], name: str, where: str) -> list[Manifest]:
    if name not in NAMED_BY:
        raise Unrenderable(f"{where}: {name} is a list whose members have no names, and cannot be merged")
    key = NAMED_BY[name]
    others = {member[key]: member for member in present}
    first = [others.pop(value[key], {}) for value in change]
    for member, value in zip(first, change, strict=True):
        _merge(member, value, where)
    return [*first, *others.values()]


def _refuse_removals(value: object, name: str, where: str) -> None:
    if value is None or name.startswith("$"):
        raise Unrenderable(f"{where}: {name} takes something away, and patches here only add and change")
    if isinstance(value, dict):
        for inner, one in value.items():
            _refuse_removals(one, inner, where)
    elif isinstance(value, list):
        for one in value:
            _refuse_removals(one, name, where)


def _key(manifest: Manifest) -> tuple[str, str, str]:
    return manifest["apiVersion"], manifest["kind"], manifest["metadata"]["name"]


def _name_space(manifest: Manifest, namespace: str | None) -> None:
    if namespace and manifest["kind"] != "Namespace":
        manifest["metadata"]["namespace"] = namespace


def _replace_image(manifest: Manifest, image: dict[str, str]) -> None:
    pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
    for container in [*pod.get("containers", []), *pod.get("initContainers", [])]:
        name, _, tag = container["image"].partition(":")
        if name == image["name"]:
            container["image"] = f"{image.get('newName', name)}:{image.get('newTag', tag)}"


def reference(folder: Path) -> list[Manifest] | None:
    """What kustomize itself makes of a folder; None where it is not installed."""
    if found := shutil.which("kustomize"):
        command = [found, "build", str(folder)]
    elif found := shutil.which("kubectl"):
        command = [found, "kustomize", str(folder)]
    else:
        return None
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise Unrenderable(f"{folder}: {done.stderr.strip()}")
    return list(yaml.safe_load_all(done.stdout))


def problems(folder: Path) -> Iterator[str]:
    """One sentence for everything wrong with an overlay."""
    try:
        manifests, expected = render(folder), reference(folder)
    except Unrenderable as error:
        yield str(error)
        return
    if expected is not None and _by_key(expected) != _by_key(manifests):
        yield f"{folder.name}: kustomize renders it otherwise than .make/manifests.py"
    for manifest in manifests:
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(manifest, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                yield f"{folder.name}: {manifest['kind']} {manifest['metadata']['name']}, {version}: {error.message}"


def _by_key(manifests: list[Manifest]) -> dict[tuple[str, str, str], Manifest]:
    return {_key(manifest): manifest for manifest in manifests}


def main() -> int:
    """Print every problem; 1 when there is one."""
    found = [problem for folder in sorted(OVERLAYS.iterdir()) for problem in problems(folder)]
    print("\n".join(found) or f"{len(list(OVERLAYS.iterdir()))} overlays render and validate")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
