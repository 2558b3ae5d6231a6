"""A real hotline with real callers: one centre for all scenarios, phones in processes of their own."""

from collections.abc import Iterator

import pytest

from huiyin.daemons.ephemeral import running_instance
from tests.chaos.processes import WHOLE_AGAIN_S, eventually, is_whole
from tests.voice.centre import Centre
from tests.voice.parties import NETWORK_HZ, parties

HOTLINE = "400-820-1234"


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """`huiyin start` with its Asterisk, once for all, and a telephone network to call out to."""
    with parties(tmp_path_factory.mktemp("network")) as make:
        network = make("network", NETWORK_HZ)
        trunk = f"sip:127.0.0.1:{network.opens('sip:network@127.0.0.1')}"
        extra = {"HUIYIN_SIP_TRUNK_URI": trunk, "HUIYIN_HOTLINE": HOTLINE}
        with running_instance(tmp_path_factory.mktemp("hotline"), extra=extra) as running:
            assert running.ready["voice"]["state"] == "on", running.ready["voice"]
            yield Centre(running, network, HOTLINE)


@pytest.fixture
def centre(started: Centre) -> Centre:
    """As the test before it left it, but whole: what was killed is there again."""
    assert eventually(lambda: is_whole(started.running), WHOLE_AGAIN_S)
    return started
