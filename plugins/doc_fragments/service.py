"""Options of modules for the connections and permissions of a service."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  endpoint_service_id:
    description:
      - ID of the endpoint service. The service must belong to the project.
      - May be empty in check mode, for a service that an earlier task would create.
    type: str
  endpoint_service_name:
    description:
      - Short or full name of the service, instead of its ID. It must match exactly. The look-up needs one more request.
    type: str
"""

    REJECT_REVOKED = r"""
options:
  reject_revoked:
    description:
      - Whether to reject the endpoints of other accounts that the whitelist does not admit, or no longer admits. This
        disconnects them. Only their owners can delete them. Requires O(permissions).
      - While the whitelist has organization paths, no endpoint is rejected, because the API does not show which
        accounts a path contains.
    type: bool
    version_added: 1.0.0
    default: false
"""

    TRAFFIC = r"""
options:
  admit_traffic:
    description:
      - Whether the backend admits what endpoints send. Backends see endpoints as addresses in 198.19.128.0/17. The
        backend has to admit the whole range to each O(ports[].server_port).
      - With V(report) a warning names the rule that the security groups of the backend's port lack. Rules of all its
        groups count together, by priority and action. The module cannot tell whether an address group admits the range.
      - With V(ensure) the task adds one inbound rule for all server ports to one security group, with priority 1 and a
        description of its own. In a region whose security groups have the API version 1 only, it adds one rule for each
        run of server ports. It adds nothing if the range is admitted already.
      - When a rule is added or removed, B(the cloud clears the inbound connections of all instances in that security
        group). Clients that do not reconnect by themselves can hang for up to 10 minutes.
      - V(ensure) with O(state=absent) removes the rules that V(ensure) added, if they are unchanged, unless another
        service of the project has a backend in the same security group. Without V(ensure) rules stay.
      - Security groups do not apply to load balancers (O(server_type=LB)). V(report) and V(ensure) warn if a load
        balancer lacks a listener for a server port, or if the whitelist or blacklist of the listener refuses the range.
        They never change a load balancer.
      - An unchanged run sends two GET requests more, and one for each access list of a load balancer. V(ignore) sends
        none.
    type: str
    version_added: 1.0.0
    choices: [ignore, report, ensure]
    default: ignore
  security_group:
    description:
      - Name or ID of the security group that gets the rule. Needed with O(admit_traffic=ensure) if the backend's port
        has several. It must be one of them.
      - In a region whose security groups have the API version 1 only, it must be an ID.
    type: str
    version_added: 1.0.0
"""
