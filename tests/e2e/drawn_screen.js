// A screen that the page draws: getDisplayMedia gives a canvas in which every picture bears the drawn camera's stamp.
// Loaded after drawn_camera.js, whose pictures it shows.
(() => {
  const devices = navigator.mediaDevices;
  if (!devices) return; // an origin that is not secure
  const handle = {
    /** What each call asked for, and whether a user's click was fresh. */
    asked: [],
    /** A DOMException's name: the picker is closed with it until this is null again. */
    refuseWith: null,
    /** The track that is shown, after its choice. */
    track: null,
    /** "Stop sharing" in the browser's own bar. */
    stopSharing() {
      handle.track.stop();
      handle.track.dispatchEvent(new Event("ended"));
    },
  };
  window.__drawnScreen = handle;

  devices.getDisplayMedia = async (options) => {
    handle.asked.push({ options, clicked: navigator.userActivation?.isActive ?? true });
    if (handle.refuseWith) throw new DOMException("Permission denied", handle.refuseWith);
    const { width, height, frameRate } = options.video;
    const video = { width: width ?? 1280, height: height ?? 720, frameRate: frameRate ?? 30 };
    const stream = await devices.getUserMedia({ video });
    [handle.track] = stream.getVideoTracks();
    return stream;
  };
})();
