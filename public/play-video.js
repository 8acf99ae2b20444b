// Shows every frame of a video to the hashing worker where a browser has no WebCodecs: it is played, slowly and unseen,
// and each frame is read from a canvas. Loaded only then. Some browsers falsify what is read; a known pattern tells.
"use strict";

self.playVideo = (() => {
  const SLOWEST = 0.25;
  const AHEAD = 3; // frames that may wait for the worker

  // Squares of known colours must read back exactly.
  function readsTruly() {
    const [side, squares] = [8, 6];
    const canvas = new OffscreenCanvas(side * squares, side * squares);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const colour = (x, y) => [(x * 47 + y * 13) & 255, (x * 5 + y * 91 + 40) & 255, (x * y * 29 + 7) & 255];
    const places = Array.from({ length: squares * squares }, (_, index) => [index % squares, Math.floor(index / squares)]);
    for (const [x, y] of places) {
      context.fillStyle = `rgb(${colour(x, y).join(" ")})`;
      context.fillRect(x * side, y * side, side, side);
    }
    const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
    return places.every(([x, y]) => {
      for (let at = 0; at < side * side; at += 1) {
        const pixel = ((y * side + Math.floor(at / side)) * width + x * side + (at % side)) * 4;
        if ([...colour(x, y), 255].some((part, index) => data[pixel + index] !== part)) return false;
      }
      return true;
    });
  }

  const isPossible = () => typeof OffscreenCanvas === "function" && "requestVideoFrameCallback" in HTMLVideoElement.prototype && readsTruly();

  // Posts each frame to the worker. Calls `progress(done, total)`, in milliseconds, and at the end `ended(missed)`: how many
  // frames the browser did not show, or -1 if it showed none. Gives what stops it.
  return (worker, id, file, progress, ended) => {
    if (!isPossible()) {
      ended(-1);
      return () => {};
    }
    const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, playbackRate: 1, src: URL.createObjectURL(file) });
    let canvas = null;
    let context = null;
    let [seen, shown] = [0, 0];
    let isOver = false;
    let waiting = 0;
    const hear = ({ data }) => {
      if (data.kind !== "taken" || data.id !== id) return;
      waiting -= 1;
      if (waiting < AHEAD && video.paused && !video.ended) video.play().catch(end);
    };
    worker.addEventListener("message", hear);

    const stop = () => {
      isOver = true;
      worker.removeEventListener("message", hear);
      context?.clearRect(0, 0, canvas.width, canvas.height);
      video.pause();
      URL.revokeObjectURL(video.src);
      video.removeAttribute("src");
      video.load();
    };
    const end = () => {
      if (isOver) return;
      stop();
      ended(seen ? Math.max(0, shown - seen) : -1);
    };
    const look = (_, { width, height, mediaTime, presentedFrames }) => {
      if (isOver) return;
      if (!canvas) {
        canvas = new OffscreenCanvas(width, height);
        context = canvas.getContext("2d", { willReadFrequently: true });
      }
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      context.drawImage(video, 0, 0, width, height);
      const pixels = context.getImageData(0, 0, width, height).data.buffer;
      seen += 1;
      // Frames went by unseen: slower.
      if (presentedFrames > shown + 1 && seen > 1) video.playbackRate = Math.max(SLOWEST, video.playbackRate / 2);
      shown = presentedFrames;
      const time = Math.round(mediaTime * 1000);
      worker.postMessage({ kind: "frame", id, width, height, time, pixels }, [pixels]);
      waiting += 1;
      if (waiting >= AHEAD) video.pause();
      progress(time, Math.round((video.duration || 0) * 1000));
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    video.onended = end;
    video.onerror = end;
    video.play().catch(end);
    return stop;
  };
})();
