"""What is set from outside is read once, and whatever is wrong with it is named before anything starts."""

import base64
from pathlib import Path

import pytest

from runtime.settings import Environment, Settings, SettingsError, read_settings, variable

KEY = base64.b64encode(bytes(32)).decode()


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in (*map(variable, Settings.model_fields), "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def given(monkeypatch):
    def set_all(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name if name.isupper() else variable(name), value)

    return set_all


def complaint():
    with pytest.raises(SettingsError) as refused:
        read_settings()
    return str(refused.value).splitlines()


def test_nothing_needs_to_be_set():
    settings = read_settings()
    assert settings.environment is Environment.SANDBOX
    assert settings.database_url is None
    assert settings.data_folder == Path("data")


def test_every_field_says_what_it_is_for():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_variable_sets_its_field(given):
    given(pool_size="3", api_port="0", environment="sandbox")
    assert (read_settings().pool_size, read_settings().api_port) == (3, 0)


def test_an_empty_variable_is_as_good_as_unset(given):
    given(pool_size="", DATABASE_URL="")
    assert (read_settings().pool_size, read_settings().database_url) == (10, None)


@pytest.mark.parametrize("name", ["DATABASE_URL", "DIRECTSERVICE_DATABASE_URL"])
def test_the_database_goes_by_its_common_name_too(given, name):
    given(**{name: "postgresql://db/x"})
    assert read_settings().database_url == "postgresql://db/x"


def test_the_command_line_comes_before_the_environment(given):
    given(pool_size="3", DATABASE_URL="postgresql://from/outside")
    settings = read_settings(pool_size=4, database_url="postgresql://from/inside")
    assert (settings.pool_size, settings.database_url) == (4, "postgresql://from/inside")


def test_evidence_lies_in_the_data_folder_unless_said_otherwise(given):
    given(data_folder="/var/ds")
    assert read_settings().evidence_folder == Path("/var/ds/evidence")
    given(evidence_folder="/mnt/photos")
    assert read_settings().evidence_folder == Path("/mnt/photos")


def test_settings_stay_as_they_were_read():
    with pytest.raises(ValueError, match="frozen"):
        read_settings().pool_size = 5


def test_every_wrong_value_is_named_with_what_it_should_be(given):
    given(pool_size="many", api_port="70000", environment="staging")
    assert complaint() == [
        "DIRECTSERVICE_ENVIRONMENT: Input should be 'sandbox' or 'production' (is 'staging')",
        "DIRECTSERVICE_POOL_SIZE: Input should be a valid integer, unable to parse string as an integer (is 'many')",
        "DIRECTSERVICE_API_PORT: Input should be less than or equal to 65535 (is '70000')",
    ]


def test_an_unknown_variable_is_refused_with_the_one_that_may_be_meant(given):
    given(DIRECTSERVICE_POLL_SIZE="3", DIRECTSERVICE_XYZZY="1")
    assert complaint() == [
        "DIRECTSERVICE_POLL_SIZE: there is no such setting; is DIRECTSERVICE_POOL_SIZE meant?",
        "DIRECTSERVICE_XYZZY: there is no such setting",
    ]


def test_what_the_tests_are_given_is_not_the_services_affair(given):
    given(DIRECTSERVICE_TEST_POSTGRES="wheel")
    read_settings()


@pytest.mark.parametrize("wrong", ["short", base64.b64encode(bytes(31)).decode(), "!" * 44])
def test_a_master_key_of_another_shape_is_refused_and_not_shown(given, wrong):
    given(master_key=wrong)
    said = "should be 32 bytes in base64, as `openssl rand -base64 32` prints them"
    assert complaint() == [f"DIRECTSERVICE_MASTER_KEY: {said}"]


def test_secrets_are_not_printed_with_the_settings(given):
    given(master_key=KEY, token_secret="s" * 32, DATABASE_URL="postgresql://me:hidden@db/x", payments_key="sk_live_1")
    assert not any(secret in repr(read_settings()) for secret in (KEY, "s" * 32, "hidden", "sk_live_1"))


def test_production_needs_to_know_the_issuer_and_the_master_key(given):
    given(environment="production")
    keys = "DIRECTSERVICE_ISSUER_KEYS_URL (or DIRECTSERVICE_ISSUER_KEYS)"
    missing = f"DIRECTSERVICE_ISSUER, DIRECTSERVICE_MASTER_KEY, {keys}"
    assert complaint() == [f"Production needs {missing} to be set"]
    given(issuer_keys="keys.json", issuer="https://issuer.example", master_key=KEY)
    assert read_settings().environment is Environment.PRODUCTION


@pytest.mark.parametrize(
    ("one", "value", "other"),
    [
        ("shipping_url", "https://ship.example", "shipping_key"),
        ("evidence_bucket_key_id", "id", "evidence_bucket_secret"),
    ],
)
def test_what_belongs_together_is_set_together(given, one, value, other):
    given(**{one: value})
    assert complaint() == [f"{variable(one)} and {variable(other)} are set together, or neither"]
    given(**{other: "secret"})
    assert read_settings()


def test_the_issuers_keys_lie_in_a_file_or_at_an_address(given):
    given(issuer_keys="keys.json", issuer_keys_url="https://issuer.example/keys")
    assert complaint() == ["Either DIRECTSERVICE_ISSUER_KEYS or DIRECTSERVICE_ISSUER_KEYS_URL is set, not both"]


def test_secrets_that_follow_one_another_are_written_with_blanks_between(given):
    given(payments_webhook_secrets="whsec_1  whsec_2", shipping_webhook_secrets="whsec_c2VjcmV0")
    told = read_settings()
    assert [secret.get_secret_value() for secret in told.payments_webhook_secrets] == ["whsec_1", "whsec_2"]
    assert "whsec" not in repr(told)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_secret=x=", "whsec_é"])
def test_a_secret_that_is_no_base64_is_refused_and_not_shown(given, secret):
    given(shipping_webhook_secrets=secret)
    assert complaint() == [f"{variable('shipping_webhook_secrets')}: each should be base64, behind `whsec_`"]


def test_production_accepts_no_local_tokens(given):
    given(environment="production", issuer_keys="keys.json", issuer="i", master_key=KEY, token_secret="s" * 32)
    assert complaint() == ["Production accepts no local tokens: unset DIRECTSERVICE_TOKEN_SECRET"]
