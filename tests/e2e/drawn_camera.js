// A camera drawn by the page: each picture carries its number and its capture time in its pixels (tests/stamps.py).
// It replaces getUserMedia's video; audio still comes from the browser. `window.__drawnCamera` is the tests' handle.

(() => {
  const devices = navigator.mediaDevices;
  if (!devices) return; // no secure origin: as there, so here

  const cameraNamed = (label, deviceId) => ({ deviceId, groupId: deviceId, kind: "videoinput", label });
  const plugged = [cameraNamed("Drawn camera", "drawn")];
  const DEFAULTS = { width: 640, height: 480, frameRate: 30 };
  const LIMITS = { width: [32, 4096], height: [32, 4096], frameRate: [1, 120] };

  const handle = {
    /** How many cameras were opened. */
    started: 0,
    /** Pictures drawn so far, all cameras together. */
    drawn: 0,
    /** A DOMException's name: getUserMedia is refused with it until this is null again. */
    refuseWith: null,
    /** What the exception says then. */
    refuseSaying: "",
    /** True: getUserMedia waits, as for a user who has not answered yet, until `answer()` or `answer("NotAllowedError")`. */
    asking: false,
    /** How many getUserMedia calls wait for an answer. */
    get waiting() {
      return waiting.length;
    },
    /** How many tracks are live. */
    get live() {
      return liveTracks().length;
    },
    /** How many were live at the same time, at most. */
    mostLive: 0,
    answer(name = null) {
      for (const resolve of waiting.splice(0)) resolve(name);
    },
    /** Another camera is there, and the page is told. */
    plug(label, deviceId) {
      plugged.push(cameraNamed(label, deviceId));
      devices.dispatchEvent(new Event("devicechange"));
    },
    /** The cable of a camera (of all) is pulled: its tracks end, and the page is told. */
    unplug(deviceId = null) {
      const pulled = ({ deviceId: id }) => deviceId === null || id === deviceId;
      const left = plugged.filter((device) => deviceId !== null && !pulled(device));
      if (deviceId !== null) plugged.splice(0, plugged.length, ...left);
      for (const track of liveTracks().filter((track) => pulled(track.getSettings()))) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
      devices.dispatchEvent(new Event("devicechange"));
    },
  };
  window.__drawnCamera = handle;

  const waiting = [];
  let tracks = [];
  const liveTracks = () => {
    tracks = tracks.filter((track) => track.readyState === "live");
    return tracks;
  };

  // --- what the page calls ------------------------------------------------------------------------------------

  const browsersOwn = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints = {}) => {
    if (!constraints.video) return browsersOwn(constraints);
    const refusal = handle.asking ? await new Promise((resolve) => waiting.push(resolve)) : handle.refuseWith;
    if (refusal)
      throw new DOMException(handle.refuseSaying || `The drawn camera refuses with ${refusal}`, refusal);
    const wanted = constraints.video === true ? {} : constraints.video;
    const audio = constraints.audio ? await browsersOwn({ audio: constraints.audio }) : null;
    const track = openCamera(settingsFor(wanted), deviceFor(wanted));
    return new MediaStream([track, ...(audio?.getAudioTracks() ?? [])]);
  };

  const browsersDevices = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () => {
    const others = (await browsersDevices()).filter(({ kind }) => kind !== "videoinput");
    // As browsers do, names are told once a camera was allowed.
    const known = handle.started > 0 ? plugged : plugged.slice(0, 1).map(() => cameraNamed("", ""));
    return [...known.map((device) => ({ ...device, toJSON: () => device })), ...others];
  };

  function deviceFor(wanted) {
    const { exact, ideal } =
      typeof wanted.deviceId === "object" ? wanted.deviceId : { ideal: wanted.deviceId };
    const named = (ids) => plugged.find(({ deviceId }) => [ids].flat().includes(deviceId));
    if (exact !== undefined && !named(exact)) throw overconstrained("deviceId");
    return named(exact ?? ideal) ?? plugged[0];
  }

  function settingsFor(wanted, now = DEFAULTS) {
    return {
      width: pick(wanted, "width", now),
      height: pick(wanted, "height", now),
      frameRate: pick(wanted, "frameRate", now),
    };
  }

  function pick(wanted, name, now) {
    const [least, most] = LIMITS[name];
    const asked = typeof wanted[name] === "number" ? { ideal: wanted[name] } : (wanted[name] ?? {});
    if (asked.exact !== undefined && (asked.exact < least || asked.exact > most)) throw overconstrained(name);
    const value = asked.exact ?? asked.ideal ?? now[name];
    return Math.min(Math.max(value, asked.min ?? least, least), asked.max ?? most, most);
  }

  /** OverconstrainedError, which cannot be made in Firefox. */
  function overconstrained(constraint) {
    const error = new DOMException(`The drawn camera cannot do this ${constraint}`, "OverconstrainedError");
    return Object.defineProperty(error, "constraint", { value: constraint });
  }

  // --- the track ----------------------------------------------------------------------------------------------

  function openCamera(settings, device) {
    const camera = new DrawnCamera(settings, device);
    const stream = camera.canvas.captureStream(0); // a picture leaves when requestFrame is called, not before
    const [track] = stream.getVideoTracks();
    dress(track, camera);
    camera.run(track.requestFrame ? track : stream); // in Firefox it is the stream's method
    handle.started += 1;
    handle.mostLive = Math.max(handle.mostLive, handle.live);
    return track;
  }

  /** Lets a canvas's track speak as a camera's; clones too. */
  function dress(track, camera) {
    tracks.push(track);
    camera.tracks.push(track);
    const clone = track.clone.bind(track);
    Object.defineProperties(track, {
      label: { value: camera.device.label },
      getSettings: {
        value: () => ({
          ...camera.settings,
          aspectRatio: camera.aspectRatio,
          deviceId: camera.device.deviceId,
        }),
      },
      getCapabilities: {
        value: () => ({
          deviceId: camera.device.deviceId,
          ...Object.fromEntries(Object.entries(LIMITS).map(([name, [min, max]]) => [name, { min, max }])),
        }),
      },
      applyConstraints: { value: async (wanted = {}) => camera.resize(settingsFor(wanted, camera.settings)) },
      clone: { value: () => dress(clone(), camera) },
    });
    return track;
  }

  class DrawnCamera {
    constructor(settings, device) {
      this.device = device;
      this.canvas = document.createElement("canvas");
      // Pixels stay in main memory: without a GPU reading them back would cost a copy.
      this.context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });
      this.tracks = [];
      this.index = 0;
      this.resize(settings);
    }

    get aspectRatio() {
      return this.settings.width / this.settings.height;
    }

    resize(settings) {
      this.settings = settings;
      this.canvas.width = settings.width;
      this.canvas.height = settings.height;
      this.scenery = sceneryFor(settings.width, settings.height);
      this.clock?.postMessage(settings.frameRate);
    }

    run(shutter) {
      this.clock = startClock(this.settings.frameRate, () => {
        if (this.tracks.some(({ readyState }) => readyState === "live")) this.shoot(shutter);
        else this.clock.terminate();
      });
      this.shoot(shutter);
    }

    shoot(shutter) {
      const { context, canvas } = this;
      drawScene(context, this.scenery, canvas.width, canvas.height, this.index);
      stamp(context, canvas.width, this.index, performance.timeOrigin + performance.now());
      shutter.requestFrame();
      this.index += 1;
      handle.drawn += 1;
    }
  }

  // --- time ---------------------------------------------------------------------------------------------------

  /** Ticks from a worker, whose timers go on in hidden tabs, on the beat: a late tick does not delay the next. */
  function startClock(frameRate, tick) {
    const source = `
      let interval, due, timer;
      const arm = () => { timer = setTimeout(beat, Math.max(0, due - performance.now())); };
      const beat = () => {
        postMessage(0);
        due = Math.max(due + interval, performance.now()); // what was missed is not made up for
        arm();
      };
      onmessage = ({ data: frameRate }) => {
        clearTimeout(timer);
        interval = 1000 / frameRate;
        due = performance.now() + interval;
        arm();
      };`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    worker.onmessage = tick;
    worker.postMessage(frameRate);
    return worker;
  }

  // --- the picture --------------------------------------------------------------------------------------------

  const ROOM = 64; // the scenery is larger than the picture by this on each side, and moves behind it

  /** Colours that run into each other, edges and grain: about as hard for an encoder as a room with people. */
  function sceneryFor(width, height) {
    const scenery = document.createElement("canvas");
    scenery.width = width + 2 * ROOM;
    scenery.height = height + 2 * ROOM;
    const context = scenery.getContext("2d", { alpha: false, willReadFrequently: true });
    const random = generator(1);
    const gradient = context.createLinearGradient(0, 0, scenery.width, scenery.height);
    for (const [at, colour] of ["#23395b", "#406e8e", "#8ea8c3", "#e3b587", "#7f534b"].entries()) {
      gradient.addColorStop(at / 4, colour);
    }
    context.fillStyle = gradient;
    context.fillRect(0, 0, scenery.width, scenery.height);
    for (let i = 0; i < 60; i += 1) {
      context.fillStyle = `hsl(${360 * random()} 45% ${25 + 50 * random()}% / 0.6)`;
      const size = (0.03 + 0.12 * random()) * scenery.height;
      context.fillRect(random() * scenery.width, random() * scenery.height, size, size * (0.5 + random()));
    }
    context.fillStyle = context.createPattern(grain(random), "repeat");
    context.fillRect(0, 0, scenery.width, scenery.height);
    return scenery;
  }

  /** A tile of faint noise: computing it for every pixel would make the camera slow to open. */
  function grain(random) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 128;
    const context = tile.getContext("2d");
    const noise = context.createImageData(tile.width, tile.height);
    for (let i = 0; i < noise.data.length; i += 4) {
      noise.data.fill(random() < 0.5 ? 0 : 255, i, i + 3);
      noise.data[i + 3] = 16 * random();
    }
    context.putImageData(noise, 0, 0);
    return tile;
  }

  function drawScene(context, scenery, width, height, index) {
    const x = Math.round(ROOM * (1 + Math.sin(index / 23)));
    const y = Math.round(ROOM * (1 + Math.cos(index / 31)));
    context.drawImage(scenery, x, y, width, height, 0, 0, width, height);
    for (let i = 0; i < 4; i += 1) {
      context.fillStyle = ["#c1121f", "#f4d35e", "#2a9d8f", "#5e60ce"][i];
      context.beginPath();
      const angle = index / (11 + 4 * i) + i;
      context.arc(
        width * (0.5 + 0.35 * Math.cos(angle)),
        height * (0.62 + 0.25 * Math.sin(1.3 * angle)),
        height * (0.04 + 0.02 * i),
        0,
        2 * Math.PI,
      );
      context.fill();
    }
  }

  /** A small generator of equal numbers in each run (mulberry32). */
  function generator(seed) {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  // --- the stamp: tests/stamps.py reads it ------------------------------------------------------------------

  const COLUMNS = 32;

  /** Three rows of 32 square blocks, white is one: number, capture time in 0.1 ms, CRC-32 of both. */
  function stamp(context, width, index, timeMs) {
    const words = [index >>> 0, Math.floor(timeMs * 10) % 2 ** 32];
    words.push(crc32(words));
    const edge = (i) => Math.round((i * width) / COLUMNS);
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, edge(words.length));
    context.fillStyle = "#fff";
    for (const [row, word] of words.entries()) {
      for (let column = 0; column < COLUMNS; column += 1) {
        if ((word >>> (COLUMNS - 1 - column)) & 1) {
          context.fillRect(
            edge(column),
            edge(row),
            edge(column + 1) - edge(column),
            edge(row + 1) - edge(row),
          );
        }
      }
    }
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
