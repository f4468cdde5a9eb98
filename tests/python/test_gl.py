# SPDX-License-Identifier: MIT
"""Pictures as OpenGL textures: what is read back from a texture is the plane of the picture."""

import ctypes
import ctypes.util

import pytest

import libgpac as gpac
from lab import Sink

GL_TEXTURE_2D, GL_UNSIGNED_BYTE, GL_UNSIGNED_SHORT, GL_PACK_ALIGNMENT = 0x0DE1, 0x1401, 0x1403, 0x0D05
FORMATS = {1: 0x1903, 2: 0x8227, 3: 0x1907, 4: 0x1908}  # GL_RED, GL_RG, GL_RGB, GL_RGBA


class Gl:
    """The few functions that reading a texture back takes, found by EGL."""

    def __init__(self):
        try:
            self.egl = ctypes.CDLL("libEGL.so.1")
        except OSError:
            pytest.skip("libEGL is not installed")
        self.egl.eglGetProcAddress.restype = ctypes.c_void_p
        self.egl.eglGetProcAddress.argtypes = [ctypes.c_char_p]
        for name in ("eglGetDisplay", "eglCreateContext", "eglGetCurrentContext"):
            getattr(self.egl, name).restype = ctypes.c_void_p

    def function(self, name, *types):
        address = self.egl.eglGetProcAddress(name.encode())
        assert address, name
        return ctypes.CFUNCTYPE(None, *types)(address)

    def read(self, texture, components, width, height, sample_bytes=1):
        u, p = ctypes.c_uint, ctypes.c_void_p
        buffer = ctypes.create_string_buffer(width * height * components * sample_bytes)
        self.function("glBindTexture", u, u)(texture.format, texture.id)
        self.function("glPixelStorei", u, ctypes.c_int)(GL_PACK_ALIGNMENT, 1)
        kind = GL_UNSIGNED_SHORT if sample_bytes == 2 else GL_UNSIGNED_BYTE
        self.function("glGetTexImage", u, ctypes.c_int, u, u, p)(texture.format, 0, FORMATS[components], kind, buffer)
        return buffer.raw


@pytest.fixture
def gl():
    return Gl()


class Textures(Sink):
    """Reads the textures of each picture back, and keeps the planes as the frame interface gives them."""

    def __init__(self, session, gl, shapes):
        super().__init__(session, ("Visual",))
        self.gl, self.shapes = gl, shapes
        self.read, self.memory, self.names = [], [], []

    def on_packet(self, pid, pck):
        assert pck.frame_ifce and pck.frame_ifce_gl and pck.data is None and pck.size == 0
        planes = []
        for i, shape in enumerate(self.shapes):
            texture = pck.get_gl_texture(i)
            assert isinstance(texture, gpac.GLTextureInfo) and texture.format == GL_TEXTURE_2D
            self.names.append(texture.id)
            planes.append(self.gl.read(texture, *shape))
        assert pck.get_gl_texture(len(self.shapes)) is None
        self.read.append(b"".join(planes))
        copy = pck.clone()
        self.memory.append(bytes(copy.data))


def push(session, gl, shapes, pfmt, size="64x36"):
    src = session.load(f"avgen:type=v:dur=6/25:sizes={size}:pfmt={pfmt}")
    try:
        tex = session.load("glpush")
    except gpac.GpacError as failure:
        if failure.code == gpac.GF_NOT_SUPPORTED:
            pytest.skip("no OpenGL on this machine")
        raise
    tex.set_source(src)
    dst = Textures(session, gl, shapes)
    dst.set_source(tex)
    session.run(timeout=60)
    return dst


@pytest.mark.parametrize("pfmt, shapes", [
    ("yuv420", [(1, 64, 36), (1, 32, 18), (1, 32, 18)]), ("yuv444", [(1, 64, 36)] * 3),
    ("nv12", [(1, 64, 36), (2, 32, 18)]), ("rgb", [(3, 64, 36)]), ("rgba", [(4, 64, 36)]), ("grey", [(1, 64, 36)]),
    ("uyvy", [(2, 64, 36)]), ("yuv420_10", [(1, 64, 36, 2), (1, 32, 18, 2), (1, 32, 18, 2)])])
def test_textures_hold_the_planes(gl, pfmt, shapes):
    fs = gpac.FilterSession()
    dst = push(fs, gl, shapes, pfmt)
    assert len(dst.read) == 6
    assert dst.read == dst.memory
    assert len(set(dst.read)) > 1  # the pictures differ


@pytest.mark.parametrize("pfmt, shapes", [
    ("yuv420", [(1, 35, 21), (1, 18, 11), (1, 18, 11)]), ("yuv422", [(1, 35, 21), (1, 18, 21), (1, 18, 21)]),
    ("nv12", [(1, 35, 21), (2, 18, 11)]), ("rgb", [(3, 35, 21)]), ("grey", [(1, 35, 21)]),
    ("nv1l", [(1, 35, 21, 2), (2, 18, 11, 2)]), ("yuv420_10", [(1, 35, 21, 2), (1, 18, 11, 2), (1, 18, 11, 2)])])
def test_odd_sizes(gl, pfmt, shapes):
    dst = push(gpac.FilterSession(), gl, shapes, pfmt, "35x21")
    assert dst.read == dst.memory and len(dst.read) == 6


@pytest.mark.parametrize("pfmt, shapes", [
    ("yuv420", [(1, 40, 20), (1, 20, 10), (1, 20, 10)]), ("nv12", [(1, 40, 20), (2, 20, 10)]), ("rgb", [(3, 40, 20)]),
    ("yuv420_10", [(1, 40, 20, 2), (1, 20, 10, 2), (1, 20, 10, 2)])])
def test_strides(gl, pfmt, shapes):
    """A window in larger pictures: the lines of the window stand in those of the picture."""
    fs = gpac.FilterSession()
    src = fs.load(f"avgen:type=v:dur=3/25:sizes=64x36:pfmt={pfmt}")
    try:
        tex = fs.load("glpush")
    except gpac.GpacError:
        pytest.skip("no OpenGL on this machine")
    crop = fs.load("vcrop:wnd=6x8x40x20")
    crop.set_source(src)
    tex.set_source(crop)
    dst = Textures(fs, gl, shapes)
    dst.set_source(tex)
    fs.run(timeout=60)
    assert dst.read == dst.memory and len(dst.read) == 3


def test_textures_are_used_again(gl):
    dst = push(gpac.FilterSession(), gl, [(4, 64, 36)], "rgba")
    assert len(set(dst.names)) <= 3


def test_decoded_pictures(gl, mp4):
    fs = gpac.FilterSession()
    src = fs.load_src(mp4)
    try:
        tex = fs.load("glpush")
    except gpac.GpacError:
        pytest.skip("no OpenGL on this machine")
    tex.set_source(src)
    dst = Textures(fs, gl, [(1, 320, 180), (1, 160, 90), (1, 160, 90)])
    dst.set_source(tex)
    fs.run(timeout=60)
    expected = [b"".join(bytes(p) for p in f.planes()) for f in gpac.frames(mp4)]
    assert dst.read == expected


@pytest.mark.parametrize("pfmt, shapes", [
    ("yuv420", [(1, 64, 36), (1, 32, 18), (1, 32, 18)]), ("nv12", [(1, 64, 36), (2, 32, 18)]), ("rgb", [(3, 64, 36)]),
    ("yuv420_10", [(1, 64, 36, 2), (1, 32, 18, 2), (1, 32, 18, 2)])])
def test_context_of_the_application(gl, pfmt, shapes):
    """The callback makes a context of ours current; the textures are in that one."""

    class Session(gpac.FilterSession):
        calls = ()

        def on_gl_activate(self, do_activate):
            self.calls += (do_activate,)
            current = context if do_activate else None
            assert egl.eglMakeCurrent(display, None, None, ctypes.c_void_p(current))

    egl = gl.egl
    egl.eglGetPlatformDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(egl.eglGetPlatformDisplay(0x31DD, None, None))  # EGL_PLATFORM_SURFACELESS_MESA
    if not display or not egl.eglInitialize(display, None, None):
        pytest.skip("no EGL display without a window system")
    egl.eglBindAPI(0x30A2)  # EGL_OPENGL_API
    config, nb = ctypes.c_void_p(), ctypes.c_int()
    wanted = (ctypes.c_int * 5)(0x3033, 0, 0x3040, 8, 0x3038)  # any surface, EGL_OPENGL_BIT
    assert egl.eglChooseConfig(display, wanted, ctypes.byref(config), 1, ctypes.byref(nb)) and nb.value
    context = egl.eglCreateContext(display, config, None, None)
    assert context

    fs = Session()
    fs.external_opengl_provider()
    with pytest.raises(gpac.GpacError, match="external_opengl_provider"):
        fs.external_opengl_provider()
    dst = push(fs, gl, shapes, pfmt)
    assert dst.read == dst.memory and len(dst.read) == 6
    assert fs.calls[0] == 1 and 0 in fs.calls
    fs.delete()
    egl.eglMakeCurrent(display, None, None, None)
    egl.eglDestroyContext(display, ctypes.c_void_p(context))


def test_provider_comes_first():
    fs = gpac.FilterSession()
    Sink(fs)
    with pytest.raises(gpac.GpacError, match="before filters are loaded"):
        fs.external_opengl_provider()


def test_provider_that_fails(gl):
    class Session(gpac.FilterSession):
        failed = False

        def on_gl_activate(self, do_activate):
            if not self.failed:
                self.failed = True
                raise OSError("no screen")
            return gpac.GF_NOT_READY

    fs = Session()
    fs.external_opengl_provider()
    with pytest.raises(OSError, match="no screen"):
        push(fs, gl, [(4, 64, 36)], "rgba")


def test_provider_without_context(gl):
    """A callback that makes nothing current ends in an error, not in the end of the process."""
    fs = gpac.FilterSession()
    fs.external_opengl_provider()
    dst = push(fs, gl, [(4, 64, 36)], "rgba")
    assert not dst.read and fs.last_process_error == gpac.GF_NOT_READY


def test_packet_that_outlives_the_filter(gl):
    class Keep(Textures):
        def on_packet(self, pid, pck):
            pck.ref()
            self.kept = getattr(self, "kept", []) + [pck]

    fs = gpac.FilterSession()
    src = fs.load("avgen:type=v:dur=3/25:sizes=64x36:pfmt=rgba")
    try:
        tex = fs.load("glpush")
    except gpac.GpacError:
        pytest.skip("no OpenGL on this machine")
    tex.set_source(src)
    dst = Keep(fs, gl, [])
    dst.set_source(tex)
    fs.run(timeout=60)
    assert len(dst.kept) == 3
    fs.delete()
    with pytest.raises(gpac.GpacError):
        dst.kept[0].get_gl_texture(0)


def test_formats_without_textures(capfd):
    fs = gpac.FilterSession()

    class Source(gpac.FilterCustom):
        def __init__(self, session):
            super().__init__(session, "v210")
            self.push_cap("StreamType", "Visual", gpac.GF_CAPS_OUTPUT)
            self.push_cap("CodecID", "raw", gpac.GF_CAPS_OUTPUT)

        def process(self):
            pid = self.new_pid()
            for name, value in (("StreamType", "Visual"), ("CodecID", "raw"), ("Width", 64), ("Height", 36),
                                ("PixelFormat", "v210")):
                pid.set_prop(name, value)
            pid.eos = True
            return gpac.GF_EOS

    src = Source(fs)
    try:
        tex = fs.load("glpush")
    except gpac.GpacError:
        pytest.skip("no OpenGL on this machine")
    tex.set_source(src)
    fs.run(timeout=60)
    assert "[glpush] no textures for 64x36 pictures in pixel format v210" in capfd.readouterr().err
