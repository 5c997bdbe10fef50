"""What of aiortc's and ipykernel's private side is relied on; where one fails, read tuning.py or kernel.py again."""

import inspect
from importlib.metadata import version

import aioice.ice
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, rtcrtpreceiver
from aiortc.codecs import opus
from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.rtp import RtpPacket

from rtcwidgets.transport import tuning


def test_the_versions_are_those_that_tuning_was_written_for():
    assert version("aiortc").startswith("1.16.")
    assert version("aioice").startswith("0.")


async def test_a_receiver_has_what_is_replaced():
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        receiver = pc.addTransceiver("video", direction="recvonly").receiver
        assert tuning.tunable(receiver)
        assert isinstance(receiver._RTCRtpReceiver__jitter_buffer, JitterBuffer)
        assert list(inspect.signature(receiver._send_rtcp_pli).parameters) == ["media_ssrc"]
    finally:
        await pc.close()


def test_the_receiver_starts_the_decoder_by_its_global_name():
    source = inspect.getsource(rtcrtpreceiver.RTCRtpReceiver.receive)
    assert "target=decoder_worker" in source
    assert "self._track._queue" in source


def test_the_receiver_asks_the_buffer_packet_by_packet():
    source = inspect.getsource(rtcrtpreceiver.RTCRtpReceiver._handle_rtp_packet)
    assert "pli_flag, encoded_frame = self.__jitter_buffer.add(packet)" in source
    assert "encoded_frame.timestamp = self.__timestamp_mapper.map(" in source


def test_the_jitter_buffer_is_built_as_ours_extends_it():
    buffer = JitterBuffer(capacity=4, is_video=True)
    assert buffer._packets == [None] * 4
    assert buffer._origin is None
    assert list(inspect.signature(JitterBuffer._remove_frame).parameters) == ["self", "sequence_number"]
    assert JitterFrame(b"", 0).timestamp == 0
    assert RtpPacket().marker == 0


def test_host_addresses_are_looked_up_at_call_time():
    assert "get_host_addresses(" in inspect.getsource(aioice.ice.Connection)


def test_a_connection_begins_to_ask_for_consent_by_the_name_that_is_replaced():
    assert "create_task(self.query_consent())" in inspect.getsource(aioice.ice.Connection.connect)
    assert "self._closing = True" in inspect.getsource(aioice.ice.Connection.close)


def test_ipykernel_has_what_kernel_py_works_with():
    if tuple(int(n) for n in version("ipykernel").split(".")[:2]) < (7, 4):
        pytest.skip("ipykernel before 7.4: the front end's own routing applies")
    from ipykernel.comm.comm import BaseComm
    from ipykernel.subshell_manager import SubshellManager

    assert list(inspect.signature(BaseComm._reply_subshell_for).parameters) == ["self", "data", "default"]
    assert list(inspect.signature(SubshellManager._create_subshell).parameters) == ["self"]
    assert hasattr(SubshellManager, "list_subshell")
    assert "_shell_channel_io_loop" in inspect.getsource(SubshellManager.__init__)


async def test_a_receiver_of_sound_has_what_is_replaced():
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        receiver = pc.addTransceiver("audio", direction="recvonly").receiver
        assert tuning.tunable(receiver)
        assert list(inspect.signature(receiver._RTCRtpReceiver__jitter_buffer.add).parameters) == ["packet"]
    finally:
        await pc.close()


def test_opus_is_decoded_to_stereo_at_its_clock_rate():
    source = inspect.getsource(opus.OpusDecoder)
    assert '"stereo"' in source
    assert opus.SAMPLE_RATE == tuning.AUDIO_CLOCK_HZ
