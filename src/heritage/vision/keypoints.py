"""RootSIFT keypoints, quantised to bytes.

SIFT: Lowe 2004. RootSIFT (L1-normalise, square root; Euclidean distance then compares Hellinger kernels):
Arandjelovic & Zisserman, "Three things everyone should know to improve object retrieval", CVPR 2012.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from heritage.domain.descriptors import KeypointSet, KeypointSpec, LocalDescriptors
from heritage.domain.images import Rgb
from heritage.vision.turning import shrunk

QUANTISATION = 512.0  # entries above 255/512 are rare: they would mean that one bin holds a quarter of the gradient
CONTRAST_THRESHOLD = 0.01  # below OpenCV's 0.04: worn stone and dim phone photos have little contrast


@dataclass(frozen=True, slots=True)
class RootSift:
    """Extracts up to ``max_keypoints`` for the gallery, ``max_query_keypoints`` for a query, strongest first.

    More keypoints on the query side cost time once; on the gallery side they cost storage for ever.
    """

    long_side: int = 640
    max_keypoints: int = 400
    query_long_side: int = 720
    max_query_keypoints: int = 900
    region_long_side: int = 480
    max_region_keypoints: int = 400

    @property
    def spec(self) -> KeypointSpec:
        return KeypointSpec("rootsift-u8/1", self.long_side, self.max_keypoints)

    def extract(self, image: Rgb) -> KeypointSet:
        return _extract(image, self.long_side, self.max_keypoints)

    def extract_query(self, image: Rgb) -> KeypointSet:
        return _extract(image, self.query_long_side, self.max_query_keypoints)

    def extract_region(self, image: Rgb) -> KeypointSet:
        return _extract(image, self.region_long_side, self.max_region_keypoints)


def _extract(image: Rgb, long_side: int, max_keypoints: int) -> KeypointSet:
    grey = cv2.cvtColor(shrunk(image, long_side), cv2.COLOR_RGB2GRAY)
    # Made anew each time: an OpenCV feature object keeps its pyramid inside and must not be shared between threads.
    sift = cv2.SIFT.create(nfeatures=max_keypoints, contrastThreshold=CONTRAST_THRESHOLD)
    found, raw = sift.detectAndCompute(grey, None)
    # OpenCV keeps the strongest, but unsorted, and one more when two tie.
    order = sorted(range(len(found)), key=lambda index: -found[index].response)[:max_keypoints]
    kept = [found[index] for index in order]
    return KeypointSet(
        points=np.array([keypoint.pt for keypoint in kept], np.float32).reshape(-1, 2),
        scales=np.array([keypoint.size for keypoint in kept], np.float32),
        angles=np.array([keypoint.angle for keypoint in kept], np.float32),
        local_descriptors=root_sift(np.asarray(raw[order], np.float32) if order else np.zeros((0, 128), np.float32)),
        width=grey.shape[1],
        height=grey.shape[0],
    )


def root_sift(raw: npt.NDArray[np.float32]) -> LocalDescriptors:
    """Raw SIFT (count, 128) float32 to quantised RootSIFT (count, 128) uint8."""
    total = np.maximum(raw.sum(axis=1, keepdims=True), 1e-6)
    return np.asarray(np.clip(np.rint(QUANTISATION * np.sqrt(raw / total)), 0, 255), np.uint8)
