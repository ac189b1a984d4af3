"""From whatever a file holds to 8-bit sRGB: other depths, palettes, alpha on white, CMYK, Lab, colour profiles."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

_WITH_ALPHA = {"LA", "La", "PA", "RGBA", "RGBa"}
_MAY_NAME_A_TRANSPARENT_COLOUR = {"1", "L", "P", "RGB"}
_MODE_BY_COLOUR_SPACE = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}


def to_srgb(image: Image.Image) -> Image.Image:
    """``image``, its pixels loaded, in mode RGB and the sRGB colour space; a broken profile counts as none."""
    profile = image.info.get("icc_profile")
    return _profiled(_opaque(_eight_bit(image)), profile if isinstance(profile, bytes) else b"")


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    if image.mode in {"I", "F"}:
        return Image.fromarray(_stretched(np.asarray(image, np.float32)))
    return image


def _stretched(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """32-bit values have no agreed white: the least becomes black, the greatest white."""
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    return ((values - low) * (255.0 / max(high - low, 1e-30))).astype(np.uint8)


def _opaque(image: Image.Image) -> Image.Image:
    """Mode L, RGB, CMYK or LAB, with what is transparent laid on white."""
    named = image.mode in _MAY_NAME_A_TRANSPARENT_COLOUR and "transparency" in image.info
    if image.mode in _WITH_ALPHA or named:
        layered = image.convert("LA").convert("RGBA") if image.mode == "La" else image.convert("RGBA")
        white = Image.new("RGB", image.size, (255, 255, 255))
        white.paste(layered, mask=layered.getchannel("A"))
        return white
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in {"L", "RGB", "CMYK", "LAB"} else image.convert("RGB")


def _profiled(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        return _through_profile(image, profile)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image.convert("RGB")


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Raises `PyCMSError`, OSError or ValueError when the profile is broken or is for another kind of image."""
    if image.mode == "LAB":
        source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    elif profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if ImageCms.getProfileDescription(source).startswith("sRGB"):
            return image.convert("RGB")  # most photographs; skipping the transform halves the time to decode
        mode = _MODE_BY_COLOUR_SPACE[source.profile.xcolor_space.strip()]
        image = image.convert("RGB") if (image.mode, mode) == ("L", "RGB") else image
    else:
        return image.convert("RGB")
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return converted if converted is not None else image.convert("RGB")
