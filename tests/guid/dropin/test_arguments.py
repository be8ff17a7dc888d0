"""The command line of `qubes-guid`: every option, short and long, and what it refuses."""

from pathlib import Path
from typing import Any

import pytest

from guid.core.extras import ExtraProperty, PropertyKind
from guid.dropin.arguments import TABLE, BadUsage, Request, request_of, usage


def setting(line: str, key: str) -> object:
    return request_of(line.split()).settings[key].value


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("-C /a/b", "--config=/a/b", "--config /a/b"), {"config": Path("/a/b")}),
        (("-d 7", "--domid=7", "-d7"), {"domain": 7}),
        (("-d 32751",), {"domain": 0x7FEF}),
        (("-t 9", "--target-domid 9"), {"target": 9}),
        (("-N work.2_a-b", "--name=work.2_a-b"), {"name": "work.2_a-b"}),
        (("-c 0xcc0000", "--color=0xcc0000"), {"color": "0xcc0000"}),
        (("-l 3", "-l 0x3", "--label=3", "-l 259"), {"label": 3}),
        (("-i /usr/a.png", "--icon=/usr/a.png"), {"icon": "/usr/a.png"}),
        (("-v", "--verbose", "-vvq"), {"louder": 1}),
        (("-q", "--quiet"), {"louder": -1}),
        (("-Q", "--qrexec-for-clipboard"), {"qrexec_clipboard": True}),
        (("-n", "--background"), {"background": True}),
        (("-f", "--foreground", "-K 5 -f"), {"foreground": True}),
        (("-I", "--invisible"), {"invisible": True}),
        (("-K 77", "--kill-on-connect=77"), {"kill_pid": 77}),
        (
            ("-p A=s:b=c:d", "--prop A=s:b=c:d"),
            {"properties": (ExtraProperty("A", PropertyKind.STRING, "b=c:d"),)},
        ),
        (
            ("-p A=c:1,010,0x10 -p B=a:C",),
            {
                "properties": (
                    ExtraProperty("A", PropertyKind.CARDINAL, (1, 8, 16)),
                    ExtraProperty("B", PropertyKind.ATOM, "C"),
                )
            },
        ),
        (("-h", "--help"), {"help": True}),
        (("--version", "--vers"), {"version": True}),
        (("--check-config",), {"check_config": True}),
        (("--run-folder /x",), {"folder": Path("/x")}),
        (("--log-folder /x",), {"logs": Path("/x")}),
        (("--policy-folder /x",), {"policy": Path("/x")}),
        (("--qrexec-client /x",), {"qrexec_client": "/x"}),
        (("--vchan-socket /x --pool-fd 5",), {"vchan_socket": Path("/x"), "pool_fd": 5}),
    ],
)
def test_option_says(lines: tuple[str, ...], expected: dict[str, Any]) -> None:
    for line in lines:
        assert request_of(line.split()) == Request(**expected), line


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("-T", "title_name", True),
        ("--title-name", "title_name", True),
        ("--trayicon-mode=tint+border1", "trayicon_mode", "tint+border1"),
        ("--screensaver-name a --screensaver-name b", "screensaver_name", ("a", "b")),
        ("--override-redirect=allow", "override_redirect", True),
        ("--override-redirect disabled", "override_redirect", False),
        ("--max-clipboard-size 256000", "max_clipboard_size", 256_000),
    ],
)
def test_option_goes_before_the_file(line: str, key: str, value: object) -> None:
    assert setting(line, key) == value


def test_line_of_qubes_own_launcher_is_understood() -> None:
    line = (
        "-N sys-usb -c 0xcc0000 -i /usr/share/icons/hicolor/128x128/devices/servicevm-red.png -l 1 -q -Q"
        " -C /var/run/qubes/guid-conf.12 -T -p _KDE_NET_WM_COLOR_SCHEME=s:/home/u/.local/share/qubes-kde/red.colors"
        " -d 12 -n -K 4711"
    )
    request = request_of(line.split())
    assert (request.domain, request.kill_pid, request.background, request.label) == (12, 4711, True, 1)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("-a", "-a"),
        ("-x", "-x"),
        ("--nothing", "nothing"),
        ("--tra", "requires"),
        ("--c", "unique"),
        ("-d", "requires"),
        ("-d 0", "-d"),
        ("-d 32752", "-d"),
        ("-d 0x7", "-d"),
        ("-d 1_0", "-d"),
        ("-d 7 -d 7", "twice"),
        ("-N work -N work", "twice"),
        ("-N work-dm", "-N"),
        ("-N Domain-0", "-N"),
        ("-N 1a", "-N"),
        ("-l one", "-l"),
        ("-K 1", "-K"),
        ("-K -1", "-K"),
        ("-p A", "-p"),
        ("-p A=x:y", "-p"),
        ("-p A=c:", "-p"),
        ("-p A=c:4294967296", "-p"),
        ("-p =s:y", "-p"),
        ("-p A=s:y " * 11, "10 times"),
        ("--screensaver-name a " * 11, "10 times"),
        ("--screensaver-name \x07", "screensaver"),
        ("--override-redirect=disable", "override-redirect"),
        ("--trayicon-mode=none", "trayicon"),
        ("--max-clipboard-size=255", "max-clipboard"),
        ("--max-clipboard-size=256001", "max-clipboard"),
        ("--max-clipboard-size=1k", "max-clipboard"),
        ("-f work", "work"),
        ("work -f", "work"),
        ("-f --", "--"),
        ("--", "--"),
        ("-f -- -n", "-n"),
    ],
)
def test_line_that_means_nothing_is_refused(line: str, word: str) -> None:
    with pytest.raises(BadUsage) as refused:
        request_of(line.split(" ") if "\x07" in line else line.split())
    assert word in str(refused.value)


def test_usage_has_every_option_in_a_line_that_fits() -> None:
    lines = usage("vitrail-guid").splitlines()
    for row in TABLE:
        assert any(f"--{row.long} {row.metavar}".rstrip() in line and row.about in line for line in lines)
    assert max(map(len, lines)) <= 120


def test_paths_are_meant_from_where_the_command_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The daemon goes to its run folder: there a relative path would be another file's."""
    monkeypatch.chdir(tmp_path)
    words = "-C a --run-folder b --log-folder c --policy-folder d --vchan-socket e --pool-fd 5 --qrexec-client ./f"
    made = request_of(words.split())
    found = (made.config, made.folder, made.logs, made.policy, made.vchan_socket, made.qrexec_client)
    assert found == (*(tmp_path / name for name in "abcde"), str(tmp_path / "f"))
    assert request_of(["--qrexec-client", "found-in-path"]).qrexec_client == "found-in-path"
