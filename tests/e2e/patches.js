// A camera that shows eight flat patches, drawn by the page, for the test of colours; and what the page shows of them.

(() => {
  const PATCHES = __PATCHES__;
  const COLUMNS = 4;

  /** The middle of each patch, as fractions of the picture. */
  const middles = PATCHES.map((_, i) => [
    ((i % COLUMNS) + 0.5) / COLUMNS,
    (Math.floor(i / COLUMNS) + 0.5) / 2,
  ]);

  const handle = {
    /** What `drawImage` makes of a video element, at the middle of each patch: red, green, blue. */
    shown(video) {
      const canvas = document.createElement("canvas");
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.drawImage(video, 0, 0);
      return middles.map(([x, y]) => [
        ...context
          .getImageData(Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1)
          .data.slice(0, 3),
      ]);
    },
    /** From now on getUserMedia gives a canvas of the patches. */
    draw() {
      navigator.mediaDevices.getUserMedia = async ({ video }) => {
        const canvas = document.createElement("canvas");
        canvas.width = video.width.ideal;
        canvas.height = video.height.ideal;
        const context = canvas.getContext("2d", { alpha: false });
        const stream = canvas.captureStream(30);
        const [width, height] = [canvas.width / COLUMNS, canvas.height / 2];
        const timer = setInterval(() => {
          if (stream.getVideoTracks()[0].readyState === "ended") clearInterval(timer);
          for (const [i, [red, green, blue]] of PATCHES.entries()) {
            context.fillStyle = `rgb(${red} ${green} ${blue})`;
            context.fillRect((i % COLUMNS) * width, Math.floor(i / COLUMNS) * height, width, height);
          }
        }, 33);
        return stream;
      };
    },
  };
  window.__patches = handle;
})();
