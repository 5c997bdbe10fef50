// What a <video> of the page shows, as `drawImage` reads it: whole pictures, or the stamp (tests/stamps.py) of each.

(() => {
  const COLUMNS = 32;
  const ROWS = 3;
  // A block of the stamp becomes as many pixels wide and high: its middle is not touched by its neighbours.
  const BLOCK = 5;
  const UNIT_MS = 0.1;
  const PERIOD_MS = 2 ** 32 * UNIT_MS;

  window.__shownPicture = {
    /** The next picture that is presented, as luma (Rec. ITU-R BT.601, full range): base64 of a byte a pixel. */
    async nextLuma(video) {
      await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      const { videoWidth: width, videoHeight: height } = video;
      return base64(lumaOf(pixels(video, [0, 0, width, height], [width, height])));
    },

    /**
     * Every picture that `find()`, a video that may be long in coming, presents in `seconds` from the first one on.
     * Times are in ms since 1970: of a picture's display `expectedDisplayTime` of its callback, and `now`.
     */
    async follow(find, { seconds, patience }) {
      const askedAt = wallClock(performance.now());
      const video = await found(find, patience);
      const seen = [];
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error("too few pictures in time")), patience * 1000);
        const look = (now, { expectedDisplayTime }) => {
          seen.push({ now, displayed: expectedDisplayTime, ...lookAt(video) });
          if (expectedDisplayTime - seen[0].displayed < seconds * 1000) video.requestVideoFrameCallback(look);
          else resolve(clearTimeout(late));
        };
        video.requestVideoFrameCallback(look);
      });
      return { asked_at_ms: askedAt, pictures: seen.map(noted) };
    },
  };

  // --- pixels ---------------------------------------------------------------------------------------------------

  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });

  function pixels(video, from, [width, height]) {
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.drawImage(video, ...from, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  }

  function lumaOf(rgba) {
    const luma = new Uint8Array(rgba.length / 4);
    for (let i = 0; i < luma.length; i += 1) {
      luma[i] = Math.round(0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2]);
    }
    return luma;
  }

  function base64(bytes) {
    return new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.readAsDataURL(new Blob([bytes]));
    });
  }

  // --- one picture after the other ------------------------------------------------------------------------------

  const wallClock = (time) => performance.timeOrigin + time;

  function found(find, patience) {
    return new Promise((resolve, reject) => {
      const timer = setInterval(() => {
        const video = find();
        if (video) resolve(video);
        else if (performance.now() > until) reject(new Error("no video in time"));
        else return;
        clearInterval(timer);
      }, 10);
      const until = performance.now() + patience * 1000;
    });
  }

  /** The stamp is decoded when all is over, as in frame_log.py: measuring must not slow what is measured. */
  function lookAt(video) {
    const { videoWidth: width, videoHeight: height } = video;
    const rows = (ROWS * width) / COLUMNS;
    return { width, height, top: pixels(video, [0, 0, width, rows], [BLOCK * COLUMNS, BLOCK * ROWS]) };
  }

  function noted({ now, displayed, width, height, top }) {
    const [index, ticks, checksum] = [0, 1, 2].map((row) => wordOf(top, row));
    const intact = checksum === crc32([index, ticks]);
    return {
      displayed_ms: wallClock(displayed),
      now_ms: wallClock(now),
      width,
      height,
      index: intact ? index : null,
      age_ms: intact ? ageOf(ticks * UNIT_MS, wallClock(displayed)) : null,
    };
  }

  function wordOf(rgba, row) {
    let word = 0;
    const middle = Math.floor(BLOCK / 2);
    for (let column = 0; column < COLUMNS; column += 1) {
      const at = (row * BLOCK + middle) * BLOCK * COLUMNS + column * BLOCK + middle;
      word = ((word << 1) | (rgba[4 * at + 1] > 127)) >>> 0;
    }
    return word;
  }

  function ageOf(timeMs, nowMs) {
    const age = (nowMs - timeMs) % PERIOD_MS;
    return age > PERIOD_MS / 2 ? age - PERIOD_MS : age;
  }

  function crc32(words) {
    let crc = 0xffffffff;
    for (const word of words) {
      for (const shift of [24, 16, 8, 0]) {
        crc ^= (word >>> shift) & 0xff;
        for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
      }
    }
    return ~crc >>> 0;
  }
})();
