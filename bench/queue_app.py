"""Asterisk's own Queue() in an Asterisk of its own, to be measured beside ours. The hotline never loads it."""

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from huiyin.adapters.asterisk.program import Program, find_program

HOST, PATIENCE_S = "127.0.0.1", 20.0
AGENT, PASSWORD, LINE = "a1", "only-for-the-bench", "queue"

_MODULES = """
res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_http_websocket res_websocket_client
res_crypto res_rtp_asterisk res_pjproject res_pjsip res_pjsip_session res_pjsip_sdp_rtp res_pjsip_caller_id
res_pjsip_authenticator_digest res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_registrar
res_pjsip_nat res_pjsip_pubsub chan_pjsip codec_alaw codec_ulaw format_wav format_sln format_pcm bridge_simple
bridge_native_rtp bridge_softmix bridge_holding res_stasis res_musiconhold pbx_config app_queue
"""

_ENDPOINT = """
type = endpoint
context = from-trunk
disallow = all
allow = alaw
direct_media = no
media_address = 127.0.0.1
bind_rtp_to_media_address = yes
"""

_FILES = {
    "asterisk.conf": """
[directories](!)
[directories]
astetcdir => {base}/etc
astmoddir => {modules}
astvarlibdir => {base}/lib
astdbdir => {base}/db
astkeydir => {base}
astdatadir => {data}
astagidir => {base}/agi
astspooldir => {base}/spool
astrundir => {base}/run
astlogdir => {base}/log
[options]
nocolor = yes
documentation_language = en_US
""",
    "pjsip.conf": """
[global]
type = global
endpoint_identifier_order = username,ip
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[trunk]{endpoint}
[trunk]
type = identify
endpoint = trunk
match = 127.0.0.1
[{agent}]{endpoint}auth = {agent}
aors = {agent}
[{agent}]
type = auth
auth_type = digest
username = {agent}
password = {password}
[{agent}]
type = aor
max_contacts = 1
remove_existing = yes
""",
    # What the manual recommends for a busy queue: everybody is tried at once, nobody rests after a call.
    "queues.conf": """
[general]
autofill = yes
[bench]
strategy = leastrecent
timeout = 15
retry = 1
wrapuptime = 0
ringinuse = no
joinempty = yes
member => PJSIP/{agent}
""",
    "extensions.conf": """
[general]
static = yes
[from-trunk]
exten => {line},1,Answer()
 same => n,Queue(bench,,,,300)
""",
    "rtp.conf": "[general]\nrtpstart = {rtp}\nrtpend = {rtp_end}\n",
    "musiconhold.conf": "[default]\nmode = files\ndirectory = {base}/music\n",
    "logger.conf": "[general]\n[logfiles]\nfull.log => warning,error\n",
    "indications.conf": "[general]\ncountry = us\n[us]\ndescription = us\nringcadence = 2000,4000\ndial = 350+440\n",
    "http.conf": "[general]\nenabled = no\n",
    "manager.conf": "[general]\nenabled = no\n",
    "cdr.conf": "[general]\nenable = no\n",
    "cel.conf": "[general]\nenable = no\n",
    "ccss.conf": "[general]\n",
    "stasis.conf": "[general]\n",
    **dict.fromkeys(("acl.conf", "udptl.conf", "pjproject.conf", "queuerules.conf", "features.conf"), ""),
}


@contextlib.contextmanager
def running() -> Iterator[int]:
    """An Asterisk with one queue (LINE) and one agent (AGENT, PASSWORD) for the length of a `with`; its SIP port.

    Raises NoAsterisk."""
    program, port = find_program(), _free_port()
    with tempfile.TemporaryDirectory(prefix="huiyin-queue-") as place:
        base = Path(place)
        _write(base, program, port)
        command = [*program.command, "-C", str(base / "etc/asterisk.conf"), "-f"]
        with (base / "said.txt").open("wb") as said:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            _await(process, port, base / "said.txt")
            yield port
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _write(base: Path, program: Program, port: int) -> None:
    for name in ("etc", "lib", "db", "agi", "spool", "run", "log", "music"):
        (base / name).mkdir()
    values = {
        "base": base, "modules": program.modules, "data": program.data, "port": port, "endpoint": _ENDPOINT,
        "agent": AGENT, "password": PASSWORD, "line": LINE, "rtp": 50_000, "rtp_end": 51_999,
    }  # fmt: skip
    for name, text in _FILES.items():
        (base / "etc" / name).write_text(text.format(**values).lstrip())
    loads = "".join(f"load = {name}.so\n" for name in _MODULES.split())
    (base / "etc" / "modules.conf").write_text(f"[modules]\nautoload = no\n{loads}")


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


def _await(process: "subprocess.Popen[bytes]", port: int, said: Path) -> None:
    """Until it answers OPTIONS."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.bind((HOST, 0))
        asking.settimeout(0.2)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and process.poll() is None:
            asking.sendto(_options(port, asking.getsockname()[1]), (HOST, port))
            with contextlib.suppress(TimeoutError, ConnectionRefusedError):
                asking.recv(4096)
                return
    raise RuntimeError(f"Asterisk did not start: {said.read_text()[-500:]}")


def _options(port: int, own: int) -> bytes:
    once = time.time_ns()
    return (
        f"OPTIONS sip:{HOST}:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {HOST}:{own};branch=z9hG4bK{once};rport\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:bench@{HOST}>;tag=1\r\nTo: <sip:{HOST}>\r\nCall-ID: {once}@{HOST}\r\n"
        "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    ).encode()
