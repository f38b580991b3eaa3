// A little help where scripts run; every page works, and is checked by the server, without it.
"use strict";
document.addEventListener("change", ({ target }) => {
  const question = target.closest(".question");
  if (!question || !target.checked) return;
  // Most and least: the same one cannot be both.
  const row = target.closest("[data-pairs] tr");
  for (const other of row ? row.querySelectorAll("input") : []) {
    if (other !== target) other.checked = false;
  }
  // A way not to answer and an answer exclude each other.
  const inMissing = target.closest(".missing") !== null;
  for (const other of question.querySelectorAll("input")) {
    if ((other.closest(".missing") !== null) !== inMissing) other.checked = false;
  }
});
