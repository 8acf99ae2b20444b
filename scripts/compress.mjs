// Writes FILE.br and FILE.gz beside every text or wasm file of a folder, as small as they get: the server sends them as
// they are. Pages themselves are never compressed: their length would tell what a secret beside a guess is (BREACH).
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSIBLE = /\.(css|html|js|json|svg|txt|wasm|webmanifest)$/;

for (const entry of readdirSync(process.argv[2], { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  if (!entry.isFile() || !COMPRESSIBLE.test(path)) continue;
  const bytes = readFileSync(path);
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  const gzip = gzipSync(bytes, { level: 9 });
  for (const [ending, smaller] of [['br', brotli], ['gz', gzip]]) {
    if (smaller.length < bytes.length) writeFileSync(`${path}.${ending}`, smaller);
    else rmSync(`${path}.${ending}`, { force: true });
  }
}
