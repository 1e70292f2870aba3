"use strict";
// Everything from the article or the server goes into the page by textContent only, so no markup in it is ever run.

const byId = (id) => document.getElementById(id);

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Spans may overlap: cut the text at every start and end, and mark each piece that some span covers.
function pieces(text, spans) {
  const cuts = new Set([0, text.length]);
  for (const span of spans) cuts.add(span.start).add(span.end);
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => {
    const start = sorted[index];
    return { text: text.slice(start, end), spans: spans.filter((span) => span.start <= start && end <= span.end) };
  });
}

function showArticle(text, spans) {
  const article = byId("article");
  article.replaceChildren();
  for (const piece of pieces(text, spans)) {
    if (piece.spans.length === 0) {
      article.append(piece.text);
      continue;
    }
    const titles = piece.spans.map((span) => span.title).join("; ");
    const link = element("a", "", { href: `#note-${piece.spans[0].number}`, title: titles });
    link.append(element("mark", piece.text));
    link.append(element("span", ` (${titles})`, { class: "sr-only" }));
    article.append(link);
  }
}

function showNotes(spans) {
  byId("notes").replaceChildren(
    ...spans.map((span) => {
      const note = element("li", "", { id: `note-${span.number}`, tabindex: "-1" });
      note.append(element("q", span.text), " ", element("strong", span.title), element("p", span.message));
      note.append(element("p", span.suggestion, { class: "suggestion" }));
      return note;
    }),
  );
}

// What is told of the study itself, each value once; of several sample sizes the largest, as the others are its groups.
function toldOnce(context) {
  const own = context.filter((telling) => !telling.background);
  const sizes = own.filter((telling) => telling.kind === "sample_size").map((telling) => Number(telling.value));
  const first = new Map();
  for (const telling of own) {
    if (telling.kind === "sample_size" && Number(telling.value) !== Math.max(...sizes)) continue;
    const key = `${telling.kind} ${telling.value}`;
    if (!first.has(key)) first.set(key, telling);
  }
  return [...first.values()];
}

function showEvidence(context) {
  const lines = toldOnce(context).map((telling) => {
    const name = `${telling.kind.replaceAll("_", " ")}: ${telling.value} `;
    const line = element("li", name[0].toUpperCase() + name.slice(1));
    line.append(element("q", telling.text), telling.paragraph ? ` (paragraph ${telling.paragraph})` : " (headline)");
    return line;
  });
  byId("context").replaceChildren(...lines);
  byId("evidence").hidden = lines.length === 0;
}

function show(text, answer) {
  const spans = answer.spans.map((span, index) => ({ ...span, number: index + 1 }));
  showArticle(text, spans);
  showEvidence(answer.context);
  showNotes(spans);
  byId("warnings").replaceChildren(...answer.warnings.map((warning) => element("li", warning.message)));
  byId("result").hidden = false;
  const count = spans.length === 1 ? "1 overclaim" : `${spans.length} overclaims`;
  byId("status").textContent = `${spans.length === 0 ? "No overclaim" : count} found.`;
}

async function check(event) {
  event.preventDefault();
  const text = byId("text").value;
  const mode = document.querySelector("input[name=mode]:checked").value;
  byId("status").textContent = "Checking …";
  byId("check").disabled = true;
  try {
    const response = await fetch("/v1/annotate", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      // JavaScript strings count UTF-16 units.
      body: JSON.stringify({ text, mode, offset_unit: "utf16" }),
    });
    const answer = await response.json();
    if (response.ok) show(text, answer);
    else byId("status").textContent = answer.error.message;
  } catch {
    byId("status").textContent = "The server can't be reached.";
  } finally {
    byId("check").disabled = false;
  }
}

async function fillExample() {
  const response = await fetch("/web/example.json");
  byId("text").value = (await response.json()).text;
}

async function showLegend() {
  const response = await fetch("/v1/labels");
  for (const label of (await response.json()).labels) {
    byId("legend").append(element("dt", label.title), element("dd", label.message));
  }
}

byId("form").addEventListener("submit", check);
byId("example").addEventListener("click", fillExample);
showLegend().catch(() => {
  byId("status").textContent = "The labels could not be loaded.";
});
fillExample().catch(() => {});
