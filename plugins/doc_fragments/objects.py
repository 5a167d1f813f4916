"""Options of the modules that create objects."""

import re
from textwrap import indent


def as_suboptions(*fragments: str) -> str:
    """The options of some fragments, indented as suboptions of ``endpoints``, and references to them changed."""
    text = "".join(one.partition("options:\n")[2] for one in fragments)
    names = "|".join(re.findall(r"(?m)^  (\w+):$", text))
    return indent(re.sub(rf"O\(({names})\b", r"O(endpoints[].\1", text), "    ")


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  id:
    description:
      - ID of an existing object. If it does not exist, O(state=present) fails and O(state=absent) reports no change.
    type: str
  tags:
    description:
      - Tags as a dictionary. At most 20; keys of 1 to 128 and values of up to 255 letters, digits, blanks and the
        signs C(_.:=+-@), in values also C(/). Older installations of the cloud have lower limits.
      - If not set, tags are not managed. An empty dictionary removes all tags, if O(purge_tags=true).
    type: dict
"""

    # The backend of a service, by its name.
    BACKEND = r"""
options:
  backend:
    description:
      - The backend by name or address, instead of O(port_id). Also sets O(vpc_id) and O(server_type) if they are not
        set.
      - Set O(backend.server), O(backend.load_balancer) or O(backend.address). For a server with several network cards,
        O(backend.subnet) or O(backend.address) selects one. Without them, the primary card is used.
      - Needs one GET, or two for O(backend.address) and for a server with several network cards. If the network ports
        do not show which card is the primary one, the server is read, too.
    type: dict
    version_added: 1.0.0
    suboptions:
      server:
        description: Name or ID of a server.
        type: str
      load_balancer:
        description: Name or ID of a load balancer. It must have a private IPv4 address.
        type: str
      address:
        description: Private IPv4 address of a server or of a load balancer.
        type: str
      subnet:
        description: Name, address range or ID of the subnet of the network card of a server.
        type: str
"""

    # Options of one endpoint. (ansible-test reads assignments without annotation as texts.)
    ENDPOINT: str = r"""
options:
  endpoint_service_id:
    description:
      - ID of the service to connect to. May be empty in check mode, for a service that an earlier task would create.
    type: str
  endpoint_service_name:
    description:
      - Name of the service, instead of its ID. This is the full name (C(region.name.id)), the name of a public service
        such as V(com.t-systems.otc.eu-de.dns), or the short name of a service in the same project.
    type: str
  vpc:
    description:
      - Name of the VPC to connect, instead of O(vpc_id). It must match exactly. A value in the form of a UUID is an ID.
        Needs one GET.
      - If the name now refers to another VPC, an endpoint identified by O(id) is changed only with O(recreate=true).
        Without O(id), an endpoint in the new VPC is another endpoint.
      - In check mode, a name that does not exist is a warning, because an earlier task may create the VPC.
    type: str
    version_added: 1.0.0
  subnet:
    description:
      - Name or address range of the subnet, instead of O(subnet_id). A value in the form of a UUID is an ID. Needs one
        GET.
      - A range such as V(10.0.1.0/24) selects one of several subnets of the same name.
    type: str
    version_added: 1.0.0
  vpc_id:
    description:
      - ID of the VPC to connect. The VPC must be in the same region as the service. Identifies the endpoint. Cannot be
        changed in place.
    type: str
  subnet_id:
    description:
      - ID of the subnet in which an interface endpoint gets its address. This is the VPC's subnet ID, which Neutron
        calls network ID. The cloud refuses the ID of the Neutron subnet.
      - The subnet must not overlap with the address range that the cloud uses internally. Identifies the endpoint.
        Cannot be changed in place.
    type: str
  port_ip:
    description:
      - IP address of an interface endpoint. It must be free in the subnet. The cloud chooses an address if this is not
        set. Cannot be changed in place.
    type: str
  enable_dns:
    description:
      - Whether an interface endpoint gets a private domain name, which only the name servers of the VPC resolve. The
        cloud's default is V(false). Gateway endpoints ignore this option, with a warning. Cannot be changed in place.
    type: bool
  routetables:
    description:
      - IDs or names of the route tables of a gateway endpoint. Names need one GET. The cloud uses the VPC's default
        route table if this is not set.
      - Route tables do not identify an endpoint. If the VPC has several endpoints for the service, set O(id).
      - An error for an interface endpoint. Can be changed in place on Huawei Cloud only.
    type: list
    elements: str
  whitelist:
    description:
      - IP addresses and CIDR blocks that may use an interface endpoint; up to 20 on T Cloud Public, 32 on Huawei
        Cloud. The list is compared and changed as a whole.
      - Has an effect only with O(enable_whitelist=true), and is an error otherwise, unless the whitelist of the
        endpoint is already enabled. An error for a gateway endpoint. Can be changed in place on Huawei Cloud only.
      - To add a whitelist to an existing endpoint on T Cloud Public, set both options and O(recreate=true).
    type: list
    elements: str
  enable_whitelist:
    description:
      - Whether O(whitelist) is enabled. The cloud's default is V(false), and the whole VPC may use the endpoint. An
        error for a gateway endpoint. Can be changed in place on Huawei Cloud only.
    type: bool
  policy_statement:
    description:
      - Policy of a gateway endpoint, as up to 10 statements. It limits all requests through the endpoint, in addition
        to the policies of users and buckets. An empty list stands for the cloud's default, which allows everything.
      - Policies are compared by their meaning. An error for an interface endpoint. Can be changed in place on Huawei
        Cloud only.
    type: list
    elements: dict
    suboptions:
      Effect:
        description: Whether the statement allows or denies.
        type: str
        required: true
        choices: [Allow, Deny]
        aliases: [effect]
      Action:
        description: Actions, such as V(obs:bucket:ListBucket) or V(obs:object:*).
        type: list
        elements: str
        required: true
        aliases: [action]
      Resource:
        description: Resources, such as V(obs:*:*:*:bucket/*) for all objects of a bucket.
        type: list
        elements: str
        required: true
        aliases: [resource]
      Condition:
        description: Conditions. Huawei Cloud only.
        type: dict
        aliases: [condition]
      Sid:
        description: Name of the statement. Huawei Cloud only.
        type: str
        aliases: [sid]
  policy_document:
    description:
      - Policy of an interface endpoint. The service must have C(enable_policy). An empty dictionary removes the policy.
        Huawei Cloud only.
    type: dict
  description:
    description:
      - Description of up to 128 characters other than C(<) and C(>). The owner of the service does not see it. Cannot
        be changed in place.
    type: str
  upgrade:
    description:
      - Whether to upgrade the endpoint to the professional edition. An upgrade cannot be reverted. Huawei Cloud only,
        in some regions.
      - The cloud does not show the edition of an endpoint. Each run sends the request again and reports a change.
    type: bool
    version_added: 1.0.0
    default: false
  specification_name:
    description:
      - Specification of the endpoint. The only value that the cloud knows is V(default). T Cloud Public only.
        Cannot be changed in place.
    type: str
  ip_version:
    description:
      - IP version. V(dualstack) exists on Huawei Cloud, professional edition. V(ipv6) is reserved on T Cloud
        Public. Cannot be changed in place.
    type: str
    choices: [ipv4, ipv6, dualstack]
  ipv6_address:
    description:
      - IPv6 address, with O(ip_version=dualstack). The cloud chooses an address if this is not set. Huawei Cloud only.
        Cannot be changed in place.
    type: str
  edition:
    description:
      - Edition of an interface endpoint. T Cloud Public only. Reserved for future use. Cannot be changed in place.
    type: str
    choices: [profession, basic]
  enterprise_project_id:
    description:
      - ID of the enterprise project, V(0) for the default one. T Cloud Public only. Cannot be changed in place.
    type: str
  dns_name:
    description:
      - A domain name of your own for an interface endpoint, such as V(shop.internal.example.com). The name stays the
        same when the endpoint is created again. An error for a gateway endpoint.
      - The module creates an A record in a private zone of the endpoint's VPC, after the endpoint is accepted. Of
        several matching zones it uses the one with the longest name, unless O(dns_zone) names another one.
      - The record changes with the endpoint's address, and is deleted before the endpoint. Its description contains
        the ID of the endpoint. With O(state=absent), set this option again, or the record stays. A task without this
        option does not look at records.
      - The module changes and deletes only records that it created for the endpoint, or for an endpoint that does not
        exist any more. See also O(replace_dns_record).
      - If endpoints in several VPCs use the same name, each VPC needs a zone of its own, because one record cannot
        point to two endpoints.
      - Needs rights for the cloud's DNS service. An unchanged run needs 2 more GETs, a creation with this option
        another one to read the service.
    type: str
    version_added: 1.0.0
  dns_zone:
    description:
      - Name of the private zone for O(dns_name), such as V(internal.example.com). O(dns_name) must be in it.
    type: str
    version_added: 1.0.0
  create_dns_zone:
    description:
      - Whether to create a private zone for the VPC if it has none for O(dns_name). Its name is O(dns_zone), by
        default O(dns_name) without the first label. The module never deletes a zone.
      - The zone hides all other names in it from the VPC, also public ones. The module warns if the zone's name has one
        label.
      - In a cloud that does not allow two private zones of the same name, the VPC is added to the existing zone.
    type: bool
    version_added: 1.0.0
    default: false
  replace_dns_record:
    description:
      - Whether to change an existing record of O(dns_name) that has another value and was not created for this
        endpoint. If V(false), such a record is an error. A changed record is deleted with the endpoint.
    type: bool
    version_added: 1.0.0
    default: false
"""

    # The same, as suboptions of a list.
    ENDPOINTS: str = """
options:
  endpoints:
    description:
      - The endpoints, each with the options of M(crossvpc.vpcep.vpcep_endpoint). Two entries cannot identify the same
        endpoint.
      - An entry without a service uses the task's O(endpoint_service_id) or O(endpoint_service_name).
      - Names of VPCs and subnets need one GET for all VPCs and one for all subnets. A user who may not list all
        subnets needs one GET for each VPC.
      - Endpoints of different VPCs can have the same O(endpoints[].dns_name) if each VPC has a zone of its own. With
        O(purge), the records of deleted endpoints are deleted if an entry of the list has this option.
    type: list
    elements: dict
    required: true
    suboptions:
      purge_tags:
        description: Overrides the task's O(purge_tags) for this endpoint.
        type: bool
      recreate:
        description: Overrides the task's O(recreate) for this endpoint.
        type: bool
      wait_for_acceptance:
        description: Overrides the task's O(wait_for_acceptance) for this endpoint.
        type: bool
""" + as_suboptions(DOCUMENTATION, ENDPOINT)

    # Options that vpcep_endpoints sets for all its endpoints.
    SHARED = r"""
options:
  state:
    description:
      - Whether the object must exist (V(present)) or must not exist (V(absent)).
      - An object in status C(deleting) counts as absent. The module waits until it is deleted before it creates a new
        one. If the cloud refuses to delete an object that it is still creating, the module waits and deletes it later.
    type: str
    choices: [present, absent]
    default: present
  purge_tags:
    description: Whether to remove tags that C(tags) does not list. Has no effect if C(tags) is not set.
    type: bool
    default: true
  recreate:
    description:
      - Whether to replace an object that has failed, or whose change is not possible in place.
      - If V(false), the task fails and names the options with both values. If V(true), the module deletes the object
        and creates a new one with another ID. Its connections are interrupted for one or two minutes.
      - The new object keeps settings of the old one that the task does not set, as far as the cloud shows them and
        they are still valid. A service keeps its whitelist, but loses its connections.
      - A warning names settings that the cloud never shows. A setting that the cloud does not show yet, such as the
        domain name of an endpoint that waits for acceptance, must be set in the task. Otherwise nothing is deleted.
      - Before it deletes the object, the module checks whether the cloud would accept the new one. It cannot check
        whether the service of another account still admits your account.
      - If the task is killed while the old object is being deleted, a rerun still keeps its settings. If the task is
        killed later, before the new object is complete, settings that the task does not set can be lost. Set all
        restrictions in the task to prevent this.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until the object is ready or deleted. Both take one or two minutes.
      - If several runs create the same object at the same time, one object remains. With V(false), this requires
        a cloud that lists new objects immediately. Otherwise the next run deletes the duplicate.
    type: bool
    default: true
  wait_timeout:
    description:
      - Maximum duration of the whole task, in seconds. After it the task fails, but the cloud continues. A rerun
        continues to wait and does not create a second object.
    type: int
    default: 600
notes:
  - Check mode cannot check objects that the user is not allowed to read, and does not know what earlier tasks of the
    play would change.
seealso:
  - name: The role connect_vpcs
    description: Service, endpoints and approval in one role, for one or two accounts.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/roles/connect_vpcs/README.md
  - name: Against a real region
    description: Which ID belongs to which option, and what to check first.
    link: https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/real-region.md
"""
