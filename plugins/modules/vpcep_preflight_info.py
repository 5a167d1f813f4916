# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_preflight_info
short_description: Check a project before connecting VPCs
version_added: 1.0.0
description:
  - Checks for problems that would make later tasks fail. Each option adds a check. Without options nothing is checked.
  - The checks cover quotas, address ranges of VPCs and subnets, the status and the whitelist of a service, and the
    ports of backends with their security groups and network ACLs.
  - To check whether one service or endpoint can be created, run M(crossvpc.vpcep.vpcep_service) or
    M(crossvpc.vpcep.vpcep_endpoint) in check mode.
  - Address ranges are read from the network service. If it cannot be reached, the check neither passes nor fails.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes.info
seealso:
  - module: crossvpc.vpcep.vpcep_quota_info
  - module: crossvpc.vpcep.vpcep_permission_info
  - name: The role connect_vpcs
    description: Service, endpoints and approval in one role, for one or two accounts.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/roles/connect_vpcs/README.md
  - name: Against a real region
    description: Which ID belongs to which option, and what to check first.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/real-region.md
options:
  endpoint_services:
    description: Number of endpoint services to create. The check fails if the quota is too small.
    type: int
  endpoints:
    description:
      - Number of endpoints to create. The check fails if the quota is too small. Rejected and failed endpoints count
        against the quota. Endpoints in status C(deleting) do not.
    type: int
  vpc_ids:
    description:
      - IDs of the VPCs of backends. Their address ranges must not overlap with 198.19.128.0/17, which the cloud uses
        internally.
    type: list
    elements: str
  subnet_ids:
    description:
      - IDs of the subnets of endpoints (network IDs in Neutron). Their address ranges must not overlap with
        198.19.128.0/17. A subnet with other name servers than the cloud's gets a check with C(ok) null, because these
        do not resolve the names of private zones.
    type: list
    elements: str
  endpoint_service_id:
    description:
      - ID of a service of the project. It must be available or being created.
      - May be empty in check mode, for a service that an earlier task would create. It is then not checked.
    type: str
  domain_ids:
    description:
      - IDs of accounts that must be on the whitelist of this service. The account of the service is always admitted.
    type: list
    elements: str
  port_ids:
    description:
      - IDs of the network ports of backends. The ports must be up. The check also shows their addresses and security
        groups, which must allow traffic from 198.19.128.0/17. See O(server_ports).
    type: list
    elements: str
  vpcs:
    description:
      - Names of VPCs of backends, checked as those of O(vpc_ids). The check fails for a name that does not exist.
    type: list
    elements: str
  subnets:
    description:
      - Subnets of endpoints by name, checked as those of O(subnet_ids). The check fails for a name that does not exist.
    type: list
    elements: dict
    suboptions:
      subnet:
        description: Name or address range of the subnet.
        type: str
        required: true
      vpc:
        description: Name of its VPC.
        type: str
      vpc_id:
        description: ID of its VPC, instead of the name.
        type: str
  backends:
    description:
      - Backends by name, as in M(crossvpc.vpcep.vpcep_service), checked as the ports of O(port_ids).
      - The check fails for a name that does not exist.
    type: list
    elements: dict
    suboptions:
      server:
        description: Name or ID of a server.
        type: str
      load_balancer:
        description: Name or ID of a load balancer.
        type: str
      address:
        description: Private IPv4 address of a server or of a load balancer.
        type: str
      subnet:
        description: Name, address range or ID of the subnet of the network card of a server.
        type: str
      vpc:
        description: Name of the VPC.
        type: str
      vpc_id:
        description: ID of the VPC, instead of the name.
        type: str
  server_ports:
    description:
      - TCP ports of the backends in O(port_ids) and O(backends). The module checks whether the security groups of
        each backend's port admit 198.19.128.0/17 to these ports. For a load balancer, it checks the listeners
        instead. It also checks the network ACL of the backend's subnet. This needs up to four GETs for each backend,
        and one for each access list of a load balancer.
      - Endpoints are reached through the network ACL of their own subnet, too. It is not checked.
    type: list
    elements: int
"""

EXAMPLES = r"""
- name: Check that an endpoint can be created
  crossvpc.vpcep.vpcep_preflight_info:
    endpoints: 1
    subnet_ids: [4189d3c2-8882-4871-a3c2-d380272eed81]
  register: preflight

- name: Check names and networks of a connection
  crossvpc.vpcep.vpcep_preflight_info:
    backends:
      - {server: shop-1}
    subnets:
      - {vpc: frontend, subnet: frontend-a}

- name: Check that what endpoints send arrives at a backend
  crossvpc.vpcep.vpcep_preflight_info:
    backends:
      - {server: shop-1}
    server_ports: [443]
  register: traffic

- name: Stop if a check failed
  ansible.builtin.assert:
    that: preflight.passed
    fail_msg: "{{ preflight.checks | rejectattr('ok') | map(attribute='advice') | list }}"
"""

RETURN = r"""
passed:
  description: Whether no check failed.
  returned: success
  type: bool
  sample: true
checks:
  description: The checks, in a fixed order.
  returned: success
  type: list
  elements: dict
  contains:
    check:
      description: What was checked.
      type: str
      sample: quota of type endpoint
    ok:
      description: Whether the check passed; null if this is not known.
      type: bool
      sample: true
    value:
      description: The value that was found.
      type: str
      sample: 4 of 50 used, 1 more wanted
    advice:
      description: What to do; empty if the check passed.
      type: str
      sample: ""
resolved:
  description: The objects that were looked up by name, see RV(crossvpc.vpcep.vpcep_endpoint#module:resolved).
  returned: when O(vpcs), O(subnets) or O(backends) is set
  type: list
  elements: dict
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import LIST, TEXT, WHOLE, WORD
from ..module_utils._resources.preflight import check_project
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import auth_options, preflight_names

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "endpoint_services": {"type": WHOLE},
        "endpoints": {"type": WHOLE},
        "vpc_ids": {"type": LIST, "elements": WORD},
        "subnet_ids": {"type": LIST, "elements": WORD},
        "endpoint_service_id": {"type": TEXT},
        "domain_ids": {"type": LIST, "elements": WORD},
        "port_ids": {"type": LIST, "elements": WORD},
        **preflight_names(),
        "server_ports": {"type": LIST, "elements": WHOLE},
    },
    "required_by": {"domain_ids": ("endpoint_service_id",)},
}
PROGRAM = check_project


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
