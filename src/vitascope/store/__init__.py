"""The store: finished clips and the record of decisions. Never imports torch."""

from vitascope.store.clips import check_destination, copy, file_errors, put, room_errors
from vitascope.store.decisions import FileDecisionLog

__all__ = ["FileDecisionLog", "check_destination", "copy", "file_errors", "put", "room_errors"]
