# SPDX-License-Identifier: MIT
# What the package offers: at run time most names are looked up when first used.
import ctypes
from collections.abc import Sequence

from . import _native as _native
from . import constants as constants
from . import errors as errors
from . import events as events
from . import libgpac as libgpac
from . import structures as structures
from ._native import (
    FileIO as FileIO,
    Filter as Filter,
    FilterCustom as FilterCustom,
    FilterPacket as FilterPacket,
    FilterPid as FilterPid,
    FilterSession as FilterSession,
    FilterTask as FilterTask,
    Plane as Plane,
    e2s as e2s,
    set_args as set_args,
    sleep as sleep,
    sys_clock as sys_clock,
    sys_clock_high_res as sys_clock_high_res,
)
from .constants import *
from .errors import GpacError as GpacError
from .events import (
    EVT_base as EVT_base,
    EVT_char as EVT_char,
    EVT_keys as EVT_keys,
    EVT_mouse as EVT_mouse,
    EVT_mtouch as EVT_mtouch,
    EVT_show as EVT_show,
    EVT_size as EVT_size,
    FEVT_AttachScene as FEVT_AttachScene,
    FEVT_Base as FEVT_Base,
    FEVT_BufferRequirement as FEVT_BufferRequirement,
    FEVT_DASHQualitySelection as FEVT_DASHQualitySelection,
    FEVT_FileDelete as FEVT_FileDelete,
    FEVT_FragmentSize as FEVT_FragmentSize,
    FEVT_NetworkHint as FEVT_NetworkHint,
    FEVT_NTPRef as FEVT_NTPRef,
    FEVT_Play as FEVT_Play,
    FEVT_QualitySwitch as FEVT_QualitySwitch,
    FEVT_SegmentSize as FEVT_SegmentSize,
    FEVT_SourceSeek as FEVT_SourceSeek,
    FEVT_TransportHints as FEVT_TransportHints,
    FEVT_UserEvent as FEVT_UserEvent,
    FEVT_VisibilityHint as FEVT_VisibilityHint,
    FilterEvent as FilterEvent,
)
from .graph import Graph as Graph
from .handlers import (
    DASHCustomAlgorithm as DASHCustomAlgorithm,
    DASHGroup as DASHGroup,
    DASHQualityInfo as DASHQualityInfo,
    DASHSRD as DASHSRD,
    HTTPOutRequest as HTTPOutRequest,
    RMTClient as RMTClient,
    RMTHandler as RMTHandler,
    enable_rmtws as enable_rmtws,
    enable_userws as enable_userws,
    set_rmt_handler as set_rmt_handler,
    set_userws_handler as set_userws_handler,
)
from .installation import doctor as doctor
from .logs import use_logging as use_logging
from .media import Frame as Frame, Frames as Frames, Samples as Samples, frames as frames, samples as samples
from .structures import (
    BufferOccupancy as BufferOccupancy,
    DASHByteRange as DASHByteRange,
    DASHGroupDownloadStatistics as DASHGroupDownloadStatistics,
    DASHGroupStatistics as DASHGroupStatistics,
    DASHQualityInfoNat as DASHQualityInfoNat,
    DASHSegURL as DASHSegURL,
    FilterArg as FilterArg,
    FilterPidStatistics as FilterPidStatistics,
    FilterStats as FilterStats,
    Fraction as Fraction,
    Fraction64 as Fraction64,
    FrameInterface as FrameInterface,
    GLTextureInfo as GLTextureInfo,
    PropData as PropData,
    PropertyValue as PropertyValue,
    PropertyValueUnion as PropertyValueUnion,
    PropIntList as PropIntList,
    PropStringList as PropStringList,
    PropUIntList as PropUIntList,
    PropVec2 as PropVec2,
    PropVec2i as PropVec2i,
    PropVec2iList as PropVec2iList,
    PropVec3i as PropVec3i,
    PropVec4i as PropVec4i,
)

GF_ABI_MAJOR: int
GF_ABI_MINOR: int
gpac_abi_major: int
gpac_abi_minor: int
version: str
copyright: str
copyright_cite: str
numpy_support: bool
_libgpac_abi_mismatch: bool
_libgpac: ctypes.CDLL

def init(mem_track: int = 0, profile: str | bytes | None = None) -> None: ...
def close() -> int: ...
def set_logs(logs: str, reset: bool = False) -> None: ...
def url_concatenate(_parent: str | bytes | None, _url: str | bytes | None) -> str: ...
def check_integer(val: object) -> bool: ...
def main(args: Sequence[str] | None = None) -> int: ...
