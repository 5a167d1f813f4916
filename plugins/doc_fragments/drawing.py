"""Options of the filters that draw maps."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
author:
  - The crossvpc authors (@crossvpc)
options:
  _input:
    description:
      - The accounts to draw, each as a dictionary. An object that several accounts show is drawn once.
      - The filter sends no requests.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the account in the drawing.
        type: str
      domain_id:
        description: ID of the account. By default, it is taken from its services or from connections to other services.
        type: str
      project_id:
        description: ID of the project. By default, it is taken from services and endpoints.
        type: str
      project_name:
        description: Name of the project.
        type: str
      region:
        description: Region.
        type: str
      services:
        description:
          - Services as in RV(crossvpc.vpcep.vpcep_service_info#module:services). With the option
            O(crossvpc.vpcep.vpcep_service_info#module:include) they contain their connections and permissions.
        type: list
        elements: dict
      endpoints:
        description: Endpoints as in RV(crossvpc.vpcep.vpcep_endpoint_info#module:endpoints).
        type: list
        elements: dict
      connections:
        description:
          - For the ID of each service, its connections as in
            RV(crossvpc.vpcep.vpcep_connection_info#module:connections). They show endpoints of other accounts.
        type: dict
      permissions:
        description:
          - For the ID of each service, its whitelist as in
            RV(crossvpc.vpcep.vpcep_permission_info#module:permissions).
        type: dict
      networks:
        description:
          - Names of VPCs and subnets by their IDs, as in RV(crossvpc.vpcep.vpcep_service_info#module:networks).
        type: dict
  names:
    description: Names of accounts, VPCs and subnets, by their IDs. They have priority over C(networks) of an account.
    type: dict
    default: {}
  limit:
    description:
      - Maximum number of separate boxes for endpoints, from 1 to 400. If there are more endpoints, equal endpoints are
        grouped into one box with their number, first those of one VPC, then VPCs of one account, then accounts.
        Endpoints that are not accepted are grouped last.
    type: int
    default: 40
  title:
    description: Title of the drawing.
    type: str
    default: VPC endpoints
"""
