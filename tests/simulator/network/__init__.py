"""The network services beside VPCEP: one function per operationId of openapi/network.yaml, in a file per service."""

from . import acls, balancers, dns, groups, ports, servers, vpcs
from .base import NETWORK_OPERATIONS

__all__ = ["NETWORK_OPERATIONS", "acls", "balancers", "dns", "groups", "ports", "servers", "vpcs"]
