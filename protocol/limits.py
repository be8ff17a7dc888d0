"""Every bound of the protocol, each with its source and arithmetic; knows no message and enforces nothing itself."""

from typing import Final

# --- Geometry. Source: qubes-gui-protocol.h, MAX_WINDOW_WIDTH and MAX_WINDOW_HEIGHT.
MAX_WINDOW_WIDTH_PX: Final = 16_384
MAX_WINDOW_HEIGHT_PX: Final = 6_144
# A window's place is clamped to ± these: one largest window off the desktop on any side. Source: the C daemon.
MAX_X_PX: Final = MAX_WINDOW_WIDTH_PX
MAX_Y_PX: Final = MAX_WINDOW_HEIGHT_PX
# The X protocol counts window sizes and places in 16 signed bits, so no desktop is wider or higher.
MAX_ROOT_PX: Final = 32_767

# --- Pixels. 32 bits each, rows without padding: stride = 4 * width.
BYTES_PER_PIXEL: Final = 4
PAGE_BYTES: Final = 4_096
# 16384 * 6144 * 4 = 402,653,184 bytes = 384 MiB: the largest picture of one window (MAX_WINDOW_MEM).
MAX_WINDOW_BYTES: Final = MAX_WINDOW_WIDTH_PX * MAX_WINDOW_HEIGHT_PX * BYTES_PER_PIXEL
# 402,653,184 / 4096 = 98,304 pages, one reference each (MAX_GRANT_REFS_COUNT, MAX_MFN_COUNT).
MAX_GRANT_REFS: Final = MAX_WINDOW_BYTES // PAGE_BYTES
MAX_MFNS: Final = MAX_GRANT_REFS
REF_BYTES: Final = 4

# --- Fixed strings. Source: struct msg_wmname, msg_wmclass, msg_keymap_notify. Sizes include the terminating NUL.
TITLE_BYTES: Final = 128
CLASS_BYTES: Final = 64
KEYMAP_BYTES: Final = 32

# --- Keyboard layouts (KEYBOARD). Sizes include the terminating NUL. XKB has four groups; names of layouts and variants
# have up to 20 letters: 4 * 21 = 84. Options have up to 40; a dozen of them are more than anyone sets.
KEYBOARD_NAME_BYTES: Final = 64
KEYBOARD_GROUPS_BYTES: Final = 128
KEYBOARD_OPTIONS_BYTES: Final = 512
KEYBOARD_GROUPS: Final = 4

# --- Monitors (MONITORS). Xorg's dummy driver has 16 outputs; nobody looks at more.
MAX_MONITORS: Final = 16
# Place, size in pixels and size in mm: six words.
MONITOR_BYTES: Final = 24
# A wall of screens: 32,767 pixels of 1 mm are 32 m; 5 m is more than hangs before anyone.
MAX_MONITOR_MM: Final = 5_000

# --- Scale (SCALE). 96 dots an inch are scale 1. From half of it (48) to 8 times (768: a telephone's screen).
MIN_SCALE_DPI: Final = 48
MAX_SCALE_DPI: Final = 768
# XSETTINGS and GTK count dots an inch in 1024ths.
DPI_UNITS: Final = 1_024
# Whole times that toolkits draw each pixel; 8 is 768 dots an inch.
MAX_SCALE_FACTOR: Final = 8
# The sides of pointers: 24 at scale 1, times 8, and some want larger ones.
MIN_CURSOR_PX: Final = 8
MAX_CURSOR_PX: Final = 256

# --- Cursors. Source: MSG_CURSOR; 0 is the default, else 0x100 + a glyph of the cursor font (154 = 0x9a of them).
CURSOR_X11: Final = 0x100
CURSOR_X11_END: Final = 0x19A
# CURSOR_IMAGE: cursor themes have 24 to 48 px, twice that where the scale is 2; 64 * 64 pixels of 4 bytes are 16,384.
MAX_CURSOR_SIDE_PX: Final = 64
MAX_CURSOR_PIXELS: Final = MAX_CURSOR_SIDE_PX * MAX_CURSOR_SIDE_PX
# A cursor must be seen: at least a square of 4 * 4 px (a beam of 1 * 16) whose alpha is half or more of 255.
MIN_CURSOR_VISIBLE_PIXELS: Final = 16
CURSOR_VISIBLE_ALPHA: Final = 128
# Cursors made of images that are kept for one qube; the longest unused goes first. 32 * 16,384 bytes = 512 KiB.
MAX_CURSOR_IMAGES: Final = 32

# --- Icons (ICON). Panels and switchers show 16 to 64 px, twice that where the scale is 2.
MAX_ICON_SIDE_PX: Final = 128
MAX_ICON_IMAGES: Final = 4
# Width and height before each image.
ICON_HEAD_WORDS: Final = 2
# 128 * 128 + 64 * 64 + 48 * 48 + 32 * 32 = 23,808 pixels and 4 * 2 words, 4 bytes each: 95,264 bytes, and an X request
# without BIG-REQUESTS has 262,140.
MAX_ICON_WORDS: Final = 128 * 128 + 64 * 64 + 48 * 48 + 32 * 32 + MAX_ICON_IMAGES * ICON_HEAD_WORDS
# The icon service of Qubes OS sends squares of 128 px if there are such, and up to 1,024; its receiver takes 2,048.
MAX_STREAMED_ICON_SIDE_PX: Final = 2_048
# Of all windows of a qube together, 4 bytes each, here and in the X server: 8 MiB, or 88 times the most of one window.
MAX_ICON_PIXELS_PER_QUBE: Final = 2 << 20

# --- Clipboard. Source: MAX_CLIPBOARD_SIZE (before 1.8), MAX_CLIPBOARD_BUFFER_SIZE (1.8).
MAX_CLIPBOARD_BYTES_BEFORE_1_8: Final = 65_000
MAX_CLIPBOARD_BYTES: Final = 256_000
# One byte more is how a 1.8 agent says "more than may be sent"; such a body is read and thrown away.
CLIPBOARD_TOO_BIG_BYTES: Final = MAX_CLIPBOARD_BYTES + 1

# --- Clipboard with types (CLIPBOARD_TYPED). 32 MiB = 8,388,608 pixels of 4 bytes: a screen of 3840x2160 (33,177,600).
MAX_CLIPBOARD_IMAGE_BYTES: Final = 32 << 20
# Twice the width of that screen: three monitors of 2560 beside each other.
MAX_CLIPBOARD_IMAGE_SIDE_PX: Final = 8_192
# One read of a channel (READ_BYTES), and 4 parts of the longest text; the largest image takes 512.
MAX_CLIPBOARD_PART_BYTES: Final = 65_536

# --- Messages.
HEADER_BYTES: Final = 12
# struct shm_cmd (28) + 98,304 frame numbers of 4 bytes = 393,244: the longest body of all (WINDOW_DUMP: 16 + 393,216).
MAX_BODY_BYTES: Final = 28 + MAX_MFNS * REF_BYTES
# An agent skips messages it does not know by their length; a later daemon might send 512 * 512 pixels = 1 MiB.
MAX_SKIPPED_BODY_BYTES: Final = 1 << 20
# One read of a channel: 2,340 damage messages (28 bytes), and no more than one turn of the loop should take.
READ_BYTES: Final = 65_536
# A peer that has begun a message has this long to end it. The longest body takes 7 reads, a few ms; 10 s is stuck.
HALF_MESSAGE_TIMEOUT_S: Final = 10.0
# A peer that has begun to say its version has this long to end it; a machine that is still starting says nothing yet.
HANDSHAKE_TIMEOUT_S: Final = 10.0
# What may wait for a peer that does not read: 262,144 input messages of 32 bytes, or 1,000 dumps of a 1920x1080 window
# (16 + 4 * 2,025 = 8,116 bytes). The C daemon gives up at 10,000,000 bytes.
MAX_OUTPUT_QUEUE_BYTES: Final = 8 << 20

# --- The desktop that all qubes share. What a qube's messages make the X server and the window manager do is charged in
# seconds of their time (guid/core/pacing.py): 0.04 s at once (a click of another qube waits no longer for the window
# manager), then 0.4 s a second (80 windows mapped or 1,300 titles set a second, half that with 40 windows open).
DESKTOP_WORK_CREDIT_S: Final = 0.04
DESKTOP_WORK_SHARE: Final = 0.4
# How often a daemon looks for an agent that is not there (yet), and how much longer it may become with agents that
# connect and go: doubled each time, until a connection has lasted.
RECONNECT_INTERVAL_S: Final = 0.1
MAX_RECONNECT_INTERVAL_S: Final = 5.0
RECONNECT_LASTING_S: Final = 10.0

# --- Windows. The C daemon has none; 1,024 is more than anyone arranges, and costs the desktop 8,192 X windows of ours.
MAX_WINDOWS_PER_QUBE: Final = 1_024

# --- Tray icons. A panel has room for about 40 of 24 px; a program has one or two, and an agent of ours docks 32. What
# an icon asks for is held to the sizes that panels commonly have; a panel of up to 64 px is filled (XDG icon themes:
# 16, 22, 24, 32, 48, 64), and twice that is drawn in the C daemon's modes, for a desktop drawn twice as large: 16,384
# pixels, 45 ms of our time if no two are of one colour, and 5 from the second time on.
MAX_TRAY_ICONS_PER_QUBE: Final = 32
MIN_TRAY_ICON_PX: Final = 16
COMMON_TRAY_ICON_PX: Final = 24
MAX_TRAY_ICON_PX: Final = 64
MAX_TRAY_DRAWN_PX: Final = 128

# --- The pool. MIT-SHM offsets are 32 bits: 2**32 bytes. A power of two (ivshmem), at least one page.
MAX_POOL_BYTES: Final = 1 << 32
MIN_POOL_BYTES: Final = PAGE_BYTES
# 512 MiB = 64 windows of 1920x1080 (8.3 MB each), sparse: only written pages cost memory.
DEFAULT_POOL_BYTES: Final = 512 << 20
# A window dump in up to so many runs of pages is drawn in bands, one put (40 bytes) for each; more are staged.
MAX_RUNS_DRAWN: Final = 64
# Runs of all pictures of a qube together: two of the largest in single pages, 28 MB of our memory (150 bytes a run).
# Agents allocate contiguous runs; 64 windows of 1920x1080 in single pages are 129,600.
MAX_RUNS_PER_QUBE: Final = 2 * MAX_GRANT_REFS
# 8 MiB = one window of 1920x1080, about 2 ms of copying: what a turn of the loop may spend on scattered pages.
MAX_STAGED_BYTES_PER_TURN: Final = 8 << 20

# So many staged pictures keep their copy, which is a descriptor and a segment; of 1,024 descriptors a daemon needs 20.
MAX_STAGED_PICTURES: Final = 64

# --- Protocol versions. Source: QUBES_GUID_PROTOCOL_VERSION and what the C daemon changes at each minor version.
VERSION_MAJOR: Final = 1
VERSION_MINOR: Final = 8
CLIPBOARD_LENGTH_IN_HEADER_SINCE_MINOR: Final = 2
VERSION_ECHO_SINCE_MINOR: Final = 4
DESTROY_ACK_SINCE_MINOR: Final = 5
EXACT_LENGTH_SINCE_MINOR: Final = 6
DUMP_ACK_SINCE_MINOR: Final = 7
BIG_CLIPBOARD_SINCE_MINOR: Final = 8
EXTENSIONS_SINCE_MINOR: Final = 8
