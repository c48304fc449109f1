"""What a clip says of itself: the invisible watermark, the visible label, and the signed C2PA manifest."""

from vitascope.provenance.identity import Identity, load_or_create
from vitascope.provenance.manifest import Hidden, Record, aigc_metadata, record_of
from vitascope.provenance.mark import mark
from vitascope.provenance.reader import Found, State
from vitascope.provenance.reader import read as read_manifest
from vitascope.provenance.sign import sign
from vitascope.provenance.watermark import PUBLIC_KEY, Watermark, detect, payload_of

__all__ = [
    "PUBLIC_KEY",
    "Found",
    "Hidden",
    "Identity",
    "Record",
    "State",
    "Watermark",
    "aigc_metadata",
    "detect",
    "load_or_create",
    "mark",
    "payload_of",
    "read_manifest",
    "record_of",
    "sign",
]
