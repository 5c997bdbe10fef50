// Devices made by the page whose sound is known: a tone, and a flash with a click at the same moment. Stands in for
// getUserMedia in test_audio.py, which calls `window.__sounding()` before it runs a cell.

window.__sounding = () => {
  const devices = navigator.mediaDevices;
  const context = new AudioContext({ sampleRate: 48000 });
  const handle = { context, asked: [], played: [], tracks: [] };
  window.__soundingPage = handle;

  /** 440 Hz in the left channel, 880 Hz in the right one. */
  function tone() {
    const out = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
    const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
    for (const [channel, frequency] of [440, 880].entries()) {
      const oscillator = new OscillatorNode(context, { frequency });
      oscillator.connect(new GainNode(context, { gain: 0.5 })).connect(merger, 0, channel);
      oscillator.start();
    }
    merger.connect(out);
    return out.stream;
  }

  /** A black picture that is white for a fifth of a second, once a second, and a click when it becomes white. */
  function flashes() {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
    const drawing = canvas.getContext("2d", { alpha: false });
    const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    const hum = new ConstantSourceNode(context, { offset: 0.001 }); // without any sound Chromium sends nothing at all
    hum.connect(out);
    hum.start();
    const stream = canvas.captureStream(0);
    const [picture] = stream.getVideoTracks();
    let flash = -1;
    let frames = 0;
    const beat = setInterval(() => {
      const second = Math.floor(context.currentTime);
      const white = context.currentTime - second < 0.2;
      if (white && second !== flash) {
        flash = second;
        // As soon as the sound's thread can: the page has no way to be earlier.
        const click = new OscillatorNode(context, { frequency: 1000 });
        click.connect(new GainNode(context, { gain: 0.8 })).connect(out);
        click.start();
        click.stop(context.currentTime + 0.1);
      }
      drawing.fillStyle = white ? "#fff" : "#000";
      drawing.fillRect(0, 0, 320, 240);
      drawing.fillStyle = "#888";
      drawing.fillRect(frames++ % 320, 230, 4, 10); // each picture is another one
      picture.requestFrame();
      if (picture.readyState === "ended") clearInterval(beat);
    }, 1000 / 60);
    stream.addTrack(out.stream.getAudioTracks()[0]);
    return stream;
  }

  devices.getUserMedia = async (constraints) => {
    handle.asked.push(constraints);
    await context.resume();
    const stream = constraints.video ? flashes() : tone();
    handle.tracks.push(...stream.getTracks());
    return stream;
  };
  return context.resume();
};
