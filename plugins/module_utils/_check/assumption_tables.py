"""The assumptions that a check observes, as data: what the clouds' documents leave open or contradict.

A new assumption is a paragraph here, and a call of Findings.note() with its ID in the part that observes it. Its lines:
ID and question; = the possible answers; by: what is sent, and what the modules do; ! an answer that they do not handle.
"""

from __future__ import annotations

READING_TABLE = """
catalog-entry: Does the token's catalog name VPCEP?
= named | missing
by login: Uses the catalog's address, else that of the region.

api-versions: Which versions does the API list?
= v1 and v2 | v1 only
by GET / of the API: Uses v1; v2 for three operations of Huawei Cloud.

quota-values: What are the quotas of services and endpoints?
= 20 and 50 | 100 and 150 | other numbers
by GET quotas: Reads the numbers.

sort-keys: How are the sort keys of lists spelled?
= created_at and create_at | created_at only | create_at only
by GET services, sorted by each: Sends no sort key.

offset-zero: May the offset of a list be 0?
= allowed | refused
by GET public services, offset 0: Sends 0.
! refused: Lists fail.

offset-beyond-end: What is an offset beyond the end?
= an empty page | refused
by GET public services, offset 1000000: Stops at the total, and sends no such offset.

limit-zero: What is a limit of 0?
= an empty page | refused | a page with objects
by GET public services, limit 0: Sends no such limit.

limit-above-maximum: May the limit be above 1000?
= allowed | refused
by GET public services, limit 1001: Sends 1000 at most.

name-filter-public: What does the name filter of public services match?
= a part of the name, any case | a part of the name, same case | the whole name only
by GET public services, with parts of a name: Sends full names, and compares again.

missing-service: What is the answer about a service that does not exist?
= 404 EndPoint.0005 | 404 EndPoint.2006 | 404 with another code | 400 EndPoint.2003 | 400 with the code of a 404
by GET of a random ID: Takes each of them for: it does not exist.

missing-endpoint: What is the answer about an endpoint that does not exist?
= 404 EndPoint.0005 | 404 EndPoint.2006 | 404 with another code | 400 EndPoint.2003 | 400 with the code of a 404
by GET of a random ID: Takes each of them for: it does not exist.

name-as-id: What is the answer to a name where an ID belongs?
= 404 | 400
by GET of a random name: Sends no names there.

describe-missing: What is the answer about a service of others that does not exist?
= 404 EndPoint.0005 | 404 EndPoint.2006 | 404 with another code | 400 EndPoint.2003 | 400 with the code of a 404
by GET describe of a random ID: Takes each of them for: it does not exist.

unknown-path: What is the answer to an unknown path?
= 404 of the gateway | 404 of the API
by GET of a path that no document has: Reports the gateway's answer as a wrong address.

charge-type: Of which type is is_charge?
= boolean | text
by GET public services: Passes it on as it is.

time-form: How are times written?
= seconds with Z | another form
by GET public services: Compares times of both forms as texts.

tag-search-limit: Of which type is the limit of a search by tags?
= text or number | text only | number only
by POST resource_instances/action, which reads: Sends a text.
! number only: A search by tags fails.

tag-search-limit-zero: May the limit of a search by tags be 0?
= allowed | refused
by POST resource_instances/action, which reads: Sends no such limit.

failed-service-error: Which members has the error of a failed service?
= error_code and error_message | code and message
by GET failed services, if there are any: Reads both.

network-addresses: Do the network services answer at the addresses beside that of VPCEP?
= yes | no
by GET lists of VPC, ECS, ELB and DNS: Takes the catalog's address for VPC, and derives the others from that of VPCEP.
! no: Names cannot be looked up there: set network_url.

neutron-ports: Does the network service list ports under /v2.0?
= offered | missing
by GET v2.0/ports: Reads ports there; on Huawei Cloud, where this is missing or forbidden, under /v3.

ports-v3: Does the network service list ports under /v3?
= offered | missing
by GET ports (v3): Reads ports there only on Huawei Cloud, if /v2.0 is missing or forbidden.

subnets-v3: Does the network service list subnets under /v3?
= offered | missing
by GET virsubnets (v3): Reads subnets under /v1.

groups-v3: Does the network service list security groups and rules under /v3?
= offered | missing
by GET security group rules (v3): Uses v3, else v1, which shows neither action nor priority.

acls-v3: Does the network service list network ACLs under /v3?
= offered | missing
by GET firewalls (v3): Reads them for hints; gives none where they are missing.

routetables: Does the network service list route tables?
= offered | missing
by GET route tables: Looks up names of route tables there; where it is missing, routetables needs IDs.

rule-action: Do rules of security groups have an action, so that they can deny?
= yes | no
by GET security group rules (v3): Takes a rule without an action for one that allows.

enterprise-project-type: Of which type is the enterprise_project_id of a security group or VPC?
= text | number
by GET security groups and VPCs (v3): Does not need it.

vpc-names: May two VPCs have one name?
= no | yes
by GET VPCs (v3), if two have one name: Reports a name that several VPCs have, with their IDs.

shared-vpcs: Do lists of VPCs contain those that other accounts share?
= yes | no
by GET VPCs (v3), if one is of another project: Finds what the lists contain, by name; others by ID.

vpc-projects: Does the v1 list of VPCs contain those of all enterprise projects?
= yes | no
by GET VPCs (v1 and v3), if there are several enterprise projects: Reads the v3 list where it is offered.

balancer-projects: Does the list of load balancers contain those of all enterprise projects?
= yes | no
by GET load balancers (v3), if there are several enterprise projects: Says so if a name is not found.

vpc-name-filter: What does the name filter of VPCs match?
= a part of the name, any case | a part of the name, same case | the whole name only
by GET VPCs (v3), with parts of a name: Lists all, and compares their names.

network-limit: May the limit of a network list be above its maximum?
= allowed | refused
by GET VPCs (v3), limit 100000: Sends no such limit.

last-page-marker: Does the last page of a network list name a next one?
= no marker | a marker
by GET VPCs (v3): Stops at a page that is not full.

server-primary: Do lists of servers show which address is the primary one?
= shown | not shown
by GET servers: Uses it, else reads the ports of a server with several network cards.

default-routetable: Do lists of route tables show which one is the default?
= shown | not shown
by GET route tables: Does not need it.

internal-route: Which range has the route to endpoints that route tables show?
= 198.19.128.0/20 | 198.19.128.0/17 | none is shown
by GET route tables: Takes 198.19.128.0/17 for reserved.

balancer-port: Which member of a load balancer is its port?
= vip_port_id | port_id
by GET load balancers (v3): Uses vip_port_id.
! port_id: A load balancer cannot be given by name: give port_id.
"""

CREATING_TABLE = """
service-status: Which status has a service in the answer to its creation?
= creating | available
by POST of a service: Waits for available.

service-name: How is a service's name shown?
= region.name.id | the bare name
by POST of a service with a name: Finds services by the full form.
! the bare name: A service is not found by its name: give id.

port-type: Of which type are ports in answers?
= number | text
by POST of a service: Accepts both.

enterprise-project: Is enterprise_project_id in answers about services?
= shown | not shown
by POST of a service: Does not compare what is not shown.

policy-switch: Is enable_policy in answers about services?
= shown | not shown
by POST of a service: Does not compare what is not shown.

tags-at-creation: Are tags stored that come with a creation?
= stored | ignored
by POST of a service with a tag: Compares tags afterwards, and adds what is missing.

delete-creating-service: May a service be deleted while it is being created?
= allowed | refused
by DELETE right after POST: Waits and deletes again after a refusal.

list-delay: Does a list show a new service?
= at once | later
by GET services right after POST: Reads by ID, and looks again before a creation is repeated.

name-filter: What does the name filter of services match?
= a part of the name, any case | a part of the name, same case | the short name only | the whole name only
by GET services, with parts of the name: Sends the short name, and compares the answers again.
! the whole name only: A service is not found by its name: give id.

tag-existing-key: What does creating a tag do if its key exists?
= the new value | the old value stays | refused
by POST tags/action, twice: Looks at the answer; deletes and creates the tag if its value stays or it is refused.

tag-characters: How long may tags be, with which characters?
= more than 36 characters, with . : = | 36 and 43 characters, with - _ @
by POST tags/action: Allows the longer ones, and explains a refusal.

tags-of-one-object: How many tags may an object have?
= more than 10 | 10
by POST tags/action: Allows 20, and explains a refusal.

tag-delete-value: What does deleting a tag with another value do?
= nothing | deletes the tag
by POST tags/action: Deletes by key.

permission-answer: What does the answer to an added whitelist record list?
= the added records | all records
by POST permissions/action, twice: Reads the whitelist again.

permission-star: Is a bare * allowed as a whitelist record?
= allowed | refused
by POST permissions/action: Sends iam:domain::*, and takes both for the same.

mappings: How many port mappings may a service have?
= more than 50 | 50
by PUT with 51 mappings: Allows 200, and explains a refusal.

ports-update: What does an update of ports do?
= replaces the list | refused
by PUT with ports: Sends the whole list.
! refused: A change of ports fails: set recreate.

same-server-port: May two ports of a service lead to the same server port?
= allowed | refused
by PUT with two such mappings: Allows it, and explains a refusal.

udp: May a port mapping have protocol UDP?
= allowed | refused
by PUT with UDP: Allows TCP only.
! allowed: UDP cannot be used.

unknown-service: What is the answer to an endpoint for a service that does not exist?
= 400 EndPoint.2003 | 404 EndPoint.0005
by POST of an endpoint with a random ID: Reports that the service does not exist.

balancer-kind: Which load balancers can a service lead to?
= shared and dedicated ones | shared ones only
by POST of a service, if its backend is a dedicated load balancer: Accepts both, and explains a refusal.

port-ip: Must the creation of an endpoint have port_ip or routetables?
= no | yes
by POST of an endpoint without them: Sends them only if the options are set.
! yes: Endpoints need the option that the error code is about: port_ip (EndPoint.2041) or routetables (EndPoint.1019).

access-list-size: How many entries may the whitelist of an endpoint have?
= 32 | 20
by POST of an endpoint with 32 entries: Allows 20 on T Cloud Public, 32 on Huawei Cloud.

endpoint-status: Which status has an endpoint in the answer to its creation?
= creating | pendingAcceptance | accepted
by POST of an endpoint: Waits for one of its end states.

dns-names-at-creation: Is dns_names in the answer to the creation of an endpoint?
= shown | not shown
by POST of an endpoint: Reads it after the acceptance.

active-status: Of which type is active_status of an endpoint?
= list | text
by POST of an endpoint: Passes it on as it is.

endpoint-ip-version: Is ip_version in answers about endpoints?
= shown | not shown
by POST of an endpoint: Does not compare what is not shown.

policy-update: Can enable_policy of a service be changed?
= changed | ignored | refused
by PUT with enable_policy: Changes it on T Cloud Public; on Huawei Cloud it replaces the service.

delete-creating-endpoint: May an endpoint be deleted while it is being created?
= allowed | refused
by DELETE right after POST: Waits and deletes again after a refusal.

connection-delay: Does a service show a new connection?
= at once | later
by GET connections right after POST: Looks again for some seconds.

own-approval: Do endpoints of the service's own account wait for acceptance?
= they wait | they are accepted
by GET of an endpoint: Handles both.

pending-members: Are ip and enable_dns shown before the acceptance?
= hidden | shown
by GET of an endpoint that waits: Compares them after the acceptance only.

dns-zone: Does the list of private zones contain the zone that enable_dns makes?
= no | the endpoint's name | a domain above the endpoint's name
by GET zones, once the endpoint is accepted: Does not need it.

receive-accepted: What does accepting an accepted endpoint do?
= 200 | 400 EndPoint.2014
by POST connections/action, twice: Looks at the status first.

delete-used-service: What does deleting a service with an accepted endpoint do?
= refused with EndPoint.3006 | refused with EndPoint.3005 | allowed
by DELETE of the service: Lists the connections first, and refuses to delete a service in use.

put-without-approval: What does an update without approval_enabled do to it?
= nothing | resets it to true
by PUT with a description: Always sends approval_enabled.

empty-description: Does an empty description delete the old one?
= deleted | kept
by PUT with an empty description: Sends an empty text, and compares afterwards.
! kept: A description cannot be removed.

reject-without-approval: May an endpoint be rejected if the service needs no approval?
= allowed | refused
by POST connections/action: Sends the request, and reports a refusal.

accept-rejected: May a rejected endpoint be accepted again?
= allowed | refused
by POST connections/action: Sends the request, and reports a refusal.

endpoint-update: Can the whitelist of an endpoint be changed?
= offered | missing
by PUT of the endpoint: Changes it on Huawei Cloud; on T Cloud Public it replaces the endpoint.

delete-service-rejected: May a service with a rejected endpoint be deleted?
= allowed | refused
by DELETE of the service: Tries it, and explains a refusal.

delete-service-answer: With which status is the deletion of a service answered?
= 200 | 202 | 204
by DELETE of the service: Accepts each of them.

service-after-delete: What does a service show right after its deletion began?
= deleting | the status before | 404
by GET right after DELETE: Waits for 404.

orphan-members: What does an endpoint show once its service is gone?
= all members | no endpoint_service_name | no endpoint_service_id | neither name nor ID of the service | 404
by GET of the endpoint: Needs neither to delete the endpoint.

delete-endpoint-answer: With which status is the deletion of an endpoint answered?
= 200 | 202 | 204
by DELETE of the endpoint: Accepts each of them.

endpoint-after-delete: What does an endpoint show right after its deletion began?
= deleting | the status before | 404
by GET right after DELETE: Waits for 404.

describe-across-accounts: Can another account describe a service by its ID?
= allowed | refused
by GET describe, with the second login: Finds services of other accounts so.
! refused: vpcep_service_info cannot show services of others.

read-across-accounts: What is the answer about a service of another account?
= 404 EndPoint.0005 | 404 EndPoint.2006 | 404 with another code | 400 EndPoint.2003 | 400 with the code of a 404
by GET, with the second login: Takes each of them for: it does not exist.
"""
