// Tells the operator which marks were hidden, wrong or right, if the operator has asked for it. The sentence goes along
// only if the reader ticks the box.
import { byId } from "./dom.js";

// The longest sentence that is taken, in characters.
const LONGEST = 2000;

let enabled = false;

/** Are there buttons for it? */
export const feedbackEnabled = () => enabled;

/** Ask whether the operator wants to be told. @param {boolean} offered false if the service has no such route */
export async function askFeedback(offered) {
  if (!offered) return;
  try {
    const response = await fetch("/v1/feedback");
    enabled = response.ok && (await response.json()).enabled === true;
  } catch {
    enabled = false;
  }
  byId("feedback").hidden = !enabled;
  byId("unless-sent").hidden = !enabled;
}

/**
 * @param {import("./marks.js").Mark} mark
 * @param {"hide" | "wrong" | "right"} verdict
 * @param {{model: {version: string, sha256: string}, mode: string}} answer that the mark is from
 * @returns {Promise<boolean>} whether it arrived
 */
export async function sendFeedback(mark, verdict, answer) {
  const { id, label, score, start, end, sentence } = mark.span;
  const body = { span_id: id, label, verdict, model: answer.model, mode: answer.mode, score };
  if (byId("feedback-sentence").checked && [...mark.sentence].length <= LONGEST) {
    // The words as they were checked: halves of a character had been replaced.
    body.sentence = mark.sentence.replace(/\p{Surrogate}/gu, "\ufffd");
    body.start = start - sentence.start;
    body.end = end - sentence.start;
    body.offset_unit = "utf16";
    body.agreed = true;
  }
  try {
    const response = await fetch("/v1/feedback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return response.ok;
  } catch {
    return false;
  }
}
