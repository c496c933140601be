"""What the start-up checks look at, wherever the settings came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.cli.configured import to_plan
from service.core.startup import findings
from service.settings import load_settings

pytestmark = pytest.mark.unit
APPLICATION = {"RELAY_PISTE__CLIENT_ID": "an-id", "RELAY_PISTE__CLIENT_SECRET": "a-secret"}
UNIVERSAL = {**APPLICATION, "RELAY_PISTE__ORGANISATION": "universal"}


def fatal(environ: dict[str, str]) -> list[str]:
    """The sentences that stop the start."""
    return [finding.text for finding in findings(to_plan(load_settings(environ))) if finding.is_fatal]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELAY_DUME__PLATFORM_ID", "99900001100018"),
        ("RELAY_DUME__TECHNICAL_PLATFORM_ID", "TND001"),
        ("RELAY_DUME__REQUESTER_ID", "99900012800010"),
        ("RELAY_DUME__REQUESTER_NAME", "Ville de Exempleville"),
    ],
)
def test_should_refuse_dume_from_the_universal_organisation_wherever_it_is_set(
    tmp_path: Path, name: str, value: str
) -> None:
    """The environment, a file that is named, and the folder of secrets: none is a way round."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / name).write_text(value)
    (tmp_path / "file").write_text(value)
    ways = (
        {name: value},
        {f"{name}_FILE": str(tmp_path / "file")},
        {"RELAY_SECRETS_DIR": str(tmp_path / "folder")},
    )

    told = [any("cannot reach the DUME Service" in text for text in fatal({**UNIVERSAL, **way})) for way in ways]
    assert told == [True, True, True]


def test_should_not_blame_an_organisation_that_nobody_chose() -> None:
    """Who has set a part of the platform is told what is missing of it, and nothing else."""
    said = fatal({**APPLICATION, "RELAY_DUME__TECHNICAL_PLATFORM_ID": "TND001"})

    assert said == ["RELAY_DUME__PLATFORM_ID must have 14 characters when its type is 1."]
