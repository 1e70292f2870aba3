// Asks the service about the text, a moment after the last change. An answer to an older text is never shown.

const DELAY = 600;

/** Something that keeps the text from being checked, in plain words. */
class Problem extends Error {}

export class Checker {
  #timer = 0;
  #turn = 0;
  /** @type {AbortController | null} */
  #running = null;

  /**
   * @param {{maxBytes: number,
   *   asked: () => {text: string, mode: string},
   *   started: () => void,
   *   answered: (answer: object | null, text: string) => void,
   *   failed: (message: string) => void}} options `answered` gets null for a text without words
   */
  constructor(options) {
    this.options = options;
  }

  /** The text or a setting has changed: forget what was asked, and ask anew. @param {number} [delay] milliseconds */
  changed(delay = DELAY) {
    this.#turn += 1;
    this.#running?.abort();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), delay);
  }

  async #check() {
    const turn = this.#turn;
    const { text, mode } = this.options.asked();
    if (!text.trim()) {
      this.options.answered(null, text);
      return;
    }
    this.#running = new AbortController();
    this.options.started();
    try {
      const answer = await this.#ask(text, mode, this.#running.signal);
      if (turn === this.#turn) this.options.answered(answer, text);
    } catch (error) {
      if (turn !== this.#turn) return;
      if (!(error instanceof Problem)) throw error;
      this.options.failed(error.message);
    }
  }

  async #ask(text, mode, signal) {
    const size = new TextEncoder().encode(text).length;
    const limit = this.options.maxBytes;
    if (size > limit) {
      const [has, takes] = [size, limit].map((bytes) => bytes.toLocaleString("en"));
      throw new Problem(`The article is too long: it has ${has} bytes, and this service takes ${takes}. It was not sent.`);
    }
    // JavaScript counts UTF-16 units, and so does the editor. Halves of a character aren't text: each becomes U+FFFD.
    const body = { text: text.replace(/\p{Surrogate}/gu, "\ufffd"), mode, offset_unit: "utf16" };
    let response;
    let answer;
    try {
      response = await fetch("/v1/annotate", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal,
      });
      answer = await response.json();
    } catch {
      if (response?.ok === false) throw new Problem(`The service had a problem (status ${response.status}).`);
      throw new Problem("The service can’t be reached. Your text is still here.");
    }
    if (response.ok) return answer;
    if (response.status === 503) throw new Problem("The service isn’t ready: it has no model loaded. Your text is still here.");
    throw new Problem(`Not checked: ${answer?.error?.message ?? `status ${response.status}`}.`);
  }
}
