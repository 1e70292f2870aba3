// The editor: CodeMirror, with the marks as diagnostics of its lint extension.
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { linter, setDiagnostics } from "@codemirror/lint";
import { ChangeSet, EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, placeholder } from "@codemirror/view";
import { element } from "./dom.js";

const emphasise = StateEffect.define();

/** The words of the mark or place that was last chosen. */
const emphasis = StateField.define({
  create: () => Decoration.none,
  update(found, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(emphasise)) continue;
      const { from, to } = effect.value;
      return from < to ? Decoration.set(Decoration.mark({ class: "emphasis" }).range(from, to)) : Decoration.none;
    }
    return found.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** What is shown when the pointer rests on a mark. @param {import("./marks.js").Mark} mark */
function tip(mark) {
  return element(
    "div",
    { class: "tip" },
    element("strong", {}, mark.span.title),
    element("p", {}, mark.span.message),
    element("p", {}, mark.span.suggestion),
  );
}

export class Editor {
  /** All changes since the answer that the marks are from. */
  #since = ChangeSet.empty(0);
  #view;

  /**
   * @param {HTMLElement} parent
   * @param {{edited: () => void, placed: (position: number) => void, left: () => void}} options
   *   `placed`: the cursor was put somewhere without a change; `left`: Escape was pressed
   */
  constructor(parent, options) {
    this.options = options;
    // The policy of the page lets in only style sheets that know this number.
    const nonce = document.querySelector("meta[name=style-nonce]").nonce;
    const leave = { key: "Escape", run: () => (options.left(), true) };
    this.#view = new EditorView({
      parent,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorState.allowMultipleSelections.of(false),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-labelledby": "article-title",
          "aria-describedby": "article-hint",
          spellcheck: "false",
        }),
        placeholder("Paste or write an article here."),
        history(),
        // Tab isn't bound: it leaves the editor, as everywhere else on the page.
        Prec.high(keymap.of([leave])),
        keymap.of([...standardKeymap, ...historyKeymap]),
        linter(null),
        emphasis,
        EditorView.updateListener.of((update) => this.#updated(update)),
      ],
    });
  }

  #updated(update) {
    if (update.docChanged) {
      this.#since = this.#since.compose(update.changes);
      this.options.edited();
    } else if (update.selectionSet && update.transactions.some((one) => one.isUserEvent("select"))) {
      this.options.placed(update.state.selection.main.head);
    }
  }

  get text() {
    return this.#view.state.doc.toString();
  }

  /** Replace all of the text; undo brings the old one back. @param {string} text */
  replace(text) {
    this.#view.dispatch({
      changes: { from: 0, to: this.#view.state.doc.length, insert: text },
      selection: { anchor: 0 },
      userEvent: "input.paste",
    });
  }

  /** From now on, places are told in the text as it is now. */
  answered() {
    this.#since = ChangeSet.empty(this.#view.state.doc.length);
  }

  /** Where a place of the answered text is now. @param {{start: number, end: number}} place */
  now(place) {
    const length = this.#since.length;
    const from = this.#since.mapPos(Math.min(place.start, length), 1);
    return { from, to: Math.max(from, this.#since.mapPos(Math.min(place.end, length), -1)) };
  }

  /** @param {import("./marks.js").Mark[]} marks */
  underline(marks) {
    const diagnostics = marks.map((mark) => ({
      ...this.now(mark.span),
      severity: "info",
      markClass: `mark-${mark.group.id}`,
      message: mark.span.message,
      renderMessage: () => tip(mark),
    }));
    this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics));
  }

  /** Show a place and stress its words. @param {{start: number, end: number}} place @param {boolean} enter go there */
  show(place, enter) {
    const { from, to } = this.now(place);
    this.#view.dispatch({
      selection: enter ? { anchor: from, head: to } : undefined,
      effects: [emphasise.of({ from, to }), EditorView.scrollIntoView(from, { y: "nearest", yMargin: 60 })],
    });
    if (enter) this.#view.focus();
  }

  /** Stress nothing. */
  calm() {
    this.#view.dispatch({ effects: emphasise.of({ from: 0, to: 0 }) });
  }

  focus() {
    this.#view.focus();
  }

  get focused() {
    return this.#view.hasFocus;
  }

  get cursor() {
    return this.#view.state.selection.main.head;
  }
}
