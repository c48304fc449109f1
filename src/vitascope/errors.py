"""Every error a user can meet: one tree, one stable code a leaf.

A leaf carries its HTTP status, the exit code of the command line and a hint that says what to do next. The message
says what was got and what was expected. Codes never change meaning once released.
"""

from __future__ import annotations

from typing import ClassVar


class VitascopeError(Exception):
    """Root of the tree: catch this to catch everything that Vitascope raises on purpose."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    hint: ClassVar[str] = ""


class InvalidRequest(VitascopeError):
    """The request asks for something that cannot be done as stated."""

    code = "invalid_request"
    status = 400
    exit_code = 2


class PromptEmpty(InvalidRequest):
    code = "prompt_empty"
    hint = "Describe the clip in a few words, for example: a red fox runs through a snowy field."


class PromptTooLong(InvalidRequest):
    code = "prompt_too_long"
    hint = "Shorten the prompt to 2,500 characters or fewer."


class PromptControlCharacters(InvalidRequest):
    code = "prompt_control_characters"
    hint = "Remove the control characters; plain text with line breaks and tabs is fine."


class SecondsOutOfRange(InvalidRequest):
    code = "seconds_out_of_range"
    hint = "Ask for 1 to 10 seconds."


class SizeUnsupported(InvalidRequest):
    code = "size_unsupported"
    hint = "Use one of the aspects 16:9, 9:16 or 1:1, or one of the sizes that the message names."


class OptionOutOfRange(InvalidRequest):
    code = "option_out_of_range"
    hint = "Stay within the range that the message names; --help lists the defaults."


class ModelUnknown(InvalidRequest):
    code = "model_unknown"
    status = 404
    hint = "Use one of the models that the message names."


class PackUnknown(InvalidRequest):
    code = "policy_unknown"
    status = 404
    hint = "Use one of the packs that the message names."


class PackInvalid(VitascopeError):
    """A policy pack that does not parse, has unknown keys or fails its own examples."""

    code = "policy_invalid"
    status = 500
    exit_code = 2
    hint = "Mend the pack at the place that the message names."


class StillError(InvalidRequest):
    """The still cannot be animated."""

    code = "image_invalid"


class StillUnreadable(StillError):
    code = "image_unreadable"
    hint = "Give a JPEG, PNG or WebP picture."


class StillTruncated(StillError):
    code = "image_truncated"
    hint = "The file ends early: copy or download it again."


class StillTooLarge(StillError):
    code = "image_too_large"
    status = 413
    hint = "Scale the picture down to 100 megapixels or fewer."


class StillTooSmall(StillError):
    code = "image_too_small"
    hint = "Give a picture of at least 64 pixels a side."


class VideoUnreadable(InvalidRequest):
    code = "video_unreadable"
    hint = "Give an mp4 that plays."


class ManifestAbsent(InvalidRequest):
    code = "manifest_absent"
    hint = "Only a clip that carries its Vitascope manifest can be made again."


class Refusal(VitascopeError):
    """The guard said no; `decision` says which rule, which words and why."""

    code = "policy_refused"
    status = 403
    exit_code = 3
    hint = "Change the words that the rule names, or choose another pack with --policy."

    def __init__(self, message: str, decision: object) -> None:
        super().__init__(message)
        self.decision = decision


class FramesRefused(Refusal):
    """The guard said no to the frames that came out."""

    code = "frames_refused"
    hint = "Try another seed; nothing was written."


class OutputError(VitascopeError):
    code = "output_failed"
    exit_code = 4


class OutputUnwritable(OutputError):
    code = "output_unwritable"
    hint = "Choose a folder that exists and that you may write to."


class DiskFull(OutputError):
    code = "disk_full"
    status = 507
    hint = "Free some space or choose another disk; nothing was left behind."


class WeightsError(VitascopeError):
    code = "weights_failed"
    exit_code = 5


class WeightsMissing(WeightsError):
    code = "weights_missing"
    hint = "Install the package again: pip install --force-reinstall vitascope."


class WeightsDamaged(WeightsError):
    code = "weights_damaged"
    hint = "The file differs from its card: install the package again."


class SamplingDiverged(VitascopeError):
    """A denoising step gave values that are not finite."""

    code = "sampling_diverged"
    hint = "Try another seed, more steps or a lower guidance; if it happens every time, install the package again."


class SigningFailed(VitascopeError):
    code = "signing_failed"
    hint = "Check the signing identity's folder and its permissions."


class Cancelled(VitascopeError):
    code = "cancelled"
    status = 409
    exit_code = 130
    hint = "Nothing was written."
