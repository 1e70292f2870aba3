// What kinds, scores and verdicts are called.

/** Kinds of evidence, for the list of what isn't told. */
export const KINDS = {
  design: "design of the study",
  stage: "stage of testing",
  sample_size: "number of people",
  comparison: "comparison",
  absolute_figures: "absolute figures",
  harms: "harms",
  cost: "cost",
  limits: "limits of the study",
  funding: "who paid",
  independent_voice: "an independent voice",
};

/** How likely it is that a sentence deserves its mark. @param {number} score 0 to 1 */
export function likelihood(score) {
  const percent = `${Math.round(100 * score)}%`;
  if (score >= 0.9) return `very likely (${percent})`;
  if (score >= 0.7) return `likely (${percent})`;
  if (score >= 0.5) return `more likely than not (${percent})`;
  if (score >= 0.3) return `possible (${percent})`;
  return `a hint (${percent})`;
}

/** @param {"satisfactory" | "not satisfactory" | null} verdict */
export const verdictWords = (verdict) => verdict ?? "can’t tell";

/**
 * What a telling of evidence is called; `classifier.tellings.words_for` in JavaScript, with the same words.
 * @param {{kind: string, value: string, text: string}} telling
 * @param {{words: Record<string, Record<string, string>>, subjects: Record<string, string[]>}} info
 */
export function evidenceWords(telling, info) {
  const template = info.words[telling.kind]?.[telling.kind === "sample_size" ? "" : telling.value];
  if (template === undefined) return `${KINDS[telling.kind] ?? telling.kind}: ${telling.value}`;
  const size = Number(telling.value);
  return template
    .replace("{size}", `${size.toLocaleString("en")} participant${size === 1 ? "" : "s"}`)
    .replace("{subject}", () => subject(telling.text, info.subjects))
    .replace("{quote}", () => telling.text.split(/\s+/).join(" "));
}

function subject(text, subjects) {
  const found = new Set((text.match(/\p{L}+/gu) ?? []).map((word) => word.toLowerCase()));
  const names = Object.keys(subjects);
  return names.find((name) => subjects[name].some((mark) => found.has(mark))) ?? names.at(-1);
}

/** @param {number} paragraph 0 is the headline */
export const placeWords = (paragraph) => (paragraph ? `paragraph ${paragraph}` : "the headline");
