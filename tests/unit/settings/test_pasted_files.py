"""A file's content pasted in place of its name is refused, and never repeated."""

import pytest

from service.settings import SettingsInvalid, load_settings

SECRET = "canary-4f1d9b"


@pytest.mark.parametrize("variable", ["RELAY_CERTIFICATE__KEY", "RELAY_CERTIFICATE__KEY_FILE", "RELAY_ACCOUNTS"])
@pytest.mark.parametrize(
    "content",
    [f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n", f"-----BEGIN PRIVATE KEY-----{SECRET}", f"a:\n  b: {SECRET}"],
)
def test_should_not_repeat_a_file_pasted_in_place_of_its_name(variable: str, content: str) -> None:
    """A private key in the variable that names its file would otherwise be shown as a file that is not there."""
    with pytest.raises(SettingsInvalid) as caught:
        load_settings({variable: content})

    assert caught.value.sentences == (
        f"{variable} must name a file, and holds what such a file holds: write that into a file.",
    )
