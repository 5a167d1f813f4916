# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The inventory plugin: reads endpoints (plugin_utils/listing.py) and adds them as hosts (plugin_utils/hosts.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: vpcep
short_description: Endpoints as hosts
version_added: 1.0.0
description:
  - Makes a host of each endpoint of a project, for smoke tests through the endpoints and for reports.
  - An inventory source is a YAML file whose name ends in C(vpcep.yml) or C(vpcep.yaml) and in which O(plugin) is
    V(crossvpc.vpcep.vpcep). All options may be templates, except O(plugin) and the options that hold expressions
    (O(hostnames), O(compose), O(groups), O(keyed_groups)). Templates can use the variables of C(--extra-vars).
  - Host variables from the cloud begin with C(vpcep_). They are the members of the endpoint as
    M(crossvpc.vpcep.vpcep_endpoint_info) returns them, such as C(vpcep_id), C(vpcep_status), C(vpcep_vpc_id) and
    C(vpcep_tags). C(vpcep_vpc_name) and C(vpcep_subnet_name) are set if the credentials may list VPCs and subnets.
    C(vpcep_service_name) is the short name of the service, the full name of a service of the cloud, or the ID of an
    unnamed service. Ansible never evaluates these variables as templates.
  - C(ansible_host) is set if the endpoint has an address. Gateway endpoints have no address, and interface endpoints
    have none before they are accepted. A value that is neither an IP address nor a host name is left out with a
    warning. The same holds for C(ansible_host) and C(ansible_port) made by O(compose).
  - O(compose) can set other variables that begin with C(ansible_). They are left out with a warning if they contain
    text from the cloud with characters other than letters, digits and C(._:/@+-).
  - The group C(vpcep) holds all hosts.
extends_documentation_fragment:
  - constructed
  - inventory_cache
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.endpoint_filters
  - crossvpc.vpcep.search_filters
seealso:
  - module: crossvpc.vpcep.vpcep_endpoint_info
notes:
  - One request reads a thousand endpoints, two more the names of VPCs and subnets. O(cache) stores no token; the token
    cache is the one of the modules.
    Each configuration and each account has its own cached endpoints.
options:
  plugin:
    description:
      - Marks a file as a source of this plugin.
    type: str
    required: true
    choices: [crossvpc.vpcep.vpcep]
  hostnames:
    description:
      - The name of a host. The first entry with a value for the endpoint is used.
      - An entry is C(tag:KEY) for the value of a tag, the name of a variable of the host, or a Jinja2 expression as in
        O(compose).
      - Characters other than letters, digits, dots, underscores and hyphens become underscores. Hosts that would have
        the same name, the name of a group or a name such as V(localhost) get C(_ID) added. So do hosts with the name of
        an endpoint of an earlier source.
    type: list
    elements: str
    default: ['tag:Name', vpcep_id]
  connect_with:
    description:
      - Whether C(ansible_host) is the IP address of an endpoint or its first DNS name. Without a DNS name it is the IP
        address.
    type: str
    choices: [ip, dns_name]
    default: ip
  default_groups:
    description:
      - Kinds of groups to create, beside O(groups) and O(keyed_groups). With an empty list, only C(vpcep) is created.
      - V(service) creates groups like C(service_web) by C(vpcep_service_name). V(vpc) creates groups by the ID and
        the name of the VPC. V(status) creates groups like C(status_accepted), and V(type) the groups
        C(type_interface) and C(type_gateway). V(tag) creates a group for each key and value, like C(tag_env_dev).
      - Characters other than letters, digits and underscores become underscores.
    type: list
    elements: str
    choices: [service, vpc, status, type, tag]
    default: [service, vpc, status, type, tag]
  service_ports:
    description:
      - Whether to list the services as well. Hosts whose service belongs to the same project then get C(vpcep_ports),
        the ports of the service.
    type: bool
    default: false
"""

EXAMPLES = r"""
# All endpoints of the project, with the login from environment variables: this line is enough.
plugin: crossvpc.vpcep.vpcep

# The account
cloud: prod
password: "{{ lookup('ansible.builtin.env', 'VPCEP_PASSWORD') }}"

# The accepted endpoints of one VPC, named after their service, with additional groups
status: [accepted]
vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
hostnames:
  - vpcep_service_name ~ '-' ~ vpcep_id[:8]
service_ports: true
default_groups: [service]
groups:
  named_by_dns: vpcep_dns_names | default([]) | length > 0
keyed_groups:
  - prefix: env
    key: vpcep_tags.env | default('unknown')
  - prefix: edition
    key: vpcep_specification_name
compose:
  ansible_port: vpcep_ports[0].client_port

# Cache for ten minutes; --flush-cache reads the endpoints again
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: inventory-cache
cache_timeout: 600
"""

import itertools
import json
import typing as t
from collections.abc import Iterator

from ansible.errors import AnsibleError, AnsibleOptionsError, AnsibleParserError, AnsibleUndefinedVariable
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils._auth.credentials import SECRETS
from ..module_utils._auth.session import connect
from ..module_utils._core import option_types
from ..module_utils._core.errors import MissingLibrary, VpcepError
from ..module_utils._core.texts import first_few
from ..module_utils._resources.runtime import Runtime
from ..module_utils._schema.argument_specs import auth_options
from ..modules import vpcep_endpoint_info
from ..plugin_utils import hosts
from ..plugin_utils.listing import Listing, key_of, read
from ..plugin_utils.plain_data import untrusted
from ..plugin_utils.vault import decrypter

Variables = dict[str, t.Any]

SPEC = vpcep_endpoint_info.ARGUMENTS["argument_spec"]
AUTH = tuple(auth_options())
FILTERS = tuple(name for name in SPEC if name not in AUTH)
TYPES = {
    **{name: option["type"] for name, option in SPEC.items()},
    "hostnames": option_types.LIST,
    "default_groups": option_types.LIST,
    "keyed_groups": option_types.LIST,
    "compose": option_types.DICT,
    "groups": option_types.DICT,
    "connect_with": option_types.TEXT,
    "service_ports": option_types.FLAG,
}


SHOWN = 3  # endpoints that a warning names
NO_TEMPLATES = frozenset({"plugin", "hostnames", "compose", "groups", "keyed_groups"})


def decrypted(value):
    """A value, or the text of an encrypted one, which ansible-core before 2.19 keeps as an object."""
    if isinstance(value, dict):
        return {name: decrypted(item) for name, item in value.items()}
    return value if value is None or isinstance(value, (str, int, float, list)) else str(value)


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "crossvpc.vpcep.vpcep"

    def verify_file(self, path):
        return super().verify_file(path) and path.endswith(("vpcep.yml", "vpcep.yaml"))

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        given = self._read_config_data(path)
        unknown = sorted(str(name) for name in given if name not in self.get_options())
        if unknown:  # Ansible ignores them, and without a filter everything is listed
            self.display.warning(f"{path} has options that this plugin does not know: {first_few(unknown, SHOWN)}.")
        try:
            listing = self._listing(path, cache)
        except MissingLibrary as error:
            raise AnsibleParserError(missing_required_lib(error.library)) from None
        except VpcepError as error:
            raise AnsibleParserError(str(error)) from None
        self._add(listing)

    def set_options(self, task_keys=None, var_options=None, direct=None):
        """Evaluate the templates of the source, before Ansible checks the types of its options.

        Raises AnsibleParserError for a template that fails and for a value of the wrong type.
        """
        values = {name: self._evaluated_option(name, value) for name, value in (direct or {}).items()}
        try:
            super().set_options(task_keys=task_keys, var_options=var_options, direct=values)
        except AnsibleOptionsError as error:
            raise AnsibleParserError(str(error)) from error

    def _evaluated_option(self, name: str, value: t.Any) -> t.Any:
        if name not in NO_TEMPLATES:
            self.templar.available_variables = self._vars
            try:
                value = self.templar.template(value)
            except AnsibleError as error:
                why = "" if name in SECRETS else f": {error}"  # which quotes the template
                raise AnsibleParserError(f"{name}: the template cannot be filled in{why}") from None
        if name in TYPES and isinstance(value, (dict, list)):  # in an error, Ansible would quote it
            try:
                option_types.refuse_wrong_types({name: TYPES[name](value)})
            except VpcepError as error:
                raise AnsibleParserError(str(error)) from None
        return value

    def _listing(self, path: str, cache: bool) -> Listing:
        """The endpoints, from the cache if possible. cache: False for --flush-cache."""
        options = {name: decrypted(self.get_option(name)) for name in AUTH}
        filters = {name: self.get_option(name) for name in FILTERS}
        service_ports, session = self.get_option("service_ports"), connect(options, decrypt=decrypter(self.loader))
        try:
            key = ""
            if self.get_option("cache"):
                key = f"{self.get_cache_key(path)}_{key_of(session, filters, service_ports)}"
            cached = self.cache.get(key) if key and cache else None
            if cached is not None:
                return Listing(*json.loads(cached))
            found = read(filters, service_ports, Runtime(session))
            listing = Listing(*session.client.mask_short(found))
            if key:
                self.cache[key] = json.dumps(
                    listing
                )  # JSON decoders of Ansible interpret some keys, which tags can have
            return listing
        finally:
            session.client.close()
            for text in session.warnings:
                self.display.warning(text)
            for entry in session.http:
                self.display.vvv("vpcep inventory: " + ", ".join(f"{name} {value}" for name, value in entry.items()))

    def _add(self, listing: Listing) -> None:
        """Add all hosts before the groups: Ansible confuses a host with a group of the same name that exists."""
        kinds, connect_with = self.get_option("default_groups"), self.get_option("connect_with")
        endpoints = listing.endpoints
        groups = [[self._sanitize_group_name(name) for name in hosts.groups(one, kinds)] for one in endpoints]
        variables = [
            untrusted(hosts.variables(one, listing.ports.get(str(one.get("endpoint_service_id"))), connect_with))
            for one in endpoints
        ]
        wanted = [(self._name_of(found), one["id"]) for one, found in zip(endpoints, variables, strict=True)]
        taken = {*self.inventory.groups, *itertools.chain.from_iterable(groups)}
        names = hosts.unique_names(wanted, taken, hosts.known_endpoints(self.inventory.hosts.values()))
        self.inventory.add_group(hosts.EVERY)
        left_out: dict[str, list[str]] = {}
        for name, one, found in zip(names, endpoints, variables, strict=True):
            refused = self._add_host(name, found)
            if hosts.address_of(one, connect_with) and "ansible_host" not in found:
                refused.add("ansible_host")
            for variable in sorted(refused):
                left_out.setdefault(variable, []).append(one["id"])
        for name, several in zip(names, groups, strict=True):
            for group in several:
                self.inventory.add_child(self.inventory.add_group(group), name)
        strict = self.get_option("strict")
        for name, found in zip(names, variables, strict=True):
            self._add_host_to_composed_groups(self.get_option("groups"), found, name, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), found, name, strict=strict)
        for variable, ids in left_out.items():
            self.display.warning(
                f"Left out {variable} of {first_few(ids, SHOWN)}: it comes from the cloud, and is "
                f"{hosts.reason(variable)}."
            )

    def _add_host(self, name: str, variables: Variables) -> set[str]:
        """Returns the names of composed variables that were left out."""
        self.inventory.add_host(name)
        for variable, value in variables.items():
            self.inventory.set_variable(name, variable, value)
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=self.get_option("strict"))
        composed = self.inventory.get_host(name).vars
        refused = {*hosts.unusable(composed), *self._risky(composed, variables)}
        for variable in refused:
            del composed[variable]
        return refused

    def _risky(self, composed: Variables, variables: Variables) -> Iterator[str]:
        """Names of composed settings of Ansible, such as ansible_ssh_common_args, with risky text from the cloud.

        Text that the source itself holds is allowed: it remains when all risky text of the cloud is empty.
        """
        for variable, expression in self.get_option("compose").items():
            value = composed.get(variable)
            if variable.startswith("ansible_") and variable not in hosts.CONNECTING and hosts.harmless(value) != value:
                try:
                    if self._compose(expression, hosts.harmless(variables)) == value:
                        continue
                except AnsibleError:  # the expression needs a text that is left out
                    pass
                yield variable

    def _name_of(self, variables: Variables) -> t.Any:
        """The value of the first of the hostnames that has one; else None."""
        tags = variables.get(hosts.PREFIX + "tags")
        for entry in self.get_option("hostnames"):
            if entry.startswith("tag:"):
                value = tags.get(entry.removeprefix("tag:")) if isinstance(tags, dict) else None
            else:
                value = variables[entry] if entry in variables else self._evaluated(entry, variables)
            if value not in (None, ""):
                return value
        return None

    def _evaluated(self, expression: str, variables: Variables) -> t.Any:
        """The value of an expression; None if it needs a variable that the endpoint does not have."""
        try:
            return self._compose(expression, variables)
        except AnsibleUndefinedVariable:
            return None
        except Exception as error:
            raise AnsibleParserError(f"hostnames: {expression!r} cannot be evaluated: {error}") from None
