"""Options that filter the endpoints of a project."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  id:
    description: Return only the endpoint with this ID. If it does not exist, the list is empty.
    type: str
  endpoint_service_id:
    description: Return only endpoints of the service with this ID.
    type: str
  endpoint_service_name:
    description: Return only endpoints of the service with this short or full name.
    type: str
  vpc:
    description: Name of a VPC, instead of O(vpc_id). It must match exactly. Needs one GET.
    type: str
    version_added: 1.0.0
  subnet:
    description: Name or address range of a subnet, instead of O(subnet_id). Needs one GET. O(vpc) says in which VPC.
    type: str
    version_added: 1.0.0
  vpc_id:
    description: Return only endpoints in the VPC with this ID. The API filters by this option, which saves requests.
    type: str
  subnet_id:
    description:
      - Return only interface endpoints in the subnet with this ID. This is the VPC's subnet ID, which Neutron calls
        network ID.
    type: str
  status:
    description:
      - Return only endpoints in one of these statuses. Endpoints in status C(pendingAcceptance) wait for the owner of
        the service.
    type: list
    elements: str
    choices: [pendingAcceptance, creating, accepted, rejected, failed, deleting]
  tags:
    description:
      - Return only endpoints that have all these tags. A key without a value (null) matches any value, a list matches
        each value in it.
    type: dict
"""
