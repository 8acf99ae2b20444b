// The built program, served on loopback from folders that end with the test, and a mail server beside it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startMailSink } from './smtp.mjs';

const HOUSE = fileURLToPath(new URL('../..', import.meta.url));
/** The built program. */
export const PROGRAM = process.env.SUOJA ?? join(HOUSE, 'target/debug/suoja');

/** Where *Leave quickly* leads in tests. */
export const ELSEWHERE = 'https://example.org/';

/** Where providers would write back to. */
export const MAILBOX = 'notices@hotline.example';

/**
 * Starts it, `command` being `serve`, `demo` or `training`.
 *
 * `firstLink` is the address at which the first administrator chooses a password, as the program prints it.
 */
export async function startSuoja({ command = 'serve', settings = {} } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'suoja-end2end-'));
  const mail = await startMailSink();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const program = spawn(PROGRAM, [command], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      SUOJA_LISTEN: `127.0.0.1:${port}`,
      SUOJA_DATA_FOLDER: join(folder, 'data'),
      SUOJA_KEY_FOLDER: join(folder, 'keys'),
      SUOJA_SITE_FOLDER: process.env.SUOJA_SITE_FOLDER ?? join(HOUSE, 'target/site'),
      SUOJA_MAIL__HOST: '127.0.0.1',
      SUOJA_MAIL__PORT: String(mail.port),
      SUOJA_MAIL__TLS: 'none',
      SUOJA_MAIL__FROM: MAILBOX,
      SUOJA_OPERATOR__LEAVE_TO: ELSEWHERE,
      SUOJA_OPERATOR__NOTICE_MAILBOX: MAILBOX,
      ...settings,
    },
  });
  let printed = '';
  const ready = deferred();
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
      if (printed.includes(`Suoja is at ${origin}`)) ready.resolve();
    });
  }
  program.once('error', ready.reject);
  program.once('exit', (code) => ready.reject(new Error(`suoja ended with ${code}:\n${printed}`)));
  await ready.promise;
  const answer = await fetch(`${origin}/readyz`);
  assert.equal(answer.status, 200, 'not ready although it says so');

  return {
    origin,
    mail,
    folder,
    program,
    get printed() {
      return printed;
    },
    get firstLink() {
      return /https?:\/\/\S*\/console\/welcome\/\S+/.exec(printed)?.[0];
    },
    /** Ends it as an operator would; it must end well and have nothing to regret in its log. */
    async stop() {
      if (program.exitCode === null) {
        program.kill('SIGTERM');
        await once(program, 'exit');
      }
      await mail.stop();
      await rm(folder, { recursive: true });
      assert.equal(program.exitCode, 0, `suoja did not end well:\n${printed}`);
      assert.deepEqual(printed.split('\n').filter((line) => /\bERROR\b/.test(line)), [], 'the log tells of failures');
    },
  };
}

function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

async function freePort() {
  const probe = net.createServer();
  await new Promise((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}
