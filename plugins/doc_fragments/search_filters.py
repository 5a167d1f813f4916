"""Options that filter services or endpoints as the cloud's own search by tags does."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  tags_any:
    description:
      - Return only objects that have at least one of these tags. A key without a value (null) matches any value, a list
        matches each value in it.
    type: dict
    version_added: 1.0.0
  not_tags:
    description: Leave out objects that have all these tags. The values are as for O(tags_any).
    type: dict
    version_added: 1.0.0
  without_any_tag:
    description: Return only objects without tags. Not together with O(tags) or O(tags_any).
    type: bool
    version_added: 1.0.0
  matches:
    description:
      - Return only objects with a matching name. The dictionary has C(resource_name), a part of the name, without
        regard to case.
      - The name of a service is its short name. Endpoints, and services without a name, are compared by their IDs.
    type: dict
    version_added: 1.0.0
"""
