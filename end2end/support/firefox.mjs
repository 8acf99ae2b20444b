// Real Firefox, the distribution's own, spoken to in its Marionette protocol: Playwright drives only a Firefox built for it.
// A page knows `goto` and `evaluate`, as Playwright's do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const STARTS_WITHIN = 60_000; // milliseconds
const SCRIPT_WITHIN = 300_000;

/** One browser for a test file. It has a single page. */
export async function launchFirefox() {
  const profile = await mkdtemp(join(tmpdir(), 'suoja-firefox-'));
  // Any free port. What it would fetch and report by itself, Marionette turns off.
  await writeFile(join(profile, 'user.js'), 'user_pref("marionette.port", 0);\n');
  const program = spawn(process.env.FIREFOX ?? '/usr/bin/firefox-esr', ['--headless', '--no-remote', '--profile', profile, '--marionette'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => program.once('close', resolve).once('error', resolve));
  async function close() {
    program.kill();
    await ended;
    await rm(profile, { recursive: true, maxRetries: 5 });
  }
  try {
    const send = await connect(await portIn(profile, program));
    await send('WebDriver:NewSession', {});
    await send('WebDriver:SetTimeouts', { script: SCRIPT_WITHIN });
    const page = {
      goto: (url) => send('WebDriver:Navigate', { url }),
      async evaluate(what, argument) {
        const script = `const [argument, done] = arguments;
          (${what})(argument).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
        const { value: told } = await send('WebDriver:ExecuteAsyncScript', { script, args: [argument ?? null], sandbox: null });
        if ('error' in told) throw new Error(told.error);
        return told.value;
      },
    };
    return { newPage: async () => page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Firefox writes down which port it took. */
async function portIn(profile, program) {
  for (const until = Date.now() + STARTS_WITHIN; Date.now() < until && program.exitCode === null; await sleep(50)) {
    const port = Number(await readFile(join(profile, 'MarionetteActivePort'), 'utf8').catch(() => ''));
    if (port) return port;
  }
  throw new Error('Firefox did not start');
}

/** A message is its length in bytes, a colon, and JSON: `[0, id, command, parameters]`, answered by `[1, id, error, result]`. */
async function connect(port) {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const waiting = new Map();
  let received = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    for (;;) {
      const colon = received.indexOf(':');
      const end = colon + 1 + Number(received.subarray(0, Math.max(colon, 0)));
      if (colon < 0 || received.length < end) return;
      const [, id, error, result] = Object.values(JSON.parse(received.subarray(colon + 1, end)));
      received = received.subarray(end);
      const { resolve, reject } = waiting.get(id) ?? {};
      waiting.delete(id);
      if (error) reject?.(new Error(`${error.error}: ${error.message}`));
      else resolve?.(result);
    }
  });
  socket.on('error', () => {}).on('close', () => waiting.forEach(({ reject }) => reject(new Error('Firefox is gone'))));
  let last = 0;
  return (command, parameters) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      const message = JSON.stringify([0, last, command, parameters]);
      socket.write(`${Buffer.byteLength(message)}:${message}`);
    });
}
