// Everything a browser sends, and whether any of it is a piece of a picture.
//
// The browser is given a proxy, loopback included, so whatever it sends by HTTP passes here: pages, workers, beacons,
// sockets, other hosts. Only the house itself is reached through it.
import assert from 'node:assert/strict';
import http from 'node:http';

/** Bytes that count as a piece of a picture. Fewer could be alike by chance. */
const WINDOW = 24;

/** What Chromium itself asks for, whatever the page: how to fill in forms. It gets no answer here. */
const OF_THE_BROWSER = 'content-autofill.googleapis.com:443';

/** Starts the proxy. `sent` grows: one entry a request, everything in it as bytes. */
export async function watchTraffic(origin) {
  const sent = [];
  const sockets = new Set();
  const awaited = new Set();
  const keep = (request, body) => {
    const head = [request.method, request.url, ...request.rawHeaders].join('\n');
    const one = { method: request.method, url: request.url, body, bytes: Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from('\n'), body]) };
    sent.push(one);
    for (const look of awaited) look(one);
  };
  const proxy = http.createServer(async (request, response) => {
    const parts = [];
    // A body that is cut off was sent as far as it came.
    const body = await new Promise((ended) => {
      request.on('data', (part) => parts.push(part));
      for (const end of ['end', 'error', 'aborted']) request.on(end, () => ended(Buffer.concat(parts)));
    });
    keep(request, body);
    const target = new URL(request.url);
    if (target.origin !== origin) return response.writeHead(502).end();
    const onward = http.request(target, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  });
  // Tunnels and sockets lead nowhere, and their being asked for is kept: what they would carry can't be read.
  for (const hidden of ['connect', 'upgrade']) {
    proxy.on(hidden, (request, socket, head) => {
      if (request.url !== OF_THE_BROWSER) keep({ method: hidden, url: request.url, rawHeaders: request.rawHeaders }, head);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
  }
  proxy.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise((listening) => proxy.listen(0, '127.0.0.1', listening));
  return {
    sent,
    /** Waits for a request that satisfies `check`. */
    until: (check) => new Promise((found) => awaited.add((one) => check(one) && found(one))),
    settings: { server: `http://127.0.0.1:${proxy.address().port}`, bypass: '<-loopback>' },
    async stop() {
      const closed = new Promise((done) => proxy.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** All windows of some bytes, but for those of too few different bytes to tell anything. */
function windows(bytes, known = new Set()) {
  for (let at = 0; at + WINDOW <= bytes.length; at += 1) {
    const window = bytes.subarray(at, at + WINDOW);
    if (new Set(window).size > 6) known.add(window.toString('latin1'));
  }
  return known;
}

const taken = new WeakMap();

/** Every piece of a picture: of its file, and of the colours in it. */
function piecesOf(picture) {
  if (!taken.has(picture)) taken.set(picture, windows(picture.pixels, windows(picture.file)));
  return taken.get(picture);
}

/** The bytes as they are, and as what they may be written in. */
function* readings(bytes) {
  yield* unwrapped(bytes);
  const text = bytes.toString('latin1');
  if (/%[0-9a-f]{2}|\+/i.test(text)) {
    const plain = text.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    yield* unwrapped(Buffer.from(plain, 'latin1'));
  }
}

function* unwrapped(bytes) {
  yield bytes;
  // A string of bytes that was sent as UTF-8.
  yield Buffer.from(bytes.toString('utf8'), 'latin1');
  const text = bytes.toString('latin1').replaceAll('\\u00', '').replace(/\\[rn]/g, '');
  for (const [run] of text.matchAll(/[0-9a-f]{48,}/gi)) {
    for (const shift of [0, 1]) yield Buffer.from(run.slice(shift, run.length - ((run.length - shift) % 2)), 'hex');
  }
  for (const [run] of text.matchAll(/(?:[0-9a-f]{2}[^0-9a-z]{1,2}){24,}/gi)) yield Buffer.from(run.replace(/[^0-9a-f]/gi, ''), 'hex');
  for (const [run] of text.matchAll(/[\w+/-]{32,}/g)) {
    for (const shift of [0, 1, 2, 3]) yield Buffer.from(run.slice(shift), 'base64');
  }
  for (const [run] of text.matchAll(/(?:\d{1,3}[^\dA-Za-z]{1,3}){24,}/g)) yield Buffer.from(run.match(/\d+/g).map(Number));
}

/**
 * Fails if a piece of one of the pictures was sent, raw or written as hex, base64, percent codes or numbers; if anything
 * went where it can't be read; or if so much was sent that a picture could hide in it.
 */
export function assertNoPicture(sent, pictures, origin) {
  const pieces = pictures.map(piecesOf);
  for (const { method, url, bytes } of sent) {
    assert.ok(url.startsWith(`${origin}/`), `${method} to ${url}`);
    for (const reading of readings(bytes)) {
      for (const window of windows(reading)) {
        assert.ok(!pieces.some((known) => known.has(window)), `${method} ${url} carries a piece of the picture`);
      }
    }
  }
  const most = Math.min(...pictures.map(({ file }) => file.length)) / 4;
  const together = sent.reduce((sum, { body }) => sum + body.length, 0);
  assert.ok(together < most, `${together} bytes were sent in bodies: a picture could hide in them`);
}
