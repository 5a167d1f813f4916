# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_check
short_description: Check how a real cloud behaves, and whether an account is ready
version_added: 1.0.0
description:
  - The documentation of the clouds contradicts itself in many places. This module observes and reports how a cloud
    behaves. The report contains no IDs, names, addresses, accounts or secrets, only kinds and lengths of values, so it
    can be shown to anyone.
  - Without O(create) the module only reads. It reports the login, the rights, the quotas, the clock, the latency, and
    the behavior of lists and errors.
  - With O(create=true) it also creates one endpoint service and two endpoints, tests the assumptions on them, and
    deletes them, also after an error or a signal. It sends at most 60 requests for this, and needs one to five minutes.
    Its objects have random names and the tag C(vpcep-check). If a run was killed, the next one with O(create=true)
    first deletes what that run left. Other objects are never changed. Do not run two of these checks in one project at
    the same time.
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.attributes
  - crossvpc.vpcep.objects.backend
attributes:
  check_mode:
    description: Sends only requests that read, and returns the plan of what RV(plan) would create.
  diff_mode:
    support: none
    details:
      - The objects exist only during the task.
seealso:
  - module: crossvpc.vpcep.vpcep_preflight_info
  - name: Check a cloud
    description: A report, and how to send one.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/check-cloud.md
options:
  create:
    description: Whether to also create a service and endpoints. Needs a VPC, a subnet and a backend, by name or ID.
    type: bool
    default: false
  vpc:
    description: Name of the VPC in which the service and the endpoints are created. O(backend) implies it.
    type: str
  vpc_id:
    description: ID of this VPC, instead of the name. Without O(create) the given objects are only looked up.
    type: str
  subnet:
    description: Name or address range of a subnet of this VPC for the endpoints.
    type: str
  subnet_id:
    description: ID of this subnet (a network ID in Neutron), instead of the name.
    type: str
  port_id:
    description: ID of the network port of the backend, instead of O(backend). No connection to the backend is made.
    type: str
  server_type:
    description: Kind of the backend. With O(backend) it is found; with O(port_id) the default is V(VM).
    type: str
    choices: [VM, LB]
  second_cloud:
    description:
      - Name of an entry of C(clouds.yaml) with a login of another account. With it, the module observes what another
        account sees of the service. It only reads with this login.
    type: str
"""

EXAMPLES = r"""
- name: See whether the account is ready
  crossvpc.vpcep.vpcep_check:
  register: check

- name: Show the report
  ansible.builtin.debug:
    msg: "{{ check.table }}"

- name: Try the assumptions on a service and two endpoints, and delete them
  crossvpc.vpcep.vpcep_check:
    create: true
    backend: {server: shop-1}
    subnet: shop-a
  register: tried

- name: Save the report
  ansible.builtin.copy:
    content: "{{ tried.markdown }}"
    dest: check_cloud.md
    mode: "0644"
"""

RETURN = r"""
report:
  description: The report as data.
  returned: success
  type: dict
  contains:
    format:
      description: Version of the form of the report.
      type: int
      sample: 1
    collection:
      description: Version of the collection.
      type: str
      sample: 1.0.0
    cloud:
      description: V(otc) or V(huawei).
      type: str
      sample: otc
    region:
      description: The region, if it is one that the collection knows.
      type: str
      sample: eu-de
    parts:
      description: The parts that ran, C(reading) and C(creating), with their numbers of C(requests) and C(seconds).
      type: dict
      sample: {reading: {requests: 28, seconds: 4}}
    facts:
      description: Facts about the account. C(ok) is false for a problem, and null if it is not known.
      type: list
      elements: dict
      sample: [{fact: quota of endpoints, value: 4 of 50 used, ok: true}]
    assumptions:
      description:
        - The assumptions, with the possible C(readings) and the C(form) of the answer. C(observed) is one of the
          readings, C(something else) or C(not observed). C(how) describes the observation, and C(collection) how the
          collection handles it. C(handled) is false if the collection does not handle this reading. For those that a
          check never observes, C(how) is what that needs.
      type: list
      elements: dict
      sample:
        - id: receive-accepted
          question: What does accepting an accepted endpoint do?
          readings: ["200", "400 EndPoint.2014"]
          observed: "200"
          form: HTTP 200
          how: POST connections/action, twice
          collection: Looks at the status first.
          handled: true
    surprises:
      description: IDs of assumptions for which something else was observed. Please report them.
      type: list
      elements: str
    unhandled:
      description: IDs of assumptions whose observed reading the collection does not handle.
      type: list
      elements: str
table:
  description: The report as a table, as lines.
  returned: always, unless an option is wrong
  type: list
  elements: str
markdown:
  description: The report as Markdown, to paste into an issue.
  returned: always, unless an option is wrong
  type: str
plan:
  description: What O(create) creates and what that costs. Empty without O(create).
  returned: success
  type: list
  elements: str
stopped:
  description:
    - Why nothing was created although O(create) is true, or why the objects of the options were not found. Unlike the
      report, it contains names. Empty if all went well.
  returned: success
  type: str
left:
  description:
    - Number of objects of the check that may still exist. Run the check again to delete them.
  returned: success
  type: int
  sample: 0
changed:
  description: Whether objects of an earlier, killed run were deleted. Otherwise the account is as before.
  returned: always
  type: bool
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http:
  description: The requests that were sent. IDs and names in paths become C(*), and there are no request IDs.
  returned: with -vvv
  type: list
  elements: dict
"""

from ..module_utils._check.check import check_cloud
from ..module_utils._core.option_types import FLAG, TEXT
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import auth_options
from ..module_utils._schema.names import backend_option, name_options

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "create": {"type": FLAG, "default": False},
        **name_options("vpc", "vpc_id", "subnet", "subnet_id", "port_id"),
        "backend": backend_option(),
        "server_type": {"type": TEXT, "choices": ["VM", "LB"]},
        "second_cloud": {"type": TEXT},
    },
}
PROGRAM = check_cloud


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
