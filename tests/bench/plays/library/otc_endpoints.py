# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the endpoints of a VPC as modules of openstack.cloud work: the SDK in a new process, a login for each task."""

from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule({"vpc_id": {"type": "str", "required": True}}, supports_check_mode=True)

    # Here, as only the interpreter that runs the task has them.
    import openstack
    from otcextensions import sdk

    connection = openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        region_name=os.environ["OS_REGION_NAME"],
        auth={
            "auth_url": os.environ["OS_AUTH_URL"],
            "username": os.environ["OS_USERNAME"],
            "password": os.environ["OS_PASSWORD"],
            "user_domain_name": os.environ["OS_USER_DOMAIN_NAME"],
            "project_name": os.environ["OS_PROJECT_NAME"],
            "project_domain_name": os.environ["OS_USER_DOMAIN_NAME"],
        },
    )
    sdk.register_otc_extensions(connection)
    found = list(connection.vpcep.endpoints(router_id=module.params["vpc_id"]))
    module.exit_json(changed=False, count=len(found))


if __name__ == "__main__":
    main()
