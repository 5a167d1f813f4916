"""Which place wins, for every option and every pair of places; made from the program's own tables."""

import itertools
import json

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import clouds_yaml, credentials
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import resolve
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.sources import ALTERNATIVES, ENVIRONMENT
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import CredentialsError
from tests.support.cases import for_each

TASK, BY_OPTION, VARIABLES, BY_VARIABLE = "task", "clouds.yaml by option", "environment", "clouds.yaml by OS_CLOUD"

PLACES = (TASK, BY_OPTION, VARIABLES, BY_VARIABLE)
"""The strongest first, says the design."""

BESIDE_AUTH = {
    "region": "region_name",
    "ca_path": "cacert",
    "api_url": "vpcep_endpoint_override",
    "allow_http": "allow_http",
    "network_url": "ecs_endpoint_override",
}
"""Where an entry of clouds.yaml has what is not in its auth."""

NOT_IN_CLOUDS = {"token_cache_dir"}

LOGIN = {
    "username": "me",
    "password": "hush-hush-hush",
    "user_domain_name": "OTC001",
    "project_name": "eu-de",
    "auth_url": "https://iam.example/v3",
}
KEY = {"access_key": "AK0", "secret_key": "SK0", "project_id": "p0", "region": "eu-de"}
READY = {"token": "T0", "project_id": "p0", "region": "eu-de", "auth_url": "https://iam.example/v3"}
AGENCY = {**LOGIN, "agency_name": "network-team", "agency_domain_name": "OTC002"}

SURROUNDINGS = {
    "access_key": KEY,
    "secret_key": KEY,
    "security_token": KEY,
    "token": READY,
    **dict.fromkeys(("agency_name", "agency_domain_name", "agency_domain_id"), AGENCY),
}
"""What makes an option matter, if it is not a login by password."""

OF_A_LOGIN = {"passcode", "agency_name", "agency_domain_name", "agency_domain_id"}
"""What does not count beside a login of a stronger place."""

TOGETHER = {"security_token": ("access_key", "secret_key")}
"""What counts only with others of the same place."""


@pytest.fixture
def value(tmp_path):
    """A value of an option that is as good as any; word: tells it from others."""

    def make(option, word):
        if option in ("auth_url", "api_url"):
            return f"https://{word}.example" + ("/v3" if option == "auth_url" else "")
        if option == "network_url":
            return {"ecs": f"https://{word}.example"}
        if option == "allow_http":
            return word == "weak"
        if option == "ca_path":
            (tmp_path / word).write_text("")
            return str(tmp_path / word)
        return {"strong": "123456", "weak": "654321"}[word] if option == "passcode" else word

    return make


def base(option):
    """A whole login around an option, without it and without what stands for the same."""
    around = SURROUNDINGS.get(option, LOGIN)
    left_out = {option, ALTERNATIVES.get(option), *TOGETHER.get(option, ())}
    return {name: text for name, text in around.items() if name not in left_out}


def entry(values):
    """An entry of clouds.yaml with these options."""
    names = {**{option: theirs[0] for option, theirs in clouds_yaml._AUTH.items()}}
    auth = {names[option]: text for option, text in values.items() if option in names}
    beside = {option: text["ecs"] if option == "network_url" else text for option, text in values.items()}
    return {"auth": auth, **{BESIDE_AUTH[option]: text for option, text in beside.items() if option in BESIDE_AUTH}}


def found(tmp_path, around, by_place):
    """The credentials of a task with these options around those that each place has."""
    clouds, task, environ = {}, dict(around), {}
    for place, values in by_place.items():
        if place == TASK:
            task.update(values)
        elif place == VARIABLES:
            texts = {name: json.dumps(one) if isinstance(one, dict) else str(one) for name, one in values.items()}
            environ.update({ENVIRONMENT[option][0]: text for option, text in texts.items()})
        else:
            name = "one" if place == BY_OPTION else "two"
            clouds[name] = entry(values)
            if place == BY_OPTION:
                task["cloud"] = name
            else:
                environ["OS_CLOUD"] = name
    (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": clouds}))
    return resolve(task, environ)


def shown(credentials, option):
    return credentials.verify if option == "ca_path" else getattr(credentials, option)


def with_login(option, values):
    """An option, and the login that it belongs to, which must be of the same place or a weaker one."""
    return {**base(option), **values} if option in OF_A_LOGIN else values


def together(option, text, word):
    return {option: text, **{other: f"{word}-{other}" for other in TOGETHER.get(option, ())}}


BOTH_ENTRIES = (BY_OPTION, BY_VARIABLE)
"""Of two entries only one is read."""

PAIRS = [
    (option, strong, weak)
    for option in ENVIRONMENT
    for strong, weak in itertools.combinations(PLACES, 2)
    if not (option in NOT_IN_CLOUDS and {strong, weak} & {BY_OPTION, BY_VARIABLE})
]


def test_every_option_can_stand_in_an_entry_of_clouds_yaml():
    assert set(ENVIRONMENT) == {*clouds_yaml._AUTH, *BESIDE_AUTH, *NOT_IN_CLOUDS}
    assert set(credentials.SECRETS) < set(ENVIRONMENT)


@for_each(PAIRS)
def test_the_stronger_place_wins(option, strong, weak, tmp_path, value):
    places = {
        strong: with_login(option, together(option, value(option, "strong"), "strong")),
        weak: with_login(option, together(option, value(option, "weak"), "weak")),
    }
    one = found(tmp_path, {} if option in OF_A_LOGIN else base(option), places)
    assert shown(one, option) == value(option, "strong")
    for other in TOGETHER.get(option, ()):
        assert getattr(one, other) == f"strong-{other}"


@for_each(pair for pair in PAIRS if pair[1:] != BOTH_ENTRIES)
def test_the_weaker_place_counts_when_the_stronger_one_says_nothing(option, strong, weak, tmp_path, value):
    places = {strong: {}, weak: with_login(option, together(option, value(option, "weak"), "weak"))}
    assert shown(found(tmp_path, {} if option in OF_A_LOGIN else base(option), places), option) == value(option, "weak")


def test_of_two_clouds_only_one_is_read(tmp_path):
    with pytest.raises(CredentialsError):
        found(tmp_path, base("password"), {BY_OPTION: {}, BY_VARIABLE: {"password": "weak"}})


WAYS = {"password": LOGIN, "token": READY, "key": KEY}
"""A complete login of each kind."""


@for_each(
    (*ways, *places)
    for ways in itertools.permutations(WAYS, 2)
    for places in itertools.combinations(PLACES, 2)
    if places != BOTH_ENTRIES
)
def test_the_login_of_the_stronger_place_is_taken_whatever_the_weaker_one_has(first, second, strong, weak, tmp_path):
    one = found(tmp_path, {}, {strong: WAYS[first], weak: {**WAYS[second], "region": "eu-nl"}})
    assert one.method == first
    secret = {"password": "password", "token": "token", "key": "secret_key"}[first]
    assert getattr(one, secret) == WAYS[first][secret]


VARIABLE_PAIRS = [
    (option, first, second)
    for option, variables in ENVIRONMENT.items()
    for first, second in itertools.combinations(range(len(variables)), 2)
]


@for_each(VARIABLE_PAIRS)
def test_the_variable_that_is_named_first_wins(option, first, second, value):
    together_with = TOGETHER.get(option, ())
    environ = {
        ENVIRONMENT[name][number]: value(name, word)
        for name in (option, *together_with)
        for number, word in ((first, "strong"), (second, "weak"))
    }
    task = base(option)
    if option in OF_A_LOGIN:
        task, around = {}, task
        environ |= {ENVIRONMENT[name][0]: text for name, text in around.items()}
    assert shown(resolve(task, environ), option) == value(option, "strong")
    environ[ENVIRONMENT[option][first]] = ""
    if not together_with:  # of a key's parts, see test_a_security_token_of_another_key_is_left_out
        assert shown(resolve(task, environ), option) == value(option, "weak")


OTHER_WAYS = [
    (option, other, strong, weak)
    for option, other in ALTERNATIVES.items()
    for strong, weak in itertools.combinations(PLACES, 2)
]


@for_each(OTHER_WAYS)
def test_a_name_in_a_stronger_place_hides_the_id_in_a_weaker_one_and_the_other_way_round(
    option, other, strong, weak, tmp_path
):
    one = found(tmp_path, base(option), {strong: {option: "strong"}, weak: {other: "weak"}})
    assert (getattr(one, option), getattr(one, other)) == ("strong", None)


@pytest.mark.parametrize("strong, weak", [(TASK, BY_OPTION), (TASK, BY_VARIABLE)])
@pytest.mark.parametrize("check", [True, False])
def test_whether_certificates_are_checked(tmp_path, strong, weak, check):
    """It has no variable; that of the task wins over the entry's."""
    (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"one": {"auth": {}, "verify": not check}}}))
    by_option = weak == BY_OPTION
    options = {**LOGIN, "validate_certs": check, **({"cloud": "one"} if by_option else {})}
    environ = {} if by_option else {"OS_CLOUD": "one"}
    assert resolve(options, environ).verify is check
    options.pop("validate_certs")
    assert resolve(options, environ).verify is not check


ENTRY = {"region_name": "eu-de", "auth": {"username": "me", "password": "hush-hush-hush", "user_domain_name": "OTC001"}}
FOREIGN = {
    "OS_USERNAME": "else",
    "OS_PASSWORD": "foreign-password",
    "OS_PASSCODE": "123456",
    "OS_AGENCY_NAME": "foreign",
    "OS_AGENCY_DOMAIN_NAME": "OTC009",
    "OS_AUTH_URL": "https://iam.foreign.example/v3",
    "VPCEP_API_URL": "https://vpcep.foreign.example",
    "VPCEP_NETWORK_URL": "vpc=https://vpc.foreign.example",
}


def of_entry(tmp_path, entry, options, environ):
    (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"one": entry}}))
    return resolve(options, environ)


def test_what_belongs_to_another_login_of_the_environment_is_left_out(tmp_path):
    one = of_entry(tmp_path, ENTRY, {"cloud": "one"}, FOREIGN)
    assert (one.username, one.passcode, one.agency_name, one.agency_domain_name) == ("me", None, None, None)
    assert (one.auth_url, one.api_url, one.network_url) == ("https://iam.eu-de.otc.t-systems.com/v3", None, {})


def test_what_the_environment_says_beside_a_weaker_entry_counts(tmp_path):
    environ = {name: text for name, text in FOREIGN.items() if name not in ("OS_USERNAME", "OS_PASSWORD")}
    one = of_entry(tmp_path, ENTRY, {}, {**environ, "OS_CLOUD": "one"})
    assert (one.username, one.passcode, one.agency_name) == ("me", "123456", "foreign")
    assert (one.auth_url, one.api_url) == ("https://iam.foreign.example/v3", "https://vpcep.foreign.example")
    assert one.network_url == {"vpc": "https://vpc.foreign.example"}


def test_a_password_of_the_task_goes_with_the_rest_of_the_environment(tmp_path):
    one = resolve(
        {"password": "hush-hush-hush"}, {**FOREIGN, "OS_USER_DOMAIN_NAME": "OTC001", "OS_REGION_NAME": "eu-de"}
    )
    assert (one.password, one.passcode, one.agency_name) == ("hush-hush-hush", "123456", "foreign")
    assert one.auth_url == "https://iam.foreign.example/v3"


def test_a_security_token_of_the_task_goes_with_the_key_of_the_environment():
    environ = {"OS_ACCESS_KEY": "AK0", "OS_SECRET_KEY": "SK0", "OS_PROJECT_ID": "p0", "OS_REGION_NAME": "eu-de"}
    one = resolve({"security_token": "ST0"}, {**environ, "OS_SECURITY_TOKEN": "weak"})
    assert (one.access_key, one.secret_key, one.security_token) == ("AK0", "SK0", "ST0")
    one = resolve({"access_key": "AK1", "secret_key": "SK1"}, {**environ, "OS_SECURITY_TOKEN": "of-another-key"})
    assert (one.access_key, one.security_token) == ("AK1", None)


def test_a_security_token_of_the_environment_does_not_go_with_the_key_of_an_entry(tmp_path):
    environ = {"OS_CLOUD": "one", "OS_SECURITY_TOKEN": "of-another-key", "OS_AGENCY_DOMAIN_NAME": "OTC009"}
    one = of_entry(tmp_path, {"region_name": "eu-de", "auth": {"ak": "AK0", "sk": "SK0"}}, {}, environ)
    assert (one.access_key, one.security_token, one.agency_domain_name) == ("AK0", None, None)
    own = {"region_name": "eu-de", "auth": {"ak": "AK0", "sk": "SK0", "security_token": "own"}}
    assert of_entry(tmp_path, own, {}, environ).security_token == "own"


def test_an_entry_without_a_region_needs_the_address_of_the_environment(tmp_path):
    auth = {**ENTRY["auth"], "project_name": "web"}
    assert of_entry(tmp_path, {"auth": auth}, {"cloud": "one"}, FOREIGN).auth_url == FOREIGN["OS_AUTH_URL"]


@pytest.mark.parametrize("name, id", [("OS_PROJECT_NAME", "HW_PROJECT_ID"), ("OS_USER_DOMAIN_NAME", "HW_DOMAIN_ID")])
def test_a_name_of_os_hides_the_id_of_hw(name, id):
    environ = {
        "OS_USERNAME": "me",
        "OS_PASSWORD": "hush-hush-hush",
        "HW_DOMAIN_NAME": "OTC001",
        "HW_REGION_NAME": "eu-de",
    }
    one = resolve({}, {**environ, name: "eu-de", id: "weak"})
    assert "eu-de" in (one.project_name, one.user_domain_name)
    assert "weak" not in (one.project_id, one.user_domain_id)


FOREIGN_USER = {
    "OS_USERNAME": "else",
    "OS_USER_DOMAIN_NAME": "OTC009",
    "OS_PASSWORD": "hush-hush-hush",
    "OS_AGENCY_NAME": "foreign",
    "OS_AGENCY_DOMAIN_NAME": "OTC008",
    "OS_REGION_NAME": "eu-de",
}


def test_the_account_of_another_user_is_no_part_of_a_login(tmp_path):
    with pytest.raises(CredentialsError, match="user_domain_name, given in the environment, is the account of another"):
        resolve({"username": "me"}, FOREIGN_USER)
    (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"one": ENTRY}}))
    with pytest.raises(CredentialsError, match=r"user_domain_name, given in clouds\.yaml, .* given in the environment"):
        resolve({}, {"OS_CLOUD": "one", "OS_USERNAME": "else"})


@pytest.mark.parametrize("options", [{"username": "me", "user_domain_name": "OTC001"}, {"user_id": "u1"}])
def test_of_another_login_only_secrets_count(options):
    one = resolve(options, {**FOREIGN_USER, "OS_PASSCODE": "123456"})
    assert (one.password, one.passcode, one.region) == ("hush-hush-hush", "123456", "eu-de")
    assert one.user_domain_name == options.get("user_domain_name")
    assert (one.agency_name, one.agency_domain_name) == (None, None)


def test_a_source_with_the_same_user_may_complete_a_login():
    one = resolve({"username": "else", "password": "of-the-task"}, FOREIGN_USER)
    assert (one.password, one.user_domain_name) == ("of-the-task", "OTC009")


def test_a_source_without_a_user_may_complete_a_login():
    account = {name: text for name, text in FOREIGN_USER.items() if name != "OS_USERNAME"}
    one = resolve({"username": "me"}, account)
    assert (one.username, one.user_domain_name, one.agency_name) == ("me", "OTC009", "foreign")
