// The page: wires editor, checks, marks, evidence, scorecard and settings together.
import { Checker } from "./check.js";
import { showContext } from "./context.js";
import { announce, byId, counted, element } from "./dom.js";
import { Editor } from "./editor.js";
import { askFeedback, feedbackEnabled, sendFeedback } from "./feedback.js";
import { Marks } from "./marks.js";
import { showPaper } from "./paper.js";
import { showScorecard } from "./scorecard.js";
import { readHash, readHidden, readTheme, setTheme, writeHash, writeHidden } from "./settings.js";
import "./style.css";

setTheme(readTheme());

function start(info) {
  const groups = info.groups.map((group) => group.id);
  const groupOf = new Map(info.groups.flatMap((group) => group.labels.map((label) => [label.id, group])));
  let chosen = readHash(location.hash, groups);
  let hidden = readHidden();
  let answer = null;
  /** @type {import("./marks.js").Mark[]} All marks of the answer, shown or not. */
  let found = [];

  const editor = new Editor(byId("editor"), {
    edited: () => checker.changed(),
    placed: (position) => marks.choose(at(position)),
    left: () => enterMarks(),
  });
  const marks = new Marks({
    chosen: (mark, enter) => editor.show(mark.span, enter),
    hide,
    judge,
    left: () => editor.focus(),
  });
  const jump = (place) => editor.show(place, true);
  const checker = new Checker({
    maxBytes: info.max_bytes,
    asked: () => ({ text: editor.text, mode: chosen.mode }),
    started: () => byId("status").classList.add("busy"),
    answered,
    failed: (message) => {
      say(message);
      byId("status").classList.add("failed");
      byId("again").hidden = false;
    },
  });

  function say(words) {
    byId("status").className = "";
    byId("again").hidden = true;
    byId("status-words").textContent = words;
  }

  function answered(result, text) {
    answer = result;
    editor.answered();
    // The service goes sentence by sentence; a reader goes from word to word.
    const spans = (result?.spans ?? []).toSorted((a, b) => a.start - b.start || a.end - b.end);
    found = spans.map((span, index) => ({
      number: index + 1,
      span,
      group: groupOf.get(span.label),
      sentence: text.slice(span.sentence.start, span.sentence.end),
    }));
    byId("warnings").replaceChildren(...(result?.warnings ?? []).map((warning) => element("li", {}, warning.message)));
    showContext(result && result.context, info, jump);
    showScorecard(result && result.scorecard, info.criteria, jump);
    const model = result?.model;
    byId("model").textContent = model ? `Model ${model.version}, ${model.sha256.slice(0, 12)}.` : "";
    showMarks();
  }

  function showMarks() {
    const shown = found.filter((mark) => !chosen.off.has(mark.group.id) && !hidden.has(mark.span.id));
    const dismissed = found.filter((mark) => hidden.has(mark.span.id)).length;
    const off = found.length - shown.length - dismissed;
    marks.set(shown);
    editor.underline(shown);
    if (!marks.open) editor.calm();
    byId("unhide").hidden = hidden.size === 0;
    byId("unhide").textContent = dismissed ? `Show ${dismissed} hidden` : "Show all that is hidden";
    byId("step").hidden = shown.length === 0;
    byId("nothing").hidden = !answer || shown.length > 0;
    const besides = [dismissed && `${dismissed} hidden`, off && `${off} switched off`].filter(Boolean).join(", ");
    const count = `${found.length && !shown.length ? "No mark shown" : shown.length ? counted(shown.length, "mark") : "No marks"}`;
    say(answer ? `${count}${besides ? ` (${besides})` : ""}` : "Nothing to check yet.");
  }

  /** The shortest mark at a position. */
  function at(position) {
    const here = marks.all
      .map((mark) => ({ mark, ...editor.now(mark.span) }))
      .filter(({ from, to }) => from <= position && position <= to)
      .sort((a, b) => a.to - a.from - (b.to - b.from));
    return here[0]?.mark ?? null;
  }

  /** Go to the next mark, or the one before, from the open one or from the cursor; after the last comes the first. */
  function step(direction) {
    const all = marks.all;
    if (!all.length) {
      announce("There are no marks.");
      return;
    }
    let index = all.indexOf(marks.open);
    if (index < 0) {
      const after = all.findIndex((mark) => editor.now(mark.span).from >= editor.cursor);
      const next = after < 0 ? all.length : after;
      index = direction > 0 ? next - 1 : next;
    }
    const mark = all[(index + direction + all.length) % all.length];
    marks.choose(mark);
    editor.show(mark.span, true);
    const place = `Mark ${all.indexOf(mark) + 1} of ${all.length}`;
    announce(`${place}: ${mark.span.title}. ${mark.span.message} ${mark.span.suggestion}`);
  }

  function enterMarks() {
    const mark = marks.open ?? marks.all[0];
    if (mark) marks.choose(mark, true);
    else byId("marks-title").focus();
  }

  function hide(mark) {
    const next = marks.all[marks.all.indexOf(mark) + 1] ?? marks.all[marks.all.indexOf(mark) - 1];
    hidden = new Set([...hidden, mark.span.id]);
    writeHidden(hidden);
    if (feedbackEnabled()) sendFeedback(mark, "hide", answer);
    showMarks();
    if (next && marks.all.includes(next)) marks.choose(next, true);
    else byId("marks-title").focus();
  }

  async function judge(mark, verdict) {
    const arrived = await sendFeedback(mark, verdict, answer);
    announce(arrived ? "Thank you." : "That could not be sent.");
    return arrived;
  }

  function showChosen() {
    for (const input of document.querySelectorAll("input[name=mode]")) input.checked = input.value === chosen.mode;
    for (const input of document.querySelectorAll("input[name=group]")) input.checked = !chosen.off.has(input.value);
  }

  for (const group of info.groups) {
    const input = element("input", { type: "checkbox", name: "group", value: group.id });
    const name = element("span", { class: `mark-${group.id}` }, group.name);
    byId("groups").append(element("label", {}, input, " ", name));
    const labels = group.labels.flatMap(({ title, message }) => [element("dt", {}, title), element("dd", {}, message)]);
    byId("legend").append(
      element("section", {}, element("h3", {}, element("span", { class: `mark-${group.id}` }, group.name)), element("dl", {}, ...labels)),
    );
  }
  showChosen();

  byId("settings").addEventListener("change", ({ target }) => {
    if (target.name === "mode") {
      chosen.mode = target.value;
      checker.changed(0);
    } else if (target.name === "group") {
      chosen.off = new Set(groups.filter((id) => !document.querySelector(`input[name=group][value=${id}]`).checked));
      showMarks();
    }
    writeHash(chosen);
  });
  window.addEventListener("hashchange", () => {
    chosen = readHash(location.hash, groups);
    showChosen();
    checker.changed(0);
  });
  byId("theme").value = readTheme();
  byId("theme").addEventListener("change", ({ target }) => setTheme(target.value));
  byId("example").addEventListener("click", () => editor.replace(info.example));
  byId("clear").addEventListener("click", () => {
    editor.replace("");
    editor.focus();
    announce("Cleared. Undo brings the text back.");
  });
  byId("again").addEventListener("click", () => checker.changed(0));
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  byId("unhide").addEventListener("click", () => {
    hidden = new Set();
    writeHidden(hidden);
    showMarks();
    byId("marks-title").focus();
  });
  byId("skip").addEventListener("click", (event) => {
    // The address is for settings.
    event.preventDefault();
    enterMarks();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "F8") step(event.shiftKey ? -1 : 1);
    else if (event.shiftKey && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "m") enterMarks();
    else return;
    event.preventDefault();
  });

  const paper = () => showPaper(editor.text, marks.all.map((mark) => ({ mark, ...editor.now(mark.span) })));
  window.addEventListener("beforeprint", paper);
  matchMedia("print").addEventListener("change", (query) => query.matches && paper());
  byId("print").addEventListener("click", () => window.print());

  askFeedback(info.feedback);
  editor.replace(info.example);
  checker.changed(0);
}

fetch("/web/page.json")
  .then((response) => (response.ok ? response.json() : Promise.reject(new Error(`status ${response.status}`))))
  .then(start, () => {
    byId("status-words").textContent = "The service can’t be reached. Load the page again.";
  });
