"""What the page's encoder did, by its own statistics (W3C WebRTC Statistics, outbound-rtp)."""

from __future__ import annotations

import msgspec
from playwright.sync_api import Browser, Page

from tests.e2e import pages

# Keeps hold of each connection that the page makes.
WATCH = """{
    const Plain = window.RTCPeerConnection;
    window.__connections = [];
    window.RTCPeerConnection = class extends Plain {
        constructor(...options) {
            super(...options);
            window.__connections.push(this);
        }
    };
    /** The newest connection's video statistics of this type, with the report that they are from. */
    window.__newest = async (wanted) => {
        for (const connection of window.__connections.toReversed()) {
            const report = await connection.getStats();
            const video = [...report.values()].find(({ type, kind }) => type === wanted && kind === "video");
            if (video) return [video, report];
        }
        throw new Error(`no connection has ${wanted}`);
    };
}"""
STATS = """async () => {
    const [video, report] = await window.__newest("outbound-rtp");
    const { framesEncoded: frames, headerBytesSent, bytesSent, packetsSent, totalEncodeTime } = video;
    return {
        frames,
        bytes_a_frame: (bytesSent + headerBytesSent) / frames,
        packets_a_frame: packetsSent / frames,
        encode_ms: 1000 * totalEncodeTime / frames,
        codec: report.get(video.codecId)?.mimeType ?? "",
        limited_by: video.qualityLimitationReason ?? "",
    };
}"""
RECEIVED_CODEC = """async () => {
    const [video, report] = await window.__newest("inbound-rtp");
    return report.get(video.codecId)?.mimeType ?? "";
}"""


class Sender(msgspec.Struct, frozen=True):
    """The page's side of one round, from its start on."""

    frames: int
    bytes_a_frame: float
    packets_a_frame: float
    encode_ms: float  # for each frame
    codec: str
    limited_by: str  # qualityLimitationReason at the end
    returned_codec: str = ""  # of the video that came back, if any did


def new_page(browser: Browser) -> Page:
    """Return a page with the drawn camera whose connections `sender_of` can ask."""
    page = pages.new_page(browser)
    page.context.add_init_script(WATCH)
    return page


def sender_of(page: Page) -> Sender:
    """Return what the page's newest connection has sent; it must still be open."""
    return msgspec.convert(page.evaluate(STATS), Sender)


def received_codec(page: Page) -> str:
    """Return which codec the page's newest connection with incoming video receives."""
    codec: str = page.evaluate(RECEIVED_CODEC)
    return codec
