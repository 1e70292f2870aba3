// The list of marks. One of them is open: why its words are marked and how to mend them.
import { byId, counted, element } from "./dom.js";
import { feedbackEnabled } from "./feedback.js";
import { likelihood } from "./words.js";

const PAGE = 100;

/**
 * @typedef {object} Mark
 * @property {number} number from 1, in the order of the text
 * @property {{id: string, label: string, start: number, end: number, text: string, score: number, title: string,
 *   sentence: {start: number, end: number}, message: string, note: string | null, suggestion: string}} span as the service gave it
 * @property {{id: string, name: string}} group
 * @property {string} sentence
 */

export class Marks {
  /** @type {Mark[]} */
  #marks = [];
  /** @type {Mark | null} */
  #open = null;
  #shown = PAGE;

  /**
   * @param {{chosen: (mark: Mark, enter: boolean) => void, hide: (mark: Mark) => void,
   *   judge: (mark: Mark, verdict: "wrong" | "right") => Promise<boolean>, left: () => void}} options
   */
  constructor(options) {
    this.options = options;
    this.list = byId("marks");
    this.list.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {Mark[]} marks */
  set(marks) {
    const open = this.#open?.span.id;
    this.#marks = marks;
    this.#shown = PAGE;
    this.#open = marks.find((mark) => mark.span.id === open) ?? null;
    this.#render();
  }

  get open() {
    return this.#open;
  }

  get all() {
    return this.#marks;
  }

  /** Open a mark. @param {Mark | null} mark @param {boolean} [focus] put the focus on it as well */
  choose(mark, focus = false) {
    const index = mark ? this.#marks.indexOf(mark) : -1;
    if (index >= this.#shown) {
      this.#shown = index + PAGE;
      this.#render();
    }
    if (mark !== this.#open) {
      if (this.#open) this.#toggle(this.#open, false);
      this.#open = mark;
      if (mark) this.#toggle(mark, true);
    }
    if (!mark) return;
    const item = this.list.children[index];
    if (focus) this.head(mark).focus();
    this.#reveal(item);
  }

  /** The button that opens a mark. @param {Mark} mark @returns {HTMLElement | null} */
  head(mark) {
    return byId(`mark-${mark.number}`);
  }

  // Only the column scrolls to an item, never the page away from the cursor.
  #reveal(item) {
    const column = byId("marks-column");
    if (column.scrollHeight <= column.clientHeight) return;
    const [inner, outer] = [item.getBoundingClientRect(), column.getBoundingClientRect()];
    if (inner.top < outer.top) column.scrollTop -= outer.top - inner.top + 8;
    else if (inner.bottom > outer.bottom) {
      column.scrollTop += Math.min(inner.bottom - outer.bottom + 8, inner.top - outer.top);
    }
  }

  #toggle(mark, open) {
    const head = this.head(mark);
    if (!head) return;
    head.setAttribute("aria-expanded", String(open));
    head.parentElement.classList.toggle("open", open);
    const detail = byId(`mark-${mark.number}-detail`);
    detail.hidden = !open;
    if (open && !detail.hasChildNodes()) detail.append(...this.#detail(mark));
  }

  #render() {
    this.list.replaceChildren(...this.#marks.slice(0, this.#shown).map((mark) => this.#item(mark)));
    if (this.#open) this.#toggle(this.#open, true);
    const rest = this.#marks.length - this.#shown;
    const more = byId("more");
    more.hidden = rest <= 0;
    if (rest > 0) more.textContent = `Show ${counted(Math.min(rest, PAGE), "more mark")}`;
    more.onclick = () => {
      this.#shown += PAGE;
      this.#render();
    };
  }

  #item(mark) {
    const head = element(
      "button",
      {
        type: "button",
        id: `mark-${mark.number}`,
        class: "mark-head",
        "aria-expanded": "false",
        "aria-controls": `mark-${mark.number}-detail`,
        // A click by key has no button count. A finger's click must not open the keyboard, so it stays in the list.
        onclick: (event) => this.#press(mark, event.detail === 0),
        onfocus: () => head.matches(":focus-visible") && this.#press(mark, false),
      },
      element("span", { class: "mark-title" }, mark.span.title),
      element("span", { class: "mark-group" }, mark.group.name),
      element("q", { class: "mark-words" }, mark.span.text),
    );
    const detail = element("div", { id: `mark-${mark.number}-detail`, class: "detail", hidden: true });
    return element("li", { class: `mark mark-of-${mark.group.id}` }, head, detail);
  }

  #press(mark, enter) {
    this.choose(mark);
    this.options.chosen(mark, enter);
  }

  #detail(mark) {
    const { message, note, suggestion, score, title } = mark.span;
    const why = note && message.endsWith(note) ? message.slice(0, -note.length).trim() : message;
    const button = (name, act) =>
      element("button", { type: "button", "aria-label": `${name}: ${title}, “${mark.span.text}”`, onclick: act }, name);
    const buttons = [button("Hide", () => this.options.hide(mark))];
    if (feedbackEnabled()) {
      const judge = (verdict) => async (event) => {
        event.target.disabled = await this.options.judge(mark, verdict);
      };
      buttons.push(button("Wrong", judge("wrong")), button("Right", judge("right")));
    }
    return [
      element("p", {}, why),
      ...(note ? [element("p", { class: "note" }, note)] : []),
      element("p", { class: "suggestion" }, element("strong", {}, "Instead: "), suggestion),
      element("p", { class: "score" }, `How sure: ${likelihood(score)}.`),
      element("div", { class: "buttons" }, ...buttons),
    ];
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.options.left();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.classList.contains("mark-head")) return;
    const next = this.#marks[this.#marks.findIndex((mark) => this.head(mark) === event.target) + step];
    if (!next) return;
    event.preventDefault();
    this.choose(next, true);
  }
}
