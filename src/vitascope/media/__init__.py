"""Pictures and video, in and out of files: the only importer of PyAV. No torch here."""

from vitascope.media.decode import VideoInfo, probe, read_frames
from vitascope.media.encode import EncodeOptions, encode
from vitascope.media.stills import fit, fit_large, load_still
from vitascope.media.thumbnails import contact_sheet, poster, save_png

__all__ = [
    "EncodeOptions",
    "VideoInfo",
    "contact_sheet",
    "encode",
    "fit",
    "fit_large",
    "load_still",
    "poster",
    "probe",
    "read_frames",
    "save_png",
]
