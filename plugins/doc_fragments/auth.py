"""Options of every module: authentication, addresses, HTTP settings."""

from textwrap import indent


class ModuleDocFragment:
    DOCUMENTATION = r"""
author:
  - The crossvpc authors (@crossvpc)
options:
  cloud:
    description:
      - Name of an entry of C(clouds.yaml). The file is searched in the folder in which Ansible was started, in
        C(openstack) below E(XDG_CONFIG_HOME), C(~/.config) and E(XDG_CONFIG_DIRS), and in C(/etc/openstack).
        E(OS_CLIENT_CONFIG_FILE) names another file. The file can be encrypted with ansible-vault.
      - C(secure.yaml), the profiles V(otc) and V(otc-swiss), and the profiles in C(clouds-public.yaml) are also read.
      - If this option is set, the entry takes precedence over environment variables. With E(OS_CLOUD) instead, other
        environment variables take precedence over the entry. Without both, the only entry of C(clouds.yaml) is used,
        if neither the task nor the environment has a login.
      - Also accepts the entry itself, as a dictionary, for example from a vault. Its content is never shown.
    type: raw
  auth_url:
    description:
      - URL of the identity service (IAM), with or without C(/v3).
      - Falls back to E(OS_AUTH_URL) and E(HW_AUTH_URL), then to the known address for O(region).
    type: str
  username:
    description: Name of the IAM user. Falls back to E(OS_USERNAME) and E(HW_USER_NAME).
    type: str
  user_id:
    description:
      - ID of the IAM user, instead of O(username) and the user's account. Falls back to E(OS_USER_ID)
        and E(HW_USER_ID).
    type: str
    version_added: 1.0.0
  password:
    description: Password of the IAM user. Falls back to E(OS_PASSWORD) and E(HW_USER_PASSWORD).
    type: str
  passcode:
    description:
      - Current code of the virtual MFA device (TOTP), for a user with login protection. Requires O(password). A code
        is valid for one login and is sent only once. The cached token serves all tasks of the next hours.
      - Quote the value. Set O(user_id) as well, which IAM needs to find the device. Falls back to E(OS_PASSCODE).
    type: str
    version_added: 1.0.0
  user_domain_name:
    description:
      - Name of the user's account, such as V(OTC00000000001000000000). A source that names another user is not used.
      - Falls back to E(OS_USER_DOMAIN_NAME), E(OS_DOMAIN_NAME) and E(HW_DOMAIN_NAME).
    type: str
  user_domain_id:
    description:
      - ID of the user's account, instead of O(user_domain_name).
        Falls back to E(OS_USER_DOMAIN_ID), E(OS_DOMAIN_ID) and E(HW_DOMAIN_ID).
    type: str
  project_name:
    description:
      - Name of the project in which objects are managed. The main project has the name of its region.
      - Falls back to E(OS_PROJECT_NAME), E(OS_TENANT_NAME) and E(HW_PROJECT_NAME), then to O(region).
    type: str
  project_id:
    description:
      - ID of the project, instead of O(project_name). Falls back to E(OS_PROJECT_ID), E(OS_TENANT_ID) and
        E(HW_PROJECT_ID).
    type: str
  agency_name:
    description:
      - Name of an agency of another account, to work in its projects (assume role). O(project_name) or O(project_id)
        is then a project of that account.
      - The user needs the right to switch to agencies (C(Agent Operator)). Not possible with an access key. Falls back
        to E(OS_AGENCY_NAME) and E(HW_ASSUME_ROLE_AGENCY_NAME).
    type: str
    version_added: 1.0.0
  agency_domain_name:
    description:
      - Name of the account that created the agency. Falls back to E(OS_AGENCY_DOMAIN_NAME) and
        E(HW_ASSUME_ROLE_DOMAIN_NAME).
    type: str
    version_added: 1.0.0
  agency_domain_id:
    description:
      - ID of the account that created the agency, instead of O(agency_domain_name). Falls back to
        E(OS_AGENCY_DOMAIN_ID) and E(HW_ASSUME_ROLE_DOMAIN_ID).
    type: str
    version_added: 1.0.0
  region:
    description: Region, such as V(eu-de). Falls back to E(OS_REGION_NAME) and E(HW_REGION_NAME).
    type: str
  token:
    description:
      - An existing IAM token for the project, instead of user and password.
        Falls back to E(OS_AUTH_TOKEN), E(OS_TOKEN) and E(HW_AUTH_TOKEN).
    type: str
  access_key:
    description:
      - Access key (AK), instead of user and password. Requires O(secret_key). Requests are signed, and no token is
        used. Falls back to E(OS_ACCESS_KEY) and E(HW_ACCESS_KEY).
    type: str
  secret_key:
    description: Secret key (SK). Falls back to E(OS_SECRET_KEY) and E(HW_SECRET_KEY).
    type: str
  security_token:
    description: Security token of temporary access keys. Falls back to E(OS_SECURITY_TOKEN) and E(HW_SECURITY_TOKEN).
    type: str
  api_url:
    description:
      - Base URL of the VPCEP API without C(/v1).
      - Falls back to E(VPCEP_API_URL), then to the token's catalog, then to the known address for O(region).
    type: str
  network_url:
    description:
      - Base URLs of the network services C(vpc), C(ecs), C(elb) and C(dns), without version, as a dictionary. Requests
        go to them only to look up networks and servers.
      - Falls back to E(VPCEP_NETWORK_URL) (as JSON, or as V(vpc=https://...,ecs=https://...)), then to
        C(vpc_endpoint_override), C(ecs_endpoint_override) and so on in C(clouds.yaml). Without these, C(vpc) is that of
        the token's catalog, and the others are the address of VPCEP with another first part, such as C(ecs.).
    type: dict
    version_added: 1.0.0
  allow_http:
    description:
      - Whether to allow C(http://) addresses of other machines. Passwords and tokens are then sent unencrypted.
      - If false, such an address in O(auth_url), O(api_url), O(network_url) or the token's catalog is an error.
        Loopback addresses are always allowed.
      - Falls back to E(VPCEP_ALLOW_HTTP), then to C(allow_http) in C(clouds.yaml), then to false.
    type: bool
    version_added: 1.0.0
  validate_certs:
    description: Whether to verify TLS certificates. Falls back to C(clouds.yaml), then to true.
    type: bool
  ca_path:
    description:
      - File with the CA certificates to trust. Falls back to E(OS_CACERT).
      - In a task on the controller, a relative path is relative to the playbook's folder.
    type: path
  timeout:
    description:
      - Maximum duration of one attempt of an HTTP request, in seconds, from connecting to the last byte of the
        response.
    type: float
    default: 30.0
  retries:
    description:
      - Maximum number of retries of one request after server errors and broken connections.
      - After throttling, a request is retried until the task runs out of time (C(wait_timeout), or two minutes if the
        module does not have this option), unless this option is V(0).
      - A request that creates an object is retried only if it was certainly not carried out.
    type: int
    default: 5
  token_cache:
    description: Whether to cache IAM tokens on disk, for later tasks of the same user. A token is valid for 24 hours.
    type: bool
    default: true
  token_cache_dir:
    description:
      - Folder of the token cache. Falls back to E(VPCEP_TOKEN_CACHE_DIR), then to C(crossvpc-vpcep) in the user's
        cache folder (E(XDG_CACHE_HOME) or C(~/.cache)).
      - The folder must belong to the user. A cache that other users can read or write is not used.
    type: path
requirements:
  - requests
notes:
  - For the VPC Endpoint (VPCEP) service of T Cloud Public (formerly Open Telekom Cloud, OTC) and Huawei Cloud.
"""

    # For modules that look at the projects of two logins. (ansible-test reads assignments without annotation as texts.)
    OTHER: str = r"""
options:
  other_auth:
    description:
      - A second login, to look at another account or project in the same task.
      - It takes the same options as the module itself. What is not given comes from the same sources as for the first
        login.
    type: dict
    suboptions:
""" + indent(DOCUMENTATION.partition("options:\n")[2].partition("requirements:")[0], "    ")
