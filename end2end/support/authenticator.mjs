// An authenticator app that never shows a code twice, as the server never takes one twice; then recovery codes.
import { presentStep, totp } from './totp.mjs';

export class Authenticator {
  #secret;
  #last = 0;
  recoveryCodes = [];

  constructor(secret) {
    this.#secret = secret;
  }

  /** A code that will be taken now; the server takes one of the next half-minute, too. */
  code() {
    const now = presentStep();
    const step = Math.max(now, this.#last + 1);
    if (step > now + 1) return this.recoveryCodes.shift();
    this.#last = step;
    return totp(this.#secret, step);
  }
}
