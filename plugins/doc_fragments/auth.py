# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of every module: who asks, and where the API is."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cloud:
    description:
      - Name of an entry of C(clouds.yaml), which is searched in the folder in which Ansible was started, in
        C(openstack) below E(XDG_CONFIG_HOME), C(~/.config) and E(XDG_CONFIG_DIRS), and in C(/etc/openstack), or is the
        file that E(OS_CLIENT_CONFIG_FILE) names. It may be encrypted with ansible-vault. C(secure.yaml) and the
        profiles V(otc), V(otc-swiss) and those of C(clouds-public.yaml) count, too.
      - When this option is given, the entry wins over environment variables. Falls back to E(OS_CLOUD), over
        which the other environment variables win. Without it and without a login in the task or in the environment,
        the entry is used if C(clouds.yaml) has only one.
      - The whole entry can be given as a dictionary instead, as it comes from a vault. Nothing of it is shown.
    type: raw
  auth_url:
    description:
      - URL of the identity service (IAM), with or without C(/v3).
      - Falls back to E(OS_AUTH_URL) and E(HW_AUTH_URL), then to the known address for O(region).
    type: str
  username:
    description:
      - Name of the IAM user. Falls back to E(OS_USERNAME) and E(HW_USER_NAME).
    type: str
  user_id:
    description:
      - ID of the IAM user, instead of O(username) and the user's account. Falls back to E(OS_USER_ID)
        and E(HW_USER_ID).
    type: str
    version_added: 0.2.0
  password:
    description:
      - Password of the IAM user. Falls back to E(OS_PASSWORD) and E(HW_USER_PASSWORD).
    type: str
  passcode:
    description:
      - What the virtual MFA device (TOTP) of a user with login protection shows now, together with O(password). It is
        good for one login, and is not sent a second time; the token in the cache serves all tasks of the next hours.
      - Put it in quotes. Give O(user_id) with it, by which IAM knows the device. Falls back to E(OS_PASSCODE).
    type: str
    version_added: 0.2.0
  user_domain_name:
    description:
      - Name of the user's account, such as V(OTC00000000001000000000).
        Falls back to E(OS_USER_DOMAIN_NAME), E(OS_DOMAIN_NAME) and E(HW_DOMAIN_NAME).
    type: str
  user_domain_id:
    description:
      - ID of the user's account, instead of O(user_domain_name).
        Falls back to E(OS_USER_DOMAIN_ID), E(OS_DOMAIN_ID) and E(HW_DOMAIN_ID).
    type: str
  project_name:
    description:
      - Name of the project in which objects are looked up and made. The main project is named like its region.
      - Falls back to E(OS_PROJECT_NAME), E(OS_TENANT_NAME) and E(HW_PROJECT_NAME), then to O(region).
    type: str
  project_id:
    description:
      - ID of the project, instead of O(project_name). Falls back to E(OS_PROJECT_ID), E(OS_TENANT_ID) and
        E(HW_PROJECT_ID).
    type: str
  agency_name:
    description:
      - Name of an agency, with which another account lets the user's account act in its projects (assume role).
        Everything is looked up and made in the other account then, whose project O(project_name) or O(project_id) is.
      - The user needs the right to switch to agencies (C(Agent Operator)). Not with an access key, for which IAM gives
        no token. Falls back to E(OS_AGENCY_NAME) and E(HW_ASSUME_ROLE_AGENCY_NAME).
    type: str
    version_added: 0.2.0
  agency_domain_name:
    description:
      - Name of the account that has made the agency. Falls back to E(OS_AGENCY_DOMAIN_NAME) and
        E(HW_ASSUME_ROLE_DOMAIN_NAME).
    type: str
    version_added: 0.2.0
  agency_domain_id:
    description:
      - ID of that account, instead of O(agency_domain_name). Falls back to E(OS_AGENCY_DOMAIN_ID) and
        E(HW_ASSUME_ROLE_DOMAIN_ID).
    type: str
    version_added: 0.2.0
  region:
    description:
      - Region, such as V(eu-de). Falls back to E(OS_REGION_NAME) and E(HW_REGION_NAME).
    type: str
  token:
    description:
      - A ready IAM token for the project, instead of user and password.
        Falls back to E(OS_AUTH_TOKEN), E(OS_TOKEN) and E(HW_AUTH_TOKEN).
    type: str
  access_key:
    description:
      - Access key (AK), together with O(secret_key) instead of user and password. Requests are signed, and no
        token is fetched. Falls back to E(OS_ACCESS_KEY) and E(HW_ACCESS_KEY).
    type: str
  secret_key:
    description:
      - Secret key (SK). Falls back to E(OS_SECRET_KEY) and E(HW_SECRET_KEY).
    type: str
  security_token:
    description:
      - Security token of temporary access keys. Falls back to E(OS_SECURITY_TOKEN) and E(HW_SECURITY_TOKEN).
    type: str
  api_url:
    description:
      - Base URL of the VPCEP API without C(/v1), for when the token's catalog is not to be asked.
      - Falls back to E(VPCEP_API_URL), then to the catalog, then to the known address for O(region).
    type: str
  allow_http:
    description:
      - Whether requests may go to an address with C(http://) on another machine. Passwords and tokens are then sent
        unencrypted. If false, such an address in O(auth_url), O(api_url) or the token's catalog is an error. Loopback
        addresses are always allowed.
      - Falls back to E(VPCEP_ALLOW_HTTP), and is C(allow_http) in C(clouds.yaml). False unless it is given.
    type: bool
    version_added: 0.2.0
  validate_certs:
    description:
      - Whether the servers' TLS certificates are verified. On unless this option or C(clouds.yaml) turns it off.
    type: bool
  ca_path:
    description:
      - File with the certificates of the authorities to trust. Falls back to E(OS_CACERT).
      - In a task on the controller, a relative path begins at the playbook's folder.
    type: path
  timeout:
    description:
      - Seconds that one attempt of an HTTP request may take, from connecting to the last byte of the answer.
    type: float
    default: 30.0
  retries:
    description:
      - How often one request is repeated after server faults and broken connections.
      - After throttling a request is repeated as long as the task has time (C(wait_timeout); without that option for
        two minutes), unless this option is V(0).
      - A request that creates something is repeated only when it was surely not carried out.
    type: int
    default: 5
  token_cache:
    description:
      - Whether IAM tokens, which live for 24 hours, are kept on disk for later tasks of the same user.
    type: bool
    default: true
  token_cache_dir:
    description:
      - Folder of that cache. Falls back to E(VPCEP_TOKEN_CACHE_DIR), then to C(crossvpc-vpcep) in the user's
        cache folder (E(XDG_CACHE_HOME) or C(~/.cache)).
      - It has to belong to the user alone; a cache that others can write to or read is not used.
    type: path
requirements:
  - requests
"""
