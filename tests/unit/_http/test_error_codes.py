"""Our table of error codes against the simulator's, which is a copy of the API's documentation."""

import re
from importlib import import_module
from pathlib import Path

import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._http import error_codes
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http import network_errors as failures
from tools.permissions import LOADER

API = Path(__file__).parents[2] / "simulator" / "openapi"
NETWORK = {
    code: entry
    for code, entry in yaml.load((API / "network.yaml").read_text(), LOADER)["x-errors"].items()
    if entry["status"] >= 400 and not entry.get("inferred")
}
DOCUMENTED = {**yaml.load((API / "errors.yaml").read_text(), LOADER), **NETWORK}


def names_in(spec):
    """The options of a module, and theirs."""
    for name, option in spec.items():
        yield name
        yield from names_in(option.get("options") or {})


def canonical(code):
    return "EndPoint." + code.partition(".")[2] if code.lower().startswith("endpoint.") else code


def test_the_table_has_each_documented_code_and_no_other():
    codes = {code for code in error_codes.CODES if not code.startswith("HTTP ")}
    assert codes == set(map(canonical, DOCUMENTED))


def test_each_code_is_of_a_known_kind():
    kinds = {known.kind for known in error_codes.CODES.values()}
    assert kinds == {"request", "auth", "lookup", "state", "conflict", "quota", "throttle", "server"}


TEXTS = {
    **{f"{code}: hint": known.hint for code, known in error_codes.CODES.items()},
    **{f"no answer, {cause or 'for any reason'}": text for cause, text in failures.HINTS.items()},
}


def test_every_hint_is_made_of_sentences():
    for place, text in TEXTS.items():
        assert text.endswith(".") and "  " not in text, place
        assert text[0].isupper() or text.startswith("vpcep_"), place
        assert not re.search(r"against the documentation|Check the options|explains this", text), place


def test_hints_about_the_cloud_or_the_modules_are_for_codes_that_no_option_causes():
    def kinds(hint):
        return {known.kind for known in error_codes.CODES.values() if known.hint == hint}

    assert kinds(error_codes.CODES["EndPoint.0001"].hint) == {"server"}
    assert kinds(error_codes.CODES["EndPoint.0006"].hint) == {"request"}


def test_every_option_and_module_in_a_text_exists():
    for place, text in TEXTS.items():
        words = set(re.findall(r"(?<![\w/])[a-z]+(?:_[a-z]+)+", text)) - VALUES
        assert words <= NAMES, place


MODULES = {
    path.stem: import_module(f"ansible_collections.crossvpc.vpcep.plugins.modules.{path.stem}")
    for path in (Path(__file__).parents[3] / "plugins" / "modules").glob("vpcep_*.py")
}
NAMES = {*MODULES, *(name for module in MODULES.values() for name in names_in(module.ARGUMENTS["argument_spec"]))}
VALUES = {"endpoint_service"}  # of options


def test_lookups_ignore_case_and_know_the_gateways_older_prefix():
    assert error_codes.lookup("ENDPOINT.1018", 400) is error_codes.CODES["EndPoint.1018"]
    assert error_codes.lookup("APIG.0308", 429) is error_codes.CODES["APIGW.0308"]
    assert error_codes.lookup("EndPoint.9999", 400) is error_codes.CODES["HTTP 400"]
    assert error_codes.lookup(None, 599).kind == "server"
    assert error_codes.lookup(None, 418) is None
    assert error_codes.hint(None, 418) == ""
