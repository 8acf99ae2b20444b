/*! Holds mediabunny (MPL-2.0), unchanged; its source is the npm package of that name, in the version of hashing/video/package.json. */
// Takes a video apart and hands every frame to the hashing module. Bundled in front of hash-worker.js, which calls
// `watchVideo`; without WebCodecs, or where a codec is missing, it says so. Reasons: docs/hashing.md.
import { BlobSource, EncodedPacketSink, Input, MATROSKA, MP4, QTFF, WEBM } from 'mediabunny';

const AHEAD = 4; // chunks given to the decoder beyond what it has decoded
const CACHE = 4 * 1024 * 1024; // bytes of the file

// How the module names the layouts of planes (browser_video.rs); a name ends in the bits a sample where they are not 8.
const LAYOUTS = new Map([['I420', 1], ['I422', 2], ['I444', 3], ['NV12', 4]]);

class Unwatchable extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

// Gives what `suoja hash` prints of the frames, or `{no_vpdq: reason}`. Throws what `goOn` throws: the wish to stop.
self.watchVideo = async (file, wasm, goOn, report) => {
  if (typeof VideoDecoder !== 'function') return { no_vpdq: 'unsupported' };
  const input = new Input({ source: new BlobSource(file, { maxCacheSize: CACHE, useStreamReader: false }), formats: [MP4, QTFF, WEBM, MATROSKA] });
  try {
    const track = await opened(input);
    wasm.video_turn(track.rotation);
    const total = Math.round(track.duration * 1000);
    let first = null;
    let frames = 0;
    const take = async (frame) => {
      first ??= frame.timestamp;
      const time = Math.max(0, Math.round((frame.timestamp - first) / 1000));
      await hash(frame, time, wasm);
      frames += 1;
      report('watching', Math.min(time, total), total);
      await goOn();
    };
    await decode(track, take); // what breaks off counts as far as it goes
    if (!frames) throw new Unwatchable('undecodable');
    report('watching', total, total);
    wasm.video_finish();
    const from = wasm.video_result();
    return JSON.parse(new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, from, wasm.video_result_length())));
  } catch (error) {
    if (error instanceof Unwatchable) return { no_vpdq: error.reason };
    throw error;
  } finally {
    input.dispose();
  }
};

async function opened(input) {
  if (!await input.canRead()) throw new Unwatchable('unsupported');
  let track;
  try {
    const found = await input.getPrimaryVideoTrack();
    if (!found) throw new Unwatchable('undecodable');
    track = { found, config: await found.getDecoderConfig(), rotation: await found.getRotation(), duration: await found.computeDuration() };
  } catch {
    throw new Unwatchable('undecodable');
  }
  if (!track.config || !(await VideoDecoder.isConfigSupported(track.config)).supported) throw new Unwatchable('unsupported');
  return track;
}

// Decodes from the first frame to the last, or to where the video is broken, a few ahead.
async function decode({ found, config }, take) {
  const decoded = [];
  let ended = false;
  let wake = () => {};
  const end = () => { ended = true; wake(); };
  const somethingHappens = () => new Promise((resume) => { wake = resume; });
  const decoder = new VideoDecoder({ output: (frame) => { decoded.push(frame); wake(); }, error: end });
  decoder.ondequeue = () => wake();
  const drain = async () => {
    while (decoded.length) {
      const frame = decoded.shift();
      try {
        if (frame.timestamp >= 0) await take(frame); // what lies before 0 was cut off by an edit list
      } finally {
        frame.close();
      }
    }
  };
  const next = async (packets) => {
    try {
      return (await packets.next()).value;
    } catch {
      return undefined;
    }
  };
  try {
    decoder.configure(config);
    const packets = new EncodedPacketSink(found).packets();
    for (let packet = await next(packets); packet && !ended; packet = await next(packets)) {
      decoder.decode(packet.toEncodedVideoChunk());
      for (await drain(); !ended && decoder.decodeQueueSize >= AHEAD; await drain()) await somethingHappens();
    }
    if (!ended) decoder.flush().then(end, end);
    for (await drain(); !ended; await drain()) await somethingHappens();
    await drain();
  } finally {
    decoded.splice(0).forEach((frame) => frame.close());
    if (decoder.state !== 'closed') decoder.close();
  }
}

async function hash(frame, time, wasm) {
  const { width, height } = frame.visibleRect;
  const [, name, bits = '8'] = /^(I4..|NV12)A?(?:P(\d+))?$/.exec(frame.format) ?? [];
  const layout = LAYOUTS.get(name) ?? 0;
  const as = layout ? { rect: frame.visibleRect } : { rect: frame.visibleRect, format: 'RGBX' };
  let planes;
  try {
    const length = frame.allocationSize(as);
    const at = wasm.video_buffer(length);
    if (!at) throw new Unwatchable('size');
    planes = await frame.copyTo(new Uint8Array(wasm.memory.buffer, at, length), as);
  } catch (error) {
    if (error instanceof DOMException) throw new Unwatchable('unsupported'); // its pixels can't be read
    throw error;
  }
  planes.slice(0, 3).forEach(({ offset, stride }, plane) => wasm.video_plane(plane, offset, stride));
  const full = frame.colorSpace.fullRange ? 1 : 0;
  if (!wasm.video_frame(width, height, layout, Number(bits), full, time)) throw new Unwatchable('size');
}
