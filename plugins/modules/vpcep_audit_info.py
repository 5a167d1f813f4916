# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
DOCUMENTATION = r"""
module: vpcep_audit_info
short_description: Find risks, waste and mistakes in endpoint services and endpoints
version_added: 1.0.0
description:
  - Applies rules to the endpoint services and endpoints of a project, or of two projects at once, and returns findings
    about security, costs and mistakes.
  - It sends only GETs, and only those that the enabled rules need. See RV(rules).
extends_documentation_fragment:
  - crossvpc.vpcep.auth
  - crossvpc.vpcep.auth.other
  - crossvpc.vpcep.attributes.info
seealso:
  - name: Audit
    description: All rules with their parameters, the reports, and the playbook C(audit_vpcs).
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/audit.md
options:
  rules:
    description:
      - Changes to rules, by their IDs. Rules that are not listed keep their defaults.
      - C(enabled) is V(false) to switch a rule off. It then sends no requests.
      - C(severity) is V(high), V(medium) or V(low).
      - C(ignore) lists IDs of objects and short names of services that the rule does not report.
      - C(title), C(why) and C(todo) are texts for reports.
      - C(days) of the rules V(endpoint-waiting) and V(service-unused), C(percent) of V(quota-near) and C(keys) of
        V(tags-missing) are their parameters. V(tags-missing) is applied only if C(keys) lists tag keys.
    type: dict
  formats:
    description: Reports to make, see RV(reports).
    type: list
    elements: str
    choices: [text, markdown, junit, sarif]
"""

EXAMPLES = r"""
- name: Look for risks in both accounts
  crossvpc.vpcep.vpcep_audit_info:
    cloud: provider
    other_auth:
      cloud: consumer
    rules:
      access-list-off: {enabled: false}
      whitelist-unused: {severity: medium, ignore: [partners]}
      endpoint-waiting: {days: 7}
      security-group-closed: {severity: medium}
      tags-missing: {keys: [owner]}
    formats: [markdown]
  register: audit

- name: Stop if there is a risk
  ansible.builtin.assert:
    that: audit.counts.high == 0
    fail_msg: "{{ audit.reports.markdown }}"
"""

RETURN = r"""
findings:
  description: The findings. The most severe ones are first; the order does not depend on the cloud's lists.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the rule.
      type: str
      sample: whitelist-open
    severity:
      description: V(high), V(medium) or V(low).
      type: str
      sample: high
    title:
      description: The finding in few words.
      type: str
      sample: Whitelist admits every account
    object:
      description: The object that the finding is about.
      type: dict
      contains:
        kind:
          description: V(endpoint_service), V(endpoint), V(connection) (an endpoint of another login) or V(quota).
          type: str
          sample: endpoint_service
        id:
          description: ID of the object; the type of a quota.
          type: str
          sample: 4189d3c2-8882-4871-a3c2-d380272eed83
        name:
          description: Short name of a service, else empty.
          type: str
          sample: web
        side:
          description: V(own), or V(other) for an object that O(other_auth) shows.
          type: str
          sample: own
        project_id:
          description: ID of the project.
          type: str
          sample: 6e9dfd51d1124e8d8498dce894923a0d
    seen:
      description: What was seen.
      type: str
      sample: The whitelist holds *; a connection does not need approval.
    values:
      description: All accounts, records or tag keys that RV(findings[].seen) is about; it shows at most ten of them.
      type: list
      elements: str
      sample: ["*"]
    why:
      description: Why it matters.
      type: str
      sample: Every account of the cloud can ask for a connection.
    todo:
      description: What to do.
      type: str
      sample: Replace the record * by the IDs of the accounts that need the service.
    requests:
      description: What the rule costs for each login.
      type: list
      elements: str
      sample: [1 GET for each 1000 services, 1 GET for the whitelist of each service]
counts:
  description: Number of findings of each severity.
  returned: success
  type: dict
  sample: {high: 1, medium: 0, low: 2}
not_applied:
  description:
    - Rules that could not be applied, because the login may not send their requests, or because a network service does
      not answer or shows nothing.
  returned: success
  type: list
  elements: dict
  contains:
    rule:
      description: ID of the rule.
      type: str
      sample: quota-near
    side:
      description: V(own) or V(other).
      type: str
      sample: own
    reason:
      description: Why it was not applied.
      type: str
      sample: "Could not list quotas: HTTP 403, EndPoint.0004."
rules:
  description:
    - All rules as they were applied, with C(id), C(severity), C(enabled), C(title), C(why), C(todo), C(parameters) and
      C(requests).
  returned: success
  type: list
  elements: dict
reports:
  description:
    - For each of O(formats), the report as a text. V(text) has a line and V(markdown) a row of a table for each
      finding; V(junit) is JUnit XML with a failure for each finding; V(sarif) is SARIF 2.1.0.
  returned: success
  type: dict
error: {type: dict, returned: after a refusal, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:error).}
http: {type: list, elements: dict, returned: with -vvv, description: See RV(crossvpc.vpcep.vpcep_endpoint#module:http).}
"""

from ..module_utils._core.option_types import DICT, LIST, WORD
from ..module_utils._resources.audit import audit
from ..module_utils._runner.runner import run_module
from ..module_utils._schema.argument_specs import REPORT_FORMATS, auth_options

ARGUMENTS = {
    "argument_spec": {
        **auth_options(),
        "other_auth": {"type": DICT, "options": auth_options()},
        "rules": {"type": DICT},
        "formats": {"type": LIST, "elements": WORD, "choices": list(REPORT_FORMATS)},
    },
}
PROGRAM = audit


def main():
    run_module(ARGUMENTS, PROGRAM)


if __name__ == "__main__":
    main()
