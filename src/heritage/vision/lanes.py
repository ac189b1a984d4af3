"""Both lanes on FAISS, as the one thing the gallery asks for."""

from heritage.vision.faiss_index import build_global_lane, read_global_lane
from heritage.vision.keypoint_index import build_keypoint_lane, read_keypoint_lane, sample_count


class FaissLanes:
    """`heritage.domain.ports.LaneFactory` on FAISS: in this process, no server."""

    build_global = staticmethod(build_global_lane)
    read_global = staticmethod(read_global_lane)
    build_keypoint = staticmethod(build_keypoint_lane)
    read_keypoint = staticmethod(read_keypoint_lane)
    sample_count = staticmethod(sample_count)
