"""What can be done with people: one class, its use cases grouped by what they change."""

from kith.people.service.people import People, get_person

__all__ = ["People", "get_person"]
