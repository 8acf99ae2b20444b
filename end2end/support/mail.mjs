// A mail as its reader's program shows it (MIME, RFC 2045 to 2047).

/** Headers, the readable text, and the files with it. */
export function readMail(raw) {
  const whole = part(raw);
  const leaves = flatten(whole);
  const text = leaves.find(({ headers, name }) => /^text\/plain/.test(headers['content-type'] ?? 'text/plain') && !name);
  return {
    headers: whole.headers,
    subject: words(whole.headers.subject ?? ''),
    text: text?.bytes.toString('utf8').replaceAll('\r\n', '\n') ?? '',
    files: leaves.filter(({ name }) => name).map(({ name, headers, bytes }) => ({ name, kind: headers['content-type'].split(';')[0], bytes })),
  };
}

function part(raw) {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw.slice(0, end).replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const body = raw.slice(end + 4);
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'])?.[1];
  const name = /filename="?([^";]+)"?/.exec(headers['content-disposition'])?.[1];
  if (!boundary) return { headers, name, bytes: decoded(headers['content-transfer-encoding'], body), parts: [] };
  const inner = body.split(`--${boundary}`).slice(1, -1);
  return { headers, parts: inner.map((one) => part(one.replace(/^\r\n/, '').replace(/\r\n$/, ''))) };
}

function flatten(one) {
  return one.parts.length > 0 ? one.parts.flatMap(flatten) : [one];
}

function decoded(encoding, body) {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64');
  return /quoted-printable/i.test(encoding) ? unquoted(body.replace(/=\r\n/g, '')) : Buffer.from(body, 'utf8');
}

function unquoted(text) {
  return Buffer.from(text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
}

function words(header) {
  return header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how, text) =>
      (how.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : unquoted(text.replaceAll('_', ' '))).toString('utf8'));
}
