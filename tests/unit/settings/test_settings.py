"""Settings come from the environment or from files, and whatever is wrong with them is said at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from service.settings import Settings, SettingsInvalid, load_settings, variables

SECRET = "canary-4f1d9b"
DOCUMENTED = [
    "RELAY_PROFILE",
    "RELAY_AUTH",
    "RELAY_CERTIFICATE__ACKNOWLEDGED",
    "RELAY_CERTIFICATE__CHAIN",
    "RELAY_CERTIFICATE__KEY",
    "RELAY_CERTIFICATE__KEY_PASSWORD",
    "RELAY_CERTIFICATE__URL",
    "RELAY_CERTIFICATE__WARNING",
    "RELAY_AMQP__URL",
    "RELAY_AMQP__PREFIX",
    "RELAY_AMQP__DECLARE",
    "RELAY_LEDGER__URL",
    "RELAY_LEDGER__LEASE",
    "RELAY_LEDGER__RETENTION",
    "RELAY_PISTE__CLIENT_ID",
    "RELAY_PISTE__CLIENT_SECRET",
    "RELAY_PISTE__ORGANISATION",
    "RELAY_PISTE__OAUTH_URL",
    "RELAY_PISTE__API_URL",
    "RELAY_CHORUS_PRO__LOGIN",
    "RELAY_CHORUS_PRO__PASSWORD",
    "RELAY_DUME__PLATFORM_ID",
    "RELAY_DUME__TECHNICAL_PLATFORM_ID",
    "RELAY_DUME__REQUESTER_ID",
    "RELAY_DUME__REQUESTER_NAME",
    "RELAY_HTTP__PORT",
    "RELAY_CONCURRENCY",
    "RELAY_SHUTDOWN_GRACE",
    "RELAY_MAINTENANCE__CALENDAR",
    "RELAY_MAINTENANCE__PROBE_INTERVAL",
    "RELAY_TRACKING__STEPS",
    "RELAY_DELAY__STEPS",
    "RELAY_DOUBT__WAIT",
    "RELAY_DOUBT__LOOKS",
    "RELAY_DOUBT__THEN",
    "RELAY_MAPPING",
    "RELAY_LOG__FORMAT",
    "RELAY_LOG__LEVEL",
    "RELAY_ACCOUNTS",
]


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    """The sentences these settings are refused with."""
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(environ)
    return caught.value.sentences


@pytest.mark.parametrize("name", DOCUMENTED)
def test_should_know_every_published_variable(name: str) -> None:
    """Other programs set these names."""
    assert name in variables()


def test_should_start_from_defaults_that_reach_nobody() -> None:
    """Without any setting, nothing but this machine is addressed."""
    settings = load_settings({})

    assert settings.profile == "local"
    assert settings.piste.oauth_url == "http://127.0.0.1:8089/api/oauth/token"
    assert settings.piste.api_url == "http://127.0.0.1:8089"
    assert settings.delay.steps == tuple(timedelta(seconds=s) for s in (10, 60, 900, 21600))


@pytest.mark.parametrize(
    ("profile", "oauth", "api"),
    [
        ("production", "https://oauth.piste.gouv.fr/api/oauth/token", "https://api.piste.gouv.fr"),
        ("sandbox", "https://sandbox-oauth.piste.gouv.fr/api/oauth/token", "https://sandbox-api.piste.gouv.fr"),
    ],
)
def test_should_take_the_hosts_of_the_profile(profile: str, oauth: str, api: str) -> None:
    """A profile names a pair of hosts."""
    piste = load_settings({"RELAY_PROFILE": profile}).piste

    assert (piste.oauth_url, piste.api_url) == (oauth, api)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://token.example", "https://token.example/api/oauth/token"),
        ("https://token.example/", "https://token.example/api/oauth/token"),
        ("https://token.example/other/token", "https://token.example/other/token"),
    ],
)
def test_should_complete_a_token_host_and_keep_a_token_address(given: str, expected: str) -> None:
    """The token endpoint may be given whole or by its host."""
    assert load_settings({"RELAY_PISTE__OAUTH_URL": given}).piste.oauth_url == expected


@pytest.mark.parametrize(("environ", "expected"), [({}, "universal"), ({"RELAY_DUME__PLATFORM_ID": "1"}, "dume")])
def test_should_assume_the_organisation_that_reaches_what_is_configured(environ: dict[str, str], expected: str) -> None:
    """Without a word about the organisation, a DUME platform implies it."""
    assert load_settings(environ).piste.organisation == expected


def test_should_read_a_secret_from_the_file_its_variable_names(tmp_path: Path) -> None:
    """`…_FILE` holds the path of a file with the value, whose line end is not part of it."""
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    settings = load_settings({"RELAY_PISTE__CLIENT_SECRET_FILE": str(file)})

    assert settings.piste.client_secret is not None
    assert settings.piste.client_secret.get_secret_value() == SECRET


def test_should_read_files_named_like_the_variable_in_the_secrets_folder(tmp_path: Path) -> None:
    """A mounted secret has one file per variable."""
    (tmp_path / "RELAY_CHORUS_PRO__PASSWORD").write_text(SECRET)
    (tmp_path / "..data").mkdir()
    settings = load_settings({"RELAY_SECRETS_DIR": str(tmp_path)})
    found = settings.found("RELAY_CHORUS_PRO__PASSWORD")

    assert settings.chorus_pro.password is not None
    assert settings.chorus_pro.password.get_secret_value() == SECRET
    assert found is not None
    assert found.file == tmp_path / "RELAY_CHORUS_PRO__PASSWORD"


def test_should_prefer_the_environment_to_the_secrets_folder(tmp_path: Path) -> None:
    """What is nearest to the process wins."""
    (tmp_path / "RELAY_CONCURRENCY").write_text("2")

    assert load_settings({"RELAY_SECRETS_DIR": str(tmp_path), "RELAY_CONCURRENCY": "3"}).concurrency == 3


def test_should_take_an_empty_value_as_not_given() -> None:
    """Compose files leave variables empty to mean nothing."""
    assert load_settings({"RELAY_ACCOUNTS": "", "RELAY_CONCURRENCY": " "}).concurrency == 16


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("RELAY_PISTE__CLIENTSECRET", "RELAY_PISTE__CLIENT_SECRET"),
        ("RELAY_HTP__PORT", "RELAY_HTTP__PORT"),
        ("RELAY_TRACKING_STEPS", "RELAY_TRACKING__STEPS"),
        ("RELAY_SECRET_DIR", "RELAY_SECRETS_DIR"),
    ],
)
def test_should_name_the_nearest_variable_to_an_unknown_one(name: str, nearest: str) -> None:
    """A typing error is told with what was probably meant."""
    assert problems({name: "x"}) == (f"{name} is not a variable of piste-relay; did you mean {nearest}?",)


@pytest.mark.parametrize(
    "name",
    ["RELAY_SERVICE_HOST", "RELAY_SERVICE_PORT_HTTP", "RELAY_PORT", "RELAY_PORT_8080_TCP_ADDR", "RELAY_TEST_AMQP_URL"],
)
def test_should_leave_alone_what_kubernetes_and_tests_add(name: str) -> None:
    """Nobody chose these names, so nobody is to blame for them."""
    assert isinstance(load_settings({name: "tcp://10.0.0.1:80"}), Settings)


def test_should_say_everything_that_is_wrong_at_once(tmp_path: Path) -> None:
    """One start shows every mistake, one sentence each."""
    said = problems(
        {
            "RELAY_CONCURRENCY": "many",
            "RELAY_LOG__LEVEL": "loud",
            "RELAY_NOTHING": "1",
            "RELAY_DELAY__STEPS": "soon",
            "RELAY_PISTE__CLIENT_ID_FILE": str(tmp_path / "absent"),
        }
    )

    assert {sentence.split()[0].rstrip(":") for sentence in said} == {
        "RELAY_CONCURRENCY",
        "RELAY_LOG__LEVEL",
        "RELAY_NOTHING",
        "RELAY_DELAY__STEPS",
        "RELAY_PISTE__CLIENT_ID_FILE",
    }


@pytest.mark.parametrize(
    "environ",
    [
        {"RELAY_AMQP__URL": f"http://user:{SECRET}@broker"},
        {"RELAY_LEDGER__URL": f"mysql://user:{SECRET}@base/x"},
        {"RELAY_PISTE__CLIENT_SECRET": SECRET, "RELAY_CONCURRENCY": "x"},
    ],
)
def test_should_not_repeat_a_secret_when_it_complains(environ: dict[str, str]) -> None:
    """Complaints end up in logs."""
    assert SECRET not in " ".join(problems(environ))


def test_should_refuse_a_value_given_twice(tmp_path: Path) -> None:
    """A variable and its file cannot both be right."""
    said = problems({"RELAY_PISTE__CLIENT_ID": "a", "RELAY_PISTE__CLIENT_ID_FILE": str(tmp_path / "b")})

    assert said == ("RELAY_PISTE__CLIENT_ID and RELAY_PISTE__CLIENT_ID_FILE are both given; keep one of them.",)


def test_should_not_show_a_secret_in_its_representation() -> None:
    """Settings may be printed by accident."""
    settings = load_settings(
        {
            "RELAY_AMQP__URL": f"amqp://user:{SECRET}@broker/",
            "RELAY_LEDGER__URL": f"postgresql://user:{SECRET}@base/x",
            "RELAY_PISTE__CLIENT_SECRET": SECRET,
            "RELAY_CHORUS_PRO__PASSWORD": SECRET,
        }
    )

    assert SECRET not in f"{settings!r} {settings} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    "url", ["amqp://user:word@one:5672,two:5672/vhost", "amqps://one,two,three/", "amqp://user:wo,rd@one/"]
)
def test_should_take_the_nodes_of_a_cluster(url: str) -> None:
    """The broker's address may name several hosts, each with its port or without."""
    assert load_settings({"RELAY_AMQP__URL": url}).amqp.url.get_secret_value() == url


@pytest.mark.parametrize("url", ["amqp://one,,two/", "amqp://one:5672,two:port/", "amqp://one,:5672/", "amqp:///"])
def test_should_refuse_a_cluster_with_a_node_that_cannot_be_reached(url: str) -> None:
    """Each host of the broker's address is looked at."""
    assert problems({"RELAY_AMQP__URL": url}) == ("RELAY_AMQP__URL: write an address such as amqp://host:port.",)


def test_should_list_passwords_inside_addresses_among_the_secrets() -> None:
    """What must be masked in logs includes the broker's password, as written and as meant."""
    secrets = set(load_settings({"RELAY_AMQP__URL": "amqp://user:p%40ss-word@broker/"}).secrets())

    assert {"p%40ss-word", "p@ss-word"} <= secrets


def test_should_take_a_mounted_accounts_file_as_the_file_itself(tmp_path: Path) -> None:
    """Where a setting is the path of a file, a file named like it is that file, unless it holds another path."""
    mounted = tmp_path / "RELAY_ACCOUNTS"
    mounted.write_text("north: {}\n")
    pointing = tmp_path / "pointing"
    pointing.write_text("/etc/mapping.yaml\n")
    settings = load_settings({"RELAY_SECRETS_DIR": str(tmp_path), "RELAY_MAPPING_FILE": str(pointing)})

    assert (settings.accounts, settings.mapping) == (mounted, Path("/etc/mapping.yaml"))


def test_should_keep_the_blanks_of_a_password_wherever_it_comes_from(tmp_path: Path) -> None:
    """A blank may belong to a password; only the line end of its file does not."""
    file = tmp_path / "password"
    file.write_text(" a word \r\n")
    given = load_settings({"RELAY_CHORUS_PRO__PASSWORD": " a word "})
    read = load_settings({"RELAY_CHORUS_PRO__PASSWORD_FILE": str(file)})

    assert given.chorus_pro.password == read.chorus_pro.password


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("production", "https://chorus-pro.gouv.fr:5443/service"),
        ("sandbox", "https://chorus-pro.gouv.fr:5443/service-qualif"),
        ("local", "https://127.0.0.1:5443/service"),
    ],
)
def test_should_know_the_old_address_of_each_profile(profile: str, expected: str) -> None:
    """Production, qualification, and the simulator on this machine."""
    assert load_settings({"RELAY_PROFILE": profile}).certificate.url == expected


def test_should_show_a_certificate_over_tls_only() -> None:
    """Not even on this machine is there a certificate without it."""
    said = problems({"RELAY_CERTIFICATE__URL": "http://127.0.0.1:5443/service"})

    assert said == (
        "RELAY_CERTIFICATE__URL is 'http://127.0.0.1:5443/service': write an address such as https://host:port.",
    )


def test_should_tell_what_was_set_from_what_is_a_default() -> None:
    """Variables that do not go together are refused only where somebody set them."""
    settings = load_settings({"RELAY_CERTIFICATE__KEY": "a.key", "RELAY_PISTE__API_URL": ""})

    assert (settings.given("RELAY_CERTIFICATE__"), settings.given("RELAY_PISTE__")) == (("RELAY_CERTIFICATE__KEY",), ())
