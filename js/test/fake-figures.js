/**
 * What a kernel measures, as of rtcwidgets/protocol.py.
 */

export const FIGURES = {
  type: "figures",
  width: 640,
  height: 480,
  frame_rate: 29.9,
  age_ms: 6.5,
  transport: "direct",
  codec: "H264",
  bitrate_bps: 1_500_000,
  round_trip_ms: 1.5,
  jitter_ms: 0.5,
  packets_lost: 0,
  frames_dropped: 0,
  freeze_count: 0,
  candidate_pair: "host ↔ host, udp",
};
