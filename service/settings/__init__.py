"""Every knob of the program, read once from the environment and from files."""

from __future__ import annotations

from service.settings.model import Settings, SettingsInvalid, load_settings, values, variables
from service.settings.sources import Found

__all__ = ["Found", "Settings", "SettingsInvalid", "load_settings", "values", "variables"]
